"""JAXA wildfires of Himawari as CSV: L2WLF every ten minutes, whose FRP is W/m², and hourly L3WLF, in MW.

    # 2025 12  9 19  0 UTC  2025 12  9 19 30 UTC
    # ID,Year,Month,Day,Time(UTC),Lat,Lon,Area(km^2),Volcano,Level,Reliability,FRP(Wm^-2),QF,Hot(ID)
    46,2025,12,9,1902,26.60,101.66,4.43,0,1,1,3.00,0,48

L3WLF has no head: `year, month, day, hour, lat, lon, FRP mean, FRP max, confidence, N`. Daily and monthly
files know no hour and are refused. Neither names its satellite; the date does. Known limits: the grid is not
corrected for terrain; a volcano near a pixel masks nothing here.
Reference: README_Himawari_L2WLF.txt, README_H08_L3WLF.txt (JAXA EORC, P-Tree).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from schemas.observation import Pass
from streams.feeds.base import Feed, Limits, Parsed, refusal
from streams.feeds.geostationary import HIMAWARI_DEG, pixel_km
from streams.feeds.pixels import Columns, data_lines, read_pixels
from streams.feeds.text import lines_of, text_of, texts_of

L2, L3 = "jaxa-l2wlf", "jaxa-l3wlf"

HIMAWARI_9_FROM = datetime(2022, 12, 13, 5, tzinfo=UTC)
"""Himawari-9 took over from Himawari-8 (JMA, 13 December 2022, 05:00 UTC)."""

RELIABILITY = {"1": "low", "3": "nominal", "5": "high"}
LOWEST_USED = 2.5
"""Mean confidence below which JAXA leaves an hour out of its daily statistics."""
HIGH_FROM = 4.0

_L2_HEAD = re.compile(r"^\s*#?\s*ID\s*,.*\bReliability\b.*\bFRP\b", re.IGNORECASE)
_L3_ROW = re.compile(r"^\s*(?:19|20)\d\d(?:\.0*)?\s*,\s*\d{1,2}\s*,\s*\d{1,2}\s*,[-+\d.,\sEe]+$")
_L3_HEAD = re.compile(r"^\s*#?\s*year\s*,\s*month\s*,.*\bFRP\b", re.IGNORECASE)
_SLOT = re.compile(r"#\s*(\d{4})\s+(\d{1,2})\s+(\d{1,2})\s+(\d{1,2})\s+(\d{1,2})\s+UTC")
"""The acquisition in the first line; the second time there is that of processing."""

FULL_DISK = (80.0, -60.0, 180.0, 60.0)
"""What a slot covers, west of the date line: 60 N to 60 S, from 80 E on (README_Himawari_L2WLF.txt)."""
L2_NEEDED = ("lat", "lon", "area", "frp", "reliability")
L3_COLUMNS = ("year", "month", "day", "hour", "lat", "lon", "frp", "max", "confidence", "n")


def recognise_l2(head: bytes) -> bool:
    """Return whether the first lines hold the head of an L2WLF table."""
    return any(_L2_HEAD.match(text_of(line) or "") for line in lines_of(head)[:40])


def recognise_l3(head: bytes) -> bool:
    """Return whether the first line with anything in it is the head or a row of a level 3 table."""
    texts = [text_of(line) or "" for line in lines_of(head)[:40]]
    first = next((text for text in texts if text.strip()), "")
    return bool(_L3_HEAD.match(first) or (_L3_ROW.match(first) and first.count(",") in (7, 9)))


def parse_l2(data: bytes, limits: Limits) -> Parsed:
    """Return every row of a ten-minute slot; a slot in which nothing burns has none."""
    lines = lines_of(data)
    texts = texts_of(lines)
    at = next((at for at, text in enumerate(texts) if _L2_HEAD.match(text or "")), None)
    if at is None:
        return Parsed(L2, refused=refusal("unreadable", "no head of an L2WLF table"))
    names = [_plain(name) for name in (texts[at] or "").lstrip("# ").split(",")]
    absent = sorted(
        {"lat", "lon", "area", "frp", "reliability", "time" if "day" in names else "date"} - {*names}
    )
    if absent:
        return Parsed(L2, refused=refusal("missing_column", "no column " + ", ".join(absent)))
    parsed = read_pixels(names, data_lines(lines, texts), _from_l2, limits, lines[at]).parsed(L2)
    return replace(parsed, passes=tuple(_slot_of(texts[:at], limits)))


def _slot_of(head: Sequence[str | None], limits: Limits) -> Iterator[Pass]:
    """Yield that the satellite looked in this slot, whatever it saw: one that is there and empty is no gap.

    It speaks against no fire: Himawari sees those of some megawatts at best.
    """
    said = next((found for text in head if (found := _SLOT.search(text or ""))), None)
    if said is None:
        return
    try:
        year, month, day, hour, minute = (int(part) for part in said.groups())
        at = datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return
    if not limits.believes(at):
        return
    satellite = _satellite(f"{at:%Y-%m-%d}", f"{at:%H%M}")
    west, south, east, north = FULL_DISK
    yield Pass(
        observation_id=f"{satellite}/AHI/{at:%Y%m%dT%H%MZ}/pass",
        source=f"{satellite}/AHI",
        observed_at=at,
        feed=L2,
        looked=True,
        could_see=False,
        west=west,
        south=south,
        east=east,
        north=north,
    )


def parse_l3(data: bytes, limits: Limits) -> Parsed:
    """Return every row of an hourly table."""
    lines = lines_of(data)
    texts = texts_of(lines)
    rows = [row for row in data_lines(lines, texts) if not _L3_HEAD.match(row[2] or "")]
    if {text.count(",") for _, _, text in rows if text is not None} == {7}:
        return Parsed(L3, refused=refusal("unreadable", "a daily or monthly table: it says no hour"))
    return read_pixels(L3_COLUMNS, rows, _from_l3, limits).parsed(L3)


def _plain(name: str) -> str:
    return re.sub(r"\(.*", "", name).strip().lower()


def _from_l2(columns: Mapping[str, Sequence[str]], count: int) -> Columns:
    if "day" in columns:
        dates = _dates(columns["year"], columns["month"], columns["day"])
        times = [text.zfill(4) for text in columns["time"]]
    else:
        dates = [f"{text[:4]}-{text[4:6]}-{text[6:8]}" for text in columns["date"]]
        times = [text[8:12] for text in columns["date"]]
    frp = [_megawatts(*pair) for pair in zip(columns["area"], columns["frp"], strict=True)]
    doubtful = columns.get("qf", [""] * count)
    words = [
        "low" if flag == "2" else RELIABILITY.get(word, "unknown")
        for word, flag in zip(columns["reliability"], doubtful, strict=True)
    ]
    return _firms(columns, dates, times, L2) | {"frp": frp, "confidence": words}


def _from_l3(columns: Mapping[str, Sequence[str]], _count: int) -> Columns:
    dates = _dates(columns["year"], columns["month"], columns["day"])
    times = [f"{text.split('.')[0].zfill(2)}00" for text in columns["hour"]]
    words = [_word(text) for text in columns["confidence"]]
    return _firms(columns, dates, times, L3) | {"frp": list(columns["frp"]), "confidence": words}


def _dates(years: Sequence[str], months: Sequence[str], days: Sequence[str]) -> list[str]:
    return [
        "-".join(part.split(".")[0].zfill(2) for part in row) for row in zip(years, months, days, strict=True)
    ]


def _megawatts(area: str, flux: str) -> str:
    """Return area, km², times flux, W/m², which is MW; blank where either is unknown."""
    try:
        power = float(area) * float(flux)
    except ValueError:
        return "" if not area or not flux else "not a number"
    return repr(power)


def _word(text: str) -> str:
    """Return the word for a mean confidence of 0 to 5."""
    try:
        mean = float(text)
    except ValueError:
        return "unknown"
    if not 0 <= mean <= 5:
        return "unknown"
    return "low" if mean < LOWEST_USED else "high" if mean >= HIGH_FROM else "nominal"


def _firms(columns: Mapping[str, Sequence[str]], dates: list[str], times: list[str], feed: str) -> Columns:
    sizes = [pixel_km(*pair, HIMAWARI_DEG) for pair in zip(columns["lon"], columns["lat"], strict=True)]
    return {
        "latitude": list(columns["lat"]),
        "longitude": list(columns["lon"]),
        "acq_date": dates,
        "acq_time": times,
        "satellite": [_satellite(*pair) for pair in zip(dates, times, strict=True)],
        "instrument": ["AHI"] * len(dates),
        "scan": [size[0] for size in sizes],
        "track": [size[1] for size in sizes],
        "feed": [feed] * len(dates),
    }


def _satellite(date: str, time: str) -> str:
    """Return which Himawari was in service; unreadable times are refused elsewhere."""
    return "Himawari-9" if f"{date} {time}" >= f"{HIMAWARI_9_FROM:%Y-%m-%d %H%M}" else "Himawari-8"


JAXA_L2WLF = Feed(L2, recognise_l2, parse_l2)
JAXA_L3WLF = Feed(L3, recognise_l3, parse_l3)
