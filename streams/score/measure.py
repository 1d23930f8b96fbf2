"""What one fire was told, when and how often, beside what one alarm for each cluster would have said."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from detectors.geodesy import KM_PER_DEGREE
from schemas.alert import Alert
from schemas.incident import Incident
from schemas.observation import Hotspot
from streams.score.clusters import raised
from streams.score.truth import Burned

BEFORE, AFTER = timedelta(hours=6), timedelta(hours=72)
"""Around the official discovery: rows and alerts within this time are of the fire."""

DAYS = (BEFORE + AFTER) / timedelta(days=1)


class Fire(Struct, frozen=True, kw_only=True):
    """The score of one fire; times in minutes, null when it never came."""

    fire_id: str
    name: str
    acres: float
    rows: int
    task_min: float | None
    """From the first row's observation to the first task or alert."""
    alert_min: float | None
    """From the first row's observation to the first alert of grade I to IV."""
    discovery_task_min: float | None
    """From official discovery; negative: earlier."""
    discovery_alert_min: float | None
    incidents: int
    pages_per_day: float
    cluster_min: float | None
    """When the rule of clusters raises its first alarm, from the first row's observation."""
    cluster_pages_per_day: float


@dataclass(frozen=True)
class Rows:
    """Hotspots in order of arrival, as arrays: degrees, seconds, and where the rule of clusters raises."""

    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    observed_s: NDArray[np.float64]
    received_s: NDArray[np.float64]
    opened: NDArray[np.bool_]
    tree: shapely.STRtree


def rows_of(hotspots: Iterable[Hotspot]) -> Rows:
    """Return the hotspots as arrays with their index."""
    ordered = sorted(hotspots, key=lambda one: (one.received_at or one.observed_at, one.observation_id))
    longitude = np.array([one.longitude for one in ordered])
    latitude = np.array([one.latitude for one in ordered])
    observed = np.array([one.observed_at.timestamp() for one in ordered])
    received = np.array([(one.received_at or one.observed_at).timestamp() for one in ordered])
    return Rows(
        longitude=longitude,
        latitude=latitude,
        observed_s=observed,
        received_s=received,
        opened=raised(longitude.tolist(), latitude.tolist(), observed.tolist()),
        tree=shapely.STRtree(shapely.points(longitude, latitude)),
    )


def near(tree: shapely.STRtree, shape: BaseGeometry, within_km: float) -> NDArray[np.int64]:
    """Return which geometries of an index, in degrees, lie within so many km of a shape."""
    west, south, east, north = shape.bounds
    squeeze = math.cos(math.radians((south + north) / 2.0))
    over = within_km / KM_PER_DEGREE
    box = shapely.box(west - over / squeeze, south - over, east + over / squeeze, north + over)
    found = np.sort(tree.query(box))
    flat = shapely.transform(shape, lambda xy: xy * [squeeze * KM_PER_DEGREE, KM_PER_DEGREE])
    shapely.prepare(flat)
    others = shapely.transform(
        tree.geometries.take(found), lambda xy: xy * [squeeze * KM_PER_DEGREE, KM_PER_DEGREE]
    )
    return found[shapely.dwithin(flat, others, within_km)] if len(found) else found


class Told:
    """Alert revisions by place, and which incident each leads to in the end."""

    def __init__(self, alerts: Sequence[Alert], incidents: dict[str, Incident]) -> None:
        self.alerts = alerts
        self._incidents = incidents
        self.seconds = np.array([one.issued_at.timestamp() for one in alerts])
        shapes = [shapely.geometry.shape(one.footprint) for one in alerts]
        self.tree = shapely.STRtree(np.array(shapes, dtype=object))

    def heir(self, incident_id: str) -> str:
        """Return the incident that an id leads to through every merge."""
        for _ in range(len(self._incidents)):
            one = self._incidents.get(incident_id)
            if one is None or one.merged_into is None:
                break
            incident_id = one.merged_into
        return incident_id


def measured(fire: Burned, rows: Rows, told: Told, within_km: float) -> Fire | None:
    """Return the score of one fire; None when no row lies on it in its time: nothing could be told."""
    start, end = (fire.discovered_at - BEFORE).timestamp(), (fire.discovered_at + AFTER).timestamp()
    mine = near(rows.tree, fire.perimeter, within_km)
    mine = mine[(rows.observed_s[mine] >= start) & (rows.observed_s[mine] <= end)]
    if not len(mine):
        return None
    first = float(rows.observed_s[mine].min())
    raises = mine[rows.opened[mine]]
    over = near(told.tree, fire.perimeter, within_km) if len(told.alerts) else np.array([], dtype=np.int64)
    said = [told.alerts[at] for at in over if start <= told.seconds[at] <= end]
    any_at = min((one.issued_at for one in said), default=None)
    graded_at = min((one.issued_at for one in said if one.grade != "task"), default=None)
    cluster_s = float(rows.received_s[raises].min()) if len(raises) else None
    return Fire(
        fire_id=fire.fire_id,
        name=fire.name.strip(),
        acres=round(fire.acres, 1),
        rows=len(mine),
        task_min=_minutes(any_at, first),
        alert_min=_minutes(graded_at, first),
        discovery_task_min=_minutes(any_at, fire.discovered_at.timestamp()),
        discovery_alert_min=_minutes(graded_at, fire.discovered_at.timestamp()),
        incidents=len({told.heir(one.incident_id) for one in said}),
        pages_per_day=round(sum(one.pages for one in said) / DAYS, 2),
        cluster_min=None if cluster_s is None else round((cluster_s - first) / 60.0, 1),
        cluster_pages_per_day=round(len(raises) / DAYS, 2),
    )


def _minutes(at: datetime | None, since_s: float) -> float | None:
    return None if at is None else round((at.timestamp() - since_s) / 60.0, 1)
