"""What weather and ground say of a fire while it is judged: where it may be within the hour."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from alerts.carbon.scenario import drivers_in
from detectors.assembly import Summary
from schemas.incident import Incident
from schemas.weather import Conditions
from streams.hops.desk import FireRow
from streams.hops.sitting import Sitting

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
    if one.sector is not None:
        return None
    seen = _Seen(incident_id, one.footprint, one.probability, one.radius_m, one.area_ha)
    return _soon(sitting, seen, weather)


def blown(sitting: Sitting, row: FireRow) -> Incident:
    """Return the incident as people are told of it: its reach in the wind that was read since it was seen.

    The incident itself stays what its looks say, in whatever order they come.
    """
    one, at = row.incident, told_at(sitting, row)
    if at <= one.last_observed_at:
        return one
    weather = sitting.desk.weather.at(one.longitude, one.latitude, at)
    key = one.incident_id, one.revision, at
    if key not in sitting.reaches:
        seen = _Seen(one.incident_id, one.footprint, one.probability, one.radius_m, one.area_ha)
        sitting.reaches[key] = _soon(sitting, seen, weather)
    soon = sitting.reaches[key]
    if soon is None:
        return one
    return replace(one, reach_1h=soon, wind_from_deg=carried_from(sitting, soon, weather))


def told_at(sitting: Sitting, row: FireRow) -> datetime:
    """Return of when the wind is in which people are told of the reach: of the last look, or read since.

    What a clock said that was ahead, and has come back, counts for nothing.
    """
    seen, wind_at = row.incident.last_observed_at, None if row.issued is None else row.issued.wind_at
    return seen if wind_at is None or wind_at > sitting.now else max(seen, wind_at)


def _soon(sitting: Sitting, seen: _Seen, weather: Conditions | None) -> dict[str, Any] | None:
    if sitting.given.carbon is None:
        return None
    assessor = sitting.given.carbon(sitting.given.region.at(sitting.now))
    if not assessor.knows_spread:
        return None
    try:
        return assessor.soon(seen, drivers_in(weather))
    except Exception:
        # a fire without its reach is better than no fire, but nobody may take it for one that reaches nothing
        log.exception("the reach of %s within the hour cannot be computed: unknown", seen.incident_id)
        return None


def carried_from(sitting: Sitting, reach: dict[str, Any] | None, weather: Conditions | None) -> float | None:
    """Return where the wind of a reach comes from; None: no reach, or no wind that steers."""
    if reach is None or weather is None or weather.wind_ms is None:
        return None
    return weather.wind_from_deg if weather.wind_ms >= sitting.given.limits.wind_steers_ms else None
