"""What is too unsure to make a task: each of its observations says so, and says otherwise once it is told."""

from alerts.county import county_of
from alerts.floor import below_floor
from detectors.association import Fire
from schemas.reason import Silence
from schemas.topics import SILENCE
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
