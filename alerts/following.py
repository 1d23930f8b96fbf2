"""What a message follows: the revisions that its own receiver was told and holds, not those nobody sent them.

They stand among the reasons of the revision as it is rendered for one receiver, and nowhere else.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from alerts.policy import UNTELLING
from schemas.alert import Alert
from schemas.reason import Reason

Sent = tuple[str, int, datetime]
"""Alert, revision and when it was issued."""


def noted(alert: Alert, held: Iterable[Sent]) -> Alert:
    """Return the revision as it is told to one who holds these; to whom holds nothing it follows nothing.

    What takes back goes to holders alone: of one who was told in a digest the revision before it stands.
    """
    others = tuple(one for one in alert.reasons if one.code != "follows")
    follows = tuple(
        Reason(code="follows", ref=f"{alert_id}.{revision}", detail=issued_at.isoformat())
        for alert_id, revision, issued_at in sorted(held)
        if (alert_id, revision) != (alert.alert_id, alert.revision)
    )
    first = not follows and alert.action not in UNTELLING
    before = None if first else alert.previous_issued_at
    return replace(alert, reasons=(*others, *follows), previous_issued_at=before)


def followed(alert: Alert) -> list[Sent]:
    """Return what was noted."""
    found = []
    for one in alert.reasons:
        if one.code == "follows":
            alert_id, _, revision = one.ref.rpartition(".")
            found.append((alert_id, int(revision), datetime.fromisoformat(one.detail)))
    return found
