"""A message to a DingTalk (钉钉) group by its custom robot, with 加签.

Config::

    [channels.dingtalk]
    url = "https://oapi.dingtalk.com/robot/send"

A receiver for each group::

    [[receivers]]
    name = "patrol-group"
    channel = "dingtalk"
    secret_env = "DINGTALK_ROBOT"         # access_token and the SEC... of 加签, a space between them

A robot takes 20 messages a minute and is shut for ten minutes beyond that; what is more goes out in one.
Success is `errcode` 0: it answers HTTP 200 also when it refuses. Rules: open.dingtalk.com, custom robots.
"""

import base64
import hashlib
import hmac
from typing import Annotated
from urllib.parse import quote_plus

import msgspec
from msgspec import Meta, Struct

from alerts.channels import rich
from alerts.channels.base import (
    ACCEPTED,
    Channel,
    Given,
    HttpPost,
    Message,
    Rate,
    Response,
    Ruling,
    Stamp,
    answered,
    refused,
    retried,
)
from alerts.digest import Listed
from alerts.masking import masked
from schemas.alert import Alert
from schemas.receiver import Receiver

MOST_BYTES = 18_000
"""Of Markdown; the whole request may hold 20,000 bytes."""

RATE = Rate(20, 60.0)

TOO_OFTEN = frozenset({130101, 130102, 410100, 90018, 90030})
SHUT_S = 600.0
"""How long a robot that was asked too often takes nothing."""

GONE = frozenset({300001, 300005, 400101})
"""The token is none, or the robot was taken out of service."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.dingtalk]."""

    url: Annotated[str, Meta(description="Address without the token; another one for a private cloud.")] = (
        "https://oapi.dingtalk.com/robot/send"
    )


def render(given: Given, alert: Alert, receiver: Receiver) -> Message:
    """Return the Markdown of one revision."""
    return Message(rich.markdown(given, alert, receiver, MOST_BYTES))


def digest(given: Given, lines: tuple[Listed, ...], receiver: Receiver) -> Message:
    """Return the Markdown for late alerts."""
    return Message(rich.markdown_digest(given, lines, receiver, MOST_BYTES))


def request(given: Given, message: Message, _receiver: Receiver, stamp: Stamp) -> HttpPost:
    """Return the request, signed when there is a key; raises ValueError without a token."""
    if len(stamp.secrets) not in {1, 2}:
        raise ValueError("the secret is not a token and the key of a robot")
    url = f"{given.options.url}?access_token={quote_plus(stamp.secrets[0])}"
    if len(stamp.secrets) == 2:
        at_ms = int(stamp.at.timestamp() * 1000)
        url += f"&timestamp={at_ms}&sign={quote_plus(signature(at_ms, stamp.secrets[1]))}"
    title = rich.safe(message.body.split("\n", 1)[0])
    body = msgspec.json.encode({"msgtype": "markdown", "markdown": {"title": title, "text": message.body}})
    return HttpPost(url, {"content-type": "application/json"}, body)


def signature(at_ms: int, key: str) -> str:
    """Return the proof of a request at this time, Unix ms: HMAC-SHA256 over time and key, in base64."""
    words = f"{at_ms}\n{key}".encode()
    return base64.b64encode(hmac.digest(key.encode(), words, hashlib.sha256)).decode("ascii")


def accepted(_given: Given, response: Response) -> Ruling:
    """Return what `errcode` means."""
    body = answered(response)
    code = None if body is None else body.get("errcode")
    if body is None or not isinstance(code, int):
        return retried(value=float(response.status))
    if code == 0:
        return ACCEPTED
    detail = masked(f"errcode {code}: {body.get('errmsg', '')}")
    if code in GONE:
        return refused(detail=detail)
    return retried(detail=detail, wait_s=SHUT_S if code in TOO_OFTEN else 0.0)


def merge(bodies: tuple[str, ...]) -> tuple[str, int]:
    """Return the first few texts as one message of the robot, and how many."""
    return rich.joined(bodies, MOST_BYTES)


DINGTALK = Channel(
    name="dingtalk",
    options=Options,
    render=render,
    digest=digest,
    note=rich.markdown_note,
    request=request,
    accepted=accepted,
    rate=RATE,
    address=lambda receiver: receiver.secret_env,
    merge=merge,
    needs=("secret_env",),
)
