"""Units that sources use, turned into ours: a factor and an offset each, within one dimension."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """One unit: what it measures, and how a value of it becomes one of the first unit of that dimension."""

    dimension: str
    factor: float
    offset: float = 0.0


UNITS: dict[str, Unit] = {
    "c": Unit("temperature", 1.0),
    "k": Unit("temperature", 1.0, -273.15),
    "f": Unit("temperature", 5 / 9, -160 / 9),
    "m/s": Unit("speed", 1.0),
    "km/h": Unit("speed", 1 / 3.6),
    "mph": Unit("speed", 0.44704),
    "kn": Unit("speed", 1852 / 3600),
    "mm": Unit("length", 0.001),
    "cm": Unit("length", 0.01),
    "m": Unit("length", 1.0),
    "km": Unit("length", 1000.0),
    "in": Unit("length", 0.0254),
    "ft": Unit("length", 0.3048),
    "mile": Unit("length", 1609.344),
    "pa": Unit("pressure", 0.01),
    "hpa": Unit("pressure", 1.0),
    "kpa": Unit("pressure", 10.0),
    "mbar": Unit("pressure", 1.0),
    "inhg": Unit("pressure", 33.86389),
    "%": Unit("share", 0.01),
    "1": Unit("share", 1.0),
    "deg": Unit("angle", 1.0),
    "rad": Unit("angle", 57.29577951308232),
    "mw": Unit("power", 1.0),
    "kw": Unit("power", 0.001),
    "w/m2": Unit("irradiance", 1.0),
}
"""By name in lower case. Definitions of the SI and of the international yard; inHg at 0 °C."""

SPELLINGS = {
    "°c": "c", "℃": "c", "degc": "c", "celsius": "c", "°f": "f", "℉": "f", "degf": "f", "fahrenheit": "f",
    "kelvin": "k", "ms": "m/s", "ms-1": "m/s", "kmh": "km/h", "kph": "km/h", "knot": "kn", "kt": "kn",
    "inch": "in", "inches": "in", "miles": "mile", "mb": "mbar", "percent": "%", "％": "%", "fraction": "1",
    "°": "deg", "degree": "deg", "degrees": "deg", "radian": "rad", "wm2": "w/m2",
    "w/m²": "w/m2", "wm-2": "w/m2",
}  # fmt: skip
"""How else they are written."""

SUFFIXES = {
    "c": "c", "percent": "%", "ms": "m/s", "deg": "deg", "mm": "mm", "hpa": "hpa", "km": "km", "m": "m",
    "wm2": "w/m2", "mw": "mw", "k": "k",
}  # fmt: skip
"""The unit at the end of the name of a quantity of ours, as `temperature_c`."""


def unit_named(word: str) -> str | None:
    """Return our name of a unit, None where it is not known.

    >>> unit_named("℃"), unit_named("MPH"), unit_named("furlong")
    ('c', 'mph', None)
    """
    plain = "".join(word.split()).lower()
    plain = SPELLINGS.get(plain, plain)
    return plain if plain in UNITS else None


def unit_of(quantity: str) -> str | None:
    """Return the unit that the name of a quantity ends in, as `c` of `temperature_c`; None: it has none."""
    return SUFFIXES.get(quantity.rpartition("_")[2])


def converted(value: float, given: str, wanted: str) -> float | None:
    """Return a value of one unit in another; None where they do not measure the same.

    >>> converted(300.0, "k", "c"), converted(1.0, "in", "mm"), converted(1.0, "k", "mm")
    (26.85, 25.4, None)
    """
    one, other = UNITS[given], UNITS[wanted]
    if one.dimension != other.dimension:
        return None
    # twelve digits: what decimal notation says exactly comes out as it was written
    return float(f"{(value * one.factor + one.offset - other.offset) / other.factor:.12g}")
