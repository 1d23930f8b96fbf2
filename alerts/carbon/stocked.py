"""Carbon densities of stands, pool by pool, and what is needed to say how sure they are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.carbon.stand import Floats, Ints

POOLS = ("agb", "bgb", "understorey", "dead_wood", "litter", "soil")
"""Columns of `Stock.pools_c_t_ha`; `agb` and `bgb` are of
trees, or of the whole vegetation of other covers."""

TIERS = ("unknown", "volume", "type_age", "type_mean", "ipcc")
"""Names of the tiers 0 to 4."""


@dataclass(frozen=True)
class Stock:
    """Carbon densities and what is needed to say how sure they are; one row a stand."""

    pools_c_t_ha: Floats
    """t C/ha, one column a pool; 0 where `is_known` says that the pool is not known."""
    is_known: npt.NDArray[np.bool_]
    tier: Ints
    cautions: Ints
    method_low: Floats
    """The lowest of what other methods say of live biomass, relative to this one."""
    method_high: Floats
    shared_cv: Floats
    """Relative error that all stands of a species and tier share."""
    own_cv: Floats
    """Relative error of this stand alone."""
    group: Ints
    """Stands of one group share the error of their parameters: species or cover, and tier."""
    carbon_fraction: Floats
    area_ha: Floats

    def __len__(self) -> int:
        return len(self.tier)

    @property
    def method_mid(self) -> Floats:
        """The middle of what methods say, relative to this one."""
        return (self.method_low + self.method_high) / 2

    def carbon_t(self, pools: tuple[str, ...] = POOLS) -> Floats:
        """Return t C of each stand in these pools, live biomass in the middle of the methods."""
        best = self.pools_c_t_ha.copy()
        best[:, :2] *= self.method_mid[:, None]
        columns = [POOLS.index(pool) for pool in pools]
        total: Floats = best[:, columns].sum(axis=1) * self.area_ha
        return total
