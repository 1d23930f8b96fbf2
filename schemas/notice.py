"""One alert revision for one receiver on one channel, and what became of it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.alert import Alert
from schemas.reason import Reason
from schemas.units import Grade, Identifier, UtcTime, Version, written


class Due(Struct, frozen=True, kw_only=True, tag="due", tag_field="type"):
    """One receiver is to be told of one revision; with `alert` null, time has passed."""

    v: Version = 1
    receiver: str
    due_at: UtcTime
    alert: Alert | None = None
    digest: bool = False
    instead_of: Annotated[str, Meta(description="Who did not answer in time; empty: nobody.")] = ""


class Answer(Struct, frozen=True, kw_only=True, tag="answer", tag_field="type"):
    """A receiver has answered an alert: nobody else need be told in their place."""

    v: Version = 1
    receiver: str
    alert_id: Identifier
    at: UtcTime
    by: Annotated[str, Meta(description="Who handed the answer in: the id of a key.")] = ""


class Notice(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="notice", tag_field="type"):
    """One delivery and its result. `notice_id` is the idempotency key of every attempt."""

    v: Version = written()
    notice_id: Identifier
    receiver: str
    channel: str
    alert_id: Identifier
    incident_id: Identifier
    revision: int
    action: str
    grade: Grade
    outcome: Annotated[
        Literal["accepted", "retrying", "failed", "expired", "suppressed"],
        Meta(description="`accepted`: the gateway took it. Only this counts as told."),
    ]
    at: UtcTime
    attempts: int = 0
    way: Annotated[int, Meta(ge=0, description="Which of the receiver's ways it went, 0 the first.")] = 0
    reason: Reason | None = None


AnyNotice = Due | Notice | Answer
