"""What is asked of the FIRMS area API, and what its answers mean (fire.md section 3.1)."""

import re
from datetime import date, timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from streams.feeds.firms import header_names, is_header
from streams.feeds.refusal import error_words, why_not_data
from streams.feeds.text import lines_of, text_of

SOURCES = ("MODIS_NRT", "VIIRS_SNPP_NRT", "VIIRS_NOAA20_NRT", "VIIRS_NOAA21_NRT")
"""The four near-real-time sources that see Sichuan."""

BASE_URL = "https://firms.modaps.eosdis.nasa.gov"
LONGEST_RANGE_DAYS = 5
"""Days that one request may ask for."""

LONGEST_GAP_DAYS = 60
"""After a longer stop only this many days are asked for; near-real-time data is kept about that long."""

LIMIT = 5000
"""Transactions in ten minutes for one key; large requests count for several."""

Answer = Literal["data", "wrong key", "too many requests", "wrong request", "no data"]


class Options(Struct, frozen=True, kw_only=True):
    """What to poll."""

    west: Annotated[float, Meta(ge=-180, le=180)]
    south: Annotated[float, Meta(ge=-90, le=90)]
    east: Annotated[float, Meta(ge=-180, le=180)]
    north: Annotated[float, Meta(ge=-90, le=90)]
    sources: tuple[str, ...] = SOURCES
    overlap_days: Annotated[int, Meta(ge=1, le=5, description="Days asked for again at every poll.")] = 2
    every_s: Annotated[float, Meta(gt=0)] = 600.0
    budget: Annotated[int, Meta(ge=1, le=LIMIT, description="Transactions in ten minutes.")] = 500
    base_url: str = BASE_URL
    availability: Annotated[bool, Meta(description="Ask also up to when there is data.")] = False

    def __post_init__(self) -> None:
        if not (self.west < self.east and self.south < self.north):
            raise ValueError("the area is west,south,east,north with west < east and south < north")
        if wrong := [source for source in self.sources if not re.fullmatch(r"[A-Z0-9_]{3,40}", source)]:
            raise ValueError(f"no source of FIRMS: {wrong[0]!r}")
        place = urlsplit(self.base_url)
        if place.scheme != "https" and place.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("the key is part of the address: only https may carry it to another machine")


class Window(Struct, frozen=True):
    """Days to ask for: back from today, or forward from `start`."""

    days: int
    start: date | None = None

    @property
    def cost(self) -> int:
        """How many transactions it is taken to count for: one a day."""
        return self.days


def windows(last: date | None, today: date, overlap_days: int) -> list[Window]:
    """Return what to ask for so that no day since the last poll is left out, oldest first."""
    if last is None:
        return [Window(overlap_days)]
    first = min(last, today) - timedelta(days=overlap_days - 1)
    first = max(first, today - timedelta(days=LONGEST_GAP_DAYS))
    days = (today - first).days + 1
    if days <= LONGEST_RANGE_DAYS:
        return [Window(days)]
    starts = range(0, days, LONGEST_RANGE_DAYS)
    return [Window(min(LONGEST_RANGE_DAYS, days - at), first + timedelta(days=at)) for at in starts]


def address(options: Options, key: str, source: str, window: Window) -> str:
    """Return the address of one request; it holds the key and must never be shown."""
    area = f"{options.west:g},{options.south:g},{options.east:g},{options.north:g}"
    start = f"/{window.start.isoformat()}" if window.start else ""
    return f"{options.base_url.rstrip('/')}/api/area/csv/{key}/{source}/{area}/{window.days}{start}"


_MEANINGS: tuple[tuple[Answer, frozenset[int], str], ...] = (
    ("wrong key", frozenset((401, 403)), "the source does not accept the MAP_KEY"),
    ("too many requests", frozenset((429,)), "over the transaction limit"),
    ("wrong request", frozenset((400, 404)), "the source does not understand the request"),
)
"""What an answer means by its words or its status, the first that fits: words come with any status."""


def judge(status: int, body: bytes) -> tuple[Answer, str]:
    """Return what an answer is, with a few words; errors also come as plain text with status 200."""
    words = error_words(body[:1000])
    for answer, statuses, meaning in _MEANINGS:
        if words == answer or (words is None and status in statuses):
            return answer, f"status {status}: {meaning}"
    return _judge_rows(body) if status == 200 else ("no data", f"status {status}")


def _judge_rows(body: bytes) -> tuple[Answer, str]:
    lines = lines_of(body)
    names = next((header_names(text) for line in lines[:5] if is_header(text := text_of(line) or "")), None)
    if names is None:
        return "no data", why_not_data(body[:8192]).detail
    if not body.endswith((b"\n", b"\r")) and lines[-1].count(b",") + 1 < len(names):
        return "no data", "the answer breaks off in the middle of a row"
    return "data", f"{max(0, len(lines) - 1)} rows"
