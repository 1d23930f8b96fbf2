"""What is gone from a day's file that is served again was taken back; what is in it again stands again.

HMS serves the file of a day many times, and analysts delete rows (`streams/feeds/hms.py`). The folder keeps
what stood in the last file of each day. A file whose last row is broken, or that lacks more than half of what
stood there, looks cut short: nothing is taken back by it, and that is said.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import msgspec
from msgspec import Struct, field

from schemas.observation import Hotspot, Retraction
from streams.feeds.base import Parsed
from streams.feeds.hms import NAME
from streams.files import write_whole

logger = logging.getLogger(__name__)

FILE = ".days-of-hms.json"
DAYS = 7
"""Files of older days are served no more."""

MOST_GONE = 0.5
FEW = 10
"""Of so few rows all may be gone without the file looking cut."""


class Row(Struct, frozen=True):
    """What a retraction says of the row that it takes back."""

    source: str
    observed_at: datetime


class Day(Struct):
    """The rows of a day by id, and how often each was taken back or stood again since: odd is taken back."""

    rows: dict[str, Row] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)


Days = dict[date, Day]


def kept(folder: Path) -> Days:
    """Return what stood in the last files; nothing where none was kept, or where it is unreadable (said)."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Days)
    except FileNotFoundError:
        return {}
    except msgspec.MsgspecError as error:
        logger.warning("%s is unreadable (%s): the next file of each day is its first", folder / FILE, error)
        return {}


def keep(folder: Path, days: Days) -> None:
    """Keep the newest days, whole or not at all."""
    newest = sorted(days)[-DAYS:]
    write_whole(folder / FILE, msgspec.json.encode({day.isoformat(): days[day] for day in newest}) + b"\n")


def compared(before: Days, parsed: Parsed, content: bytes, now: datetime) -> tuple[Days, list[Retraction]]:
    """Return what stands in each day now, and what this file takes back or lets stand again.

    Files of other feeds, and those whose collector says itself what was withdrawn, change nothing.
    """
    if parsed.feed != NAME or b"last_seen" in content[:4096].lower():
        return before, []
    if _breaks_off(parsed):
        logger.warning("the last row is broken, the file may be cut short: nothing is taken back by it")
        return before, []
    today: Days = {}
    for one in parsed.observations:
        if isinstance(one, Hotspot):
            day = today.setdefault(one.observed_at.date(), Day())
            day.rows[one.observation_id] = Row(one.source, one.observed_at)
    after = dict(before)
    said: list[Retraction] = []
    for at, day in today.items():
        old = before.get(at, Day())
        gone = old.rows.keys() - day.rows.keys()
        if len(old.rows) > FEW and len(gone) > MOST_GONE * len(old.rows):
            logger.warning("%d of %d rows of %s are gone: not believed", len(gone), len(old.rows), at)
            continue
        day.turns = dict(old.turns)
        said += _turned(day, {name: old.rows[name] for name in sorted(gone)}, now, is_taken_back=True)
        again = {name: row for name, row in sorted(day.rows.items()) if day.turns.get(name, 0) % 2}
        said += _turned(day, again, now, is_taken_back=False)
        after[at] = day
    return after, said


def _breaks_off(parsed: Parsed) -> bool:
    return max((row.line for row in parsed.rejected), default=0) > max(parsed.lines, default=0)


def _turned(day: Day, rows: dict[str, Row], now: datetime, *, is_taken_back: bool) -> Iterable[Retraction]:
    """Yield a retraction for each row, or one of its last retraction; each turn has an id of its own."""
    for name, row in rows.items():
        turn = day.turns.get(name, 0) + 1
        day.turns[name] = turn
        yield Retraction(
            observation_id=_called(name, turn),
            source=row.source,
            observed_at=row.observed_at,
            received_at=now,
            feed=NAME,
            retracts=name if is_taken_back else _called(name, turn - 1),
        )


def _called(name: str, turn: int) -> str:
    word = "withdrawn" if turn % 2 else "restored"
    return f"{word}/{name}" if turn == 1 else f"{word}/{turn}/{name}"
