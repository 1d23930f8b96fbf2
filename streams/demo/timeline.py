"""The timeline of the demo's season, as it is written in `season.toml`."""

import functools
import hashlib
import importlib.resources
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

BEIJING = ZoneInfo("Asia/Shanghai")

Instant = Annotated[datetime, Meta(tz=True)]
Span = tuple[float, float]


class Area(Struct, frozen=True, forbid_unknown_fields=True):
    """Burned area at one instant."""

    at: Instant
    ha: float
    status: str


class Spot(Struct, frozen=True, forbid_unknown_fields=True):
    """A spot fire: when, how far ahead of the origin's head, how large after how many hours."""

    at: Instant
    ahead_km: float
    turned_deg: float
    ha: float
    hours: float
    status: str


class Word(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a person, a camera or a sensor said of the fire."""

    kind: Literal["reading", "report", "sighting"]
    at: Instant
    received_s: float
    source: str
    status: str
    source_class: Literal["", "ground", "public", "video", "tower", "aerial"] = ""
    saw: Literal["smoke", "flame", "nothing", "unknown"] = "unknown"
    station: tuple[float, float] | None = None
    placed: bool = True
    spot: bool = False
    head: bool = False
    radius_m: float = 1000.0
    probability: float | None = None
    quantity: str = ""
    value: float = 0.0
    place_name: str = ""
    place_name_en: str = ""
    text: str = ""
    text_en: str = ""


class Burn(Struct, frozen=True, forbid_unknown_fields=True):
    """The reconstructed fire."""

    name: str
    longitude: float
    latitude: float
    place_status: str
    ignited_at: Instant
    ignited_status: str
    towards_deg: float
    towards_status: str
    length_to_breadth: Annotated[float, Meta(ge=1)]
    shape_status: str
    area: tuple[Area, ...]
    spot: tuple[Spot, ...]
    word: tuple[Word, ...]


class Himawari(Struct, frozen=True, forbid_unknown_fields=True):
    """The satellite that looks every ten minutes."""

    satellite: str
    latency_min: int
    latency_status: str
    cell_deg: float
    scan_km: float
    track_km: float
    least_mw: float
    least_status: str
    gaps: tuple[str, ...]


class Satellite(Struct, frozen=True, forbid_unknown_fields=True):
    """A polar satellite that passes twice a day."""

    name: str
    instrument: Literal["VIIRS", "MODIS"]
    day_at: time
    night_at: time
    scan_km: float
    track_km: float
    status: str


class SteelWorks(Struct, frozen=True, forbid_unknown_fields=True):
    """A place that is always hot."""

    name: str
    longitude: float
    latitude: float
    place_status: str
    days: tuple[date, ...]
    frp_mw: Span
    status: str


class Background(Struct, frozen=True, forbid_unknown_fields=True):
    """Ordinary lone hotspots."""

    first_day: date
    last_day: date
    before_season: int
    during_season: int
    frp_mw: Span
    status: str


class FarmFires(Struct, frozen=True, forbid_unknown_fields=True):
    """A day of field burning in one county."""

    day: date
    county: str
    fires: int
    seen_twice: int
    two_pixels: int
    apart_km: float
    frp_mw: Span
    status: str


class Watch(Struct, frozen=True, forbid_unknown_fields=True):
    """A box that every pass looks at: always, or only before `until` and after `since`."""

    name: str
    box: tuple[float, float, float, float]
    cloudy: float
    status: str
    until: Instant | None = None
    since: Instant | None = msgspec.field(default=None, name="from")


class Timeline(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    v: Literal[1]
    starts_at: Instant
    ends_at: Instant
    xichang: Burn
    himawari: Himawari
    satellite: tuple[Satellite, ...]
    steel_works: SteelWorks
    background: Background
    qingming: FarmFires
    watch: tuple[Watch, ...]


class Overpass(Struct, frozen=True):
    """One polar satellite over the region: when it looked and when its data arrived."""

    satellite: Satellite
    observed_at: datetime
    received_at: datetime
    is_day: bool

    @property
    def source(self) -> str:
        """What observes, as every feed of ours names it."""
        return f"{self.satellite.name}/{self.satellite.instrument}"


@functools.cache
def timeline() -> Timeline:
    """The timeline that comes with the demo; `msgspec.ValidationError` names a field that does not fit."""
    text = (importlib.resources.files("streams.demo") / "season.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=Timeline)


def share(*key: object) -> float:
    """A number from 0 to below 1 that depends on the key alone: dice that fall alike on every machine."""
    digest = hashlib.sha256(repr(key).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def between(span: Span, *key: object) -> float:
    """A number in the span that depends on the key alone."""
    return span[0] + (span[1] - span[0]) * share(*key)


def overpasses(day: date) -> list[Overpass]:
    """Every polar overpass of this day (Beijing time), in order; the minutes wander as real tracks do."""
    made = [
        _overpass(satellite, day, at, is_day=is_day)
        for satellite in timeline().satellite
        for at, is_day in ((satellite.day_at, True), (satellite.night_at, False))
    ]
    return sorted(made, key=lambda one: one.observed_at)


def _overpass(satellite: Satellite, day: date, at: time, *, is_day: bool) -> Overpass:
    # One wander for both VIIRS, so that they stay 50 minutes apart on the same orbit.
    wander = timedelta(
        minutes=round(between((-12, 12), "wander", satellite.instrument, day.toordinal(), is_day))
    )
    observed = (datetime.combine(day, at, BEIJING) + wander).astimezone(UTC)
    delay = timedelta(minutes=round(between((130, 185), "delay", satellite.name, day.toordinal(), is_day)))
    return Overpass(satellite, observed, observed + delay, is_day)
