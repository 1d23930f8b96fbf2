"""Replay on two cores: one process observes ahead, and the other judges what it claims.

What is observed depends on nothing that is judged, so the messages and their order are those of one process.
"""

import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection

from schemas.codec import decode, encode
from schemas.detection import Claims
from schemas.hop import Hop
from schemas.observation import Delivery
from streams.recorded import Recorded

LEAST = 4000
"""Fewer observations are judged before another process has come to work."""


class FailedError(Exception):
    """The process that observes failed; one process alone says why."""


def is_worth(recorded: Recorded) -> bool:
    """Return whether there is enough to observe, and whether a process can be forked."""
    return len(recorded.observations) >= LEAST and "fork" in multiprocessing.get_all_start_methods()


def observed(messages: Iterable[Delivery], hop: Hop) -> Iterator[Claims]:
    """Yield what the observing hop claims of each message, worked out ahead in a process of its own.

    Raises
    ------
    FailedError
        when that process failed.
    """
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    one = context.Process(target=_observe, args=(there, messages, hop), daemon=True)
    one.start()
    there.close()
    try:
        while raw := _received(here):
            claims = decode(raw, Claims)
            if not isinstance(claims, Claims):
                raise FailedError
            yield claims
    finally:
        here.close()
        one.terminate()
        one.join()


def _received(here: Connection) -> bytes:
    """Return the next message; none after the last."""
    try:
        return here.recv_bytes()
    except EOFError as error:
        raise FailedError from error


def _observe(there: Connection, messages: Iterable[Delivery], hop: Hop) -> None:
    """Observe every message and send what is claimed, then that it was the last."""
    # who is interrupted at the terminal is the first process, which ends this one
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    state = hop.open(hop.options, 0, {})
    # whatever is wrong with it, the first process does all of it again and says so
    with suppress(Exception):
        for message in messages:
            for output in hop.step(hop.options, state, message, hop.now(message)).outputs:
                there.send_bytes(encode(output.value))
        there.send_bytes(b"")
