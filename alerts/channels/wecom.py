"""A message to a WeCom (企业微信) group by its robot.

Config::

    [channels.wecom]
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"

A receiver for each group::

    [[receivers]]
    name = "fire-office-group"
    channel = "wecom"
    secret_env = "WECOM_ROBOT"            # the robot's key, what stands behind `key=` in its address

A robot takes 20 messages a minute; what is more goes out in one. It hears nothing that is said in its group:
there the link of the message answers. Limits and codes: developer.work.weixin.qq.com, document 91770, and
its list of codes.
"""

from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct

from alerts.channels.base import Given, HttpPost, Message, Rate, Stamp
from alerts.channels.robot import Robot, posted
from schemas.receiver import Receiver

ROBOT = Robot(
    most_bytes=4096,
    rate=Rate(20, 60.0),
    too_often=frozenset({45009, 45033}),
    shut_s=60.0,
    gone=frozenset({93000, 93008, 93017}),
)
"""Bytes of Markdown, in UTF-8 and not in letters; `gone`: the robot's address is not, or no longer, one."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.wecom]."""

    url: Annotated[str, Meta(description="Address without the key; another one for a private cloud.")] = (
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
    )


def request(given: Given, message: Message, _receiver: Receiver, stamp: Stamp) -> HttpPost:
    """Return the request; raises ValueError without exactly one key."""
    if len(stamp.secrets) != 1:
        raise ValueError("the secret is not the one key of a robot")
    return posted(f"{given.options.url}?key={quote(stamp.secrets[0], '')}", {"content": message.body})


WECOM = ROBOT.channel("wecom", Options, request)
