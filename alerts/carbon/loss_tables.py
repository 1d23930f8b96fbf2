"""The tables of loss: gases, combustion, peat fires, pests, decay."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from msgspec import Meta

from alerts.carbon.provenance import Row, rows_of
from alerts.carbon.stock_tables import Constant

Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
Gas = Literal["co2", "co", "ch4", "n2o", "nox", "pm25"]
Vegetation = Literal["conifer", "broadleaf", "shrub", "grass", "wetland"]
FireType = Literal["surface", "crown", "unknown"]
Severity = Literal["low", "moderate_low", "moderate_high", "high"]


class EmissionFactor(Row, frozen=True, kw_only=True):
    """Grams of one gas per kg of dry matter burnt."""

    fuel: str
    gas: Gas
    g_kg: Positive
    sd_g_kg: Positive | None = None


class Warming(Row, frozen=True, kw_only=True):
    """Global warming potential of one gas in one named set."""

    gwp_set: str
    gas: Gas
    gwp: Positive


class Combustion(Row, frozen=True, kw_only=True):
    """Share of dry matter that burns: of the canopy (above ground), and of the ground fuel."""

    vegetation: Vegetation
    fire_type: str
    severity: str
    canopy: Share
    canopy_sd: Positive
    ground: Share
    ground_sd: Positive


class FuelProduct(Row, frozen=True, kw_only=True):
    """Fuel consumed, t/ha: already the product of mass and combustion factor."""

    vegetation: str
    product_t_ha: Positive
    sd_t_ha: Positive | None = None


class PeatFire(Row, frozen=True, kw_only=True):
    """Peat burnt where its depth is not known, and what a kg of it emits."""

    kind: str
    mass_t_ha: Positive
    co2c_g_kg: Positive
    co2c_sd_g_kg: Positive | None = None
    ch4_g_kg: Positive
    ch4_sd_g_kg: Positive | None = None


class BurnDepth(Row, frozen=True, kw_only=True):
    """How deep peat or sod burns."""

    wetness: str
    low_m: Annotated[float, Meta(ge=0)]
    depth_m: Annotated[float, Meta(ge=0)]
    high_m: Positive


class Mortality(Row, frozen=True, kw_only=True):
    """Share of live carbon that a pest of this severity kills, and of growth that it takes."""

    pest: str
    severity: str
    low: Share
    mid: Share
    high: Share
    growth_loss_low: Share
    growth_loss_high: Share


class Decay(Row, frozen=True, kw_only=True):
    """How fast dead wood gives off its carbon, per year; absent: at once."""

    fate: str
    rate_per_year: Positive | None = None


class Kernel(Row, frozen=True, kw_only=True):
    """One part of the mixture of how far a pest spreads."""

    kind: Literal["exponential", "student"]
    weight: Share
    scale_m: Positive
    power: Positive | None = None


class Ring(Row, frozen=True, kw_only=True):
    """Radius of one ring around an outbreak."""

    ring: str
    radius_m: Positive


class Host(Row, frozen=True, kw_only=True):
    """Share of a species or cover that a pest lives on; what is not named is no host."""

    pest: str
    species: str
    share: Share


class PestKind(Row, frozen=True, kw_only=True):
    """Which mortality a species has; a species that is not named has none that is known."""

    species: str
    pest: str


class PestSeverity(Row, frozen=True, kw_only=True):
    """How severe an outbreak of one grade is taken to be."""

    pest: str
    grade: str
    severity: str


FILES: dict[str, type[Row]] = {
    "emission_factors.csv": EmissionFactor,
    "gwp.csv": Warming,
    "combustion.csv": Combustion,
    "fuel_products.csv": FuelProduct,
    "peat_fires.csv": PeatFire,
    "peat_burn_depth.csv": BurnDepth,
    "pest_mortality.csv": Mortality,
    "decay.csv": Decay,
    "pest_kernel.csv": Kernel,
    "pest_rings.csv": Ring,
    "pest_hosts.csv": Host,
    "pest_kinds.csv": PestKind,
    "pest_severities.csv": PestSeverity,
}
"""Files under `alerts/data/carbon` and the shape of their rows."""


@dataclass(frozen=True)
class LossTables:
    """The rows of every table that a loss depends on."""

    emission_factors: tuple[EmissionFactor, ...]
    gwp: tuple[Warming, ...]
    combustion: tuple[Combustion, ...]
    fuel_products: tuple[FuelProduct, ...]
    peat_fires: tuple[PeatFire, ...]
    burn_depths: tuple[BurnDepth, ...]
    mortality: tuple[Mortality, ...]
    decay: tuple[Decay, ...]
    kernel: tuple[Kernel, ...]
    rings: tuple[Ring, ...]
    hosts: tuple[Host, ...]
    pest_kinds: tuple[PestKind, ...]
    pest_severities: tuple[PestSeverity, ...]
    constants: tuple[Constant, ...]

    def constant(self, quantity: str) -> float:
        """Return one number of `constants.csv` in the unit that stands there; KeyError when absent."""
        return self._by_quantity[quantity]

    @cached_property
    def _by_quantity(self) -> dict[str, float]:
        return {row.quantity: row.value for row in self.constants}

    def factors(self, fuel: str) -> dict[Gas, EmissionFactor]:
        """Return the emission factors of a fuel by gas; KeyError when the table does not know the fuel."""
        found = {row.gas: row for row in self.emission_factors if row.fuel == fuel}
        if not found:
            raise KeyError(fuel)
        return found

    def warming(self, gwp_set: str) -> dict[Gas, float]:
        """Return the global warming potentials of a set by gas; KeyError when the set is not named here."""
        found: dict[Gas, float] = {row.gas: row.gwp for row in self.gwp if row.gwp_set == gwp_set}
        if not found:
            raise KeyError(gwp_set)
        return found

    def burns(
        self, vegetation: Vegetation, fire_type: FireType, severity: Severity | None = None
    ) -> Combustion:
        """Return how completely a fire burns; a mapped severity decides before the type of fire."""
        mine = [row for row in self.combustion if row.vegetation == vegetation]
        for row in mine:
            if severity is not None and row.severity == severity:
                return row
        return next(row for row in mine if row.severity == "any" and row.fire_type in {fire_type, "any"})


def loss_tables(texts: Mapping[str, str]) -> LossTables:
    """Return the tables from the text of their files, by file name."""
    return LossTables(
        emission_factors=rows_of(texts["emission_factors.csv"], EmissionFactor),
        gwp=rows_of(texts["gwp.csv"], Warming),
        combustion=rows_of(texts["combustion.csv"], Combustion),
        fuel_products=rows_of(texts["fuel_products.csv"], FuelProduct),
        peat_fires=rows_of(texts["peat_fires.csv"], PeatFire),
        burn_depths=rows_of(texts["peat_burn_depth.csv"], BurnDepth),
        mortality=rows_of(texts["pest_mortality.csv"], Mortality),
        decay=rows_of(texts["decay.csv"], Decay),
        kernel=rows_of(texts["pest_kernel.csv"], Kernel),
        rings=rows_of(texts["pest_rings.csv"], Ring),
        hosts=rows_of(texts["pest_hosts.csv"], Host),
        pest_kinds=rows_of(texts["pest_kinds.csv"], PestKind),
        pest_severities=rows_of(texts["pest_severities.csv"], PestSeverity),
        constants=rows_of(texts["constants.csv"], Constant),
    )
