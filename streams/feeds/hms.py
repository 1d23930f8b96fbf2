"""NOAA Hazard Mapping System: fires of GOES, VIIRS and MODIS that analysts add to and take from.

    Lon, Lat, YearDay, Time, Satellite, Method, Ecosystem, FRP
    -105.427567, 35.741531, 2022096, 1840, GOES-EAST, FDC, 22, 42.106

FRP -999 is none. The day's file is served again and again; what an analyst deletes is in the next one no
more. A collector's `first_seen` and `last_seen` show that: a row whose last sight is before the day's last
collection was withdrawn by the first collection after it. Plain files of a day are compared by who takes them
from a folder, `streams/ingest/withdrawals.py`.
Pixel sizes are not in it: GOES by geometry, the others as at half the swath.
Reference: NOAA OSPO, HMS fire product text files.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from schemas.observation import Hotspot, Retraction
from streams.feeds.base import Feed, Limits, Parsed, refusal
from streams.feeds.firms_words import instant
from streams.feeds.geostationary import pixel_km
from streams.feeds.pixels import Columns, Pixels, data_lines, read_pixels
from streams.feeds.text import lines_of, text_of, texts_of

NAME = "hms"

NEEDED = ("lat", "lon", "yearday", "time", "satellite", "frp")
SIGNS = ("yearday", "method", "satellite")
"""Named together by this feed alone."""

SUB_LONGITUDE_DEG = {"GOES-EAST": -75.2, "GOES-WEST": -137.2}
HALF_SWATH_KM = {"VIIRS": ("0.53", "0.48"), "MODIS": ("1.33", "1.14")}
"""Along scan and track at half the swath, from the sensors' scan geometry: half of all pixels are smaller."""


def recognise(head: bytes) -> bool:
    """Return whether a line of the first names the columns of HMS."""
    return any(_is_header(text_of(line)) for line in lines_of(head)[:40])


def _is_header(text: str | None) -> bool:
    return text is not None and {*SIGNS} <= {*_names(text)}


def _names(text: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in text.lstrip("\ufeff").split(",")]


def parse(data: bytes, limits: Limits) -> Parsed:
    """Return every row as a hotspot or a refusal, and what was withdrawn since as retractions."""
    lines = lines_of(data)
    texts = texts_of(lines)
    at = next((at for at, text in enumerate(texts) if _is_header(text)), None)
    if at is None:
        return Parsed(NAME, refused=refusal("unreadable", "no head of an HMS table"))
    names = _names(texts[at] or "")
    absent = [name for name in NEEDED if name not in names]
    if absent:
        return Parsed(NAME, refused=refusal("missing_column", "no column " + ", ".join(absent)))
    rows = [row for row in data_lines(lines, texts, at + 1) if not _is_header(row[2])]
    found = read_pixels(names, rows, _firms, limits, lines[at])
    return found.parsed(NAME, _withdrawn(found, found.spots))


def _firms(columns: Mapping[str, Sequence[str]], count: int) -> Columns:
    satellites = [text.upper() for text in columns["satellite"]]
    methods = columns.get("method", [""] * count)
    instruments = [_instrument(*pair) for pair in zip(satellites, methods, strict=True)]
    rows = zip(columns["lon"], columns["lat"], satellites, instruments, strict=True)
    sizes = [_size(*row) for row in rows]
    return {
        "latitude": list(columns["lat"]),
        "longitude": list(columns["lon"]),
        "acq_date": [_date(text) for text in columns["yearday"]],
        "acq_time": [text.zfill(4) for text in columns["time"]],
        "satellite": satellites,
        "instrument": instruments,
        "frp": list(columns["frp"]),
        "scan": [size[0] for size in sizes],
        "track": [size[1] for size in sizes],
        "first_seen": list(columns.get("first_seen", [""] * count)),
        "feed": [NAME] * count,
    }


def _instrument(satellite: str, method: str) -> str:
    if satellite.startswith("GOES"):
        return "ABI"
    return "MODIS" if "MODIS" in (method.upper(), satellite[:5]) else "VIIRS"


def _size(lon: str, lat: str, satellite: str, instrument: str) -> tuple[str, str]:
    over = SUB_LONGITUDE_DEG.get(satellite)
    if over is not None:
        return pixel_km(lon, lat, over)
    return HALF_SWATH_KM.get(instrument, ("2.0", "2.0"))


@lru_cache(maxsize=1024)
def _date(text: str) -> str:
    """Return a date of year and day of the year, as `2022096`, in ISO's form; blank where it is none."""
    try:
        year, day = int(text[:4]), int(text[4:7])
        at = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day - 1)
    except (ValueError, OverflowError):
        return ""
    return f"{at:%Y-%m-%d}" if at.year == year and len(text) == 7 else ""


def _withdrawn(found: Pixels, spots: Sequence[Hotspot]) -> Iterable[Retraction]:
    """Yield a retraction for every row that was gone before the last collection of its day."""
    if "last_seen" not in found.columns:
        return
    days, lasts = found.columns["yearday"], [instant(text) for text in found.columns["last_seen"]]
    collected: dict[str, set[datetime]] = {}
    for day, spot, last in zip(days, spots, lasts, strict=True):
        collected.setdefault(day, set()).update(at for at in (spot.received_at, last) if at is not None)
    looks = {day: sorted(times) for day, times in collected.items()}
    for day, spot, last in zip(days, spots, lasts, strict=True):
        after = bisect_right(looks[day], last) if last is not None else len(looks[day])
        if after < len(looks[day]):
            yield _retraction(spot, looks[day][after])


def _retraction(spot: Hotspot, at: datetime) -> Retraction:
    return Retraction(
        observation_id=f"withdrawn/{spot.observation_id}",
        source=spot.source,
        observed_at=spot.observed_at,
        received_at=at,
        feed=NAME,
        retracts=spot.observation_id,
    )


HMS = Feed(NAME, recognise, parse)
