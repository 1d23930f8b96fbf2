"""The tables from which a stand's carbon stock is computed: species, types, covers and IPCC defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from alerts.carbon.provenance import Row, rows_of

Leaf = Literal["conifer", "pine", "broadleaf"]
Origin = Literal["natural", "planted"]
Climate = Literal["temperate", "subtropical_dry", "subtropical_humid"]
Positive = Annotated[float, Meta(gt=0)]
Density = Annotated[float, Meta(ge=0, description="t C per ha.")]


class Species(Row, frozen=True, kw_only=True):
    """Biomass expansion, wood density, root ratio and carbon fraction of one species group."""

    species: str
    names: str
    code: str = ""
    age_group: str
    leaf: Leaf
    bef: Positive
    density_t_m3: Positive
    root_ratio: Positive
    carbon_fraction: Positive
    measured: str
    continuous: str


class Continuous(Row, frozen=True, kw_only=True):
    """Live biomass with roots from volume, t/ha = slope times m3/ha plus a constant."""

    method: str
    kind: str
    slope_t_m3: Positive
    constant_t_ha: float


class Measured(Row, frozen=True, kw_only=True):
    """Mean carbon densities of one forest type, t C/ha."""

    kind: str
    origin: Origin
    tree_c_t_ha: Density
    shrub_c_t_ha: Density
    herb_c_t_ha: Density
    litter_c_t_ha: Density
    soil_c_t_ha: Density


class AgeClasses(Row, frozen=True, kw_only=True):
    """Upper ages, years, of the classes young, middle, near mature and mature; older is over mature."""

    age_group: str
    origin: Origin
    young_to_a: Positive
    middle_to_a: Positive
    near_to_a: Positive
    mature_to_a: Positive


class AgeCarbon(Row, frozen=True, kw_only=True):
    """Mean vegetation carbon of one age class over all types, t C/ha."""

    origin: Origin
    age_class: str
    vegetation_c_t_ha: Positive


class Expansion(Row, frozen=True, kw_only=True):
    """IPCC conversion and expansion factor up to a growing stock; no limit: above all others."""

    climate: Climate
    leaf: Leaf
    volume_to_m3_ha: Positive | None = None
    bcef_t_m3: Positive


class Roots(Row, frozen=True, kw_only=True):
    """IPCC root to shoot ratio up to an above-ground biomass; no limit: above all others."""

    climate: Climate
    leaf: Literal["conifer", "pine", "broadleaf", "oak", "any"]
    agb_to_t_ha: Positive | None = None
    root_ratio: Positive


class Fraction(Row, frozen=True, kw_only=True):
    """Carbon fraction of a species group after a second lineage; the first is with the species."""

    species: str
    carbon_fraction: Positive


class Cover(Row, frozen=True, kw_only=True):
    """Mean carbon densities of a cover that is no high forest, t C/ha; what is absent is unknown."""

    cover: str
    names: str
    agb_c_t_ha: Density
    bgb_c_t_ha: Density | None = None
    dead_wood_c_t_ha: Density | None = None
    litter_c_t_ha: Density | None = None
    soil_c_t_ha: Density | None = None
    soil_depth_m: Positive | None = None
    vegetation_low_c_t_ha: Density
    vegetation_high_c_t_ha: Density


class Spread(Row, frozen=True, kw_only=True):
    """Half-width, relative, of what methods disagree where a stand has one method only."""

    quantity: str
    half_width: Positive


class Variation(Row, frozen=True, kw_only=True):
    """Coefficient of variation of one quantity."""

    quantity: str
    cv: Positive


class Constant(Row, frozen=True, kw_only=True):
    """One number with its unit."""

    quantity: str
    value: float
    unit: str


FILES: dict[str, type[Row]] = {
    "species.csv": Species,
    "continuous.csv": Continuous,
    "measured.csv": Measured,
    "age_classes.csv": AgeClasses,
    "age_carbon.csv": AgeCarbon,
    "ipcc_expansion.csv": Expansion,
    "ipcc_roots.csv": Roots,
    "carbon_fractions.csv": Fraction,
    "cover.csv": Cover,
    "method_spread.csv": Spread,
    "uncertainty.csv": Variation,
    "constants.csv": Constant,
}
"""Files under `alerts/data/carbon` and the shape of their rows."""


@dataclass(frozen=True)
class StockTables:
    """The rows of every table that a stock depends on."""

    species: tuple[Species, ...]
    continuous: tuple[Continuous, ...]
    measured: tuple[Measured, ...]
    age_classes: tuple[AgeClasses, ...]
    age_carbon: tuple[AgeCarbon, ...]
    expansion: tuple[Expansion, ...]
    roots: tuple[Roots, ...]
    fractions: tuple[Fraction, ...]
    covers: tuple[Cover, ...]
    method_spread: tuple[Spread, ...]
    variation: tuple[Variation, ...]
    constants: tuple[Constant, ...]

    def constant(self, quantity: str) -> float:
        """Return one number of `constants.csv` in the unit that stands there; KeyError when absent."""
        return {row.quantity: row.value for row in self.constants}[quantity]

    def cv(self, quantity: str) -> float:
        """Return the coefficient of variation of a quantity; KeyError when the table has none."""
        return {row.quantity: row.cv for row in self.variation}[quantity]

    def live_biomass(self, kind: str, method: str = "fang_2001") -> Continuous:
        """Return the continuous expansion of a type; KeyError when the method does not know it."""
        return {row.kind: row for row in self.continuous if row.method == method}[kind]


def stock_tables(texts: Mapping[str, str]) -> StockTables:
    """Return the tables from the text of their files, by file name.

    Raises KeyError for a missing file and msgspec.ValidationError for a row of another shape.
    """
    return StockTables(
        species=rows_of(texts["species.csv"], Species),
        continuous=rows_of(texts["continuous.csv"], Continuous),
        measured=rows_of(texts["measured.csv"], Measured),
        age_classes=rows_of(texts["age_classes.csv"], AgeClasses),
        age_carbon=rows_of(texts["age_carbon.csv"], AgeCarbon),
        expansion=rows_of(texts["ipcc_expansion.csv"], Expansion),
        roots=rows_of(texts["ipcc_roots.csv"], Roots),
        fractions=rows_of(texts["carbon_fractions.csv"], Fraction),
        covers=rows_of(texts["cover.csv"], Cover),
        method_spread=rows_of(texts["method_spread.csv"], Spread),
        variation=rows_of(texts["uncertainty.csv"], Variation),
        constants=rows_of(texts["constants.csv"], Constant),
    )
