"""A fire that begins a little way downwind of a large one is its child; a lone night pixel there may be one.

Config::

    [spotting]
    reach_km = 5.0          # so far ahead of its pixels a large fire throws sparks
    within_h = 6.0          # and so long after they were seen
    parent_spread_ha = 100.0  # a fire is large when so much lies between its pixels there and then
    least_wind_ms = 10.8    # force 6: with less wind known, only what began as a lone night pixel is a child
    cone_deg = 120.0        # opening of the cone downwind, where the direction is known
    threat_km = 2.0         # a settlement or facility so near makes a lone night pixel a fire of its own
    reburn_d = 6.0          # a new fire on the ground of one that old names it; older may be forgotten

At Mianning in 2021 a spot fire fell 2.53 km ahead. False pixels of a hot plume lie kilometres away at night
(NASA VIIRS land quality record 339), so one of them alone is a task on the fire and no new incident.
Known failures: where no wind is known the link is not filtered by direction, and says so.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Annotated, NamedTuple

import shapely
from msgspec import Meta, Struct
from msgspec.structs import replace

from detectors.geodesy import KM_PER_DEGREE, bearing_deg
from detectors.link import Node
from detectors.outline import cloud
from detectors.trust.camera import sun_elevation_deg
from schemas.incident import Incident

DAY_S = 86400.0

LEAST_PIXELS = 3
"""Two pixels span no area, so a fire with fewer is not large."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [spotting]."""

    reach_km: Annotated[float, Meta(gt=0, le=20)] = 5.0
    within_h: Annotated[float, Meta(gt=0, le=24)] = 6.0
    parent_spread_ha: Annotated[float, Meta(gt=0)] = 100.0
    least_wind_ms: Annotated[float, Meta(ge=0)] = 10.8
    cone_deg: Annotated[float, Meta(gt=0, le=360)] = 120.0
    threat_km: Annotated[float, Meta(ge=0)] = 2.0
    reburn_d: Annotated[float, Meta(ge=0, le=6)] = 6.0


class Wind(NamedTuple):
    """Speed, m/s, and where it blows from, degrees; None: not known."""

    speed_ms: float | None = None
    from_deg: float | None = None


class Spark(NamedTuple):
    """The pixel of a large fire that is nearest to where another began, and how far that is."""

    node: Node
    distance_km: float


class Trail:
    """Nodes by place and day, in cells as wide as what is asked for reaches."""

    def __init__(self, side_km: float) -> None:
        self._side_km = side_km
        self._days: dict[int, dict[tuple[int, int], list[Node]]] = {}
        self._rows: dict[int, tuple[float, int]] = {}

    def widened(self, side_km: float) -> "Trail":
        """Return the same nodes in cells at least so wide."""
        if side_km <= self._side_km:
            return self
        made = Trail(side_km)
        for cells in self._days.values():
            for node in (one for nodes in cells.values() for one in nodes):
                made.add(node)
        return made

    def add(self, node: Node) -> None:
        """Put one node in."""
        row = math.floor(node.claim.latitude * KM_PER_DEGREE / self._side_km)
        wide, columns = self._row(row)
        cells = self._days.setdefault(int(node.seconds // DAY_S), {})
        column = math.floor((node.claim.longitude + 180.0) * wide) % columns
        cells.setdefault((row, column), []).append(node)

    def near(self, node: Node, since_s: float, until_s: float) -> list[Node]:
        """Return the nodes of these times (seconds, both included) round a place, and some further off."""
        days = [
            self._days[day]
            for day in range(int(since_s // DAY_S), int(until_s // DAY_S) + 1)
            if day in self._days
        ]
        if not days:
            return []
        return [
            other
            for key in self._around(node)
            for cells in days
            if key in cells
            for other in cells[key]
            if since_s <= other.seconds <= until_s
        ]

    def forget(self, before_s: float) -> None:
        """Drop the days that ended before this time."""
        for day in [day for day in self._days if (day + 1) * DAY_S <= before_s]:
            del self._days[day]

    def _around(self, node: Node) -> list[tuple[int, int]]:
        middle = math.floor(node.claim.latitude * KM_PER_DEGREE / self._side_km)
        turned = node.claim.longitude + 180.0
        found: list[tuple[int, int]] = []
        for row in (middle - 1, middle, middle + 1):
            wide, columns = self._rows.get(row) or self._row(row)
            column = int(turned * wide) % columns
            if 2 <= column < columns - 2:
                found += ((row, column - 1), (row, column), (row, column + 1))
            else:
                # the last column of a row may be a narrow one
                found += {(row, other % columns) for other in range(column - 2, column + 3)}
        return found

    def _row(self, row: int) -> tuple[float, int]:
        """Return how many columns one degree of longitude spans in a row, and how many the row has."""
        known = self._rows.get(row)
        if known is None:
            edge = min((abs(row) + 1) * self._side_km / KM_PER_DEGREE, 89.9)
            wide = KM_PER_DEGREE * math.cos(math.radians(edge)) / self._side_km
            known = self._rows[row] = wide, max(1, math.ceil(360.0 * wide))
        return known


def apart_km(one: Node, two: Node) -> float:
    """Return how far two claims lie from each other, km."""
    return math.dist((one.x, one.y, one.z), (two.x, two.y, two.z))


def spark_of(options: Options, began: Node, around: Iterable[Node], wind: Wind) -> Spark | None:
    """Return the pixel of a large fire that another may have begun from; None: there is none.

    `around` are pixels near where it began and no later. A large fire has pixels among them between which
    `parent_spread_ha` lie; where the wind is known one of them must lie upwind.
    """
    fires: dict[int, list[tuple[float, Node]]] = {}
    for node in around:
        if node.fire is None or node.fire is began.fire or node.key >= began.key:
            continue
        away_km = apart_km(began, node)
        if away_km <= options.reach_km:
            fires.setdefault(id(node.fire), []).append((away_km, node))
    found: list[Spark] = []
    for pixels in fires.values():
        if (
            len(pixels) >= LEAST_PIXELS
            and spread_ha([node for _, node in pixels]) >= options.parent_spread_ha
        ):
            upwind = [pair for pair in pixels if _is_downwind(options, pair[1], began, wind)]
            found += [Spark(node, away_km) for away_km, node in upwind]
    return min(found, key=lambda one: (one.distance_km, one.node.key), default=None)


def _is_downwind(options: Options, source: Node, began: Node, wind: Wind) -> bool:
    if wind.from_deg is None:
        return True
    there = (source.claim.longitude, source.claim.latitude, began.claim.longitude, began.claim.latitude)
    off = abs((float(bearing_deg(*there)) - wind.from_deg) % 360.0 - 180.0)
    return off <= options.cone_deg / 2.0


def spread_ha(nodes: Sequence[Node]) -> float:
    """Return the area, ha, between these places: that of their convex hull."""
    first = nodes[0].claim
    squeeze = KM_PER_DEGREE * math.cos(math.radians(first.latitude))
    points = [
        (
            ((n.claim.longitude - first.longitude + 180.0) % 360.0 - 180.0) * squeeze,
            (n.claim.latitude - first.latitude) * KM_PER_DEGREE,
        )
        for n in nodes
    ]
    return float(shapely.area(shapely.convex_hull(cloud(points)))) * 100.0


def began_as_night_pixel(nodes: Sequence[Node], began: Node, look_s: float) -> bool:
    """Return whether the first look at a fire showed one pixel of a satellite, with the sun down."""
    claim = began.claim
    if claim.source_class != "satellite":
        return False
    first = [n for n in nodes if n.claim.look == claim.look and n.seconds - began.seconds < look_s]
    return len(first) == 1 and is_night(began)


def is_night(node: Node) -> bool:
    """Return whether the sun was down where and when something was seen."""
    claim = node.claim
    return float(sun_elevation_deg(claim.longitude, claim.latitude, claim.observed_at)) < 0.0


def leads_to(incident: Incident) -> str:
    """Return the id of the incident that people are led to: a spotting candidate is a task on its parent."""
    if incident.relation != "spotting_candidate" or incident.parent is None:
        return incident.incident_id
    return incident.parent


def as_shown(incident: Incident) -> Incident:
    """Return the incident as it is told to others: a spotting candidate is part of its parent."""
    if incident.relation != "spotting_candidate" or incident.status not in {"open", "closed"}:
        return incident
    return replace(incident, status="merged", merged_into=incident.parent, closed_at=None)
