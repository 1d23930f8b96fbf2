"""What takes back goes once on each way: a row that moves on never doubles the one that goes beside it."""

from msgspec.structs import replace

from schemas.hop import Result
from streams.hops.outbox import Outbox, Pending

MARK = "_w"


def beside_id(notice_id: str, way: int) -> str:
    """Return the lasting id of a row that goes beside another, by this further way."""
    return f"{notice_id}{MARK}{way}"


def take_over(state: Outbox, result: Result, row: Pending) -> None:
    """Drop what goes beside a row on the way that it moves to: it says the same there itself."""
    other = state.pending.get(row.receiver, {}).get(beside_id(row.notice_id, row.way))
    if other is not None:
        state.drop(other, result)


def note_beside(state: Outbox, result: Result, row: Pending) -> None:
    """Let the row that this one went beside go on by no way that has taken it."""
    mine = state.pending.get(row.receiver, {})
    first = mine.get(row.notice_id.rpartition(MARK)[0]) if row.beside else None
    if first is not None:
        state.put(replace(first, dead=(*first.dead, row.way)), result)
