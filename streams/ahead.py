"""Replay on two cores: one process observes ahead, and the other judges what it claims.

What is observed depends on nothing that is judged, so the messages and their order are those of one process.
"""

from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection

from schemas.codec import packed, unpacked
from schemas.detection import Claims
from schemas.hop import Hop
from schemas.observation import Delivery
from streams.forked import FailedError, forked, is_possible, received
from streams.recorded import Recorded

LEAST = 4000
"""Fewer observations are judged before another process has come to work."""


def is_worth(recorded: Recorded) -> bool:
    """Return whether there is enough to observe, and whether a process can be forked."""
    return len(recorded.observations) >= LEAST and is_possible()


def observed(messages: Iterable[Delivery], hop: Hop) -> Iterator[Claims]:
    """Yield what the observing hop claims of each message, worked out ahead in a process of its own.

    Raises
    ------
    streams.forked.FailedError
        when that process failed.
    """
    with forked(_observe, messages, hop) as here:
        while raw := received(here):
            claims = unpacked(raw, Claims)
            if not isinstance(claims, Claims):
                raise FailedError
            yield claims


def _observe(there: Connection, messages: Iterable[Delivery], hop: Hop) -> None:
    """Observe every message and send what is claimed, then that it was the last."""
    state = hop.open(hop.options, 0, {})
    for message in messages:
        for output in hop.step(hop.options, state, message, hop.now(message)).outputs:
            there.send_bytes(packed(output.value))
    there.send_bytes(b"")
