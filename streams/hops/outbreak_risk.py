"""Which stands pine wilt or its beetle may reach: rings, and kernel mass by host, height, roads and season.

Of a pest of which nothing is published about its spread there is none, and that is not "nowhere". Without a
stands layer the rings have no stands in them, because nobody knows them.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import shapely

from detectors.pests import spread
from detectors.pests.arrays import Floats
from detectors.pests.kernels import SpreadTable
from detectors.pests.sign import Sign
from detectors.pests.species import Species
from detectors.region import Region
from detectors.region.area import areas_ha
from detectors.region.grid import to_grid
from schemas.pest import Ring, Threatened
from streams.hops.outbreak_given import Pests

MOST_STANDS = 5000
"""More stands in reach are not weighed one by one."""

MOST_TOLD = 20
"""So many stands are told, those most at risk."""

ROAD_M = 1000.0
"""Roads within this far of a stand count."""

LEAST = 1e-4
"""A smaller risk is not told."""

RINGS: tuple[Literal["core", "watch", "flight", "human"], ...] = ("core", "watch", "flight", "human")

METRES_PER_DEGREE = 111_195.0


class Reach(NamedTuple):
    """Rings and the stands most at risk."""

    rings: tuple[Ring, ...] = ()
    threatened: tuple[Threatened, ...] = ()


def reach_of(
    given: Pests, region: Region, species: Species, signs: Sequence[Sign], gate: float | None
) -> Reach:
    """Return what the finds of a pest with a published kernel may reach; nothing is known of others.

    `gate` is the season of flight, 0 to 1; None: not known, and then nothing is held back.
    """
    if given.kernels.of(species.name) is None:
        return Reach()
    finds = (np.array([one.longitude for one in signs]), np.array([one.latitude for one in signs]))
    options = given.by(species.name).spread
    found = _stands(region, finds, options, given.kernels)
    if found is None:
        return Reach(_rings(options, np.zeros(0)))
    names, stands = found
    at_risk = spread.risk(options, stands, *finds, 1.0 if gate is None else gate)
    hosts = stands.host > 0
    order = np.lexsort((at_risk.nearest_m, -at_risk.probability))
    told = [at for at in order.tolist() if hosts[at] and at_risk.probability[at] >= LEAST][:MOST_TOLD]
    return Reach(
        _rings(options, at_risk.ring[hosts]),
        tuple(
            Threatened(
                stand_id=names[at][0],
                name=names[at][1],
                probability=round(float(at_risk.probability[at]), 4),
                distance_m=round(float(at_risk.nearest_m[at])),
            )
            for at in told
        ),
    )


def _rings(options: spread.Options, ring: Floats) -> tuple[Ring, ...]:
    return tuple(
        Ring(name=name, radius_m=radius, stands=int((ring == number).sum()))
        for number, (name, radius) in enumerate(zip(RINGS, options.rings_m, strict=True))
    )


def _stands(
    region: Region, finds: tuple[Floats, Floats], options: spread.Options, kernels: SpreadTable
) -> tuple[list[tuple[str, str]], spread.Stands] | None:
    """Return ids and names of the stands within the widest ring, and what the kernel asks of them."""
    layer = region.layers.get("stands")
    rows = None if layer is None else _near(layer, finds, max(options.rings_m))
    if layer is None or rows is None or not 0 < len(rows) <= MOST_STANDS:
        return None
    shapes = layer.geometries(rows)
    middle = shapely.centroid(shapes)
    lon, lat = shapely.get_x(middle), shapely.get_y(middle)
    kinds = layer.column("species", rows) if "species" in layer.columns else [None] * len(rows)
    heights = np.full(len(rows), np.nan)
    if region.terrain is not None:
        heights = np.ma.filled(region.terrain.elevation_m(lon, lat), np.nan)
    stands = spread.Stands(
        longitude=lon,
        latitude=lat,
        area_ha=areas_ha(layer.shapes.take(rows)),
        host=np.array([kernels.susceptibility(str(one)) for one in kinds]),
        height_m=heights,
        road=_roads(region, lon, lat),
    )
    return list(zip(layer.ids(rows), layer.names(rows), strict=True)), stands


def _near(layer: Any, finds: tuple[Floats, Floats], radius_m: float) -> Any:
    """Return the rows whose box comes within a distance of any find, each once."""
    lon, lat = finds
    tall = radius_m / METRES_PER_DEGREE
    wide = tall / np.cos(np.radians(np.clip(lat, -80, 80)))
    boxes = np.column_stack([lon - wide, lat - tall, lon + wide, lat + tall])
    return np.unique(layer.tree.meeting(to_grid(boxes))[1])


def _roads(region: Region, lon: Floats, lat: Floats) -> Floats:
    """Return the length of road about each stand over the median of those that have any; NaN: no layer."""
    layer = region.layers.get("roads")
    if layer is None:
        return np.full(len(lon), np.nan)
    squeeze = float(np.cos(np.radians(lat.mean()))) * METRES_PER_DEGREE
    rows = _near(layer, (lon, lat), ROAD_M)
    lines = shapely.transform(layer.geometries(rows), lambda xy: xy * (squeeze, METRES_PER_DEGREE))
    circles = shapely.buffer(shapely.points(lon * squeeze, lat * METRES_PER_DEGREE), ROAD_M, quad_segs=4)
    at, line = shapely.STRtree(lines).query(circles, predicate="intersects")
    length = np.zeros(len(lon))
    np.add.at(length, at, shapely.length(shapely.intersection(circles[at], lines[line])))
    with_any = length[length > 0]
    found: Floats = length / np.median(with_any) if len(with_any) else length
    return found
