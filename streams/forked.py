"""A process that knows what this one knows and works for it alone; when either ends, so does the work."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any


class FailedError(Exception):
    """The other process failed; one process alone does all of it again and says why."""


def is_possible() -> bool:
    """Return whether a process can be started that knows what this one does."""
    return "fork" in multiprocessing.get_all_start_methods()


@contextmanager
def forked(work: Callable[..., None], *given: Any) -> Iterator[Connection]:
    """Run `work(connection, *given)` in a process of its own and yield the other end of the connection."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    one = context.Process(target=_alone, args=(here, there, work, given), daemon=True)
    one.start()
    there.close()
    try:
        yield here
    finally:
        here.close()
        one.terminate()
        one.join()


def received(here: Connection) -> bytes:
    """Return the next message of the other process.

    Raises
    ------
    FailedError
        when it ended.
    """
    try:
        return here.recv_bytes()
    except (EOFError, OSError) as error:
        raise FailedError from error


def sent(there: Connection, message: bytes) -> None:
    """Send the other process a message.

    Raises
    ------
    FailedError
        when it ended.
    """
    try:
        there.send_bytes(message)
    except OSError as error:
        raise FailedError from error


def _alone(here: Connection, there: Connection, work: Callable[..., None], given: tuple[Any, ...]) -> None:
    # who is interrupted at the terminal is the first process, which ends this one; held open here, its end
    # of the connection would outlive it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    here.close()
    # whatever is wrong, the first process does all of it again and says so
    with suppress(Exception):
        work(there, *given)
