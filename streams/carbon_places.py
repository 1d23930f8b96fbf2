"""Which owner, carbon project, township, county, city and province each stand lies in, and with what part."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import shapely

from alerts.carbon.ground import ground_of
from alerts.carbon.plane import area_ha, plane_of
from alerts.carbon.stock import stock
from detectors.region import Layer
from streams.hops.carbon import MOST_FEATURES, Assessor
from streams.hops.growth import features

PROJECTS = "carbon_projects"
PLACES = ("township", "county", "city", "province")
LAYER_OF = {"project": PROJECTS, **{place: place for place in PLACES}}

Parts = dict[str, float]


@dataclass
class Belonging:
    """Parts of stands by level and key, remembered; of one version of a region."""

    assessor: Assessor
    known: dict[str, dict[str, Parts]] = field(default_factory=dict)
    stocks: dict[str, float | None] = field(default_factory=dict)

    def of(self, stand: str) -> dict[str, Parts]:
        """Return by level which part of a stand, 0 to 1, lies under each key; "" has what lies in none."""
        if stand not in self.known:
            self.known[stand] = {level: whole(parts) for level, parts in self._found(stand).items()}
        return self.known[stand]

    def _found(self, stand: str) -> dict[str, Parts]:
        name, _, one = stand.partition("/")
        layer = self.assessor.region.layers.get(name)
        nowhere: dict[str, Parts] = {level: {} for level in ("owner", *LAYER_OF)}
        if layer is None:
            return nowhere
        try:
            row = layer.row(one)
        except KeyError:
            # another version of the region has other stands
            return nowhere
        owner = str(layer.attributes(row).get("owner") or "")
        shape = shapely.make_valid(layer.geometries([row])[0])
        return {
            "owner": {owner: 1.0} if owner else {},
            **{level: self._parts(shape, where) for level, where in LAYER_OF.items()},
        }

    def _parts(self, shape: shapely.Geometry, where: str) -> Parts:
        size = float(area_ha(shape))
        if size <= 0 or where not in self.assessor.region.layers:
            return {}
        found = {
            key: float(area_ha(shapely.intersection(shape, shapely.make_valid(other)))) / size
            for key, other, _ in features(self.assessor.region, where, shape)
        }
        return {key: part for key, part in found.items() if part > 1e-9}

    def name(self, level: str, key: str) -> str:
        """Return the name of a key, empty where it has none."""
        layer = self.layer(level)
        if layer is None or not key:
            return ""
        try:
            return layer.names([layer.row(key)])[0]
        except KeyError:
            return ""

    def layer(self, level: str) -> Layer | None:
        """Return the layer whose features are the keys of a level."""
        return self.assessor.region.layers.get(LAYER_OF.get(level, ""))

    def stock_t(self, project: str, now: date) -> float | None:
        """Return what a carbon project holds, t C; None where that is too many stands to ask by the way."""
        if project not in self.stocks:
            self.stocks[project] = self._stock_t(project, now)
        return self.stocks[project]

    def _stock_t(self, project: str, now: date) -> float | None:
        layer = self.layer("project")
        if layer is None:
            return None
        try:
            shape = layer.geometries([layer.row(project)])[0]
        except KeyError:
            return None
        if self.assessor.count(shape) > MOST_FEATURES:
            return None
        return inside(self.assessor, shape, now)[1]


def whole(parts: Parts) -> Parts:
    """Return parts that make one whole: more is scaled down, what is missing goes under ""."""
    total = sum(parts.values())
    found = {key: part / max(total, 1.0) for key, part in parts.items() if part > 0}
    rest = 1.0 - sum(found.values())
    return {**found, "": rest} if rest > LEAST_PART else found


LEAST_PART = 1e-9


def inside(assessor: Assessor, shape: Any, now: date) -> tuple[Parts, float]:
    """Return which part of each stand lies in a geometry in degrees, and what lies in it holds, t C."""
    ground = ground_of(assessor.tables.stock, assessor.features(shape), plane_of(shape))
    if not len(ground):
        return {}, 0.0
    mine = ground.plane.to_metres(shape)
    size = np.maximum(shapely.area(ground.areas), LEAST_PART)
    part = shapely.area(shapely.intersection(ground.areas, mine)) / size
    held = stock(assessor.tables.stock, ground.stands, now, arrays=assessor.tables.arrays)
    found = {one: float(share) for one, share in zip(ground.ids, part, strict=True) if share > 0}
    return found, float(part @ held.carbon_t())
