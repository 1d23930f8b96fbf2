"""What weather and ground say of a fire: what drives it, and where it may be within the hour."""

from dataclasses import dataclass
from typing import Any

from alerts.carbon.scenario import Drivers
from detectors.assembly import Summary
from schemas.weather import Conditions
from streams.hops.sitting import Sitting


@dataclass(frozen=True)
class _Seen:
    """A fire that is no incident yet, as an assessor asks for it."""

    incident_id: str
    footprint: dict[str, Any]
    probability: float
    radius_m: float
    area_ha: float | None
    kind: str = "fire"


def drivers(weather: Conditions | None) -> Drivers:
    """Return what drives a fire in this weather; what is unknown stays unknown."""
    if weather is None:
        return Drivers()
    wind_from = weather.wind_from_deg
    return Drivers(
        temperature_c=weather.temperature_c,
        humidity_pct=weather.humidity_pct,
        wind_ms=weather.wind_ms,
        wind_to_deg=None if wind_from is None else (wind_from + 180.0) % 360.0,
    )


def reach_1h(
    sitting: Sitting, incident_id: str, one: Summary, weather: Conditions | None
) -> dict[str, Any] | None:
    """Return where a fire may be within the hour, GeoJSON; None where no region says how it spreads.

    Of a look that is a direction alone nobody knows where the fire is, and so nothing of its reach.
    """
    if sitting.given.carbon is None or one.sector is not None:
        return None
    assessor = sitting.given.carbon(sitting.given.region.at(sitting.now))
    seen = _Seen(incident_id, one.footprint, one.probability, one.radius_m, one.area_ha)
    try:
        return assessor.soon(seen, drivers(weather))
    except Exception:  # noqa: BLE001 - a fire without its reach is better than no fire
        return None
