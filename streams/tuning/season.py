"""A season made up with dice of a fixed seed, whose truth is known: to learn and test with, not a record.

Fires of many sizes, straw burned on the fields of one county, works that are always hot, cloud that hides,
and traps read every week. Nothing in it happened; every observation says `reconstruction`.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from msgspec import Struct

from alerts.tuning.known import Known
from detectors.region import Region
from schemas.codec import encode
from schemas.observation import AnyObservation, Hotspot, Pass, Report, TrapCount
from streams.tuning.viirs import LAG, viirs

STARTS_AT = datetime(2026, 3, 1, tzinfo=UTC)
BOX = (101.6, 27.4, 102.9, 28.6)
"""West, south, east, north: round 西昌, so that the demo's counties hold it."""

FIELDS = (102.15, 27.83, 102.35, 28.05)
"""Where straw is burned: fields of 西昌市 (513401)."""

PASSES = (("N20", 5.9), ("N", 6.7), ("N20", 18.1), ("N", 18.9))
"""Satellite and UTC hour of its looks a day; 13 to 15 and 2 to 3 o'clock there."""

WORKS = ((102.05, 27.62), (102.62, 28.31), (101.84, 28.12))


class Season(Struct, frozen=True, kw_only=True):
    """What was observed, in no order, and what is true."""

    observations: tuple[AnyObservation, ...]
    known: tuple[Known, ...]


class Sort(Struct, frozen=True, kw_only=True):
    """How much of each there is a day, on average."""

    fires: float = 0.8
    straw: float = 6.0
    cloudy: float = 0.25


@dataclass
class _Sky:
    """The dice and the looks of the whole season; cloud covers the box in a look or does not."""

    dice: np.random.Generator
    days: int
    cloudy: float

    def __post_init__(self) -> None:
        self.looks = [
            (
                satellite,
                STARTS_AT + timedelta(days=day, minutes=round(60.0 * hour + self.dice.uniform(-18, 18))),
            )
            for day in range(self.days)
            for satellite, hour in PASSES
        ]
        self.hidden = self.dice.random(len(self.looks)) < self.cloudy

    def clear(self, since: datetime, until: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield the looks of a span that no cloud hides."""
        for (satellite, at), hidden in zip(self.looks, self.hidden, strict=True):
            if since <= at < until and not hidden:
                yield satellite, at


def season(seed: int = 1, days: int = 56, sort: Sort | None = None) -> Season:
    """Return a season of so many days; the same seed gives the same season."""
    sort = Sort() if sort is None else sort
    sky = _Sky(np.random.default_rng(seed), days, sort.cloudy)
    observations: list[AnyObservation] = list(_passes(sky))
    known: list[Known] = []
    for made, things in (_fires(sky, sort), _straw(sky, sort), _works(sky), (_traps(days), ())):
        observations += made
        known += things
    return Season(observations=tuple(observations), known=tuple(known))


Made = tuple[list[AnyObservation], list[Known]]


def _fires(sky: _Sky, sort: Sort) -> Made:
    """Fires: each is weak at first, grows, and is out after some hours or days; some are reported."""
    seen: list[AnyObservation] = []
    known: list[Known] = []
    for number in range(int(sky.dice.poisson(sort.fires * sky.days))):
        lon, lat = (float(sky.dice.uniform(low, high)) for low, high in zip(BOX[:2], BOX[2:], strict=True))
        begun = STARTS_AT + timedelta(hours=float(sky.dice.uniform(0.0, 24.0 * (sky.days - 3))))
        hours, power = float(sky.dice.gamma(2.0, 12.0)) + 3.0, float(sky.dice.lognormal(3.5, 0.6))
        ended = begun + timedelta(hours=hours)
        known.append(
            _known(f"fire-{number}", True, "fire", (begun, ended), (lon, lat), carbon_t=power * hours)
        )
        for satellite, at in sky.clear(begun, ended):
            share = max(1.0 - abs(2.0 * ((at - begun) / (ended - begun)) - 1.0), 0.3)
            for k in range(1 + int(share * power / 12.0)):
                where = (lon + 0.004 * (k % 3), lat + 0.004 * (k // 3))
                seen.append(_pixel(satellite, at, where, max(power * share / (1 + k), 1.0), sky))
        if sky.dice.random() < 0.35:
            seen.append(
                _report(number, begun + timedelta(minutes=float(sky.dice.uniform(20, 120))), lon, lat)
            )
    return seen, known


def _straw(sky: _Sky, sort: Sort) -> Made:
    """Straw burned in the early afternoon: weak, a single pixel, out within the hour."""
    seen: list[AnyObservation] = []
    known: list[Known] = []
    for number in range(int(sky.dice.poisson(sort.straw * sky.days))):
        lon, lat = (
            float(sky.dice.uniform(low, high)) for low, high in zip(FIELDS[:2], FIELDS[2:], strict=True)
        )
        begun = STARTS_AT + timedelta(
            days=int(sky.dice.integers(0, sky.days)), hours=float(sky.dice.uniform(5.0, 7.0))
        )
        ended, power = begun + timedelta(hours=1), float(sky.dice.lognormal(1.4, 0.5))
        looks = list(sky.clear(begun, ended))
        seen += [_pixel(satellite, at, (lon, lat), power, sky) for satellite, at in looks]
        if looks:
            known.append(_known(f"straw-{number}", False, "straw", (begun, ended), (lon, lat)))
    return seen, known


def _works(sky: _Sky) -> Made:
    """Works that glow in most looks, all season."""
    seen: list[AnyObservation] = []
    until = STARTS_AT + timedelta(days=sky.days)
    for lon, lat in WORKS:
        for satellite, at in sky.clear(STARTS_AT, until):
            if sky.dice.random() < 0.5:
                seen.append(_pixel(satellite, at, (lon, lat), float(sky.dice.lognormal(2.0, 0.4)), sky))
    known = [_known(f"works-{k}", False, "works", (STARTS_AT, until), place) for k, place in enumerate(WORKS)]
    return seen, known


def _passes(sky: _Sky) -> Iterator[Pass]:
    for (satellite, at), hidden in zip(sky.looks, sky.hidden, strict=True):
        yield Pass(
            observation_id=f"season/{satellite}/{at:%Y%m%dT%H%M%S}",
            source=f"{satellite}/VIIRS",
            observed_at=at,
            received_at=at + LAG,
            feed="season",
            reconstruction=True,
            looked=not hidden,
            west=BOX[0],
            south=BOX[1],
            east=BOX[2],
            north=BOX[3],
            reason="cloud" if hidden else "",
        )


def _traps(days: int) -> list[AnyObservation]:
    """Traps of the pine sawyer beetle, read every week."""
    return [
        TrapCount(
            observation_id=f"season/trap-{trap}/{day}",
            source=f"trap-{trap}",
            observed_at=STARTS_AT + timedelta(days=day, hours=2),
            received_at=STARTS_AT + timedelta(days=day, hours=3),
            feed="season",
            reconstruction=True,
            frame="wgs84",
            longitude=102.2 + 0.02 * trap,
            latitude=27.9,
            species="Monochamus alternatus",
            started_at=STARTS_AT + timedelta(days=day - 7, hours=2),
            status="ok",
            catch=float((trap + day) % 4),
        )
        for day in range(0, days, 7)
        for trap in range(4)
    ]


def _pixel(satellite: str, at: datetime, where: tuple[float, float], frp_mw: float, sky: _Sky) -> Hotspot:
    lon, lat = (one + float(sky.dice.normal(0.0, 0.001)) for one in where)
    return viirs(satellite, at, (lon, lat), round(frp_mw, 2), feed="season", reconstruction=True)


def _report(number: int, at: datetime, lon: float, lat: float) -> Report:
    return Report(
        observation_id=f"season/call-{number}",
        source="12119",
        source_class="public",
        frame="wgs84",
        observed_at=at,
        received_at=at + timedelta(minutes=2),
        feed="season",
        reconstruction=True,
        longitude=round(lon, 4),
        latitude=round(lat, 4),
        radius_m=800.0,
        saw="smoke",
    )


def _known(  # noqa: PLR0913, PLR0917 - what is known of one thing
    name: str,
    is_fire: bool,  # noqa: FBT001 - what is known of it
    what: str,
    span: tuple[datetime, datetime],
    place: tuple[float, float],
    carbon_t: float | None = None,
) -> Known:
    return Known(
        known_id=name,
        is_fire=is_fire,
        what=what,
        from_at=span[0],
        to_at=span[1],
        longitude=round(place[0], 5),
        latitude=round(place[1], 5),
        radius_km=0.5,
        carbon_t=None if carbon_t is None else round(carbon_t, 1),
    )


def written(found: Season) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the files of a season, as the archive and the truth are read."""
    for name, values in (("observations.ndjson.gz", found.observations), ("truth.ndjson", found.known)):
        content = b"".join(encode(one) + b"\n" for one in values)
        yield name, gzip.compress(content, mtime=0) if name.endswith(".gz") else content


PLAIN = ("province", "city", "county", "protected_areas", "settlements")
"""Layers that places are told from; without what grows or stops a fire nothing is asked of its spread."""


def plain(region: Region) -> Region:
    """Return a region with the layers alone that tell where something is."""
    layers = {name: layer for name, layer in region.layers.items() if name in PLAIN}
    return replace(region, layers=layers, terrain=None, version="")
