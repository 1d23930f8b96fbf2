"""The fire weather level of LY/T 1172-95, from the day's extremes, the last rain, and what is green.

HTZ = A (highest temperature) + B (lowest humidity) + C (rain, dry days) + D (wind) - E (green, snow).
The tables are data with a status each (`detectors/data/ly_t_1172.toml`); every result names its set. Values
are rounded as the standard writes its bounds: tenths of °C, mm and m/s, whole per cent.
"""

from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from schemas.reason import Reason

NAMES = ("没有危险", "低度危险", "中度危险", "高度危险", "极度危险")
"""Levels one to five in the words of the standard; QX/T 77-2007 has other words for level 3."""


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """Points up to a bound, which is included; the last row has none."""

    points: int
    upto: float | None = None
    from_day: int = 1


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """One table and how far it was checked."""

    rows: tuple[Row, ...]
    status: str


class Drought(Struct, frozen=True, forbid_unknown_fields=True):
    """Table C: points on the day of the rain by its amount, and per dry day after."""

    status: str
    least_mm: float
    per_day: int
    most: int
    rows: tuple[Row, ...]


class Phenology(Struct, frozen=True, forbid_unknown_fields=True):
    """Table E: points taken off by the share, %, that is green or under snow."""

    green: tuple[Row, ...]
    snow: tuple[Row, ...]
    status: str


class Air(Struct, frozen=True, forbid_unknown_fields=True):
    """Tables A and B of one set."""

    temperature: Part
    humidity: Part


class Tables(Struct, frozen=True, forbid_unknown_fields=True):
    """All tables."""

    levels: tuple[int, int, int, int]
    levels_status: str
    sets: dict[str, Air]
    drought: Drought
    wind: Part
    phenology: Phenology


class Day(Struct, frozen=True, kw_only=True):
    """The weather of one day; None is unknown, never zero. `dry_days` counts from the last rain of 0.3 mm."""

    highest_c: float | None = None
    lowest_humidity_percent: float | None = None
    strongest_wind_ms: float | None = None
    last_rain_mm: float | None = None
    dry_days: int | None = None
    green_percent: float | None = None
    snow_percent: float | None = None


class Rated(Struct, frozen=True, kw_only=True):
    """The index, its level 1 to 5, the five parts, and the set of tables that made it."""

    htz: int
    level: int
    name: str
    parts: tuple[int, int, int, int, int]
    tables: str


def rate(tables: Tables, day: Day, using: str = "standard") -> Rated | Reason:
    """Return the level of a day, or why it is unknown.

    Raises
    ------
    KeyError
        when there is no set of tables of this name.
    """
    air = tables.sets[using]
    wind, dry = day.strongest_wind_ms, day.dry_days
    needed = {"highest_c": day.highest_c, "lowest_humidity_percent": day.lowest_humidity_percent}
    needed |= {"strongest_wind_ms": wind, "last_rain_mm": day.last_rain_mm, "dry_days": dry}
    absent = [name for name, value in needed.items() if value is None]
    if absent or day.highest_c is None or day.lowest_humidity_percent is None or wind is None:
        return Reason(code="not_computed", rule="missing: " + ", ".join(absent))
    if day.green_percent is None and day.snow_percent is None:
        return Reason(code="not_computed", rule="missing: green_percent or snow_percent")
    parts = (
        _points(air.temperature.rows, day.highest_c, "0.1"),
        _points(air.humidity.rows, day.lowest_humidity_percent, "1"),
        dry_points(tables.drought, day.last_rain_mm or 0.0, dry or 0),
        _points(tables.wind.rows, wind, "0.1"),
        _green(tables.phenology, day),
    )
    htz = sum(parts[:4]) - parts[4]
    level = 1 + sum(htz > bound for bound in tables.levels)
    return Rated(htz=htz, level=level, name=NAMES[level - 1], parts=parts, tables=using)


def dry_points(table: Drought, last_rain_mm: float, dry_days: int) -> int:
    """Return the points of table C for a rain so many days ago; less than 0.3 mm is no rain."""
    if last_rain_mm < table.least_mm:
        return table.most
    row = _row(table.rows, last_rain_mm, "0.1")
    return min(table.most, row.points + table.per_day * max(0, dry_days - row.from_day + 1))


def _green(table: Phenology, day: Day) -> int:
    green = 0 if day.green_percent is None else _points(table.green, day.green_percent, "1")
    snow = 0 if day.snow_percent is None else _points(table.snow, day.snow_percent, "1")
    return max(green, snow)


def _points(rows: tuple[Row, ...], value: float, step: str) -> int:
    return _row(rows, value, step).points


def _row(rows: tuple[Row, ...], value: float, step: str) -> Row:
    at = float(Decimal(repr(value)).quantize(Decimal(step), ROUND_HALF_UP))
    return next(row for row in rows if row.upto is None or at <= row.upto)
