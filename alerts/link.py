"""A signed link that answers one alert for one receiver until it expires, and nothing else.

The signature is HMAC-SHA256 (RFC 2104) over purpose, receiver, alert and end; the receiver's name does not
stand in the link, so whoever finds one learns no name, and it is found by trying those of the settings.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from msgspec import Struct

MARK = "https://answer.invalid/".ljust(240, "x")
"""Stands for the link where a message is rendered; it is put in when the message is sent.

As long as any link may be, so that what fits with it fits with the link.
"""

LEAST_KEY = 16
"""Bytes of a key that nobody can guess."""

PATH = "/v1/reply/"


class Claim(Struct, frozen=True):
    """What a genuine link says."""

    receiver: str
    alert_id: str
    expires_at: datetime


class LinkError(ValueError):
    """A link that is forged, cut or over."""


def key_of(secrets: tuple[str, ...]) -> bytes:
    """Return the key; raises ValueError, without its words, when it is missing or too short."""
    key = " ".join(secrets).encode()
    if len(key) < LEAST_KEY:
        raise ValueError(f"the key of links has less than {LEAST_KEY} letters")
    return key


def token(key: bytes, receiver: str, alert_id: str, expires_at: datetime, purpose: str = "answer") -> str:
    """Return what stands behind the path of the link."""
    end = int(expires_at.timestamp())
    return f"{quote(alert_id, '')}~{end:x}~{_mac(key, purpose, receiver, alert_id, end)}"


def checked(key: bytes, text: str, receivers: Iterable[str], now: datetime, purpose: str = "answer") -> Claim:
    """Return what a link says; raises `LinkError` for one that is not genuine, or over at `now`."""
    parts = text.split("~")
    if len(parts) != 3 or len(text) > len(MARK):
        raise LinkError("no link of ours")
    alert_id, mac = unquote(parts[0]), parts[2]
    try:
        end = int(parts[1], 16)
        expires_at = datetime.fromtimestamp(end, UTC)
        base64.urlsafe_b64decode(mac + "=")
    except (ValueError, OverflowError, OSError, binascii.Error) as error:
        raise LinkError("no link of ours") from error
    found = ""
    for receiver in receivers:
        if hmac.compare_digest(_mac(key, purpose, receiver, alert_id, end).encode(), mac.encode()):
            found = receiver
    if not found:
        raise LinkError("forged, or for somebody who is no receiver any more")
    if now >= expires_at:
        raise LinkError("over")
    return Claim(found, alert_id, expires_at)


def filled(body: str, link: str) -> str:
    """Return a rendered message with the link in its place."""
    return body.replace(MARK, link)


def _mac(key: bytes, purpose: str, receiver: str, alert_id: str, end: int) -> str:
    said = "".join(f"{len(one)}:{one}" for one in (purpose, receiver, alert_id, str(end)))
    return base64.urlsafe_b64encode(hmac.digest(key, said.encode(), hashlib.sha256)).decode().rstrip("=")
