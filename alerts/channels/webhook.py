"""A signed JSON message to any HTTPS address, as the Standard Webhooks specification asks.

    [[receivers]]
    name = "duty-office"
    channel = "webhook"
    url = "https://example.org/fenghuo"
    secret_env = "DUTY_OFFICE_SECRET"   # whsec_...; two secrets separated by a space while a key is changed

Without `secret_env` it goes out unsigned.

The receiver checks `webhook-signature` over `id.timestamp.body` and drops a `webhook-id` it has seen.
The `type` is `alert.<action>`, or `digest` for old news; `data.pages` says whether to wake somebody.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from alerts.channels.base import (
    ACCEPTED,
    Channel,
    Given,
    HttpPost,
    Message,
    Response,
    Ruling,
    Stamp,
    refused,
    retried,
)
from alerts.digest import Listed, ordered, title
from schemas.alert import Alert
from schemas.codec import encode
from schemas.receiver import Receiver

MAXIMUM_BYTES = 20_000
"""Standard Webhooks asks for payloads under 20 kB."""

SECRET_PREFIX = "whsec_"  # noqa: S105 - the public prefix of every secret, not a secret

BULKY = (
    "footprint",
    "places",
    "reasons",
    "carbon",
    "legal",
    "lineage",
    "supersedes",
    "sources",
    "description",
)
"""What is left out first when a message is too large; the rest is served under the alert's id."""

LINE_BYTES = 1_000
"""A line of a digest is given without its headline when it would be longer."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """No settings of its own; the receiver's are enough."""


JSON = {"content-type": "application/json"}


def render(_given: Given, alert: Alert, _receiver: Receiver) -> Message:
    """Return the words of one revision: type, time of issue and the alert, under 20 kB."""
    return Message(_body(alert).decode(), JSON)


def digest(given: Given, lines: tuple[Listed, ...], _receiver: Receiver) -> Message:
    """Return the words for old news: the worst first, as many as fit into 20 kB, and how many there are."""
    known = ordered(lines)
    data: dict[str, Any] = {
        "v": 1,
        "pages": False,
        "late": all(one.late for one in known),
        "count": len(known),
        "title": title(known, given.profile),
    }
    data["digest_id"] = known[0].digest_id
    shown: list[dict[str, Any]] = []
    room = MAXIMUM_BYTES - len(_told_together(known, data)) - 100
    for one in map(_thin, known):
        room -= len(encode(one)) + 1
        if room < 0:
            break
        shown.append(one)
    data |= {"alerts": shown, "omitted": len(known) - len(shown)}
    return Message(_told_together(known, data).decode(), JSON)


def note(_given: Given, text: str, _receiver: Receiver) -> Message:
    """Return a few words that are no alert."""
    return Message(encode({"type": "note", "data": {"v": 1, "pages": False, "text": text}}).decode(), JSON)


def _thin(one: Listed) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(one)
    del data["receiver"], data["digest_id"]
    if len(encode(data)) > LINE_BYTES:
        del data["headline"]
    return data


def _told_together(lines: tuple[Listed, ...], data: dict[str, Any]) -> bytes:
    return encode({"type": "digest", "timestamp": max(one.issued_at for one in lines), "data": data})


def request(_given: Given, message: Message, receiver: Receiver, stamp: Stamp) -> HttpPost:
    """Return the request with its id, time (Unix s) and one v1 signature per secret, none without secrets."""
    body, at = message.body.encode(), str(int(stamp.at.timestamp()))
    headers = message.headers | {"webhook-id": stamp.notice_id, "webhook-timestamp": at}
    if stamp.secrets:
        signed = f"{stamp.notice_id}.{at}.".encode() + body
        headers["webhook-signature"] = " ".join(_signature(_key(one), signed) for one in stamp.secrets)
    return HttpPost(receiver.url, headers, body)


def accepted(_given: Given, response: Response) -> Ruling:
    """Return whether it was taken; the specification counts 2xx and nothing else, and 410 ends it."""
    if 200 <= response.status < 300:
        return ACCEPTED
    value = float(response.status)
    return refused(value=value) if response.status == 410 else retried(value=value)


def _body(alert: Alert) -> bytes:
    return next(body for body in _ever_thinner(alert) if len(body) < MAXIMUM_BYTES)


def _ever_thinner(alert: Alert) -> Iterator[bytes]:
    data: dict[str, Any] = msgspec.to_builtins(alert)
    omitted: list[str] = []
    yield _message(alert, data)
    for name in BULKY:
        del data[name]
        omitted.append(name)
        yield _message(alert, data | {"omitted": omitted})
    yield _message(
        alert, {"v": alert.v, "alert_id": alert.alert_id, "revision": alert.revision, "grade": alert.grade}
    )


def _message(alert: Alert, data: dict[str, Any]) -> bytes:
    return encode({"type": f"alert.{alert.action}", "timestamp": alert.issued_at, "data": data})


def _key(secret: str) -> bytes:
    """Return the bytes of a secret; its words never appear in the error."""
    text = secret.removeprefix(SECRET_PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError("a webhook secret is not base64 after whsec_")
    return key


def _signature(key: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")


WEBHOOK = Channel(
    name="webhook",
    options=Options,
    render=render,
    digest=digest,
    note=note,
    request=request,
    accepted=accepted,
    sound=lambda secrets: [_key(one) for one in secrets],
    needs=("url",),
)
