"""Cut the past into groups of observations that can have nothing to do with each other.

Two observations are of one group when a chain of places joins them whose links are no longer than what may be
of one fire or of one static heat or, beside what may be a large fire, than a spark flies. What is looked at
from afar (passes of satellites, permits, what is taken back) belongs to every group, weather to those whose
places lie within reach of the station, looks of cameras, aircraft and people to those that they see; of a
source that tells of more than looks they go with it.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.fire_weather.diary import QUANTITIES
from detectors.heat_hit import MOST_NAMED, bin_of
from detectors.spotting import LEAST_PIXELS
from schemas.observation import AnyObservation, Hotspot, Pass, Reading, Report, Sighting
from schemas.pest import AnyPest
from streams.tuning.nearness import Floats, Ints, Joined

EVERYWHERE, WEATHER, PESTS, LOOKS = -1, -2, -3, -4
"""Labels of what belongs to every group, of weather, of pests, which are one group, and of looks."""

SHARED = frozenset({EVERYWHERE, WEATHER, LOOKS})
"""Labels of what may say something of several groups."""

EARTH_KM = 6371.0088
DIAGONAL = 1.5
"""A look over a radius is a box: its corners are so much further off, and a little more."""

SHARP_KM = 1.5
"""Pixels no wider than this are linked, and hot for the mask, no further than `Reach.sharp_km`."""


class Reach(Struct, frozen=True, kw_only=True):
    """How far apart what is judged together may lie, km.

    Two sharp pixels; a fire of several pixels and what begins beside it; any two claims; a camera and a
    claim; weather and a fire. `vague` are the satellites whose pixels stand elsewhere than they are drawn.
    """

    sharp_km: float
    spark_km: float
    link_km: float
    sight_km: float
    weather_km: float
    vague: frozenset[str] = frozenset()

    def is_sharp(self, one: AnyObservation) -> bool:
        """Return whether an observation is a pixel so small that it is linked within `sharp_km` alone."""
        if not isinstance(one, Hotspot) or one.satellite in self.vague:
            return False
        return max(one.scan_km, one.track_km) <= SHARP_KM


class Groups(Struct, frozen=True, kw_only=True):
    """The label of each observation, its place (NaN: none), how far it sees, and the number of groups."""

    labels: Ints
    places: Floats
    sees_km: Floats
    count: int


def grouped(observations: Sequence[AnyObservation], reach: Reach) -> Groups:
    """Return the group of each observation; groups are numbered from west to east."""
    labels = np.array([_kind(one) for one in observations], dtype=np.int64)
    places = _chords(observations)
    sees_km = _seen_km(observations, places, reach)
    mine = np.flatnonzero(labels >= 0)
    if not len(mine):
        return Groups(labels=labels, places=places, sees_km=sees_km, count=0)
    roots = _roots(observations, mine, places[mine], sees_km, reach)
    _, first, found = np.unique(roots, return_index=True, return_inverse=True)
    west = np.argsort(np.argsort(np.arctan2(places[mine][first, 1], places[mine][first, 0]), kind="stable"))
    labels[mine] = west[found]
    _with_their_source(observations, labels)
    return Groups(labels=labels, places=places, sees_km=sees_km, count=len(first))


def _roots(
    observations: Sequence[AnyObservation], mine: Ints, spots: Floats, sees_km: Floats, reach: Reach
) -> Ints:
    """Return one number for all that may have to do with each other, for each of what is placed."""
    joined = Joined(len(mine))
    joined.near(spots, np.ones(len(mine), dtype=bool), reach.sharp_km)
    sharp = np.array([reach.is_sharp(observations[k]) for k in mine.tolist()])
    joined.near(spots, ~sharp, reach.link_km)
    for one, two in _afar(observations, mine, spots, sees_km + reach.link_km):
        joined.join(one, two)
    for one, two in (_floods(observations, mine), _versions(observations, mine)):
        joined.join(one, two)
    roots = joined.roots()
    # a fire is large only with so many pixels, and all of them are of one group by now
    joined.near(spots, np.bincount(roots)[roots] >= LEAST_PIXELS, reach.spark_km)
    return joined.roots()


def _versions(observations: Sequence[AnyObservation], mine: Ints) -> tuple[Ints, Ints]:
    """Return pairs of rows that go by one id: another version may lie elsewhere."""
    known: dict[str, int] = {}
    first = [known.setdefault(observations[k].observation_id, row) for row, k in enumerate(mine.tolist())]
    return np.arange(len(mine)), np.array(first, dtype=np.int64)


def _floods(observations: Sequence[AnyObservation], mine: Ints) -> tuple[Ints, Ints]:
    """Return pairs of rows so many of which lie together that the memory of heat may name only the first."""
    held: dict[tuple[int, int], list[int]] = {}
    for row, k in enumerate(mine.tolist()):
        one = observations[k]
        if isinstance(one, Hotspot):
            held.setdefault(bin_of(one.longitude, one.latitude), []).append(row)
    crowds = [rows for rows in held.values() if len(rows) > MOST_NAMED]
    one, two = np.array([(rows[0], row) for rows in crowds for row in rows], dtype=np.int64).reshape(-1, 2).T
    return one, two


def _with_their_source(observations: Sequence[AnyObservation], labels: Ints) -> None:
    """Give looks of a camera or sensor that tells of more than looks the group of what it tells."""
    looks = np.flatnonzero(labels == LOOKS).tolist()
    names = {observations[k].source for k in looks}
    group = {
        one.source: label
        for one, label in zip(observations, labels.tolist(), strict=True)
        if label >= 0 and isinstance(one, Sighting | Reading) and one.source in names
    }
    for k in looks:
        labels[k] = group.get(observations[k].source, LOOKS)


def _kind(one: AnyObservation) -> int:
    if isinstance(one, Reading) and one.quantity in QUANTITIES:
        return WEATHER
    if isinstance(one, Pass) and one.source_class != "satellite" and one.west <= one.east:
        return LOOKS
    if isinstance(one, Report) and one.saw == "nothing":
        return LOOKS
    if isinstance(one, Hotspot | Report | Sighting | Reading):
        return 0
    return PESTS if isinstance(one, AnyPest) else EVERYWHERE


def _chords(observations: Sequence[AnyObservation]) -> Floats:
    """Return places on the sphere, km from its centre: a chord is never longer than the way on the ground."""
    return _chord(np.array([_place(one) for one in observations], dtype=np.float64).reshape(-1, 2))


def _chord(at: Floats) -> Floats:
    lon, lat = np.radians(at[:, 0]), np.radians(at[:, 1])
    return EARTH_KM * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _seen_km(observations: Sequence[AnyObservation], places: Floats, reach: Reach) -> Floats:
    """Return how far from its place an observation may speak of a fire: bearings, looks and their boxes."""
    seen = np.zeros(len(observations))
    boxed = [k for k, one in enumerate(observations) if isinstance(one, Pass)]
    boxes = [observations[k] for k in boxed]
    for lon, lat in product(("west", "east"), ("south", "north")) if boxed else ():
        corner = _chord(np.array([(getattr(one, lon), getattr(one, lat)) for one in boxes], dtype=np.float64))
        seen[boxed] = np.maximum(seen[boxed], np.linalg.norm(corner - places[boxed], axis=1))
    for k, one in enumerate(observations):
        if isinstance(one, Sighting) and one.longitude is None:
            seen[k] = max(reach.sight_km, (one.distance_m or 0.0) / 1000.0)
        elif isinstance(one, Report) and one.saw == "nothing":
            seen[k] = one.radius_m * DIAGONAL / 1000.0
    return seen


def _place(one: AnyObservation) -> tuple[float, float]:
    if isinstance(one, Pass):
        return (one.west + one.east) / 2.0, (one.south + one.north) / 2.0
    if isinstance(one, Sighting) and (one.longitude is None or one.latitude is None):
        return one.station_longitude, one.station_latitude
    lon, lat = getattr(one, "longitude", None), getattr(one, "latitude", None)
    return (np.nan, np.nan) if lon is None or lat is None else (lon, lat)


def _afar(
    observations: Sequence[AnyObservation], mine: Ints, places: Floats, within_km: Floats
) -> Iterator[tuple[Ints, Ints]]:
    """Yield the rows that a source joins: all of one camera or sensor, and what a bearing may pass by."""
    by_source: dict[str, list[int]] = {}
    for row, k in enumerate(mine.tolist()):
        one = observations[k]
        if isinstance(one, Sighting | Reading):
            by_source.setdefault(one.source, []).append(row)
        if isinstance(one, Sighting) and one.longitude is None:
            near = np.flatnonzero(np.linalg.norm(places - places[row], axis=1) <= within_km[k])
            yield np.full(len(near), row), near
    for rows in by_source.values():
        yield np.full(len(rows), rows[0]), np.array(rows)


def packed(groups: Groups, parts: int) -> Ints:
    """Return the part of each group: neighbours together, each part about as much to judge."""
    sizes = np.bincount(groups.labels[groups.labels >= 0], minlength=groups.count)
    share = max(int(sizes.sum()), 1) / parts
    return np.minimum((np.cumsum(sizes) - sizes / 2.0) // share, parts - 1).astype(np.int64)


def within_reach(groups: Groups, part_of: Ints, parts: int, reach: Reach) -> NDArray[np.bool_]:
    """Return for each observation (row) and part whether it is weather or a look that may speak there."""
    is_weather, is_look = groups.labels == WEATHER, groups.labels == LOOKS
    rows = np.flatnonzero(is_weather | is_look)
    asked = np.zeros((len(groups.labels), parts), dtype=bool)
    if not len(rows):
        return asked
    far = np.where(is_weather[rows], reach.weather_km, groups.sees_km[rows]) + reach.link_km
    spots, spot_of = np.unique(
        np.column_stack([groups.places[rows], far]).round(3), axis=0, return_inverse=True
    )
    centres, radii = _balls(groups)
    for part in range(parts):
        held = np.flatnonzero(part_of == part)
        apart = np.linalg.norm(spots[:, None, :3] - centres[None, held], axis=2)
        near = (apart <= spots[:, 3:] + radii[held] + 1.0).any(axis=1)
        asked[rows, part] = near[spot_of.reshape(-1)]
    if (groups.labels == PESTS).any():
        asked[is_weather, parts - 1] = True
    return asked


def _balls(groups: Groups) -> tuple[Floats, Floats]:
    """Return of each group the middle and how far from it a fire of its may be told."""
    mine = groups.labels >= 0
    labels, places = groups.labels[mine], groups.places[mine]
    size = np.bincount(labels, minlength=groups.count)
    sums = [np.bincount(labels, weights=places[:, k], minlength=groups.count) for k in range(3)]
    centres = np.stack(sums, axis=1) / size[:, None]
    radii = np.zeros(groups.count)
    np.maximum.at(radii, labels, np.linalg.norm(places - centres[labels], axis=1) + groups.sees_km[mine])
    return centres, radii
