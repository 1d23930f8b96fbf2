"""The newest revision of every fire that burns: whoever goes out later is looked at by it too.

One row a fire and partition; what has ended stands there without its alert, so that no older word revives it.
"""

from datetime import datetime

from alerts.policy import ENDING
from schemas.alert import Alert
from schemas.hop import Result
from streams.hops.outbox import Living, Outbox

FIRES = 256
"""So many are kept, of more those that burn, the graded and the latest told."""


def follow(state: Outbox, result: Result, alert: Alert) -> None:
    """Keep this revision of a fire if none newer is known; an end takes it away."""
    over = alert.action in ENDING
    if alert.kind != "fire" or (alert.late and not over):
        return
    known = state.living.get(alert.alert_id)
    if known is not None and known.revision >= alert.revision:
        return
    at = alert.issued_at
    state.live(
        Living(alert_id=alert.alert_id, revision=alert.revision, at=at, alert=None if over else alert), result
    )
    if len(state.living) > FIRES:
        least = min(state.living.values(), key=_weight)
        del state.living[least.alert_id]
        result.rows[f"living/{least.alert_id}"] = None


def _weight(one: Living) -> tuple[bool, bool, datetime, str]:
    """Return what makes a fire stay: that it burns, that it is graded, that it was told of lately."""
    graded = one.alert is not None and one.alert.grade != "task"
    return one.alert is not None, graded, one.at, one.alert_id


def burning(state: Outbox, now: datetime) -> list[Alert]:
    """Return the newest revision of each fire that has neither ended nor expired, by its id."""
    found = (one.alert for _name, one in sorted(state.living.items()))
    return [alert for alert in found if alert is not None and now <= alert.expires_at]
