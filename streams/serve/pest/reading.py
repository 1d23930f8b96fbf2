"""What the history knows of traps and stations: counts of a trap, traps about a place, the air of a stand."""

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectors.geodesy import distance_km
from detectors.pests.count import trap_of
from detectors.pests.curve import Air
from detectors.pests.heat import lapsed
from schemas.codec import Unreadable, decode
from schemas.observation import TrapCount
from schemas.pest import AnyPest
from streams.serve.rows import Box
from streams.serve.store import Store

STATION_KM = 50.0
"""A station further away says nothing of a stand."""

LONGEST_SILENCE_H = 6
"""The extremes of a day are known when a station spoke at least so often; four times a day is the custom."""

DAY_HOURS = 24

NAME = "CASE WHEN source LIKE 'trap/%' THEN substr(source, 6) ELSE source END"
"""A trap's name in the words of the history, as `trap_of` has it."""


class Trap(NamedTuple):
    """One trap with the pest that it counts, and where it stood last."""

    source: str
    species: str
    longitude: float
    latitude: float


def counts_of(store: Store, trap: str, species: str) -> list[TrapCount]:
    """Return every visit of a trap for a pest, the oldest first."""
    sql = (
        "SELECT body FROM pest WHERE source IN (?, ?) AND species = ? AND kind = 'trap_count' ORDER BY at_us"
    )
    found = (decode(body, TrapCount) for (body,) in store.read(sql, (*_sources(trap), species)))
    return [one for one in found if not isinstance(one, Unreadable)]


def first_us(store: Store, species: str) -> int | None:
    """Return when the oldest visit of any trap of a pest ended, microseconds; None without any."""
    sql = "SELECT min(at_us) FROM pest WHERE species = ? AND kind = 'trap_count'"
    ((at,),) = store.read(sql, (species,))
    return None if at is None else int(at)


def traps_named(store: Store, trap: str) -> list[Trap]:
    """Return the pests that a trap of this name counts, by name."""
    return _traps(store, "source IN (?, ?)", _sources(trap))


def traps_in(store: Store, species: Sequence[str], box: Box) -> list[Trap]:
    """Return the traps of some pests that stand in a box, by name."""
    west, south, east, north = box
    inside = "longitude BETWEEN ? AND ? AND latitude BETWEEN ? AND ?"
    marks = ", ".join("?" * len(species))
    return _traps(store, f"species IN ({marks}) AND {inside}", (*species, west, east, south, north))


def _sources(trap: str) -> tuple[str, str]:
    """Return how tables and phones name a trap."""
    name = trap_of(trap)
    return name, f"trap/{name}"


def _traps(store: Store, where: str, values: Sequence[str | float]) -> list[Trap]:
    # with max() SQLite takes the other columns from the row of the newest visit
    sql = (
        "SELECT source, species, longitude, latitude, max(at_us) FROM pest"  # noqa: S608 - our own words
        f" WHERE kind = 'trap_count' AND {where} GROUP BY {NAME}, species ORDER BY {NAME}, species"
    )
    return [Trap(*row[:4]) for row in store.read(sql, tuple(values))]


def finds_in(store: Store, species: Sequence[str], box: Box, since_us: int) -> list[AnyPest]:
    """Return surveys and laboratory results of some pests in a box, the newest first."""
    west, south, east, north = box
    marks = ", ".join("?" * len(species))
    sql = (
        f"SELECT body FROM pest WHERE kind = 'find' AND species IN ({marks}) AND at_us >= ?"  # noqa: S608 - marks only
        " AND longitude BETWEEN ? AND ? AND latitude BETWEEN ? AND ? ORDER BY at_us DESC, observation_id"
    )
    rows = store.read(sql, (*species, since_us, west, east, south, north))
    found = (decode(body, AnyPest) for (body,) in rows)
    return [one for one in found if not isinstance(one, Unreadable)]


def judged(store: Store, observation_ids: Sequence[str]) -> dict[str, str]:
    """Return the code of what became of each observation by its newest word; empty: it is a sign."""
    found: dict[str, str] = {}
    for start in range(0, len(observation_ids), 500):
        some = observation_ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        sql = (
            "SELECT observation_id, code FROM silence WHERE stage = 'pests'"  # noqa: S608 - marks only
            f" AND observation_id IN ({marks}) ORDER BY at_us, id"
        )
        found |= dict(store.read(sql, tuple(some)))
    return found


class Near(NamedTuple):
    """The station whose air stands for a place, how far it is, and whether its height was brought to it."""

    station: str
    distance_km: float
    is_lapsed: bool
    air: Air


def air_near(
    store: Store, longitude: float, latitude: float, elevation_m: float | None, days: tuple[dt.date, dt.date]
) -> Near | None:
    """Return the air of the nearest station between two days, brought to a height where both are known."""
    sql = "SELECT DISTINCT station, longitude, latitude, elevation_m FROM air WHERE day BETWEEN ? AND ?"
    stations = store.read(sql, (f"{days[0]}", f"{days[1]}"))
    if not stations:
        return None
    lon, lat = (np.array([row[at] for row in stations]) for at in (1, 2))
    apart = distance_km(lon, lat, longitude, latitude)
    at = int(np.argmin(apart))
    if apart[at] > STATION_KM:
        return None
    name, _, _, height = stations[at]
    rows = store.read(
        "SELECT day, low_c, high_c, hours FROM air WHERE station = ? AND day BETWEEN ? AND ? ORDER BY day",
        (name, f"{days[0]}", f"{days[1]}"),
    )
    low, high = (np.full((days[1] - days[0]).days + 1, np.nan) for _ in range(2))
    for day, lowest, highest, hours in rows:
        if spoke_all_day(hours):
            number = (dt.date.fromisoformat(day) - days[0]).days
            low[number], high[number] = lowest, highest
    both = height is not None and elevation_m is not None
    if height is not None and elevation_m is not None:
        low, high = (lapsed(part, height, elevation_m) for part in (low, high))
    return Near(name, round(float(apart[at]), 1), both, Air(days[0], low, high))


def spoke_all_day(hours: int) -> bool:
    """Return whether a station was never silent for longer than extremes allow, by its bits of hours."""
    spoke = [hour for hour in range(DAY_HOURS) if hours >> hour & 1]
    if not spoke:
        return False
    round_the_clock = [*spoke, spoke[0] + DAY_HOURS]
    return all(after - before <= LONGEST_SILENCE_H for before, after in itertools.pairwise(round_the_clock))
