"""Why claims lead to nothing: masked, taken back, or too unsure to make a task; and when that is over."""

from alerts.county import county_of
from alerts.floor import below_floor
from detectors.association import Fire
from schemas.detection import Detection, Withdrawn
from schemas.reason import Reason, Silence
from schemas.topics import SILENCE
from streams.hops.counties import counties_of, is_wanting
from streams.hops.desk import FireRow
from streams.hops.sitting import Sitting


def hush(sitting: Sitting, fire: Fire, row: FireRow) -> None:
    """Say why nothing is told of a fire, observation by observation; `row` is as it was before telling."""
    if not sitting.given.local.has_floor or (row.issued is not None and not row.issued.ended):
        return
    why = below_floor(row.incident)
    told = sitting.desk.rows[row.incident.incident_id].issued
    if why is None and (told is None or told.ended):
        return
    county = county_of(row.incident.places)
    for name in sorted(node.claim.observation_id for node in fire.nodes):
        silence = Silence(
            observation_id=name, outcome="silent", stage="judge", at=sitting.now, reason=why, county=county
        )
        sitting.put(SILENCE, name, silence)


def silent(sitting: Sitting, one: Detection, reason: Reason | None) -> None:
    """Say why an observation leads to nothing; without a reason, that it now does."""
    (county,) = (
        counties_of(sitting.given.region.at(sitting.now), [one.longitude], [one.latitude])
        if is_wanting(reason)
        else ("",)
    )
    silence = Silence(
        observation_id=one.observation_id,
        outcome="silent",
        stage="static_heat" if reason is None or reason.code == "masked_by" else "judge",
        at=sitting.now,
        reason=reason,
        county=county,
    )
    sitting.put(SILENCE, one.observation_id, silence)


def deaf(sitting: Sitting, one: Withdrawn) -> None:
    """Say that a source takes back what another said: nothing follows from it."""
    why = Reason(code="not_its_own", ref=one.observation_id)
    silence = Silence(observation_id=one.by, outcome="silent", stage="judge", at=sitting.now, reason=why)
    sitting.put(SILENCE, one.by, silence)
