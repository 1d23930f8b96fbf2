"""What grows around a fire: areas of stands, wetland and grassland, laid over each other without overlap."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from alerts.carbon.plane import Plane
from alerts.carbon.stand import Stands, stands_of
from alerts.carbon.stock_tables import StockTables

LAYERS = ("stands", "wetland", "grassland")
"""Layers that hold carbon; where two overlap, the earlier one is believed."""

COVER_OF_LAYER = {"wetland": "湿地", "grassland": "草地"}
"""Cover of a feature that does not say its own."""

NO_CARBON = frozenset({"lake", "river", "water", "reservoir", "湖泊", "河流", "水库", "水域"})
"""Kinds of wetland without vegetation that burns."""


@dataclass(frozen=True)
class Feature:
    """One feature of a layer: id, polygon in degrees and what the layer says of it."""

    layer: str
    feature_id: str
    shape: Any
    columns: Mapping[str, Any]


@dataclass(frozen=True)
class Ground:
    """Areas in metres of `plane` that do not overlap, in the order of their ids, and what grows there."""

    plane: Plane
    ids: tuple[str, ...]
    areas: npt.NDArray[np.object_]
    stands: Stands

    def __len__(self) -> int:
        return len(self.ids)


def ground_of(tables: StockTables, features: Sequence[Feature], plane: Plane) -> Ground:
    """Return the ground that these features make; their order does not matter, their area is measured."""
    wanted = [one for one in features if _kind(one) not in NO_CARBON]
    wanted.sort(key=lambda one: (LAYERS.index(one.layer), one.feature_id))
    shapes = np.array([one.shape for one in wanted], object)
    areas = _laid(shapely.make_valid(plane.to_metres(shapes)), [LAYERS.index(one.layer) for one in wanted])
    stands = stands_in(tables, wanted, shapely.area(areas) / 1e4)
    return Ground(plane, tuple(f"{one.layer}/{one.feature_id}" for one in wanted), areas, stands)


def stands_in(tables: StockTables, features: Sequence[Feature], area_ha: npt.ArrayLike) -> Stands:
    """Return what grows on each feature, with these areas; water grows nothing that is known."""
    return stands_of(
        tables,
        area_ha=area_ha,
        species=[_species(one) for one in features],
        cover=[_cover(one) for one in features],
        origin=[_word(one, "origin") for one in features],
        volume_m3_ha=[_number(one, "volume_m3_ha") for one in features],
        age_a=[_number(one, "age_a") for one in features],
        peat_depth_m=[_number(one, "peat_depth_m") for one in features],
    )


def growing(tables: StockTables, ground: Ground, shape: Any) -> str | None:
    """Return the species or cover that covers most of a geometry in metres; None where none is known."""
    if not len(ground):
        return None
    parts = shapely.area(shapely.intersection(ground.areas, shape))
    covered: dict[str, float] = {}
    for species, cover, part in zip(
        ground.stands.species.tolist(), ground.stands.cover.tolist(), parts.tolist(), strict=True
    ):
        kind = tables.species[species].species if species >= 0 else ""
        kind = tables.covers[cover].cover if cover >= 0 else kind
        if kind and part > 0:
            covered[kind] = covered.get(kind, 0.0) + part
    return max(sorted(covered), key=covered.__getitem__, default=None)


def _laid(areas: npt.NDArray[np.object_], ranks: Sequence[int]) -> npt.NDArray[np.object_]:
    """Return the areas with what an earlier one covers taken off, so that no hectare counts twice."""
    if not len(areas):
        return areas
    laid, tree = areas.copy(), shapely.STRtree(areas)
    above, below = tree.query(areas, predicate="overlaps")
    inside, around = tree.query(areas, predicate="within")
    pairs = {
        *zip(below.tolist(), above.tolist(), strict=True),
        *zip(inside.tolist(), around.tolist(), strict=True),
    }
    pairs |= {(b, a) for a, b in pairs}
    for one, other in sorted(pairs):
        if (ranks[other], other) < (ranks[one], one):
            laid[one] = shapely.difference(laid[one], areas[other])
    return laid


def _species(one: Feature) -> str | None:
    return _word(one, "species") or _word(one, "species_code")


def _cover(one: Feature) -> str | None:
    if one.layer == "stands":
        return _word(one, "cover")
    if _number(one, "peat_depth_m") > 0:
        return "peat"
    return _kind(one) or COVER_OF_LAYER[one.layer]


def _kind(one: Feature) -> str | None:
    return _word(one, "cover") or _word(one, "kind")


def _word(one: Feature, name: str) -> str | None:
    value = one.columns.get(name)
    return None if value is None or value == "" else str(value)


def _number(one: Feature, name: str) -> float:
    """Return a number of a column; NaN where it says none."""
    try:
        value = one.columns[name]
        return math.nan if value is None else float(value)
    except (KeyError, TypeError, ValueError):
        return math.nan
