"""Inhibition: further observations of a fire that is confirmed and that the receiver holds page nobody.

Only what fusion made part of that fire is inhibited. A spot fire, a new fire field and another place reached
pass this stage, as does whatever is no observation; the other stages then decide as they would without it.
"""

from alerts.news import CODES
from alerts.policy import Decision, Told
from alerts.routing import SPOTTING
from schemas.alert import Alert
from schemas.reason import Reason

OBSERVED = frozenset({"seen_again", "new_source", "grew", "reach_turned", "reach_grew"})
"""What a revision brings when it was only seen once more: longer, by others, or larger."""

PASSES = SPOTTING | {"new_field", "new_place", "threatens", "kin_changed"} | set(CODES)
"""What is no mere observation even beside one."""


def inhibited(decision: Decision, told: Told | None, alert: Alert) -> Decision:
    """Return the decision, or that the confirmed fire the receiver was told of inhibits this revision of it.

    `told` is what the receiver holds of the lineage. The first reason of a revision says what it brings.
    """
    if decision.send or told is None or told.heard is None or alert.action != "update":
        return decision
    if not confirmed(alert) or not observed(alert):
        return decision
    said = f"{told.alert_id}.{told.revision}"
    return Decision(send=False, reason=Reason(code="inhibited_by", ref=said, detail=alert.reasons[0].code))


def confirmed(alert: Alert) -> bool:
    """Return whether an office says that it is a fire, and nobody says otherwise."""
    said = alert.feedback
    return said is not None and said.ruling == "fire" and not said.contradicted


def observed(alert: Alert) -> bool:
    """Return whether a revision brings further observations and nothing else."""
    if not alert.reasons or alert.reasons[0].code not in OBSERVED or alert.relation in SPOTTING:
        return False
    return all(reason.code not in PASSES for reason in alert.reasons)
