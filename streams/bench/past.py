"""A made-up month of a province's archive, in the mix that such an archive has. Nothing in it happened.

Most of what is kept never becomes a fire: works that are always hot, the same pixel from a second poll,
cameras that looked and saw nothing, sensors that measured the usual. Fires of many looks and lone pixels of
farm fires are a tenth, and still many times what burns in a month. Made with a seed.
"""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from schemas.codec import encode
from schemas.observation import AnyObservation, Hotspot, Pass, Reading
from streams.tuning.viirs import LAG, viirs

STARTS_AT = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 30
BOX = (97.5, 26.2, 108.3, 34.2)
"""West, south, east, north: about Sichuan."""

LOOKS = (("N20", 5.9), ("NPP", 6.7), ("N20", 18.1), ("NPP", 18.9))
"""Satellite and UTC hour of its look, every day."""

PIXELS = 200
"""Of a fire on the mean, over all its looks."""

STATIONS, CAMERAS, WORKS = 200, 300, 400
FIRES, LONE, STATIC, LEARNED, AGAIN, SEEN, READINGS = 0.03, 0.02, 0.20, 0.15, 0.20, 0.25, 0.15
"""Shares: pixels of fires, lone ones, of works that the source calls static and that the mask learns, such as
come again, looks of cameras, readings; a few passes of satellites besides."""

AGAIN_AFTER = timedelta(hours=6)

Floats = NDArray[np.float64]


def past(count: int, seed: int = 1) -> Iterator[AnyObservation]:
    """Yield so many observations of thirty days, in no order."""
    dice = np.random.default_rng(seed)
    again = count * AGAIN
    for pixels in (
        _fires(dice, round(count * FIRES)),
        _lone(dice, round(count * LONE)),
        _works(dice, round(count * STATIC), 2),
        _works(dice, round(count * LEARNED), 0),
    ):
        for one in pixels:
            yield one
            if dice.random() < AGAIN / (FIRES + LONE + STATIC + LEARNED) and again > 0:
                again -= 1
                assert one.received_at is not None
                yield replace(one, received_at=one.received_at + AGAIN_AFTER)
    yield from _cameras(dice, round(count * SEEN))
    yield from _readings(dice, round(count * READINGS))
    yield from _passes()


def _looks() -> list[tuple[str, datetime]]:
    return [
        (satellite, STARTS_AT + timedelta(days=day, hours=hour))
        for day in range(DAYS)
        for satellite, hour in LOOKS
    ]


def _places(dice: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    return dice.uniform(BOX[0], BOX[2], count), dice.uniform(BOX[1], BOX[3], count)


def _fires(dice: np.random.Generator, count: int) -> Iterator[Hotspot]:
    """Yield the pixels of fires: each grows from look to look for one to five days."""
    looks, made = _looks(), 0
    while made < count:
        lon, lat = (float(one[0]) for one in _places(dice, 1))
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


def _lone(dice: np.random.Generator, count: int) -> Iterator[Hotspot]:
    """Yield pixels seen once, of the two looks after noon: straw that is out within the hour."""
    looks = [one for one in _looks() if one[1].hour < 12]
    for look, rows in zip(looks, np.array_split(np.arange(count), len(looks)), strict=True):
        yield from _pixels(look, *_places(dice, len(rows)), dice.lognormal(1.4, 0.5, len(rows)), 0)


def _works(dice: np.random.Generator, count: int, land: int) -> Iterator[Hotspot]:
    """Yield pixels of kilns and flares, hot in every look; `land` is what their source says of them."""
    looks = _looks()
    lon, lat = _places(dice, WORKS)
    for look, rows in zip(looks, np.array_split(np.arange(count), len(looks)), strict=True):
        at = rows % WORKS
        x, y = (one[at] + dice.normal(0.0, 0.003, len(rows)) for one in (lon, lat))
        yield from _pixels(look, x, y, dice.lognormal(2.0, 0.4, len(rows)), land)


def _pixels(
    look: tuple[str, datetime], lon: Floats, lat: Floats, frp_mw: Floats, land: int
) -> Iterator[Hotspot]:
    satellite, at = look
    for x, y, power in zip(lon.tolist(), lat.tolist(), frp_mw.round(2).tolist(), strict=True):
        yield viirs(satellite, at, (x, y), power, land_type=land)


def _rounds(count: int, of: int) -> Iterator[tuple[int, int, datetime]]:
    """Yield number, source and time of what many sources say at the same moments through the month."""
    step = timedelta(days=DAYS) / max(count // of, 1)
    for number in range(count):
        yield number, number % of, STARTS_AT + step * (number // of)


def _cameras(dice: np.random.Generator, count: int) -> Iterator[Pass]:
    """Yield the looks of cameras that saw nothing, 5 km around."""
    lon, lat = (one.round(4).tolist() for one in _places(dice, CAMERAS))
    for number, camera, at in _rounds(count, CAMERAS):
        yield Pass(
            observation_id=f"bench/camera-{camera}/{number}",
            source=f"camera-{camera}",
            source_class="video",
            observed_at=at,
            received_at=at,
            looked=True,
            west=lon[camera] - 0.05,
            south=lat[camera] - 0.045,
            east=lon[camera] + 0.05,
            north=lat[camera] + 0.045,
        )


def _readings(dice: np.random.Generator, count: int) -> Iterator[Reading]:
    """Yield what smoke sensors say: nothing unusual."""
    lon, lat = (one.round(5).tolist() for one in _places(dice, STATIONS))
    for number, station, at in _rounds(count, STATIONS):
        yield Reading(
            observation_id=f"bench/{station}/{number}",
            source=f"sensor-{station}",
            observed_at=at,
            received_at=at,
            frame="wgs84",
            longitude=lon[station],
            latitude=lat[station],
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
