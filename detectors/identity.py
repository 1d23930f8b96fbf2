"""A hotspot is its satellite, instrument, acquisition minute and place; never its version or feed.

Five decimals of a degree are kept: three would make one of two real neighbours (fire.md section 3.1).
"""

import hashlib
import re
from datetime import UTC, datetime
from functools import lru_cache

from schemas.observation import AnyObservation, Hotspot

SPELLINGS: dict[str, tuple[str, ...]] = {
    "N20": ("1", "1.0", "N20", "NOAA20", "J1", "J01", "JPSS1"),
    "N21": ("2", "2.0", "N21", "NOAA21", "J2", "J02", "JPSS2"),
    "NPP": ("N", "NPP", "SNPP", "SUOMINPP", "SUOMI"),
    "Terra": ("T", "TERRA", "EOSAM1", "MODISTERRA"),
    "Aqua": ("A", "AQUA", "EOSPM1", "MODISAQUA"),
    "Himawari-8": ("H8", "H08", "HIMAWARI8", "HIMAWARI08", "HIMA08"),
    "Himawari-9": ("H9", "H09", "HIMAWARI9", "HIMAWARI09", "HIMA09"),
}
"""Our name and, in capitals without spaces or hyphens, how feeds write it (fire.md sections 3.1, 3.3)."""

INSTRUMENTS: dict[str, str] = {
    "N20": "VIIRS",
    "N21": "VIIRS",
    "NPP": "VIIRS",
    "Terra": "MODIS",
    "Aqua": "MODIS",
    "Himawari-8": "AHI",
    "Himawari-9": "AHI",
}
"""The one fire-seeing instrument in service on each satellite; decides where a feed names another or none."""

LONGEST = 200
"""Characters of an id."""

_NAMES = {spelling: name for name, spellings in SPELLINGS.items() for spelling in spellings}
_SERIES = re.compile(r"^(?:G|GOES)(\d{2})$")
_MADE = re.compile(r"^(?:sighting|reading|report|pass|retraction)/[0-9a-f]{40}$")
_FENGYUN = re.compile(r"^FY([34][A-Z])$")


@lru_cache(maxsize=1024)
def satellite_name(word: str) -> str:
    """Return our name of a satellite; a word that is not known comes back in capitals."""
    plain = word.strip().upper()
    folded = re.sub(r"[\s_-]", "", plain)
    if folded in _NAMES:
        return _NAMES[folded]
    if goes := _SERIES.match(folded):
        return f"GOES-{goes[1]}"
    if fengyun := _FENGYUN.match(folded):
        return f"FY-{fengyun[1]}"
    return plain


def hotspot_id(satellite: str, instrument: str, observed_at: datetime, lon: float, lat: float) -> str:
    """Return the lasting identity, as `N20/VIIRS/20240315T0045Z/101.20010,30.10010`.

    Examples
    --------
    >>> hotspot_id("NOAA-20", "VIIRS", datetime(2024, 3, 15, 0, 45, 30, tzinfo=UTC), 101.2001, -0.0)
    'N20/VIIRS/20240315T0045Z/101.20010,0.00000'
    """
    return f"{satellite_name(satellite)}/{instrument}/{_minute(observed_at)}/{place(lon, lat)}"


@lru_cache(maxsize=1024)
def _minute(at: datetime) -> str:
    """Return the minute in UTC; the pixels of a pass ask for the same again and again."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%MZ}"


def lasting_id_of(source: str, own: str) -> str:
    """Return the lasting id of what a source said: its own id for it, with the source before.

    Two sources may both count from one. An id that begins with its source, or was made by us, stands.

    Examples
    --------
    >>> lasting_id_of("patrol/7", "1"), lasting_id_of("cam-3", "cam-3/0900")
    ('patrol/7~1', 'cam-3/0900')
    """
    head = source.replace("~", "~~") + "~"
    if own.startswith((f"{source}/", head)) or _MADE.fullmatch(own):
        return own
    name = head + own
    if len(name) > LONGEST:
        name = f"{name[: LONGEST - 41]}~{hashlib.sha256(name.encode()).hexdigest()[:40]}"
    return name


def place(lon: float, lat: float) -> str:
    """Return longitude and latitude to five decimals; one spelling of zero and one of the date line."""
    text = f"{lon:.5f},{lat:.5f}"
    if "-0.00000" in text:
        text = text.replace("-0.00000", "0.00000")
    return "-" + text if text.startswith("180.00000") else text


def tile(lon: float, lat: float, size_deg: int = 10) -> str:
    """Return the name of the coarse cell that holds a position: its south-west corner.

    Examples
    --------
    >>> tile(101.2, 30.1), tile(-64.9, -13.0), tile(180.0, 90.0)
    ('E100N30', 'W070S20', 'W180N80')
    """
    # Not a division rounded down: a quotient may be rounded up to a whole number, or to zero.
    west = int((-180.0 if lon >= 180.0 else lon) // size_deg) * size_deg
    south = int(min(lat, 90.0 - size_deg) // size_deg) * size_deg
    return _corner(west, south)


@lru_cache(maxsize=1024)
def _corner(west: int, south: int) -> str:
    return f"{'W' if west < 0 else 'E'}{abs(west):03d}{'S' if south < 0 else 'N'}{abs(south):02d}"


def key_of(observation: AnyObservation) -> str:
    """Return the thing that observes: satellite and tile of a hotspot, else the source."""
    if isinstance(observation, Hotspot):
        return f"{observation.satellite}/{tile(observation.longitude, observation.latitude)}"
    return observation.source
