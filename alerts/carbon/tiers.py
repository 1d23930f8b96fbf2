"""How each tier fills the stock of its stands; the tiers differ in what they ask of the data."""

import numpy as np

from alerts.carbon import biomass
from alerts.carbon.caution import Caution
from alerts.carbon.stand import ORIGIN_UNKNOWN, Floats, Ints, Stands
from alerts.carbon.stock_arrays import StockArrays, class_of
from alerts.carbon.stocked import Stock

AGB, BGB, UNDERSTOREY, DEAD_WOOD, LITTER, SOIL = range(6)


def volumes(made: StockArrays, stands: Stands, filled: Stock, rows: Ints) -> None:
    """Tier 1: volume x BEF x wood density x (1 + R) x carbon fraction; litter and soil as the type's mean."""
    one, volume = stands.species[rows], stands.volume_m3_ha[rows]
    fraction = made.carbon_fraction[one]
    above = biomass.above_ground(volume, made.bef[one], made.density_t_m3[one])
    _trees(filled, rows, above * fraction, above * made.root_ratio[one] * fraction)
    _ground(made, stands, filled, rows, one)
    filled.carbon_fraction[rows] = fraction
    filled.shared_cv[rows] = made.cv_tier[1]
    filled.own_cv[rows] = np.where(stands.is_surveyed[rows], made.cv_volume[1], made.cv_volume[0])
    other = biomass.continuous(volume, made.slope_t_m3[one], made.constant_t_ha[one])
    mine = above * (1 + made.root_ratio[one]) * fraction
    is_comparable = volume >= biomass.SMALL_VOLUME_M3_HA
    ratio = np.divide(
        other * biomass.FANG_CARBON_FRACTION, mine, out=np.ones(len(rows)), where=is_comparable & (mine > 0)
    )
    filled.method_low[rows] = np.where(is_comparable, np.minimum(ratio, 1.0), 1 - made.half_width)
    filled.method_high[rows] = np.where(is_comparable, np.maximum(ratio, 1.0), 1 + made.half_width)


def ages(made: StockArrays, stands: Stands, filled: Stock, rows: Ints) -> None:
    """Tier 2: the type's mean times what stands of this age hold relative to the mean of all ages."""
    one, origin = stands.species[rows], stands.origin[rows]
    classes = class_of(stands.age_a[rows], made.age_limits_a[one, origin])
    _typical(made, stands, filled, rows, one, made.age_ratio[origin, classes])
    filled.shared_cv[rows] = made.cv_tier[2]


def means(made: StockArrays, stands: Stands, filled: Stock, rows: Ints) -> None:
    """Tier 3: the measured mean of the type."""
    _typical(made, stands, filled, rows, stands.species[rows], np.ones(len(rows)))
    filled.shared_cv[rows] = made.cv_tier[3]


def defaults(made: StockArrays, stands: Stands, filled: Stock, rows: Ints) -> None:
    """Tier 4: IPCC factors on the volume, conifers and broadleaves averaged; without it the mean of all."""
    every = np.full(len(rows), made.species_count)
    _typical(made, stands, filled, rows, every, np.ones(len(rows)))
    filled.shared_cv[rows] = made.cv_tier[4]
    volume = stands.volume_m3_ha[rows]
    has = (volume >= 0) & (volume <= made.tables.constant("largest_volume"))
    if not has.any():
        return
    both = []
    for leaf in ("conifer", "broadleaf"):
        above = biomass.ipcc_above_ground(volume[has], made.tables.expansion, leaf)
        both.append((above, biomass.ipcc_roots(above, made.tables.roots, leaf)))
    above, roots = (np.mean([pair[k] for pair in both], axis=0) for k in (0, 1))
    fraction = biomass.IPCC_CARBON_FRACTION
    _trees(filled, rows[has], above * fraction, roots * fraction)


def covers(made: StockArrays, stands: Stands, filled: Stock, rows: Ints) -> None:
    """Bamboo, shrub, grassland, wetland: the mean of the cover, within the range its source gives."""
    kind = stands.cover[rows]
    pools = made.cover_pools[kind]
    filled.pools_c_t_ha[rows] = np.nan_to_num(pools)
    filled.is_known[rows] = np.isfinite(pools)
    filled.method_low[rows], filled.method_high[rows] = made.cover_low[kind], made.cover_high[kind]
    filled.shared_cv[rows] = made.cv_tier[3] / 2


def peat(made: StockArrays, stands: Stands, filled: Stock, rows: Ints) -> None:
    """Peat of a known depth: density x carbon x depth instead of the mean of the upper two metres."""
    depth = stands.peat_depth_m[rows]
    constant = made.tables.constant
    has = (depth > 0) & (depth <= constant("largest_peat_depth"))
    density, share = constant("peat_bulk_density"), constant("peat_carbon_fraction")
    filled.pools_c_t_ha[rows[has], SOIL] = 10.0 * density * share * depth[has]
    filled.tier[rows[has]] = 1
    filled.cautions[rows[~has]] |= int(Caution.PEAT_DEPTH_UNKNOWN)


def culms(made: StockArrays, stands: Stands, filled: Stock, rows: Ints) -> None:
    """Bamboo whose culms were counted and measured: biomass of one x their number; roots as the mean has.

    Without an age a culm counts as grown (`default_culm_age`).
    """
    number, thick, many = made.tables.constant, stands.diameter_cm[rows], stands.culms_ha[rows]
    has = (thick > 0) & (thick <= number("largest_culm")) & (many > 0) & (many <= number("most_culms"))
    mine = rows[has]
    age = np.where(stands.age_a[mine] > 0, stands.age_a[mine] / 2.0, number("default_culm_age"))
    mass = biomass.moso_culm_kg(made.tables, thick[has], age) * many[has] / 1000.0
    above = mass * number("bamboo_carbon_fraction")
    pools = filled.pools_c_t_ha[mine]
    roots = np.divide(pools[:, BGB], pools[:, AGB], out=np.zeros(len(mine)), where=pools[:, AGB] > 0)
    _trees(filled, mine, above, above * roots)
    filled.tier[mine] = 1
    filled.carbon_fraction[mine] = number("bamboo_carbon_fraction")
    filled.method_low[mine], filled.method_high[mine] = 1 - made.half_width, 1 + made.half_width
    filled.own_cv[mine] = made.cv_volume[1]
    filled.cautions[mine] |= int(Caution.UNVERIFIED)


def _trees(filled: Stock, rows: Ints, above: Floats, roots: Floats) -> None:
    filled.pools_c_t_ha[rows, AGB], filled.pools_c_t_ha[rows, BGB] = above, roots
    filled.is_known[rows, AGB] = filled.is_known[rows, BGB] = True


def _ground(made: StockArrays, stands: Stands, filled: Stock, rows: Ints, kind: Ints) -> None:
    """Understorey, litter and soil of the type; dead wood was not measured apart and stays unknown."""
    found = made.means_c_t_ha[kind, stands.origin[rows]]
    for pool, column in ((UNDERSTOREY, 1), (LITTER, 2), (SOIL, 3)):
        filled.pools_c_t_ha[rows, pool] = found[:, column]
        filled.is_known[rows, pool] = True


def _typical(  # noqa: PLR0913, PLR0917 - what a tier has, and the ratio that sets it apart
    made: StockArrays, stands: Stands, filled: Stock, rows: Ints, kind: Ints, ratio: Floats
) -> None:
    trees = made.means_c_t_ha[kind, stands.origin[rows], 0] * ratio
    above = trees / (1 + made.root_ratio[kind])
    _trees(filled, rows, above, trees - above)
    _ground(made, stands, filled, rows, kind)
    filled.method_low[rows], filled.method_high[rows] = 1 - made.half_width, 1 + made.half_width
    filled.cautions[rows] |= np.where(stands.origin[rows] == ORIGIN_UNKNOWN, int(Caution.ORIGIN_UNKNOWN), 0)
