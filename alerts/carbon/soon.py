"""Where a fire may be within the hour: every scenario's reach, with the margin in which burning pieces land.

For those who stand near it: it is the outermost of what may happen, not the most likely.
"""

import json
from typing import Any

import numpy as np
import shapely

from alerts.carbon.at_risk import Fire, starts
from alerts.carbon.horizons import SCENARIOS, outermost
from alerts.carbon.plane import Plane
from alerts.carbon.reach import reach
from alerts.carbon.scenario import scenarios
from alerts.carbon.spread_tables import SpreadTables

HOURS = 1.0

DECIMALS = 5


def soon(tables: SpreadTables, fire: Fire, barriers: Any = None) -> Any:
    """Return where a fire may be within the hour, a geometry in metres."""
    chance = scenarios(tables, fire.drivers, fire.seed, SCENARIOS)
    found = reach(tables, starts(fire, SCENARIOS), chance, horizons_h=(HOURS,), barriers=barriers)[:, 0]
    return outermost(tables, chance, found)


def in_degrees(plane: Plane, shape: Any) -> dict[str, Any]:
    """Return a geometry in metres as GeoJSON in degrees, to about a metre."""
    rounded = shapely.transform(plane.to_degrees(shape), lambda points: np.round(points, DECIMALS))
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shapely.make_valid(rounded)))
    return geometry
