"""What people found of an outbreak: an office confirms it or says that it is none; a later sign counts anew.

The codes of the jurisdiction are those of fires: what says "fire" confirms, what says "something else"
denies, "not found" is evidence and never an end. What is taken back counts no more.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from alerts import feedback
from schemas.act import AnyAct
from schemas.incident import Incident
from schemas.reason import Reason
from schemas.topics import INCIDENT, VERDICT
from schemas.verdict import Verdict, Verification
from streams.hops.act_outcome import put_act
from streams.hops.acts import reason_of
from streams.hops.first_said import not_first
from streams.hops.outbreak_acts import ForPests, do, done, reopened, take_up
from streams.hops.outbreak_board import OutbreakRow
from streams.hops.outbreak_telling import say
from streams.hops.sitting import Sitting

SAID = {"confirmed", "denied", "stronger_than_denial", "taken_back", "silence_set", "reopened_by_officer"}
"""Reasons that people's words give, told anew with each revision; the others are those of the signs."""


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


def act_on_pests(sitting: Sitting, acts: Sequence[AnyAct]) -> list[AnyAct]:
    """Do what can be done to an outbreak, each act once, and return the rest."""
    rest: list[AnyAct] = []
    for act in acts:
        row = _outbreak_of(sitting, act.incident_id)
        if row is None or not isinstance(act, ForPests):
            rest.append(act)
        elif all(other.act_id != act.act_id for other in sitting.desk.acts.get(act.incident_id, ())):
            late = not_first(sitting, row.incident.lineage, act)
            if late is not None:
                put_act(sitting, act, "refused", late)
                continue
            do(sitting, act, row.incident)
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
    sitting.desk.verdicts[name] = feedback.kept(sitting.given.profile, [*_known(sitting, name), one])
    sitting.result.rows[f"v/{name}"] = sitting.desk.verdicts[name]
    sitting.put(VERDICT, name, one)


def _say(sitting: Sitting, row: OutbreakRow) -> None:
    """Put out the next revision; what is told anew since its denial was taken back pages as it did."""
    known, signs = row.incident, sitting.desk.pests.rows
    incident = answered(sitting, replace(known, revision=known.revision + 1, judged_at=sitting.now))
    is_back = known.status == "false_alarm" and incident.status == "open"
    may_page = is_back and any(signs[one].may_page for one in row.signs if one in signs)
    sitting.put(INCIDENT, incident.incident_id, incident)
    say(sitting, incident, row.issued, row.signs, may_page=may_page)


def answered(sitting: Sitting, incident: Incident) -> Incident:
    """Return the revision with what was said of any of its ids; a denial does not cover later signs."""
    heard = [one for name in incident.lineage for one in _known(sitting, name)]
    for one in heard:
        if one.outcome == "waiting":
            sitting.desk.verdicts[one.incident_id].remove(one)
            _keep(sitting, one, incident.incident_id)
    take_up(sitting, incident)
    acts = done(sitting, incident)
    if not heard and not acts:
        return incident
    said, reasons = _ruled(sitting, incident, acts)
    reasons += [reason_of(act) for act in acts]
    told = dict.fromkeys((*reasons, *(one for one in incident.reasons if one.code not in SAID)))
    incident = replace(incident, feedback=said, reasons=tuple(told))
    if feedback.is_false(sitting.given.answers, said):
        return replace(incident, status="false_alarm")
    alive = "open" if incident.closed_at is None else "closed"
    return replace(incident, status=alive) if incident.status == "false_alarm" else incident


def _ruled(
    sitting: Sitting, incident: Incident, acts: Sequence[AnyAct]
) -> tuple[Verification | None, list[Reason]]:
    """Return what the answers in force say together, and why; None: there are none."""
    words = [one for name in incident.lineage for one in _known(sitting, name) if one.outcome != "undone"]
    if not words:
        return None, []
    said = feedback.verification(sitting.given.profile, words)
    reasons = [one for one in (feedback.ruled(said),) if one is not None]
    if said.ruling != "no_fire" or said.ruled_at is None:
        return said, reasons
    why = reopened(acts, said.ruled_at)
    if incident.last_observed_at > said.ruled_at:
        why = Reason(code="stronger_than_denial", rule="later sign")
    return (said, reasons) if why is None else (replace(said, overcome=True), [why, *reasons])
