"""Where a fire may be in 1, 3, 6, 12, 24 hours: what half of the scenarios reach, and the outermost of all.

The first hour's outermost is the `reach_1h` of its alert; nobody fights the fire of a scenario, and no night
cools it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from alerts.carbon.at_risk import Fire, shown, starts
from alerts.carbon.reach import HORIZONS_H, reach, spotted
from alerts.carbon.scenario import Scenarios, scenarios
from alerts.carbon.spread_tables import SpreadTables

SCENARIOS = 16

TOLERANCE_M = 5.0
"""Corners nearer to the line than this are left out: a place is not known better."""


@dataclass(frozen=True)
class Reached:
    """One horizon: areas, ha, over the scenarios, and geometries in metres."""

    hours: float
    mean_ha: float
    least_ha: float
    most_ha: float
    likely: Any
    """What at least half of the scenarios reach."""
    outermost: Any
    """What any scenario reaches, with the margin in which burning pieces may land."""

    def areas_ha(self) -> dict[str, float]:
        """Return the areas as a message says them."""
        return {name: shown(getattr(self, name)) for name in ("mean_ha", "least_ha", "most_ha")}


def horizons(
    tables: SpreadTables, fire: Fire, barriers: Any = None, hours: Sequence[float] = HORIZONS_H
) -> tuple[Reached, ...]:
    """Return where a fire may be at each of these hours, which ascend; all in metres of its plane."""
    chance = scenarios(tables, fire.drivers, fire.seed, SCENARIOS)
    found = reach(tables, starts(fire, SCENARIOS), chance, horizons_h=hours, barriers=barriers)
    return tuple(_reached(tables, chance, hour, column) for hour, column in zip(hours, found.T, strict=True))


def _reached(
    tables: SpreadTables, chance: Scenarios, hours: float, shapes: npt.NDArray[np.object_]
) -> Reached:
    areas = shapely.area(shapes) / 1e4
    return Reached(
        hours=hours,
        mean_ha=float(areas.mean()),
        least_ha=float(areas.min()),
        most_ha=float(areas.max()),
        likely=shapely.simplify(reached_by_half(shapes), TOLERANCE_M),
        outermost=outermost(tables, chance, shapes),
    )


def outermost(tables: SpreadTables, chance: Scenarios, shapes: npt.NDArray[np.object_]) -> Any:
    """Return what any of these shapes, one a scenario, reaches, burning pieces that fly included."""
    winds = chance.wind_ms.tolist()
    wide = [spotted(tables, shape, wind) for shape, wind in zip(shapes, winds, strict=True)]
    return shapely.simplify(shapely.union_all(wide), TOLERANCE_M)


def reached_by_half(shapes: npt.NDArray[np.object_]) -> Any:
    """Return what at least half of the shapes cover, a geometry."""
    edges = shapely.union_all(shapely.boundary(shapes))
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    if not len(cells):
        return shapely.GeometryCollection()
    x, y = shapely.get_coordinates(shapely.point_on_surface(cells)).T
    count = np.sum([shapely.contains_xy(shape, x, y) for shape in shapes], axis=0)
    return shapely.union_all(cells[2 * count >= len(shapes)])
