"""The shape of a way out: a channel describes requests and judges answers; it never sends.

Three moments are kept apart. What is rendered stands in the outbox, so it holds neither address nor secret.
The request, with both, is made anew for every attempt. Whether the gateway took it is the channel's own
rule, because robots and SMS gateways answer HTTP 200 with a code that says no.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from alerts.digest import Listed
from schemas.alert import Alert
from schemas.jurisdiction import Jurisdiction
from schemas.reason import Reason
from schemas.receiver import Office, Receiver


class HttpPost(Struct, frozen=True):
    """One HTTP request with a body as it is to be sent."""

    url: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""
    method: Literal["POST", "GET"] = "POST"


class Record(Struct, frozen=True):
    """One message for a topic of Kafka that is not ours."""

    topic: str
    key: str
    value: bytes
    headers: dict[str, str] = msgspec.field(default_factory=dict)


class Entry(Struct, frozen=True):
    """One line to append to a file of a directory."""

    directory: str
    name: str
    line: bytes


class Attachment(Struct, frozen=True):
    """One file that comes with a letter."""

    name: str
    media: str
    body: bytes


class Letter(Struct, frozen=True):
    """One e-mail and the server that takes it; `user` empty: the server asks for no password."""

    host: str
    port: int
    security: Literal["tls", "starttls", "plain"]
    sender: str
    to: str
    subject: str
    text: str
    message_id: str
    user: str = ""
    password: str = ""
    attachments: tuple[Attachment, ...] = ()


Request = HttpPost | Record | Entry | Letter
"""Everything a transport can carry out."""


class Message(Struct, frozen=True):
    """What the outbox keeps: the words for one receiver, without address and without secret."""

    body: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)


class Stamp(Struct, frozen=True):
    """What an attempt adds: the lasting id of the notice, the time, dice thrown outside, the secrets."""

    notice_id: str
    at: datetime
    nonce: str = ""
    secrets: tuple[str, ...] = ()


class Response(Struct, frozen=True):
    """What a gateway answered: HTTP status (200 for ways that have none) and the start of the body."""

    status: int
    body: bytes = b""


class Ruling(Struct, frozen=True):
    """What an answer means: taken, to be tried again after at least `wait_s`, or refused for good.

    `ref` is the gateway's own id of what it took, to which its receipt will lead back.
    """

    outcome: Literal["accepted", "retry", "failed"]
    reason: Reason | None = None
    wait_s: float = 0.0
    ref: str = ""


class Incoming(Struct, frozen=True):
    """What a gateway says by itself, or answers when asked for receipts: query and body as they came."""

    query: dict[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""


class Heard(Struct, frozen=True, kw_only=True):
    """One receipt or one message of a person; `phone` as the gateway writes it."""

    kind: Literal["receipt", "uplink"]
    phone: str = ""
    group: str = ""
    notice_id: str = ""
    ref: str = ""
    delivered: bool = False
    detail: str = ""
    text: str = ""


class Hearing(Struct, frozen=True):
    """What was heard, and what the gateway wants to hear in return."""

    heard: tuple[Heard, ...] = ()
    reply: bytes = b""
    media: str = "text/plain"


class Rate(Struct, frozen=True):
    """At most `count` requests in `seconds` for one address."""

    count: int
    seconds: float


@dataclass(frozen=True)
class Given:
    """What a channel is given besides the alert: its own options, the jurisdiction's words, and who tells."""

    options: Any
    profile: Jurisdiction
    office: Office = field(default_factory=Office)
    issuer: str = ""

    @property
    def zone(self) -> str:
        """IANA time zone in which times are told."""
        return self.profile.zone


@dataclass(frozen=True)
class Channel:
    """One way out. All functions are pure.

    `render(given, alert, receiver)` returns the words of one revision.
    `digest(given, lines, receiver)` returns those that tell of several late alerts, the worst first.
    `request(given, message, receiver, stamp)` returns what is to be sent, addressed and signed;
    raises ValueError, without the secret in its words, for a secret that cannot be used.
    `sound(secrets)` raises the same at start, before anything is to be sent.
    `accepted(given, response)` says whether the gateway took it.
    `address(receiver)` names what a limit counts for; two receivers may share one robot.
    `merge(bodies)` joins the first few bodies to one and says how many; None: they are never joined.
    `needs` names the fields a receiver must have to be told this way.
    `settled` names the options that have no use while empty; `secret_env` may stand at the receiver instead.
    `telephone` is what a telephone number must match whole; None: the gateway knows.
    `note(given, text, receiver)` returns a few free words as they are sent; None: templates only.
    `second(given, alert, receiver)` returns what follows in a second message, empty: nothing.
    `hears(given, incoming)` reads receipts and what people sent, from a callback or from a poll; raises
    ValueError for what is neither.
    `receipts(given)` says whether this gateway, as it is set up, tells what became of a message.
    `asks(given, stamp)` returns the requests that ask for both; none where the gateway calls back.
    """

    name: str
    options: type[Struct]
    render: Callable[[Any, Alert, Receiver], Message]
    digest: Callable[[Any, tuple[Listed, ...], Receiver], Message]
    request: Callable[[Any, Message, Receiver, Stamp], Request]
    accepted: Callable[[Any, Response], Ruling]
    sound: Callable[[tuple[str, ...]], object] = lambda secrets: secrets
    rate: Rate | None = None
    address: Callable[[Receiver], str] = lambda receiver: receiver.name
    merge: Callable[[tuple[str, ...]], tuple[str, int]] | None = None
    needs: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    telephone: re.Pattern[str] | None = None
    note: Callable[[Any, str, Receiver], Message] | None = None
    second: Callable[[Any, Alert, Receiver], str] | None = None
    hears: Callable[[Any, Incoming], Hearing] | None = None
    receipts: Callable[[Any], bool] = lambda _given: False
    asks: Callable[[Any, Stamp], tuple[HttpPost, ...]] = lambda _given, _stamp: ()


ACCEPTED = Ruling("accepted")


def retried(*, value: float | None = None, detail: str = "", wait_s: float = 0.0) -> Ruling:
    """Return that the gateway failed and may take it later."""
    return Ruling("retry", Reason(code="gateway_failed", value=value, detail=detail), wait_s)


def refused(*, value: float | None = None, detail: str = "") -> Ruling:
    """Return that the gateway will never take it."""
    return Ruling("failed", Reason(code="gateway_refused", value=value, detail=detail))


def by_status(_given: Given, response: Response) -> Ruling:
    """Return the ruling of a way that says all in its status: 2xx is taken, all else may be tried again."""
    return ACCEPTED if 200 <= response.status < 300 else retried(value=float(response.status))


def answered(response: Response, charset: str = "utf-8") -> dict[str, Any] | None:
    """Return the JSON object that a gateway answered, None when its answer is none or has no end of depth."""
    try:
        body = response.body if charset == "utf-8" else response.body.decode(charset, "replace").encode()
        found = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    return found
