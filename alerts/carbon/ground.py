"""What grows around a fire: areas of stands, wetland and grassland, laid over each other without overlap."""

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from alerts.carbon.plane import Plane
from alerts.carbon.stand import Stands, cover_words, species_words, stands_of
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
    wanted = [one for one in features if NO_CARBON.isdisjoint(_kinds(one))]
    wanted.sort(key=lambda one: (LAYERS.index(one.layer), one.feature_id))
    shapes = np.array([one.shape for one in wanted], object)
    areas = _laid(shapely.make_valid(plane.to_metres(shapes)), [LAYERS.index(one.layer) for one in wanted])
    stands = stands_in(tables, wanted, shapely.area(areas) / 1e4)
    return Ground(plane, tuple(f"{one.layer}/{one.feature_id}" for one in wanted), areas, stands)


def stands_in(tables: StockTables, features: Sequence[Feature], area_ha: npt.ArrayLike) -> Stands:
    """Return what grows on each feature, with these areas; water grows nothing that is known."""
    covers = cover_words(tables)
    known = covers.keys() | species_words(tables).keys()
    species = [_first_known(_all_said(one, "species", "species_code"), known) for one in features]
    return stands_of(
        tables,
        area_ha=area_ha,
        species=species,
        cover=[_cover(one, tree, covers) for one, tree in zip(features, species, strict=True)],
        origin=[_word(one, "origin") for one in features],
        volume_m3_ha=[_number(one, "volume_m3_ha") for one in features],
        age_a=[_number(one, "age_a") for one in features],
        peat_depth_m=[_number(one, "peat_depth_m") for one in features],
        diameter_cm=[_number(one, "diameter_cm") for one in features],
        culms_ha=[_number(one, "culms_ha") for one in features],
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


def _cover(one: Feature, species: str | None, covers: Mapping[str, int]) -> str | None:
    """Return what covers a feature; a stand that says wood or a tree is forest, known or not."""
    if one.layer == "stands":
        has_wood = species not in NO_CARBON if species else _number(one, "volume_m3_ha") > 0
        return _word(one, "cover") or ("forest" if has_wood else None)
    if _number(one, "peat_depth_m") > 0:
        return "peat"
    return _first_known(_kinds(one), covers) or COVER_OF_LAYER[one.layer]


def _kinds(one: Feature) -> list[str]:
    """Return the words for what covers a feature; a number there is how much of it is covered."""
    return [word for word in _all_said(one, "cover", "kind") if math.isnan(_float(word))]


def _all_said(one: Feature, *names: str) -> list[str]:
    return [word for name in names if (word := _word(one, name))]


def _first_known(said: Sequence[str], known: Container[str]) -> str | None:
    """Return the first word that a table knows, else the first, so that it can be said to be unknown."""
    return next((word for word in said if word in known), said[0] if said else None)


def _word(one: Feature, name: str) -> str | None:
    """Return a word of a column; a code may come as a number."""
    value = one.columns.get(name)
    is_whole = isinstance(value, float) and value.is_integer()
    return (str(int(value) if is_whole else value).strip() or None) if value is not None else None


def _number(one: Feature, name: str) -> float:
    """Return a number of a column; NaN where it says none."""
    return _float(one.columns.get(name))


def _float(value: Any) -> float:
    try:
        return math.nan if value is None else float(value)
    except (TypeError, ValueError):
        return math.nan
