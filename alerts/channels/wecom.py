"""A message to a WeCom (企业微信) group by its robot.

Config::

    [channels.wecom]
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"

A receiver for each group::

    [[receivers]]
    name = "fire-office-group"
    channel = "wecom"
    secret_env = "WECOM_ROBOT"            # the robot's key, what stands behind `key=` in its address

A robot takes 20 messages a minute; what is more goes out in one. Success is `errcode` 0: it answers HTTP 200
also when it refuses. Limits and codes: developer.work.weixin.qq.com, document 91770, and its list of codes.
"""

from typing import Annotated
from urllib.parse import quote

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

MOST_BYTES = 4096
"""Of Markdown, in UTF-8 and not in letters."""

RATE = Rate(20, 60.0)

TOO_OFTEN = frozenset({45009, 45033})
GONE = frozenset({93000, 93008, 93017})
"""The robot's address is not, or no longer, one."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.wecom]."""

    url: Annotated[str, Meta(description="Address without the key; another one for a private cloud.")] = (
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
    )


def render(given: Given, alert: Alert, receiver: Receiver) -> Message:
    """Return the Markdown of one revision."""
    return Message(rich.markdown(given, alert, receiver, MOST_BYTES))


def digest(given: Given, lines: tuple[Listed, ...], receiver: Receiver) -> Message:
    """Return the Markdown for late alerts."""
    return Message(rich.markdown_digest(given, lines, receiver, MOST_BYTES))


def request(given: Given, message: Message, _receiver: Receiver, stamp: Stamp) -> HttpPost:
    """Return the request; raises ValueError without exactly one key."""
    if len(stamp.secrets) != 1:
        raise ValueError("the secret is not the one key of a robot")
    body = msgspec.json.encode({"msgtype": "markdown", "markdown": {"content": message.body}})
    url = f"{given.options.url}?key={quote(stamp.secrets[0], '')}"
    return HttpPost(url, {"content-type": "application/json"}, body)


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
    return retried(detail=detail, wait_s=RATE.seconds if code in TOO_OFTEN else 0.0)


def merge(bodies: tuple[str, ...]) -> tuple[str, int]:
    """Return the first few texts as one message of the robot, and how many."""
    return rich.joined(bodies, MOST_BYTES)


WECOM = Channel(
    name="wecom",
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
