"""Which areas a wide fire lies in: those that its outline meets, not all that a circle round its middle does.

A fire ten kilometres long has a circle as wide, and most of it does not burn. A reserve that the circle
alone meets makes no grade, a township none that is told. What the outline meets the circle meets too.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import shapely
from msgspec.structs import replace

from detectors.assembly import Summary
from detectors.association import Fire
from detectors.fringe import is_sure
from detectors.outline import degrees_of
from detectors.region import Layer
from detectors.region.places import ADMIN_LAYERS
from schemas.incident import Place
from streams.hops.sitting import Sitting

LAYERS = frozenset({*ADMIN_LAYERS, "protected_areas", "risk_zones"})
"""Areas that people are told of and grades ask for; of land and stands the circle tells."""


def outlined(sitting: Sitting, fire: Fire, one: Summary, where: tuple[Place, ...]) -> tuple[Place, ...]:
    """Return the places of a fire without areas that its outline, widened by the error of its pixels, misses.

    Only where every place in it is known so well, and as long as no officer has put it elsewhere. What is
    left of a level shares the probability of what is not; a reserve has at least that of the ground it holds.
    """
    limits = sitting.given.limits
    doubtful = [place for place in where if place.layer in LAYERS and place.relation == "possibly_inside"]
    if not doubtful or one.sector is not None or one.radius_m <= limits.edge_m or len(fire.nodes) < 2:
        return where
    if any(reason.code == "relocated" for reason in one.reasons):
        return where
    if not all(is_sure(node, limits.edge_error_km) for node in fire.nodes):
        return where
    layers = sitting.given.region.at(sitting.now).layers
    burns = shapely.geometry.shape(one.footprint)
    rim = shapely.buffer(burns, degrees_of(limits.edge_error_km, one.latitude))
    areas = {id(place): _geometry(layers[place.layer], place.place_id) for place in doubtful}
    missed = {id(place) for place in doubtful if not shapely.intersects(areas[id(place)], rim)}
    kept = [place for place in where if id(place) not in missed]
    told = [
        _held(place, areas[id(place)], burns)
        if id(place) in areas and place.layer not in ADMIN_LAYERS
        else _shared(place, where, kept)
        for place in kept
    ]
    return tuple(told)


@lru_cache(maxsize=16)
def _geometry(layer: Layer, place_id: str) -> Any:
    (found,) = layer.geometries([layer.row(place_id)])
    shapely.prepare(found)
    return found


def _held(place: Place, area: Any, burns: Any) -> Place:
    """Return a reserve at least as likely as the part of a fire's outline that it holds."""
    held = shapely.intersection(shapely.clip_by_rect(area, *shapely.bounds(burns)), burns)
    share = round(float(shapely.area(held) / shapely.area(burns)), 4)
    return replace(place, probability=max(place.probability or 0.0, min(share, 1.0)))


def _shared(place: Place, before: Sequence[Place], after: Sequence[Place]) -> Place:
    """Return an administrative area with its part of the probability of those of its level that are gone."""
    if place.layer not in ADMIN_LAYERS or place.probability is None:
        return place
    was, left = (
        sum(one.probability or 0.0 for one in of if one.layer == place.layer) for of in (before, after)
    )
    if left >= was:
        return place
    return replace(place, probability=min(round(place.probability * was / left, 4), 1.0))
