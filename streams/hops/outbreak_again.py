"""A row of a table that was read under two ids is one find: an older version named rows otherwise.

Of two the higher revision stands, then the one that came while it could still be a sign.
"""

from collections.abc import Iterable

from detectors.pests.told_once import AGAIN
from streams.feeds.pest_identity import row_of
from streams.hops.outbreak_board import PestBoard, PestRow
from streams.hops.rank import rank


def again_of(rows: Iterable[PestRow]) -> dict[str, str]:
    """Return, of finds that are one row of a table, the id that stands for each other one."""
    of_row: dict[str, list[PestRow]] = {}
    for row in rows:
        name = row_of(row.one)
        if name:
            of_row.setdefault(name, []).append(row)
    found: dict[str, str] = {}
    for same in of_row.values():
        if len(same) > 1:
            *others, stands = sorted(same, key=_worth)
            found |= {one.one.observation_id: stands.one.observation_id for one in others}
    return found


def stands_for(board: PestBoard, sign: str) -> str:
    """Return the sign that an outbreak which stood on this one stands on: itself, or its other telling."""
    row = board.rows.get(sign)
    if row is not None and row.grade is None:
        return next((why.ref for why in row.reasons if why.rule == AGAIN), sign)
    return sign


def _worth(row: PestRow) -> tuple[int, bool, int, str]:
    return row.one.revision, not row.sealed, rank(row.one), row.one.observation_id
