"""What of an alert's loss falls to each stand: by what burns there, not by what stands there.

Soil that does not burn is no reason for a loss: of a meadow with much carbon in its sod little is lost.
"""

import numpy as np
import numpy.typing as npt

from alerts.carbon.biomass import peat_carbon
from alerts.carbon.exposure import CLASSES, GROUND, burns_as, is_peat
from alerts.carbon.loss_tables import LossTables
from alerts.carbon.peat_fire import burn_depths, peat_of
from alerts.carbon.simulate import Options
from alerts.carbon.stand import Stands
from alerts.carbon.stock_tables import StockTables
from alerts.carbon.stocked import POOLS, Stock

Floats = npt.NDArray[np.float64]


def expected_loss(
    stock_tables: StockTables, tables: LossTables, stands: Stands, held: Stock, options: Options
) -> Floats:
    """Return carbon that burns where all of a stand does, t C/ha, every factor at its mean."""
    kind = burns_as(stock_tables, stands)
    burns = [tables.burns(one, options.fire_type, options.severity) for one in CLASSES]
    canopy = np.array([row.canopy for row in burns])[kind]
    ground = np.array([row.ground for row in burns])[kind]
    live = held.pools_c_t_ha[:, :2] * held.method_mid[:, None]
    burnt = live[:, 0] * canopy + held.pools_c_t_ha[:, GROUND].sum(axis=1) * ground
    if options.accounting == "stock_change":
        burnt = burnt + live[:, 1] * canopy
    soil = held.pools_c_t_ha[:, POOLS.index("soil")]
    found: Floats = burnt + np.where(is_peat(stock_tables, stands), _peat(tables, options, soil), 0.0)
    return found


def _peat(tables: LossTables, options: Options, soil_c_t_ha: Floats) -> Floats:
    """Return carbon of peat burnt to its mean depth, t C/ha, at most that of the layer and of the soil."""
    depth = float(
        np.mean(burn_depths(tables, peat_of(tables, options.peat_wetness, options.peat_moisture_pct)))
    )
    fire = next(row for row in tables.peat_fires if row.kind == "drained")
    density, share = tables.constant("peat_bulk_density"), tables.constant("peat_carbon_fraction")
    emitted = 10.0 * density * depth * (fire.co2c_g_kg + fire.ch4_g_kg * 0.75) / 1000.0
    layer = float(peat_carbon(np.asarray(density), np.asarray(share), np.asarray(depth)))
    found: Floats = np.minimum(soil_c_t_ha, min(emitted, layer))
    return found


def apportioned(whole: float, weight: Floats, most: Floats) -> Floats:
    """Return a figure divided by weight, no part above its `most`; what is cut off goes to the others.

    What is left when every part is full is lost: the parts then add up to the sum of `most`.
    """
    parts, is_full = np.zeros_like(weight), np.zeros(len(weight), bool)
    for _ in range(len(weight) + 1):
        left, free = whole - parts[is_full].sum(), np.where(is_full, 0.0, weight)
        if left <= 0 or free.sum() <= 0:
            break
        parts[~is_full] = (free / free.sum() * left)[~is_full]
        over = ~is_full & (parts > most)
        if not over.any():
            break
        parts[over], is_full[over] = most[over], True
    return parts
