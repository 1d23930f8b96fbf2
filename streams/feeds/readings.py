"""What sensors measure: in our units, within what can be on Earth; kelvin for Celsius is seen and mended."""

from typing import Any

from schemas.observation import Reading
from schemas.reason import Reason
from streams.feeds.units import converted, unit_named, unit_of

LIMITS: dict[str, tuple[float, float]] = {
    "temperature_c": (-90.0, 60.0),
    "dew_point_c": (-100.0, 40.0),
    "relative_humidity_percent": (0.0, 105.0),
    "wind_speed_ms": (0.0, 115.0),
    "wind_gust_ms": (0.0, 130.0),
    "wind_direction_deg": (0.0, 360.0),
    "precipitation_mm": (0.0, 2000.0),
    "pressure_hpa": (300.0, 1100.0),
    "visibility_km": (0.0, 500.0),
    "solar_radiation_wm2": (-20.0, 1800.0),
    "soil_moisture_percent": (0.0, 100.0),
    "battery_percent": (0.0, 100.0),
}
"""Quantities with a meaning here and what they can be: a little beyond the records of the WMO archive.

Others are taken as they are. A humidity a little above 100 is how sensors say saturated.
"""

MISTAKEN: dict[str, tuple[str, str]] = {
    "temperature_c": ("k", "kelvin_to_celsius"),
    "dew_point_c": ("k", "kelvin_to_celsius"),
    "pressure_hpa": ("pa", "pascal_to_hectopascal"),
}
"""Units often given in place of ours: a value impossible in ours and possible in them is one of theirs."""


def mend_reading(fields: dict[str, Any]) -> tuple[list[str], Reason | None]:
    """Bring the value into the unit of its quantity; return what was mended, or why it is refused."""
    quantity, value, unit = fields.get("quantity"), fields.get("value"), fields.pop("unit", None)
    if not isinstance(quantity, str) or isinstance(value, bool) or not isinstance(value, int | float):
        return [], None
    notes: list[str] = []
    if unit is not None:
        named, wanted = unit_named(str(unit)), unit_of(quantity)
        made = None if named is None or wanted is None else converted(value, named, wanted)
        if made is None:
            words = f"{quantity} in {str(unit)[:20]}"
            return [], Reason(code="bad_value", value=float(value), detail=words)
        notes += [] if named == wanted else [f"{named}_to_{wanted}".replace("/", "")]
        value = made
    if quantity in MISTAKEN and unit is None and not _possible(quantity, value):
        name, note = MISTAKEN[quantity]
        made = converted(value, name, unit_of(quantity) or name)
        if made is not None and _possible(quantity, made):
            notes, value = [note], made
    if not _possible(quantity, value):
        return [], impossible(quantity, value)
    fields["value"] = value
    return notes, None


def sound_reading(reading: Reading) -> bool:
    """Return whether a reading in our own form has a possible value."""
    return _possible(reading.quantity, reading.value)


def impossible(quantity: str, value: float) -> Reason:
    """Return why a value is refused, with the limit it is beyond."""
    low, high = LIMITS[quantity]
    beyond = low if value < low else high
    return Reason(code="bad_value", rule=quantity, value=value, threshold=beyond, detail="impossible value")


def _possible(quantity: str, value: float) -> bool:
    low, high = LIMITS.get(quantity, (-1e300, 1e300))
    return low <= value <= high
