"""What the words of a FIRMS row mean: times, confidence, instruments (fire.md section 3.1)."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

from detectors.identity import INSTRUMENTS

Word = Literal["low", "nominal", "high", "unknown"]

UNKNOWN_WORDS = frozenset(("", "null", "none", "nan", "na", "n/a", "-", "--"))
"""How feeds write that they do not know."""

_CONFIDENCE: dict[str, Word] = {
    "l": "low",
    "low": "low",
    "n": "nominal",
    "nominal": "nominal",
    "h": "high",
    "high": "high",
}
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?$")
_DIGITS = re.compile(r"^(\d{1,4})(?:\.0+)?$")
_DAY = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?$")
_NAME = re.compile(r"^\w[\w .+-]{0,19}$")
_EPOCH_MS = re.compile(r"^(\d{12,13})(?:\.0+)?$")


@lru_cache(maxsize=65536)
def acquired(date: str, time: str) -> tuple[datetime | None, tuple[str, ...]]:
    """Return the acquisition minute, None where unreadable, and the names of what was mended.

    Seconds are dropped: they are not part of a hotspot's identity, and feeds differ in giving them.
    """
    day, day_notes = _day(date.strip())
    minutes, time_notes = _minutes(time.strip())
    if day is None or minutes is None:
        return None, ()
    return day + timedelta(minutes=minutes), day_notes + time_notes


def _day(text: str) -> tuple[datetime | None, tuple[str, ...]]:
    try:
        if epoch := _EPOCH_MS.match(text):
            at = datetime.fromtimestamp(int(epoch[1]) / 1000, UTC)
            return at.replace(hour=0, minute=0, second=0, microsecond=0), ("epoch_date",)
        if day := _DAY.match(text):
            return datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=UTC), ()
    except (ValueError, OverflowError, OSError):
        pass
    return None, ()


def _minutes(text: str) -> tuple[int | None, tuple[str, ...]]:
    """Return minutes after midnight UTC of `0045`, `45`, `HMM` or `HH:MM[:SS]`."""
    if clock := _CLOCK.match(text):
        hour, minute = int(clock[1]), int(clock[2])
        notes: tuple[str, ...] = ("acq_time_colons",)
    elif digits := _DIGITS.match(text):
        hour, minute = divmod(int(digits[1]), 100)
        notes = () if len(text) == 4 else ("acq_time_padded",)
    else:
        return None, ()
    return (hour * 60 + minute, notes) if hour < 24 and minute < 60 else (None, ())


@lru_cache(maxsize=65536)
def instant(text: str) -> datetime | None:
    """Return an aware UTC instant from ISO text (no zone: UTC) or epoch milliseconds, else None."""
    text = text.strip()
    try:
        if epoch := _EPOCH_MS.match(text):
            return datetime.fromtimestamp(int(epoch[1]) / 1000, UTC)
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


@lru_cache(maxsize=4096)
def confidence(text: str) -> tuple[Word, float | None]:
    """Return the source's own word, and its percentage where it gives one.

    MODIS counts below 30 as low and from 80 as high (fire.md section 3.1, from memory).
    """
    plain = text.strip().lower()
    if plain in _CONFIDENCE:
        return _CONFIDENCE[plain], None
    try:
        percent = float(plain)
    except ValueError:
        return "unknown", None
    if not 0 <= percent <= 100:
        return "unknown", None
    return ("low" if percent < 30 else "high" if percent >= 80 else "nominal"), percent


def is_name(word: str) -> bool:
    """Return whether a word can name a satellite: short, printable, no part of a path."""
    return _NAME.match(word) is not None


@lru_cache(maxsize=1024)
def instrument(satellite: str, word: str, *, viirs_names: bool) -> tuple[str, tuple[str, ...]]:
    """Return the instrument and what was mended; the satellite decides before the feed's own word.

    Otherwise one pixel would have two identities, depending on the feed it came by.
    """
    said = word.strip().upper()
    said = said if is_name(said) else ""
    true = INSTRUMENTS.get(satellite) or said or ("VIIRS" if viirs_names else "MODIS")
    if said == true:
        return true, ()
    return true, ("instrument_missing",) if not said else ("instrument_corrected",)
