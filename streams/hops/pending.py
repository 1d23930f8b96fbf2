"""Rows of the outbox as they are kept: what is on its way, what is waited for, and when what was sent."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from alerts.news import Said
from alerts.policy import UNTELLING
from schemas.alert import Alert
from schemas.reason import Reason
from schemas.units import Action, Grade, Identifier, UtcTime, Version, written

Waits = Literal["", "answer", "taken"]


class Pending(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of the outbox. It waits with `alert` set, or is ready to be sent with `body` rendered.

    One with `answer_by` is no message: it waits for the answer to one that was due, or for its acceptance.

    A digest takes in lines until `collects_until`, and is then rendered; its lines are rows of their own.

    It holds neither address nor secret: both come from the settings and the environment when it is sent.
    """

    v: Version = written()
    notice_id: Annotated[Identifier, Meta(description="Idempotency key of every attempt.")]
    receiver: str
    channel: str
    alert_id: Identifier
    incident_id: Identifier
    revision: int
    action: Action
    grade: Grade
    covers: Annotated[tuple[str, ...], Meta(description="Alert ids that stand or fall with it.")]
    due_at: UtcTime
    issued_at: Annotated[UtcTime | None, Meta(description="When its revision was issued.")] = None
    expires_at: UtcTime
    reason: Reason
    attempts: int = 0
    way: Annotated[int, Meta(ge=0, description="Which of the receiver's ways it goes.")] = 0
    shut: Annotated[
        tuple[tuple[int, UtcTime], ...], Meta(description="Ways that asked not to be asked before.")
    ] = ()
    dead: Annotated[tuple[int, ...], Meta(description="Ways that refused it for good.")] = ()
    headers: dict[str, str] = {}
    body: Annotated[str, Meta(description="The message, without signature.")] = ""
    alert: Annotated[Alert | None, Meta(description="Kept while it waits for an earlier result.")] = None
    kept: Annotated[Alert | None, Meta(description="What it says, where another way may follow.")] = None
    beside: Annotated[bool, Meta(description="Takes back on a further way by which it was told.")] = False
    instead_of: Annotated[str, Meta(description="Who did not answer in time; empty: nobody.")] = ""
    digest: Annotated[bool, Meta(description="Tells of several late alerts; its ids are its own.")] = False
    held_until: Annotated[
        UtcTime | None, Meta(description="Ready, and not sent before: quiet hours of the receiver.")
    ] = None
    waits: Annotated[
        Waits, Meta(description="From when it was due on: for an answer, or only until it is taken.")
    ] = ""
    answer_by: Annotated[UtcTime | None, Meta(description="Not to be sent: an answer is waited for.")] = None
    collects_until: Annotated[UtcTime | None, Meta(description="A digest that is still open.")] = None
    receipt_by: Annotated[
        UtcTime | None, Meta(description="Not to be sent: the receipt of what was taken is waited for.")
    ] = None
    silent_until: Annotated[
        UtcTime | None, Meta(description="Not to be sent: a silence holds it back until then.")
    ] = None
    refuted: Annotated[
        int, Meta(ge=0, description="The attempt of which a receipt said that it never arrived; 0: none.")
    ] = 0
    ref: Annotated[str, Meta(description="The gateway's own id of what is waited for.")] = ""
    taken_at: Annotated[
        UtcTime | None,
        Meta(description="Of the wait for a call back: when a gateway took that."),
    ] = None
    heard_at: Annotated[
        UtcTime | None, Meta(description="Of that wait: the newest answer, before it was known to be taken.")
    ] = None
    order: Annotated[str, Meta(description="A call back to one who is out; told of no grade.")] = ""
    approved: Annotated[str, Meta(description="Whose approved instruction it carries, with version.")] = ""
    second: Annotated[str, Meta(description="What follows once it was taken, in a message of its own.")] = ""
    said: Said = Said()
    released: Annotated[bool, Meta(description="An officer let it out to the public.")] = False
    text: Annotated[str, Meta(description="Words that are no alert; its ids are then its own.")] = ""

    @property
    def ready(self) -> bool:
        """Whether it may be sent; else it waits for an earlier result, or for more lines."""
        return self.alert is None and self.ends_at is None

    @property
    def ends_at(self) -> UtcTime | None:
        """When the window or the wait is over that this row stands for; None: it is to be sent."""
        return self.collects_until or self.answer_by or self.receipt_by or self.silent_until

    @property
    def tells(self) -> bool:
        """Whether it tells people something new, rather than taking back."""
        return self.action not in UNTELLING


class Spent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a receiver was sent something by a channel: state, in the row `spent/{receiver}/{channel}`."""

    v: Version = written()
    receiver: str
    channel: str
    times: tuple[UtcTime, ...] = ()


class Living(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The newest revision of a fire, told or not: state, in the row `living/{alert_id}`."""

    v: Version = written()
    alert_id: Identifier
    revision: int
    at: UtcTime
    alert: Annotated[Alert | None, Meta(description="Null: it has ended.")] = None
