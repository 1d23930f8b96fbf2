"""The last word on a row of the outbox, as a notice with its reason."""

from datetime import datetime
from typing import Literal

from schemas.notice import Notice
from schemas.reason import Reason
from streams.hops.outbox import Pending

Outcome = Literal["accepted", "retrying", "failed", "expired", "suppressed", "undelivered"]

GONE = Reason(code="gateway_refused", detail="receiver not in the settings")


def instant(row: Pending, at: datetime) -> Notice:
    """Return the result of a gateway that accepts at once."""
    return conclude(row, "accepted", at, row.reason, attempts=1)


def conclude(  # noqa: PLR0913 - the last word on a row has this much to say
    row: Pending,
    outcome: Outcome,
    at: datetime,
    reason: Reason,
    *,
    attempts: int,
    ref: str = "",
    wait_s: float = 0.0,
) -> Notice:
    """Return the record of what became of a row."""
    return Notice(
        notice_id=row.notice_id,
        receiver=row.receiver,
        channel=row.channel,
        alert_id=row.alert_id,
        incident_id=row.incident_id,
        revision=row.revision,
        action=row.order or ("digest" if row.digest else "note" if row.text else row.action),
        grade=row.grade,
        outcome=outcome,
        at=at,
        attempts=attempts,
        way=row.way,
        reason=reason,
        ref=ref,
        wait_s=wait_s,
        approved=row.approved,
    )


def superseded(by: Pending) -> Reason:
    """Return the reason of what a newer row made out of date."""
    return Reason(code="superseded_by", ref=f"{by.alert_id}.{by.revision}")


def in_digest(row: Pending, digest_id: str) -> Reason:
    """Return the reason of what is told in a digest."""
    return Reason(code="in_digest", ref=digest_id, detail=row.grade)


def held_back(row: Pending, at: datetime) -> Notice:
    """Return the word that a row waits for the end of quiet hours: nothing was tried."""
    assert row.held_until is not None
    why = Reason(code="held_back", ref=row.held_until.isoformat())
    return conclude(row, "retrying", at, why, attempts=row.attempts)


def is_held(notice: Notice) -> bool:
    """Return whether a notice only says that a row is held back."""
    return notice.reason is not None and notice.reason.code == "held_back"
