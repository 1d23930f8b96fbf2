"""One alert revision for one receiver on one channel, and what became of it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.alert import Alert
from schemas.reason import Reason
from schemas.units import Grade, Identifier, Latitude, Longitude, Metres, UtcTime, Version, written

Says = Literal["seen", "yes", "no"]
"""What an answer says: read; there is a fire; there is none to be found."""

Via = Literal["api", "link", "sms", "voice", "robot"]

NoteCode = Literal["unreadable", "how_to_answer", "contradicted", "unaccounted", "drill_failed", "unanswered"]


class Due(Struct, frozen=True, kw_only=True, tag="due", tag_field="type"):
    """One receiver is to be told of one revision; with `alert` null, time has passed."""

    v: Version = 1
    receiver: str
    due_at: UtcTime
    alert: Alert | None = None
    digest: bool = False
    instead_of: Annotated[str, Meta(description="Who did not answer in time; empty: nobody.")] = ""
    guard: Annotated[bool, Meta(description="Only to see whether they are out and must leave.")] = False
    again: Annotated[
        int, Meta(ge=0, description="Replayed after so many attempts: it had been given up. 0: due anew.")
    ] = 0


class Answer(Struct, frozen=True, kw_only=True, tag="answer", tag_field="type"):
    """A receiver has answered an alert: nobody else need be told in their place."""

    v: Version = 1
    receiver: str
    alert_id: Identifier
    at: UtcTime
    by: Annotated[str, Meta(description="Who handed the answer in: the id of a key.")] = ""
    says: Annotated[
        Says, Meta(description="Only that it was read, or what was found there: evidence, no verdict.")
    ] = "seen"
    relayed: Annotated[
        bool, Meta(description="Not their own: somebody in whose place they were told has answered.")
    ] = False
    via: Annotated[Via, Meta(description="How the answer came.")] = "api"


class Receipt(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="receipt", tag_field="type"):
    """What a gateway said later of a message it took: that it arrived, or that it never will."""

    v: Version = written()
    receiver: str
    at: UtcTime
    delivered: bool
    notice_id: Annotated[str, Meta(description="The notice; empty: `ref` leads to it.")] = ""
    ref: Annotated[str, Meta(description="The gateway's own id of the message.")] = ""
    detail: Annotated[str, Meta(max_length=200, description="The gateway's word.")] = ""


class Position(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="position", tag_field="type"):
    """Where somebody is who was sent out; or that they were sent, or are back."""

    v: Version = written()
    receiver: str
    at: UtcTime
    alert_id: Annotated[str, Meta(description="The fire they are sent to; empty: none anew.")] = ""
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    radius_m: Metres = 0.0
    back: Annotated[bool, Meta(description="They are back and safe.")] = False
    by: Annotated[str, Meta(description="Who handed it in: the id of a key.")] = ""


class Note(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="note", tag_field="type"):
    """A few words for one receiver that are no alert: an answer to an answer, or news for an officer."""

    v: Version = written()
    note_id: Annotated[Identifier, Meta(description="The same note under the same id is sent once.")]
    receiver: str
    at: UtcTime
    code: Annotated[NoteCode, Meta(description="Which sentence of the jurisdiction.")]
    values: Annotated[dict[str, str], Meta(description="What fills its gaps.")] = {}
    alert_id: Annotated[str, Meta(description="The alert it speaks of; empty: none.")] = ""
    revision: Annotated[int, Meta(ge=0, description="The revision of that alert.")] = 0


class Release(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="release", tag_field="type"):
    """An officer lets one revision out to the public: to one receiver, or with none named to the feed."""

    v: Version = written()
    receiver: Annotated[str, Meta(description="A receiver with `public`; empty: the public feed.")] = ""
    at: UtcTime
    alert: Alert
    author: Annotated[str, Meta(min_length=1, max_length=100, description="Who answers for it.")]
    text: Annotated[str, Meta(max_length=400)] = ""
    by: Annotated[str, Meta(description="Who handed it in: the id of a key.")] = ""


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
        Literal["accepted", "retrying", "failed", "expired", "suppressed", "undelivered"],
        Meta(
            description="`accepted`: the gateway took it. Only this counts as told. "
            "`undelivered`: it took it, and no receipt came; the next way is tried."
        ),
    ]
    at: UtcTime
    attempts: int = 0
    way: Annotated[int, Meta(ge=0, description="Which of the receiver's ways it went, 0 the first.")] = 0
    reason: Reason | None = None
    ref: Annotated[str, Meta(description="The gateway's own id of the message, for its receipt.")] = ""
    wait_s: Annotated[float, Meta(ge=0, description="For so long the gateway asks to be left alone.")] = 0.0
    approved: Annotated[str, Meta(description="Whose approved instruction it carried, with version.")] = ""


AnyNotice = Due | Notice | Answer | Receipt | Position | Note | Release
