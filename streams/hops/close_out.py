"""When a fire or outbreak is over: what was exposed and forecast, beside what lies in its last perimeter."""

from dataclasses import replace
from datetime import datetime

from msgspec import structs

from alerts.carbon.at_risk import Fire, unknown
from alerts.carbon.closing import close_out
from alerts.carbon.plane import Plane
from schemas.alert import Carbon
from schemas.carbon import CloseOut
from schemas.incident import Incident
from schemas.topics import CARBON
from streams.hops.carbon import Assessor
from streams.hops.sitting import Sitting


def close(sitting: Sitting, incident: Incident) -> None:
    """Put out the record of a fire that closed; of one that never had a figure there is none to score.

    Nobody has mapped it: the perimeter of a fire is that of the hot pixels, which bounds from above what
    burnt, and the severity is unknown. `fenghuo carbon close-out` does it again with a mapped one.
    """
    first = sitting.desk.ledger.first.get(incident.incident_id)
    if first is None or incident.status != "closed" or sitting.given.carbon is None:
        return
    assessor = sitting.given.carbon(sitting.given.region.at(sitting.now))
    lost, why = None, "no extent was seen"
    if incident.kind == "outbreak":
        why = "what the pest killed was not surveyed"
    is_seen = incident.kind == "fire" and incident.area_ha is not None
    placed = assessor.fire_of(incident) if is_seen else None
    if placed is not None:
        lost = _lost(_as_told(assessor, first.carbon), *placed, sitting.now)
        why = "" if lost.reason is None else lost.reason.detail or lost.reason.code
    record = close_out(incident.incident_id, first.carbon, lost)
    made: CloseOut = structs.replace(record, closed_at=incident.closed_at, perimeter="pixels", why=why)
    sitting.put(CARBON, incident.incident_id, made)


def _as_told(assessor: Assessor, told: Carbon) -> Assessor:
    """Return what counts as the figure did that it is measured by, whatever settings say since."""
    counted = {"accounting": told.accounting, "gwp_set": told.gwp_set}
    counted = {name: value for name, value in counted.items() if value}
    return replace(assessor, options=structs.replace(assessor.options, **counted))


def _lost(assessor: Assessor, fire: Fire, plane: Plane, now: datetime) -> Carbon:
    try:
        return assessor.burnt(replace(fire, probability=1.0), plane, now).carbon
    except Exception as error:  # noqa: BLE001 - a fire closes whatever its shape is
        return unknown("not_computed", type(error).__name__).carbon
