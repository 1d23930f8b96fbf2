"""What people answered about a fire, beside what sources saw of it: evidence, ruling, status."""

from datetime import datetime

from msgspec.structs import replace

from alerts import feedback
from alerts.lifecycle import declared_out
from detectors.assembly import Summary, assemble
from detectors.association import Fire
from schemas.act import Reopen
from schemas.incident import Incident
from schemas.reason import Reason
from schemas.topics import VERDICT
from schemas.verdict import Verdict, Verification
from streams.hops.denied_part import undenied
from streams.hops.desk import Desk, incident_id
from streams.hops.sitting import Sitting


def names_of(fire: Fire) -> set[str]:
    """Return every id a fire is or was shown under."""
    return {*fire.shown, incident_id(fire.anchor())}


def fire_of(desk: Desk, one: str) -> Fire | None:
    """Return the fire that an id leads to, also an id that was merged away; None when there is none."""
    fire = desk.by_id.get(one)
    if fire is not None:
        return fire
    return next((other for other in desk.by_id.values() if one in other.shown), None)


def verdicts_of(desk: Desk, fire: Fire) -> list[Verdict]:
    """Return what was answered to any id of this fire and not taken back."""
    if not desk.verdicts:
        return []
    found = [one for name in sorted(names_of(fire)) for one in desk.verdicts.get(name, ())]
    return [one for one in found if one.outcome != "undone"]


def with_answers(sitting: Sitting, fire: Fire, one: Summary) -> Summary:
    """Return the summary with what people on the spot and offices say of its probability, and why."""
    verdicts = verdicts_of(sitting.desk, fire)
    if not verdicts:
        return one
    given = sitting.given
    said, strength = _said(sitting, fire, verdicts)
    before = one.probability
    if strength is not None and strength.code == "denied_in_part":
        # what was denied is no evidence for what grew together with it
        before = before if strength.value is None else min(before, strength.value)
    probability, reasons = feedback.weighed(given.answers, given.profile, verdicts, before)
    office = feedback.ruled(said)
    if office is not None and said.ruling == "fire":
        probability = 1.0
    contradicted = [Reason(code="contradicted", rule=said.state)] if said.contradicted else []
    found = [reason for reason in (office, strength) if reason is not None]
    return replace(one, probability=probability, reasons=(*found, *contradicted, *reasons, *one.reasons))


def answered(sitting: Sitting, fire: Fire, incident: Incident) -> Incident:
    """Return the revision with the state of its answers, and the status that a denial gives it.

    An answer is no new sign: a fire closed on quiet stays closed. What was answered to an id before
    there was an incident of it is applied now.
    """
    verdicts = verdicts_of(sitting.desk, fire)
    if not verdicts:
        return incident
    _apply(sitting, fire, incident.incident_id)
    said, _ = _said(sitting, fire, verdicts)
    incident = replace(incident, feedback=said)
    if feedback.is_false(sitting.given.answers, said):
        return replace(incident, status="false_alarm")
    row = sitting.desk.rows.get(incident.incident_id)
    if row is None or row.incident.status != "closed":
        return incident
    was = row.incident
    if was.last_observed_at != incident.last_observed_at or declared_out(was) is not None:
        return incident  # what was declared out is so for as long as that stands, not by itself
    return replace(incident, status="closed", closed_at=was.closed_at)


def said_of(sitting: Sitting, fire: Fire) -> Verification | None:
    """Return the state of the answers to any id of this fire; None: there is none."""
    verdicts = verdicts_of(sitting.desk, fire)
    return _said(sitting, fire, verdicts)[0] if verdicts else None


def _said(sitting: Sitting, fire: Fire, verdicts: list[Verdict]) -> tuple[Verification, Reason | None]:
    """Return the state of the answers, and how strong what came after a denial is."""
    said = feedback.verification(sitting.given.profile, verdicts)
    if said.ruling != "no_fire" or said.ruled_at is None:
        return said, None
    rest = undenied(sitting, fire, verdicts, said)
    if rest is not None:
        own = feedback.verification(sitting.given.profile, rest.verdicts)
        probability = assemble(sitting.given.evidence, rest.claims).probability
        reason = Reason(code="denied_in_part", ref=said.ruled_by, rule=said.state, value=probability)
        if own.ruling == "fire":
            return replace(own, contradicted=True, steps=said.steps), reason
        return replace(said, overcome=True), reason
    strength = _strength(sitting, fire, verdicts, said.ruled_at)
    is_over = strength is not None and strength.code == "stronger_than_denial"
    return replace(said, overcome=is_over), strength


def _strength(sitting: Sitting, fire: Fire, verdicts: list[Verdict], denied_at: datetime) -> Reason | None:
    """Return whether later evidence, alone, is strong enough to count in spite of a denial; None: none came.

    Evidence later than the denial covers, the later word of another office, and an officer who opens
    the incident again always are.
    """
    given, options = sitting.given, sitting.given.answers
    again = _reopened(sitting.desk, fire, denied_at)
    if again is not None:
        return Reason(code="stronger_than_denial", ref=again.act_id, rule="reopen", detail=again.author)
    claims = [node.claim for node in fire.nodes if node.claim.observed_at > denied_at]
    words = [one for one in verdicts if one.at > denied_at and feedback.says(given.profile, one.code)]
    if not claims and not words:
        return None
    office = [
        one for one in words if one.level != "field" and feedback.says(given.profile, one.code) == "fire"
    ]
    if office:
        return Reason(code="stronger_than_denial", ref=office[0].verdict_id, rule=office[0].level)
    last = max((claim.observed_at for claim in claims), default=denied_at)
    if last - denied_at > feedback.covers(options):
        hours = round((last - denied_at).total_seconds() / 3600.0, 2)
        return _stronger(hours, options.covers_h, "h", "covers_h")
    probability = assemble(given.evidence, claims).probability if claims else given.evidence.prior.value
    probability, _ = feedback.weighed(options, given.profile, words, probability)
    limit = options.overcome_probability
    if probability >= limit:
        return _stronger(probability, limit, "", "overcome_probability")
    return Reason(
        code="weaker_than_denial",
        rule="overcome_probability",
        value=probability,
        threshold=limit,
        margin=round(limit - probability, 4),
    )


def _reopened(desk: Desk, fire: Fire, denied_at: datetime) -> Reopen | None:
    """Return the last act by which an officer opened the incident again after it was denied."""
    acts = (act for name in names_of(fire) for act in desk.acts.get(name, ()))
    later = [
        act for act in acts if isinstance(act, Reopen) and act.outcome == "applied" and act.at > denied_at
    ]
    return max(later, key=lambda act: (act.at, act.act_id), default=None)


def _stronger(value: float, limit: float, unit: str, rule: str) -> Reason:
    return Reason(
        code="stronger_than_denial",
        rule=rule,
        value=value,
        threshold=limit,
        margin=round(value - limit, 4),
        unit=unit,
    )


def _apply(sitting: Sitting, fire: Fire, now_called: str) -> None:
    """Say of every answer that waited for an id of this fire that it is applied now."""
    for name in sorted(names_of(fire) & set(sitting.desk.verdicts)):
        waiting = sitting.desk.verdicts[name]
        if all(one.outcome != "waiting" for one in waiting):
            continue
        done = {"outcome": "applied", "applied_to": now_called, "reason": None}
        applied = [replace(one, **done) if one.outcome == "waiting" else one for one in waiting]
        for before, after in zip(waiting, applied, strict=True):
            if before.outcome == "waiting":
                sitting.put(VERDICT, name, after)
        sitting.desk.verdicts[name] = applied
        sitting.result.rows[f"v/{name}"] = applied
