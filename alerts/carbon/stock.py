"""Carbon stock of every stand from the best tier its data allow, pool by pool, with what methods disagree.

Tiers: 1 stand volume x species parameters (or measured peat depth, or counted culms of bamboo), 2 type x age,
3 type mean, 4 IPCC or the mean of all types; 0: nothing is known of what grows there, and nothing is claimed.
"""

from datetime import date
from functools import reduce
from operator import or_

import numpy as np
import numpy.typing as npt

from alerts.carbon.caution import Caution, of_row
from alerts.carbon.provenance import Row
from alerts.carbon.stand import FOREST, ORIGIN_UNKNOWN, UNKNOWN, Ints, Stands
from alerts.carbon.stock_arrays import StockArrays, arrays_of
from alerts.carbon.stock_tables import StockTables
from alerts.carbon.stocked import POOLS, TIERS, Stock
from alerts.carbon.tiers import ages, covers, culms, defaults, means, peat, volumes


def stock(tables: StockTables, stands: Stands, today: date, *, arrays: StockArrays | None = None) -> Stock:
    """Return the stock of every stand; `today` decides which parameter is overdue.

    A stand falls to the next tier when a number is missing or impossible, and its cautions say so.
    `arrays` are the tables prepared by `arrays_of`, for callers that ask often.
    """
    made = arrays_of(tables) if arrays is None else arrays
    count = len(stands)
    is_forest, has_species = stands.cover == FOREST, stands.species != UNKNOWN
    largest = tables.constant("largest_volume")
    has_volume = (stands.volume_m3_ha >= 0) & (stands.volume_m3_ha <= largest)
    has_age = (stands.age_a >= 0) & np.isfinite(stands.age_a)
    tier = np.zeros(count, np.int64)
    tier[is_forest] = 4
    tier[is_forest & has_species] = np.select([has_volume, has_age], [1, 2], 3)[is_forest & has_species]
    tier[stands.cover >= 0] = 3
    filled = _blank(stands, tier, made)
    for number, fill in ((1, volumes), (2, ages), (3, means), (4, defaults)):
        rows = np.flatnonzero(is_forest & (tier == number))
        if len(rows):
            fill(made, stands, filled, rows)
    covers(made, stands, filled, np.flatnonzero(stands.cover >= 0))
    peat(made, stands, filled, np.flatnonzero(stands.cover == made.peat_cover))
    culms(made, stands, filled, np.flatnonzero(stands.cover == made.bamboo_cover))
    filled.cautions[:] |= _missing(stands, filled, has_volume) | _parameters(tables, stands, filled, today)
    return filled


def _blank(stands: Stands, tier: Ints, made: StockArrays) -> Stock:
    count = len(stands)
    kind = np.where(stands.cover == FOREST, stands.species + 1, made.species_count + 1 + stands.cover)
    has_area = (stands.area_ha > 0) & (stands.area_ha <= made.tables.constant("largest_area"))
    return Stock(
        pools_c_t_ha=np.zeros((count, len(POOLS))),
        is_known=np.zeros((count, len(POOLS)), bool),
        tier=tier,
        cautions=np.zeros(count, np.int64),
        method_low=np.ones(count),
        method_high=np.ones(count),
        shared_cv=np.zeros(count),
        own_cv=np.zeros(count),
        group=kind * len(TIERS) + tier,
        carbon_fraction=np.full(count, 0.47),
        area_ha=np.where(has_area, stands.area_ha, 0.0),
    )


def _missing(stands: Stands, filled: Stock, has_volume: npt.NDArray[np.bool_]) -> Ints:
    """Return the cautions about what the data of each stand lack."""
    is_forest = stands.cover == FOREST
    given = np.isfinite(stands.volume_m3_ha)
    says = (
        (is_forest & ~given, Caution.NO_VOLUME),
        (is_forest & given & ~has_volume, Caution.BAD_VOLUME),
        (is_forest & (stands.volume_m3_ha == 0), Caution.ZERO_VOLUME),
        (is_forest & (stands.species == UNKNOWN), Caution.UNKNOWN_SPECIES),
        (is_forest & (filled.tier == 3), Caution.NO_AGE),
        (filled.area_ha == 0, Caution.NO_AREA),
        (stands.cover == UNKNOWN, Caution.UNKNOWN_COVER),
        ((filled.tier == 2) & (stands.origin == ORIGIN_UNKNOWN), Caution.ORIGIN_UNKNOWN),
    )
    return reduce(or_, (np.where(hit, int(word), 0) for hit, word in says))


def _parameters(tables: StockTables, stands: Stands, filled: Stock, today: date) -> Ints:
    """Return the cautions about the parameters each stand was computed with."""

    def bits(rows: tuple[Row, ...]) -> Ints:
        return np.array([int(of_row(row, today)) for row in rows] + [0])

    said = np.where(filled.tier == 1, bits(tables.species)[stands.species], 0)
    said = np.where(stands.cover >= 0, bits(tables.covers)[stands.cover], said)
    general: tuple[tuple[int, tuple[Row, ...]], ...] = (
        (2, (*tables.measured, *tables.age_classes, *tables.age_carbon)),
        (3, tables.measured),
        (4, (*tables.expansion, *tables.roots)),
    )
    for tier, rows in general:
        said = np.where(filled.tier == tier, said | int(reduce(or_, bits(rows))), said)
    shares: Ints = np.where(filled.tier == 0, 0, said)
    return shares
