"""The stock tables as arrays, one row a species, so that a million stands are looked up at once."""

from dataclasses import dataclass

import numpy as np

from alerts.carbon.biomass import Floats
from alerts.carbon.stand import Ints
from alerts.carbon.stock_tables import AgeClasses, Measured, Origin, StockTables

ORIGINS: tuple[Origin, ...] = ("natural", "planted")
ANY = "any"
"""Row of the measured table that averages over all types."""


@dataclass(frozen=True)
class StockArrays:
    """What a tier looks up; the last axis of origins is the mean of natural and planted."""

    tables: StockTables
    species_count: int
    bef: Floats
    density_t_m3: Floats
    root_ratio: Floats
    carbon_fraction: Floats
    slope_t_m3: Floats
    constant_t_ha: Floats
    means_c_t_ha: Floats
    """Species (last: any type) x origin (natural, planted, unknown) x tree, understorey, litter, soil."""
    age_limits_a: Floats
    """Species x origin x upper ages of four classes."""
    age_ratio: Floats
    """Origin x five classes: vegetation carbon relative to the mean of all ages."""
    cover_pools: Floats
    """Cover x six pools, NaN where not known."""
    cover_low: Floats
    cover_high: Floats
    peat_cover: int
    bamboo_cover: int
    half_width: float
    cv_volume: tuple[float, float]
    """Mapped, surveyed."""
    cv_tier: Floats
    """Shared error by tier."""


def arrays_of(tables: StockTables) -> StockArrays:
    """Return the tables as arrays."""
    rows = tables.species
    live = [tables.live_biomass(row.continuous) for row in rows]
    pools = np.array([_cover_pools(row) for row in tables.covers], float)
    vegetation = np.nansum(pools[:, :2], axis=1)
    low = np.array([row.vegetation_low_c_t_ha for row in tables.covers])
    high = np.array([row.vegetation_high_c_t_ha for row in tables.covers])
    shared = np.sqrt(sum(tables.cv(name) ** 2 for name in ("bef", "density", "carbon_fraction")))
    return StockArrays(
        tables=tables,
        species_count=len(rows),
        bef=np.array([row.bef for row in rows]),
        density_t_m3=np.array([row.density_t_m3 for row in rows]),
        root_ratio=np.array([row.root_ratio for row in rows] + [np.mean([row.root_ratio for row in rows])]),
        carbon_fraction=np.array([row.carbon_fraction for row in rows]),
        slope_t_m3=np.array([row.slope_t_m3 for row in live]),
        constant_t_ha=np.array([row.constant_t_ha for row in live]),
        means_c_t_ha=np.array([_means(tables, kind) for kind in [*(row.measured for row in rows), ANY]]),
        age_limits_a=np.array([_limits(tables.age_classes, row.age_group) for row in rows]),
        age_ratio=_ratios(tables),
        cover_pools=pools,
        cover_low=np.minimum(low / vegetation, 1.0),
        cover_high=np.maximum(high / vegetation, 1.0),
        peat_cover=[row.cover for row in tables.covers].index("peat"),
        bamboo_cover=[row.cover for row in tables.covers].index("bamboo"),
        half_width=tables.method_spread[0].half_width,
        cv_volume=(tables.cv("volume_mapped"), tables.cv("volume_surveyed")),
        cv_tier=np.array([0.0, shared, tables.cv("type_age"), tables.cv("type_mean"), tables.cv("ipcc")]),
    )


def _cover_pools(row: object) -> list[float]:
    names = ("agb", "bgb", "understorey", "dead_wood", "litter", "soil")
    found = [getattr(row, f"{name}_c_t_ha", None) for name in names]
    return [np.nan if value is None else value for value in found]


def _means(tables: StockTables, kind: str) -> list[list[float]]:
    """Return tree, understorey, litter and soil carbon by origin; a type not met has the mean of all."""
    by_key = {(row.kind, row.origin): row for row in tables.measured}
    found = [_densities(by_key.get((kind, one)) or by_key[ANY, one]) for one in ORIGINS]
    return [*found, [(a + b) / 2 for a, b in zip(*found, strict=True)]]


def _densities(row: Measured) -> list[float]:
    return [row.tree_c_t_ha, row.shrub_c_t_ha + row.herb_c_t_ha, row.litter_c_t_ha, row.soil_c_t_ha]


def _limits(rows: tuple[AgeClasses, ...], group: str) -> list[list[float]]:
    by_origin = {row.origin: row for row in rows if row.age_group == group}
    found = [
        [row.young_to_a, row.middle_to_a, row.near_to_a, row.mature_to_a]
        for row in (by_origin["natural"], by_origin["planted"])
    ]
    return [*found, [(a + b) / 2 for a, b in zip(*found, strict=True)]]


def _ratios(tables: StockTables) -> Floats:
    means = {row.origin: row for row in tables.measured if row.kind == ANY}
    found = []
    for origin in ORIGINS:
        whole = means[origin].tree_c_t_ha + means[origin].shrub_c_t_ha + means[origin].herb_c_t_ha
        found.append([row.vegetation_c_t_ha / whole for row in tables.age_carbon if row.origin == origin])
    return np.array([*found, np.mean(found, axis=0)])


def class_of(ages_a: Floats, limits_a: Floats) -> Ints:
    """Return the age class, 0 young to 4 over mature; an age on a limit is still of the younger class."""
    classes: Ints = (ages_a[:, None] > limits_a).sum(axis=1)
    return classes
