"""Global days of VIIRS hotspots, made from a seed: the same pixels on every machine.

What is made follows real files: about three pixels in a cluster, one pixel in seven alone, a third of all in
clusters of twenty and more, the largest of some hundred; two satellites on 101.5-minute orbits.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

GLOBAL_DAY = 91_887
"""Pixels of one real global day of VIIRS on two satellites."""
FIRST_DAY = date(2024, 3, 15)
HEADER = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,"
    "bright_ti5,frp,daynight"
)
ORBIT_H = 101.5 / 60.0
SATELLITES = (("N", 0.0), ("N20", 50.0 / 60.0))
"""Name as in the files, and hours behind the first."""
KM_PER_DEG = 111.195

BURNING = (
    (24.0, -8.0, 9.0, 0.20), (18.0, 8.0, 8.0, 0.20), (-56.0, -11.0, 8.0, 0.12), (101.0, 19.0, 5.0, 0.14),
    (79.0, 24.0, 6.0, 0.08), (103.0, 29.0, 4.0, 0.06), (113.0, 55.0, 12.0, 0.07), (134.0, -16.0, 7.0, 0.07),
    (-112.0, 50.0, 10.0, 0.06),
)  # fmt: skip
"""Where it burns: longitude, latitude, spread in degrees, share of all fires."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sources:
    """Places that are hot: where, how many pixels at most, how likely they are seen by day and by night."""

    longitude: Floats
    latitude: Floats
    pixels: NDArray[np.int64]
    by_day: Floats
    by_night: Floats

    def part(self, chosen: slice) -> "Sources":
        """Return some of them."""
        return Sources(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def pixels_csv(count: int, seed: int = 1) -> bytes:
    """Return `count` pixels as FIRMS writes them, in the order of time: as many global days as it takes."""
    days = math.ceil(count / GLOBAL_DAY)
    a_day = min(count, GLOBAL_DAY)
    fires = _fires(a_day * (days + 1) // 2 + a_day, np.random.default_rng((seed, 0)))
    static = _static(max(20, a_day // 60), np.random.default_rng((seed, 1)))
    lines = [HEADER]
    for number in range(days):
        wanted = min(a_day, count - number * a_day)
        # Half of what burns today burnt yesterday.
        today = fires.part(slice(number * a_day // 2, number * a_day // 2 + a_day))
        rng = np.random.default_rng((seed, 2, number))
        lines += _rows(_joined(static, today), wanted, FIRST_DAY + timedelta(days=number), rng)
    return ("\n".join(lines) + "\n").encode()


def _fires(count: int, rng: np.random.Generator) -> Sources:
    """Return wildfires, a few of them vast, and farm fires, small and by day, round the same places."""
    where = np.array(BURNING)
    home = rng.choice(len(where), count, p=where[:, 3])
    longitude = where[home, 0] + where[home, 2] * rng.standard_normal(count)
    latitude = where[home, 1] + where[home, 2] * 0.7 * rng.standard_normal(count)
    is_farm = rng.random(count) < 0.65
    large = np.minimum(250, 1 + rng.pareto(1.25, count)).astype(np.int64)
    pixels = np.where(is_farm, 1 + rng.binomial(2, 0.3, count), large)
    by_day = np.where(is_farm, 0.5, 0.6)
    return Sources(longitude, np.clip(latitude, -75, 75), pixels, by_day, np.where(is_farm, 0.03, 0.35))


def _static(count: int, rng: np.random.Generator) -> Sources:
    """Return works and flares: the same places every day, seen best by night."""
    longitude, latitude = rng.uniform(-125, 145, count), rng.uniform(-35, 62, count)
    return Sources(longitude, latitude, rng.integers(1, 4, count), np.full(count, 0.25), np.full(count, 0.7))


def _joined(one: Sources, other: Sources) -> Sources:
    return Sources(
        *(np.concatenate([getattr(one, n), getattr(other, n)]) for n in Sources.__dataclass_fields__)
    )


def _rows(sources: Sources, wanted: int, day: date, rng: np.random.Generator) -> list[str]:
    """Return the first `wanted` pixels, source by source, of all looks of one day; in the order of time."""
    source, satellite, night, size = _looks(sources, rng)
    cut = int(np.searchsorted(np.cumsum(size), wanted)) + 1
    source, satellite, night = source[:cut], satellite[:cut], night[:cut]
    size = size[:cut]
    size[-1] -= int(size.sum()) - wanted
    minute, scan, track = _pass(sources, source, satellite, night)
    look = np.repeat(np.arange(len(size)), size)
    east, north = _cells(size, rng)
    lat0 = sources.latitude[source][look]
    lat = lat0 + north * track[look] / KM_PER_DEG
    lon = sources.longitude[source][look] + east * scan[look] / KM_PER_DEG / np.cos(np.radians(lat0))
    frp = np.exp(0.9 + 1.1 * rng.standard_normal(wanted))
    word = rng.choice(["low", "nominal", "high"], wanted, p=[0.07, 0.9, 0.03])
    names = [name for name, _ in SATELLITES]
    order = np.lexsort((look, satellite[look], minute[look]))
    return [
        f"{lat[i]:.5f},{(lon[i] + 180) % 360 - 180:.5f},"
        f"{300 + 12 * math.log1p(frp[i]):.2f},{scan[k]:.2f},{track[k]:.2f},"
        f"{day},{minute[k] // 60:02d}{minute[k] % 60:02d},{names[satellite[k]]},VIIRS,{word[i]},2.0NRT,"
        f"290.10,{frp[i]:.2f},{'N' if night[k] else 'D'}"
        for i, k in zip(order.tolist(), look[order].tolist(), strict=True)
    ]


def _looks(sources: Sources, rng: np.random.Generator) -> tuple[NDArray[np.int64], ...]:
    """Return who sees which source: its number, satellite, night or not, and how many pixels; by source."""
    likely = np.stack([sources.by_day, sources.by_night] * 2, axis=1)
    source, kind = np.nonzero(rng.random(likely.shape) < likely)
    share = rng.uniform(0.5, 1.0, len(source))
    size = np.maximum(1, (sources.pixels[source] * share).astype(np.int64))
    return source, kind // 2, kind % 2, size


def _pass(
    sources: Sources, source: NDArray[np.int64], satellite: NDArray[np.int64], night: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return minute of the day, and size of the pixel along and across the scan, km, of each look."""
    lon, lat = sources.longitude[source], sources.latitude[source]
    behind = np.array([hours for _, hours in SATELLITES])[satellite]
    overhead = np.where(night, 1.5, 13.5) + behind - lon / 15.0
    orbit = np.round(overhead / ORBIT_H) * ORBIT_H
    along = np.where(night, -lat, lat) / 360.0 * ORBIT_H
    minute = np.floor((orbit + along) % 24.0 * 60.0).astype(np.int64) % 1440
    across_km = np.abs(overhead - orbit) * 15.0 * KM_PER_DEG * np.cos(np.radians(lat))
    slant = (across_km / 1500.0) ** 2
    return minute, 0.38 + 0.42 * slant, 0.37 + 0.40 * slant


def _cells(size: NDArray[np.int64], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return for each pixel of each look its cell east and north of the middle; no cell of a look twice."""
    side = 2 * math.ceil(math.sqrt(int(size.max()) / math.pi / 0.6)) + 3
    i, j = (axis.ravel() - side // 2 for axis in np.meshgrid(np.arange(side), np.arange(side)))
    # A ragged disc: some cells near the edge are left out, some beyond it burn.
    order = np.argsort(np.hypot(i, j) * rng.uniform(0.8, 1.3, len(i)))
    rank = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    shift = np.repeat(rng.uniform(-0.5, 0.5, (2, len(size))), size, axis=1)
    return i[order][rank] + shift[0], j[order][rank] + shift[1]
