"""What people found of an outbreak: an office confirms it or says that it is none; a later sign counts anew.

The codes of the jurisdiction are those of fires: what says "fire" confirms, what says "something else"
denies, "not found" is evidence and never an end.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from alerts import feedback
from schemas.incident import Incident
from schemas.reason import Reason
from schemas.topics import INCIDENT, VERDICT
from schemas.verdict import Verdict
from streams.hops.first_said import not_first
from streams.hops.outbreak_board import OutbreakRow
from streams.hops.outbreak_telling import say
from streams.hops.sitting import Sitting


def hear_of_pests(sitting: Sitting, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Apply what speaks of an outbreak, each once, and return the rest."""
    rest: list[Verdict] = []
    for one in verdicts:
        row = _outbreak_of(sitting, one.incident_id)
        if row is None:
            rest.append(one)
        elif all(other.verdict_id != one.verdict_id for other in _known(sitting, one.incident_id)):
            late = not_first(sitting, row.incident.lineage, one)
            if late is not None:
                sitting.put(VERDICT, one.incident_id, replace(one, outcome="refused", reason=late))
                continue
            _keep(sitting, one, row.incident.incident_id)
            _say(sitting, row)
    return rest


def _outbreak_of(sitting: Sitting, name: str) -> OutbreakRow | None:
    rows = sitting.desk.pests.outbreaks
    if name in rows:
        return rows[name]
    return next((rows[one] for one in sorted(rows) if name in rows[one].incident.lineage), None)


def _known(sitting: Sitting, name: str) -> list[Verdict]:
    return sitting.desk.verdicts.get(name, [])


def _keep(sitting: Sitting, one: Verdict, now_called: str) -> None:
    name = one.incident_id
    one = replace(one, outcome="applied", applied_to=now_called, reason=None)
    sitting.desk.verdicts[name] = feedback.kept([*_known(sitting, name), one])
    sitting.result.rows[f"v/{name}"] = sitting.desk.verdicts[name]
    sitting.put(VERDICT, name, one)


def _say(sitting: Sitting, row: OutbreakRow) -> None:
    known = row.incident
    incident = answered(sitting, replace(known, revision=known.revision + 1, judged_at=sitting.now))
    sitting.put(INCIDENT, incident.incident_id, incident)
    say(sitting, incident, row.issued, row.signs, may_page=False)


def answered(sitting: Sitting, incident: Incident) -> Incident:
    """Return the revision with what was answered to any of its ids; a denial does not cover later signs."""
    verdicts = [one for name in incident.lineage for one in _known(sitting, name)]
    if not verdicts:
        return incident
    for one in verdicts:
        if one.outcome == "waiting":
            sitting.desk.verdicts[one.incident_id].remove(one)
            _keep(sitting, one, incident.incident_id)
    said = feedback.verification(sitting.given.profile, verdicts)
    is_denied = said.ruling == "no_fire" and said.ruled_at is not None
    reasons = [one for one in (feedback.ruled(said),) if one is not None]
    if is_denied and said.ruled_at is not None and incident.last_observed_at > said.ruled_at:
        said = replace(said, overcome=True)
        reasons.insert(0, Reason(code="stronger_than_denial", rule="later sign"))
    told = tuple(dict.fromkeys((*reasons, *(one for one in incident.reasons if one not in reasons))))
    incident = replace(incident, feedback=said, reasons=told)
    if feedback.is_false(sitting.given.answers, said):
        return replace(incident, status="false_alarm")
    return replace(incident, status="open") if incident.status == "false_alarm" else incident
