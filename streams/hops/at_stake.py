"""What an alert says of carbon at risk, noted in the ledger that totals and close-outs are made from."""

from dataclasses import replace as counted

from msgspec.structs import replace

from alerts.carbon.at_risk import Answer, beside, unknown
from alerts.carbon.scenario import drivers_in
from alerts.lifecycle import Turn
from alerts.policy import ENDING
from schemas.alert import Carbon
from schemas.incident import Incident
from streams.hops.close_out import close
from streams.hops.outbreak_carbon import of_incident
from streams.hops.sitting import Sitting


def at_stake(sitting: Sitting, incident: Incident, turn: Turn) -> Carbon:
    """Return the carbon at risk that the next revision tells; an end tells none and closes the account.

    What is for one audience alone is in no total: whoever may read totals would learn of it.
    """
    ledger = sitting.desk.ledger
    if sitting.given.carbon is None or turn.action in ENDING:
        # unknown is not zero: an alert that ends says what was at risk in the revision before
        close(sitting, incident)
        sitting.result.rows.update(ledger.end(incident.incident_id))
        return unknown("not_computed", "the alert ends here").carbon
    answer = _answer(sitting, incident)
    zone = sitting.given.profile.zone
    if not incident.audience:
        sitting.result.rows.update(ledger.note(incident.incident_id, answer, sitting.now, zone))
    return answer.carbon


def _answer(sitting: Sitting, incident: Incident) -> Answer:
    assert sitting.given.carbon is not None
    try:
        assessor = sitting.given.carbon(sitting.given.region.at(sitting.now))
        counting = sitting.given.local.at(incident.places).carbon
        if counting != assessor.options:
            assessor = counted(assessor, options=counting)
        if incident.kind == "outbreak":
            return of_incident(assessor, incident, sitting.now)
        weather = sitting.desk.weather.at(incident.longitude, incident.latitude, sitting.now)
        found = assessor.of(incident, sitting.now, drivers_in(weather))
    except Exception as error:  # noqa: BLE001 - an alert without a figure is better than a figure without its alert
        return unknown("not_computed", type(error).__name__)
    if found.carbon.carbon_t is None:
        return found
    carbon = beside(
        assessor.tables.loss, found.carbon, incident.energy_mj, undersampled=incident.undersampled
    )
    return Answer(replace(carbon, weather=weather), found.ids, found.stock_t, found.exposed_t, found.loss_t)
