"""Where the fire may be in 1, 3, 6, 12 and 24 hours: its perimeter grown by the ellipse of each scenario.

A fire that burns everywhere along its edge spreads, in even wind, to its perimeter grown by the ellipse of
one point (Huygens). Barriers (生物隔离带, water, bare ground, roads) hold unless burning pieces fly across.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from alerts.carbon.ellipse import ellipse
from alerts.carbon.scenario import Scenarios
from alerts.carbon.spread import wind_force
from alerts.carbon.spread_tables import SpreadTables

Floats = npt.NDArray[np.float64]

HORIZONS_H = (1.0, 3.0, 6.0, 12.0, 24.0)
STEP_H = 1.0
"""Beside a barrier the fire grows in steps of so many hours, so that it must go round the end of it."""

STEP_TOLERANCE_M = 0.1
"""Corners of a step nearer to the line than this are left out: every step would bring more, without end."""

CORNERS = 8
"""Segments of a quarter of the ellipse; its area is 0.6 % short, and made good."""


def grown(fire: Any, chance: Scenarios, one: int, hours: float) -> Any:
    """Return the fire, a geometry in metres, so many hours on in scenario `one`, with nothing in its way."""
    found = ellipse(chance.head_m_min[one], chance.length_to_breadth[one], hours * 60.0)
    if found.semi_minor_m <= 0:
        return fire
    bearing = np.radians(chance.towards_deg[one])
    along = np.array([np.sin(bearing), np.cos(bearing)])
    squeeze = np.eye(2) + (1.0 / chance.length_to_breadth[one] - 1.0) * np.outer(along, along)
    corner = np.pi / (2 * CORNERS)
    radius = found.semi_minor_m * np.sqrt(corner / np.sin(corner))
    round_fire = shapely.transform(fire, lambda points: points @ squeeze)
    wide = shapely.buffer(round_fire, radius, quad_segs=CORNERS)
    back = np.linalg.inv(squeeze)
    ahead = found.ahead_m * along
    return shapely.transform(wide, lambda points: points @ back + ahead)


def barrier(lines: Any, tables: SpreadTables) -> Any:
    """Return barriers as areas: what is drawn as a line has the width of `constants.csv`."""
    shapes = np.atleast_1d(np.asarray(lines, object))
    is_line = shapely.get_dimensions(shapes) < 2
    wide = shapes.copy()
    wide[is_line] = shapely.buffer(shapes[is_line], tables.constant("barrier_half_width"), cap_style="flat")
    return shapely.union_all(wide)


def road_width_m(tables: SpreadTables, width_m: Any) -> float | None:
    """Return how wide a road holds a fire, m; None where it is narrow, or where nobody says how wide."""
    is_wide = isinstance(width_m, int | float) and width_m >= tables.constant("least_road_width")
    return float(width_m) if is_wide else None


def holding(barriers: Any, margin_m: float) -> Any:
    """Return the part of the barriers that is wide enough to hold against pieces that fly `margin_m`."""
    if margin_m <= 0 or shapely.is_empty(barriers):
        return barriers
    wide = shapely.buffer(barriers, -margin_m / 2)
    return shapely.intersection(shapely.buffer(wide, margin_m / 2), barriers)


def reach(
    tables: SpreadTables,
    fire: Any,
    chance: Scenarios,
    *,
    horizons_h: Sequence[float] = HORIZONS_H,
    barriers: Any = None,
) -> npt.NDArray[np.object_]:
    """Return where the fire may be, geometries in metres: one row a scenario, one column a horizon.

    `fire` (one geometry, or one a scenario) and `barriers` are in metres of the same plane.
    What burns at one horizon burns at every later one.
    """
    found = np.empty((len(chance), len(horizons_h)), object)
    fires = fire if isinstance(fire, Sequence | np.ndarray) else [fire] * len(chance)
    for one, start in enumerate(fires):
        margin = tables.spotting_m(float(wind_force(tables, chance.wind_ms[one])))
        holds = None if barriers is None else holding(barriers, margin)
        if holds is None or shapely.is_empty(holds):
            found[one] = [grown(start, chance, one, hours) for hours in horizons_h]
        else:
            found[one] = _held(start, chance, one, horizons_h, holds)
    return found


def _held(fire: Any, chance: Scenarios, one: int, horizons_h: Sequence[float], holds: Any) -> list[Any]:
    """Return the fire at each horizon, grown step by step and kept on its side of the barriers."""
    now, at, found = fire, 0.0, []
    for horizon in horizons_h:
        while at < horizon:
            step = min(STEP_H, horizon - at)
            now, at = _step(now, grown(now, chance, one, step), holds), at + step
        found.append(now)
    return found


def _step(before: Any, after: Any, holds: Any) -> Any:
    """Return what of `after` hangs together with the fire as it was; what already burns stays burnt."""
    parts = shapely.get_parts(shapely.difference(after, holds))
    touching = parts[shapely.intersects(parts, before)]
    return shapely.simplify(shapely.union_all([*touching, before]), STEP_TOLERANCE_M)


def spotted(tables: SpreadTables, shapes: Any, wind_ms: float) -> Any:
    """Return geometries in metres with the margin around them in which burning pieces may land."""
    margin = tables.spotting_m(float(wind_force(tables, wind_ms)))
    return shapely.buffer(shapes, margin) if margin > 0 else shapes


def shares(areas: npt.NDArray[np.object_], shapes: npt.NDArray[np.object_]) -> Floats:
    """Return which part of each area (columns) each shape (rows) covers, 0 to 1; an empty area has none."""
    found = np.zeros((len(shapes), len(areas)))
    sizes = shapely.area(areas)
    for row, shape in enumerate(shapes):
        shapely.prepare(shape)
        whole = shapely.contains_properly(shape, areas)
        part = np.flatnonzero(shapely.intersects(shape, areas) & ~whole & (sizes > 0))
        found[row, whole & (sizes > 0)] = 1.0
        found[row, part] = shapely.area(shapely.intersection(shape, areas[part])) / sizes[part]
    limited: Floats = np.clip(found, 0.0, 1.0)
    return limited


def probability_of_reach(points: npt.ArrayLike, shapes: npt.NDArray[np.object_]) -> Floats:
    """Return the share of scenarios (rows of `shapes`) that reach each point (metres), by horizon."""
    x, y = np.asarray(points, float).T
    counts = [[shapely.contains_xy(shape, x, y) for shape in column] for column in shapes.T]
    found: Floats = np.mean(np.array(counts, float), axis=1).T
    return found
