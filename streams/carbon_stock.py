"""The carbon stock of a whole region, by cover and tier, with what methods and parameters leave open."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from alerts.carbon.caution import words
from alerts.carbon.ground import LAYERS, Feature, stands_in
from alerts.carbon.stock import stock
from alerts.carbon.stocked import POOLS, TIERS, Stock
from alerts.carbon.tables import CarbonTables
from detectors.region import Layer, Region
from detectors.region.area import areas_ha
from streams.hops.growth import COLUMNS

CHUNK = 100_000
"""Rows at once, so that memory stays bounded."""


class StockRow(Struct, frozen=True, kw_only=True):
    """Stock of one layer by one tier, t C; `low_t` and `high_t` are what other methods say."""

    layer: str
    tier: str
    features: int
    area_ha: float
    pools_t: dict[str, float]
    """Pools that are known."""
    carbon_t: float | None
    """None where it is not known what grows: that is no zero."""
    low_t: float | None
    high_t: float | None
    cautions: tuple[str, ...]


def stock_of(
    tables: CarbonTables, region: Region, today: date, counted: Callable[[int], object] = lambda _: None
) -> tuple[StockRow, ...]:
    """Return the stock of a region's layers by tier. `counted` is told how many features are done."""
    rows: dict[tuple[str, int], list[Stock]] = {}
    for name in (one for one in LAYERS if one in region.layers):
        for held in _held(tables, region.layers[name], name, today):
            counted(len(held))
            for tier in np.unique(held.tier).tolist():
                chosen = np.flatnonzero(held.tier == tier)
                rows.setdefault((name, tier), []).append(_some(held, chosen))
    return tuple(_row(name, tier, rows[name, tier]) for name, tier in sorted(rows))


def _held(tables: CarbonTables, layer: Layer, name: str, today: date) -> Iterator[Stock]:
    for first in range(0, len(layer), CHUNK):
        rows = np.arange(first, min(first + CHUNK, len(layer)))
        said = {label: layer.column(label, rows) for label in COLUMNS if label in layer.columns}
        features = [
            Feature(name, "", None, {label: values[at] for label, values in said.items()})
            for at in range(len(rows))
        ]
        stands = stands_in(tables.stock, features, _areas(layer, rows))
        yield stock(tables.stock, stands, today, arrays=tables.arrays)


def _areas(layer: Layer, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the area that the layer states, ha, else that of the shape."""
    if "area_ha" not in layer.columns:
        return areas_ha(layer.shapes.take(rows))
    stated = [_number(value) for value in layer.column("area_ha", rows)]
    found = np.array(stated, float)
    lacking = np.flatnonzero(~(found > 0))
    if len(lacking):
        found[lacking] = areas_ha(layer.shapes.take(rows[lacking]))
    return found


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _some(held: Stock, rows: NDArray[np.int64]) -> Stock:
    return Stock(**{name: column[rows] for name, column in vars(held).items()})


def _row(name: str, tier: int, parts: list[Stock]) -> StockRow:
    pools = np.zeros(len(POOLS))
    known = np.zeros(len(POOLS), bool)
    low = high = middle = ground = area = 0.0
    said = count = 0
    for one in parts:
        scaled = one.pools_c_t_ha.copy()
        live = scaled[:, :2].sum(axis=1) * one.area_ha
        scaled[:, :2] *= one.method_mid[:, None]
        by_pool = scaled.T @ one.area_ha
        pools, known = pools + by_pool, known | one.is_known.any(axis=0)
        middle, ground = middle + float(by_pool.sum()), ground + float(by_pool[2:].sum())
        low, high = low + float(live @ one.method_low), high + float(live @ one.method_high)
        area, count = area + float(one.area_ha.sum()), count + len(one)
        said |= int(np.bitwise_or.reduce(one.cautions))
    return StockRow(
        layer=name,
        tier=TIERS[tier],
        features=count,
        area_ha=area,
        pools_t={pool: float(pools[at]) for at, pool in enumerate(POOLS) if known[at]},
        carbon_t=middle if known.any() else None,
        low_t=low + ground if known.any() else None,
        high_t=high + ground if known.any() else None,
        cautions=words(said),
    )
