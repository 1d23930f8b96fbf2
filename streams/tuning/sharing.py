"""Parts of the past are judged by several processes, which know them because they were forked.

The largest part is begun first, so that no process works on alone at the end.
"""

import gc
import multiprocessing
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

from schemas.codec import Unreadable, decode, encode
from streams.forked import is_possible
from streams.tuning import judging
from streams.tuning.judging import Judged, Work

Count = Callable[[int, int], None]


def over_cores(parts: Sequence[Work], cores: int, say: Callable[[int], None]) -> tuple[Judged, ...]:
    """Return what came of every part, in their order; `say` is told how many observations were judged."""
    counts = [0] * len(parts)

    def count(number: int, done: int) -> None:
        counts[number] = done
        say(sum(counts))

    if cores < 2 or len(parts) < 2:
        return tuple(_alone(part, number, count) for number, part in enumerate(parts))
    judging.prepare(parts[0])
    # what is known by now lives long: the processes share it for as long as nobody looks through it
    gc.freeze()
    try:
        return _shared(parts, cores, count)
    finally:
        gc.unfreeze()


def _shared(parts: Sequence[Work], cores: int, count: Count) -> tuple[Judged, ...]:
    context = multiprocessing.get_context("fork" if is_possible() else "spawn")
    told: Any = context.Queue()
    order = sorted(range(len(parts)), key=lambda number: -_size(parts[number]))
    with ProcessPoolExecutor(
        min(cores, len(parts)), mp_context=context, initializer=_listen, initargs=(told, parts)
    ) as pool:
        waiting = {number: pool.submit(_apart, number) for number in order}
        _follow(list(waiting.values()), told, count)
        return tuple(_sound(waiting[number].result()) for number in range(len(parts)))


def _size(part: Work) -> int:
    return sum(len(one.observations) for one in part.deliveries)


def _alone(part: Work, number: int, count: Count) -> Judged:
    return judging.judged(part, lambda done: count(number, done))


def _follow(waiting: Sequence["Future[bytes]"], told: Any, count: Count) -> None:
    while not all(one.done() for one in waiting):
        try:
            count(*told.get(timeout=0.2))
        except queue.Empty:
            continue


_given: Any = None


def _listen(told: Any, parts: Sequence[Work]) -> None:
    global _given  # noqa: PLW0603 - set once, before the process is given any work
    _given = told, parts


def _apart(number: int) -> bytes:
    told, parts = _given
    return encode(judging.judged(parts[number], lambda done: told.put((number, done))))


def _sound(raw: bytes) -> Judged:
    found = decode(raw, Judged)
    if isinstance(found, Unreadable):
        raise TypeError(found.why)
    judged: Judged = found
    return judged
