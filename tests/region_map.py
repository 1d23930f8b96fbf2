"""A map for tests: shared borders, holes, parts, long rows; and footprints of every form over it."""

import numpy as np
import shapely

from detectors.region.footprint import circles, cones, ellipses, pixels
from detectors.region.grid import STEPS, to_degrees, to_grid
from detectors.region.shapes import Shapes
from detectors.region.sheet import Sheet

WEST, SOUTH = 101.0, 29.0


def on_grid(geometry):
    """The same geometry with every coordinate the nearest number of a whole step."""
    return shapely.transform(geometry, lambda xy: to_degrees(to_grid(xy)))


def mesh(side=12, seed=3):
    """Stands that share every vertex of their borders; some have a hole, some are two parts of one."""
    rng = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij"), -1).astype(float)
    corner = (corner + rng.uniform(-0.3, 0.3, corner.shape)) * 0.01 + [WEST, SOUTH]
    cells = []
    for i in range(side):
        for j in range(side):
            ring = [corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1]]
            cells.append(on_grid(shapely.Polygon(ring)))
    for k in range(0, len(cells), 7):
        cells[k] = on_grid(cells[k].difference(shapely.Point(cells[k].centroid).buffer(0.001)))
    for k in range(1, len(cells) - side - 2, 11):
        cells[k] = shapely.MultiPolygon([cells[k], cells[k + side + 2]])
    return cells


def island():
    """A row of far more than 64 vertices, with a lake of as many and a spit without width."""
    lake = shapely.Point(WEST + 0.05, SOUTH + 0.05).buffer(0.02, quad_segs=80)
    shore = shapely.Point(WEST + 0.05, SOUTH + 0.05).buffer(0.05, quad_segs=170)
    return on_grid(shore.difference(lake))


def sheet_of(shapes):
    return Sheet.of(Shapes.of(shapes))


def spots(count, seed, shapes=()):
    """Positions on the grid, some of them on vertices and on borders of these shapes."""
    rng = np.random.default_rng(seed)
    free = rng.uniform((WEST - 0.02, SOUTH - 0.02), (WEST + 0.14, SOUTH + 0.14), (count, 2))
    vertices = shapely.get_coordinates(shapes)
    if len(vertices):
        free[: count // 10] = vertices[rng.integers(0, len(vertices), count // 10)]
    found = to_degrees(to_grid(free))
    return found[:, 0], found[:, 1]


def footprints(count, seed):
    """Footprints of every form, by name; all told about `count`."""
    rng = np.random.default_rng(seed)
    lon, lat = spots(count, seed + 1)
    part = np.array_split(np.arange(count), 3)
    size = rng.uniform(0.0, 1.0, count)
    turn = rng.uniform(0, 360, count)
    few = part[0][: count // 100]
    return {
        "pixels": pixels(*_of(part[0], lon, lat), *_of(part[0], size + 0.1, size * 0.7 + 0.1, turn)),
        "circles": circles(*_of(part[1], lon, lat, size * 800)),
        "ellipses": ellipses(*_of(part[2], lon, lat, size * 900, size**2 * 300, turn)),
        "cones": cones(*_of(few, lon, lat, turn, size * 40 + 1), 100.0, *_of(few, size * 2000 + 200)),
    }


def _of(rows, *columns):
    return [one[rows] for one in columns]


STEP = 1 / STEPS
