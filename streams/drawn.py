"""Shapes of fires drawn in a process of its own: what is judged asks for no more of them than their fields.

Whoever judges gets a rough shape at once; the shape itself takes its place when all is judged.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import TypeVar

import msgspec

from detectors.shape import Sketch
from schemas.alert import Alert
from schemas.codec import packed, unpacked
from schemas.hop import Hop
from schemas.incident import Incident
from schemas.shape import Shape
from streams.forked import FailedError, forked, received, sent
from streams.hops.desk import Judge

Said = TypeVar("Said", Alert, Incident)


class Drawer:
    """Hands out rough shapes and has the shapes themselves drawn elsewhere."""

    def __init__(self, there: Connection) -> None:
        self._there = there
        self._rough: dict[int, tuple[int, Shape]] = {}
        """By its address, its own as long as it is kept: how many were asked for before it, and itself."""
        self._shapes: list[Shape] | None = None

    def asked_by(self, hop: Hop) -> Hop:
        """Return the hop with its shapes drawn here."""
        given = hop.options
        return replace(hop, options=replace(given, draw=self.draw)) if isinstance(given, Judge) else hop

    def draw(self, sketch: Sketch) -> Shape:
        """Return a rough shape in place of the one that is drawn elsewhere.

        Raises
        ------
        streams.forked.FailedError
            when the other process failed.
        """
        rough = sketch.rough()
        self._rough[id(rough)] = len(self._rough), rough
        sent(self._there, packed(sketch))
        return rough

    def finished(self, said: Iterable[Said]) -> Iterator[Said]:
        """Yield what was said with the shapes themselves.

        Raises
        ------
        streams.forked.FailedError
            when the other process failed.
        """
        shapes = self._all()
        for one in said:
            number, _ = self._rough.get(id(one.shape), (None, None))
            yield one if number is None else msgspec.structs.replace(one, shape=shapes[number])

    def _all(self) -> list[Shape]:
        """Return every shape in the order asked for; nothing can be asked for after that."""
        if self._shapes is None:
            sent(self._there, b"")
            found = unpacked(received(self._there), list[Shape])
            if not isinstance(found, list) or len(found) != len(self._rough):
                raise FailedError
            self._shapes = found
        return self._shapes


@contextmanager
def drawer() -> Iterator[Drawer]:
    """Yield a drawer whose shapes are drawn in a process of its own, which ends with it."""
    with forked(_draw) as there:
        yield Drawer(there)


def _draw(here: Connection) -> None:
    """Draw what is asked for, and send all of it at the end."""
    shapes: list[Shape] = []
    while raw := here.recv_bytes():
        shapes.append(unpacked(raw, Sketch).shape())
    here.send_bytes(packed(shapes))
