"""What of each stand a fire may touch, summed by scenario and by stands that share their parameters."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.carbon.loss_tables import Vegetation
from alerts.carbon.shared_factors import MOST_GROUPS
from alerts.carbon.stand import FOREST, Ints, Stands
from alerts.carbon.stock_tables import StockTables
from alerts.carbon.stocked import POOLS, Stock

Floats = npt.NDArray[np.float64]

CLASSES: tuple[Vegetation, ...] = ("conifer", "broadleaf", "shrub", "grass", "wetland")
BURNS_AS: dict[str, Vegetation] = {
    "bamboo": "broadleaf", "orchard": "broadleaf", "shrub": "shrub", "alpine_shrub": "shrub",
    "meadow": "grass", "dry_meadow": "grass", "degraded_meadow": "grass",
    "wet_meadow": "wetland", "swamp": "wetland", "peat": "wetland",
}  # fmt: skip
"""How each cover burns; a cover that is not named here burns as grass."""

GROUND = [POOLS.index(pool) for pool in ("understorey", "dead_wood", "litter")]
"""Pools that lie on the ground."""

PEATY = ("peat", "swamp")
"""Covers whose soil burns."""


@dataclass(frozen=True)
class Exposure:
    """Carbon that burns if the fire does, t C: rows are scenarios, columns cells of one group and class."""

    canopy_low: Floats
    canopy_high: Floats
    """Above-ground carbon by the lowest and the highest of the methods."""
    roots: Floats
    """Carbon of roots relative to `canopy`, by cell."""
    ground: Floats
    peat_ha: Floats
    """Area of burning peat: rows are scenarios, columns its stands."""
    peat_c_t_ha: Floats
    """Soil carbon of each of these stands, ascending."""
    soil: Floats
    """Soil carbon in reach, by scenario."""
    whole: Floats
    """How many times what is in reach the touched stands hold, by cell: the limit of an error in area."""
    own_cv: Floats
    """Relative error of the canopy from what stands do not share, by scenario."""
    group: Ints
    """Group of each cell."""
    kind: Ints
    """Class of vegetation of each cell."""
    group_cv: Floats
    carbon_fraction: Floats
    stands: int


def burns_as(tables: StockTables, stands: Stands) -> Ints:
    """Return the class of vegetation of each stand, as a row of `CLASSES`."""
    by_species = np.array(
        [CLASSES.index("broadleaf" if row.leaf == "broadleaf" else "conifer") for row in tables.species] + [0]
    )
    by_cover = np.array([CLASSES.index(BURNS_AS.get(row.cover, "grass")) for row in tables.covers] + [3])
    found: Ints = np.where(stands.cover == FOREST, by_species[stands.species], by_cover[stands.cover])
    return found


def expose(tables: StockTables, stands: Stands, stock: Stock, shares: Floats) -> Exposure:
    """Return what burns: `shares` is the part of each stand (columns) in reach, by scenario (rows)."""
    kind = burns_as(tables, stands)
    group, group_cv = _groups(stock, shares)
    cell_key = group * len(CLASSES) + kind
    keys, cell = np.unique(cell_key, return_inverse=True)
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(len(keys)))
    area = shares * stock.area_ha

    def summed(per_ha: Floats, weight: Floats = area) -> Floats:
        found: Floats = np.add.reduceat((weight * per_ha)[:, order], starts, axis=1)
        return found

    agb, bgb = stock.pools_c_t_ha[:, 0], stock.pools_c_t_ha[:, 1]
    ground = stock.pools_c_t_ha[:, GROUND].sum(axis=1)
    middle = agb * stock.method_mid
    touched = (shares.max(axis=0, initial=0.0) > 0) * stock.area_ha[None]
    in_reach = summed(middle)
    soil = stock.pools_c_t_ha[:, POOLS.index("soil")]
    peaty = np.flatnonzero(is_peat(tables, stands))
    peaty = peaty[np.argsort(soil[peaty], kind="stable")]
    spread = (area * middle * stock.own_cv) ** 2
    total = in_reach.sum(axis=1)
    return Exposure(
        canopy_low=summed(agb * stock.method_low),
        canopy_high=summed(agb * stock.method_high),
        roots=_ratio(summed(bgb * stock.method_mid), in_reach),
        ground=summed(ground),
        peat_ha=area[:, peaty],
        peat_c_t_ha=soil[peaty],
        soil=(area * soil).sum(axis=1),
        whole=np.maximum(_ratio(np.broadcast_to(summed(middle, touched), in_reach.shape), in_reach), 1.0),
        own_cv=_ratio(np.sqrt(spread.sum(axis=1)), total),
        group=keys // len(CLASSES),
        kind=keys % len(CLASSES),
        group_cv=group_cv,
        carbon_fraction=np.array([stock.carbon_fraction[cell == k].mean() for k in range(len(keys))]),
        stands=len(stock),
    )


def _known(stock: Stock) -> Floats:
    """Return all known carbon of each stand, t C/ha, live biomass in the middle of the methods."""
    live = stock.pools_c_t_ha[:, :2].sum(axis=1) * stock.method_mid
    found: Floats = live + stock.pools_c_t_ha[:, 2:].sum(axis=1)
    return found


def is_peat(tables: StockTables, stands: Stands) -> npt.NDArray[np.bool_]:
    """Return which stands have soil that burns."""
    peaty = np.array([row.cover in PEATY for row in tables.covers] + [False])
    found: npt.NDArray[np.bool_] = (stands.cover >= 0) & peaty[stands.cover]
    return found


def _groups(stock: Stock, shares: Floats) -> tuple[Ints, Floats]:
    """Return the group of each stand and each group's shared error; the smallest groups share one."""
    names, group = np.unique(stock.group, return_inverse=True)
    weight = np.bincount(group, shares.mean(axis=0) * stock.area_ha * _known(stock), len(names))
    ranked = np.lexsort((names, -weight))
    rank = np.empty(len(names), np.int64)
    rank[ranked] = np.arange(len(names))
    merged = np.minimum(rank, MOST_GROUPS - 1)[group]
    cv = np.zeros(int(merged.max(initial=-1)) + 1)
    np.maximum.at(cv, merged, stock.shared_cv)
    return merged, cv


def _ratio(part: Floats, whole: Floats) -> Floats:
    found: Floats = np.divide(part, whole, out=np.zeros(np.shape(part)), where=whole > 0)
    return found
