"""What weather and ground say of a fire while it is judged: where it may be within the hour."""

import logging
from dataclasses import dataclass
from typing import Any

from alerts.carbon.scenario import drivers_in
from detectors.assembly import Summary
from schemas.weather import Conditions
from streams.hops.sitting import Sitting

STEERS_MS = 1.6
"""From a light breeze on (Beaufort force 2) a wind steers a fire; below it veers about."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Seen:
    """A fire that is no incident yet, as an assessor asks for it."""

    incident_id: str
    footprint: dict[str, Any]
    probability: float
    radius_m: float
    area_ha: float | None
    kind: str = "fire"


def reach_1h(
    sitting: Sitting, incident_id: str, one: Summary, weather: Conditions | None
) -> dict[str, Any] | None:
    """Return where a fire may be within the hour, GeoJSON; None where no region says how it spreads.

    Of a look that is a direction alone nobody knows where the fire is, and so nothing of its reach.
    """
    if sitting.given.carbon is None or one.sector is not None:
        return None
    assessor = sitting.given.carbon(sitting.given.region.at(sitting.now))
    if not assessor.knows_spread:
        return None
    seen = _Seen(incident_id, one.footprint, one.probability, one.radius_m, one.area_ha)
    try:
        return assessor.soon(seen, drivers_in(weather))
    except Exception:
        # a fire without its reach is better than no fire, but nobody may take it for one that reaches nothing
        log.exception("reach within the hour of %s cannot be computed: it is told as unknown", incident_id)
        return None


def carried_from(reach: dict[str, Any] | None, weather: Conditions | None) -> float | None:
    """Return where the wind of a reach comes from; None: no reach, or no wind that steers."""
    if reach is None or weather is None or weather.wind_ms is None or weather.wind_ms < STEERS_MS:
        return None
    return weather.wind_from_deg
