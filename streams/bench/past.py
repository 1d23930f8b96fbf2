"""A made-up month of the archive: fires of many looks, works always hot, sensors, and what sees nothing.

Of the observations 60 % are pixels of fires, 20 % pixels that their source itself calls static, 19 %
readings of smoke sensors, the rest passes. Made with a seed; nothing in it happened.
"""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detectors.identity import hotspot_id
from schemas.codec import encode
from schemas.observation import AnyObservation, Hotspot, Pass, Reading

STARTS_AT = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 30
BOX = (97.5, 26.2, 108.3, 34.2)
"""West, south, east, north: about Sichuan."""

LOOKS = (("N20", 5.9), ("NPP", 6.7), ("N20", 18.1), ("NPP", 18.9))
"""Satellite and UTC hour of its look, every day."""

LAG = timedelta(minutes=150)
PIXELS = 200
"""Of a fire on the mean, over all its looks."""

STATIONS = 200
WORKS = 100
FIRES, STATIC, READINGS = 0.60, 0.20, 0.19

Floats = NDArray[np.float64]


def past(count: int, seed: int = 1) -> Iterator[AnyObservation]:
    """Yield so many observations of thirty days, in no order."""
    dice = np.random.default_rng(seed)
    yield from _fires(dice, round(count * FIRES))
    yield from _works(dice, round(count * STATIC))
    yield from _readings(dice, round(count * READINGS))
    yield from _passes()


def _looks() -> list[tuple[str, datetime]]:
    return [
        (satellite, STARTS_AT + timedelta(days=day, hours=hour))
        for day in range(DAYS)
        for satellite, hour in LOOKS
    ]


def _fires(dice: np.random.Generator, count: int) -> Iterator[Hotspot]:
    """Yield the pixels of fires: each grows from look to look for one to five days."""
    looks, made = _looks(), 0
    while made < count:
        lon, lat = dice.uniform(BOX[0], BOX[2]), dice.uniform(BOX[1], BOX[3])
        size = int(min(dice.lognormal(np.log(PIXELS) - 0.72, 1.2), 4000, count - made)) + 1
        days = int(dice.integers(1, 6))
        first = int(dice.integers(0, len(looks) - 4 * days))
        share = np.sort(dice.integers(0, 4 * days, size))
        for at in np.unique(share):
            pixels = int((share == at).sum())
            side = max(int(np.ceil(np.sqrt(pixels))), 1)
            rows = np.arange(pixels)
            x = lon + 0.004 * (rows % side) + 0.002 * at + dice.normal(0.0, 0.0003, pixels)
            y = lat + 0.004 * (rows // side) + dice.normal(0.0, 0.0003, pixels)
            yield from _pixels(looks[first + at], x, y, dice.lognormal(2.0, 0.8, pixels), 0)
        made += size


def _works(dice: np.random.Generator, count: int) -> Iterator[Hotspot]:
    """Yield pixels that their source calls static: kilns and flares, hot in every look."""
    looks = _looks()
    lon, lat = dice.uniform(BOX[0], BOX[2], WORKS), dice.uniform(BOX[1], BOX[3], WORKS)
    each = np.array_split(np.arange(count), len(looks))
    for look, rows in zip(looks, each, strict=True):
        at = rows % WORKS
        x, y = (one[at] + dice.normal(0.0, 0.01, len(rows)) for one in (lon, lat))
        yield from _pixels(look, x, y, dice.lognormal(2.0, 0.4, len(rows)), 2)


def _pixels(
    look: tuple[str, datetime], lon: Floats, lat: Floats, frp_mw: Floats, land: int
) -> Iterator[Hotspot]:
    satellite, at = look
    for x, y, power in zip(
        lon.round(5).tolist(), lat.round(5).tolist(), frp_mw.round(2).tolist(), strict=True
    ):
        yield Hotspot(
            observation_id=hotspot_id(satellite, "VIIRS", at, x, y),
            source=f"{satellite}/VIIRS",
            observed_at=at,
            received_at=at + LAG,
            longitude=x,
            latitude=y,
            satellite=satellite,
            instrument="VIIRS",
            scan_km=0.4,
            track_km=0.4,
            confidence="high" if power > 30.0 else "nominal",
            frp_mw=power,
            is_day=at.hour < 12,
            land_type=land,
        )


def _readings(dice: np.random.Generator, count: int) -> Iterator[Reading]:
    """Yield what smoke sensors say, all at the same moments: nothing unusual."""
    lon, lat = dice.uniform(BOX[0], BOX[2], STATIONS), dice.uniform(BOX[1], BOX[3], STATIONS)
    rounds = max(count // STATIONS, 1)
    step = timedelta(days=DAYS) / rounds
    for number in range(count):
        at, station = STARTS_AT + step * (number // STATIONS), number % STATIONS
        yield Reading(
            observation_id=f"bench/{station}/{number}",
            source=f"sensor-{station}",
            observed_at=at,
            received_at=at,
            frame="wgs84",
            longitude=round(float(lon[station]), 5),
            latitude=round(float(lat[station]), 5),
            quantity="pm2_5_ugm3",
            value=round(float(dice.normal(30.0, 5.0)), 2),
        )


def _passes() -> Iterator[Pass]:
    for satellite, at in _looks():
        yield Pass(
            observation_id=f"bench/{satellite}/{at:%Y%m%dT%H%M}",
            source=f"{satellite}/VIIRS",
            observed_at=at,
            received_at=at + LAG,
            looked=True,
            west=BOX[0],
            south=BOX[1],
            east=BOX[2],
            north=BOX[3],
        )


def write(folder: Path, count: int) -> None:
    """Write the archive, a file a day, as the archive is kept."""
    days: dict[str, list[bytes]] = {}
    for one in past(count):
        assert one.received_at is not None
        days.setdefault(f"{one.received_at:%Y-%m-%d}", []).append(encode(one) + b"\n")
    for day, lines in days.items():
        (folder / day).mkdir(parents=True, exist_ok=True)
        (folder / day / "observations.ndjson.gz").write_bytes(gzip.compress(b"".join(lines), 1, mtime=0))
