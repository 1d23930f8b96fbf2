"""The tables of fire spread: slope, fuel, spotting, grass."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from alerts.carbon.provenance import Row, rows_of
from alerts.carbon.stock_tables import Constant

Positive = Annotated[float, Meta(gt=0)]


class Slope(Row, frozen=True, kw_only=True):
    """Rate relative to flat ground in the middle of a class of slopes; downhill is negative."""

    slope_deg: float
    factor: Positive


class Fuel(Row, frozen=True, kw_only=True):
    """Rate relative to pine forest of one kind of ground fuel, and the species and covers it lies under."""

    fuel: str
    names: str
    grows: str = ""
    factor: Positive


class Spotting(Row, frozen=True, kw_only=True):
    """How far burning pieces fly from this force of wind on."""

    wind_force: Annotated[int, Meta(ge=0, le=12)]
    margin_m: Positive


class Grass(Row, frozen=True, kw_only=True):
    """Coefficients of a grass fuel type."""

    fuel: str
    rate_m_min: Positive
    exponent: Positive
    power: Positive


FILES: dict[str, type[Row]] = {
    "spread_slope.csv": Slope,
    "spread_fuel.csv": Fuel,
    "spotting.csv": Spotting,
    "grass.csv": Grass,
    "constants.csv": Constant,
}
"""Files under `alerts/data/carbon` and the shape of their rows."""


@dataclass(frozen=True)
class SpreadTables:
    """The rows of every table that spread depends on."""

    slopes: tuple[Slope, ...]
    fuels: tuple[Fuel, ...]
    spotting: tuple[Spotting, ...]
    grasses: tuple[Grass, ...]
    constants: tuple[Constant, ...]

    def constant(self, quantity: str) -> float:
        """Return one number of `constants.csv` in the unit that stands there; KeyError when absent."""
        return {row.quantity: row.value for row in self.constants}[quantity]

    def fuel_under(self, kind: str) -> Fuel | None:
        """Return the ground fuel of a species, cover or fuel word; None when the table knows none."""
        found = (row for row in self.fuels if kind in {row.fuel, row.names, *row.grows.split()})
        return next(found, None)

    def spotting_m(self, wind_force: float) -> float:
        """Return how far burning pieces may fly in this wind, m; 0 below the first force of the table."""
        return max((row.margin_m for row in self.spotting if wind_force >= row.wind_force), default=0.0)


def spread_tables(texts: Mapping[str, str]) -> SpreadTables:
    """Return the tables from the text of their files, by file name."""
    return SpreadTables(
        slopes=rows_of(texts["spread_slope.csv"], Slope),
        fuels=rows_of(texts["spread_fuel.csv"], Fuel),
        spotting=rows_of(texts["spotting.csv"], Spotting),
        grasses=rows_of(texts["grass.csv"], Grass),
        constants=rows_of(texts["constants.csv"], Constant),
    )
