"""The hops in one loop, without Faust: every message goes through in the order of its log."""

import gc
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from schemas.hop import Hop, Output, Result
from schemas.topics import Topic

Sink = Callable[[Output], None]
World = Callable[[Result, datetime], Sequence[Output]]
"""What the world answers to a step at once: in replay, gateways accept what was made ready."""


def rare_collections() -> None:
    """Let Python look for cycles rarely: state is large, has few cycles, and each look walks all of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


class Pipeline:
    """One partition of everything, in memory. `sink` sees every message that any hop puts out."""

    def __init__(
        self, hops: Sequence[Hop], sink: Sink, world: World | None = None, partition: int = 0
    ) -> None:
        self._sink = sink
        self._world = world
        self._states = {hop.name: hop.open(hop.options, partition, {}) for hop in hops}
        self._readers: dict[str, list[Hop]] = {}
        for hop in hops:
            for topic in hop.topics:
                self._readers.setdefault(topic.name, []).append(hop)

    def state(self, hop: str) -> Any:
        """Return what a hop remembers now, by its name; to look at only."""
        return self._states[hop]

    def feed(self, topic: Topic, value: Any) -> None:
        """Put one message in and carry everything that follows from it to its end."""
        self.feed_all(topic, [value])

    def feed_all(self, topic: Topic, values: Iterable[Any]) -> None:
        """Put messages in that one step put out, and carry everything that follows to its end."""
        waiting = deque((topic.name, value) for value in values)
        while waiting:
            name, message = waiting.popleft()
            for hop in self._readers.get(name, ()):
                now = hop.now(message)
                result = hop.step(hop.options, self._states[hop.name], message, now)
                answers = () if self._world is None else self._world(result, now)
                for output in (*result.outputs, *answers):
                    self._sink(output)
                    if output.topic.name in self._readers:
                        waiting.append((output.topic.name, output.value))
