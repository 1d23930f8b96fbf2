"""What restrains telling after it was decided: a silence somebody set, and a budget of messages.

Both are stages with a reason. Neither holds back the end of what was told, and neither a fire of grade I or
II; a raise above what the receiver holds passes the budget always.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from alerts.policy import UNTELLING, Decision, Told
from alerts.quiet import NEVER_HELD
from alerts.routing import RANK, lies_in
from schemas.alert import Alert
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.silencing import Silencing
from schemas.units import Grade


def silenced(
    decision: Decision, silences: Iterable[Silencing], alert: Alert, receiver: Receiver, now: datetime
) -> Decision:
    """Return the decision, or that a silence in force keeps this from being sent: whose, why, until when.

    A silence stands in the settings, or an officer set it on this incident, which the alert then says.
    """
    if not decision.send or alert.action in UNTELLING:
        return decision
    for why in _set_on(alert, now):
        said = Reason(code="silenced", rule="desk", ref=why.ref, detail=why.detail)
        return Decision(send=False, reason=said)
    for silence in silences:
        if _covers(silence, alert, receiver, now):
            detail = f"{silence.reason} (until {silence.until.isoformat()})"
            return Decision(send=False, reason=Reason(code="silenced", rule=silence.author, detail=detail))
    return decision


def silent_until(
    silences: Iterable[Silencing], alert: Alert, receiver: Receiver, now: datetime
) -> datetime | None:
    """Return when the last of the silences that hold this back now is over; None: none does."""
    ends = [_until(why) for why in _set_on(alert, now)]
    ends += [silence.until for silence in silences if _covers(silence, alert, receiver, now)]
    return max(ends, default=None)


def _set_on(alert: Alert, now: datetime) -> list[Reason]:
    """Return the silences in force that an officer set on this incident, as the alert tells them."""
    found = (why for why in alert.reasons if why.code == "silence_set")
    return [why for why in found if alert.grade in _up_to(why.rule) and now < _until(why)]


def _up_to(last: str) -> set[Grade]:
    """Return the grades up to this one; none that is never held back."""
    least = {grade: rank for grade, rank in RANK.items() if grade not in NEVER_HELD}
    top = next((rank for grade, rank in least.items() if grade == last), -1)
    return {grade for grade, rank in least.items() if rank <= top}


def _until(why: Reason) -> datetime:
    return datetime.fromisoformat(why.ref)


def _covers(silence: Silencing, alert: Alert, receiver: Receiver, now: datetime) -> bool:
    if not silence.start <= now < silence.until or RANK[alert.grade] > RANK[silence.up_to]:
        return False
    if silence.receivers and receiver.name not in silence.receivers:
        return False
    if silence.kinds and alert.kind not in silence.kinds:
        return False
    named = {alert.alert_id, alert.incident_id, alert.short_code, *alert.lineage}
    if silence.incidents and named.isdisjoint(silence.incidents):
        return False
    return not silence.areas or lies_in(silence.areas, alert)


def budgeted(
    decision: Decision, spent: Sequence[datetime], told: Told | None, alert: Alert, receiver: Receiver
) -> Decision:
    """Return the decision, or that the budget is used up and this goes into a digest.

    `spent` is when messages went out within the hours of the budget; the last of it are kept for fire of
    grade I and II.
    """
    budget = receiver.budget
    if budget is None or not decision.send or alert.action in UNTELLING:
        return decision
    held = None if told is None else told.heard
    raised = alert.action == "upgrade" or (held is not None and RANK[alert.grade] > RANK[held])
    grave = alert.kind == "fire" and alert.grade in NEVER_HELD
    left = budget.count - len(spent)
    if raised or grave or left > budget.reserve:
        return decision
    reason = Reason(
        code="over_budget", value=float(len(spent)), threshold=float(budget.count - budget.reserve)
    )
    return Decision(send=False, reason=reason)


def within(receiver: Receiver, times: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    """Return those of the times that still count against the budget."""
    if receiver.budget is None:
        return ()
    since = now - timedelta(hours=receiver.budget.hours)
    return tuple(one for one in times if one > since)
