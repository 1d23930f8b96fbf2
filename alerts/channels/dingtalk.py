"""A message to a DingTalk (钉钉) group by its custom robot, with 加签.

Config::

    [channels.dingtalk]
    url = "https://oapi.dingtalk.com/robot/send"
    callback_env = "DINGTALK_WORD"        # optional: Outgoing is sent to an address with this word

A receiver for each group::

    [[receivers]]
    name = "patrol-group"                 # as the group is called, where the robot hears
    channel = "dingtalk"
    secret_env = "DINGTALK_ROBOT"         # access_token and the SEC... of 加签, a space between them

A robot takes 20 messages a minute and is shut for ten minutes beyond that; what is more goes out in one.
What somebody says to it (`@robot 7K2有`) comes to `/v1/gateways/dingtalk/WORD`. Rules: open.dingtalk.com,
custom robots and Outgoing.
"""

from typing import Annotated
from urllib.parse import quote_plus

from msgspec import Meta, Struct

from alerts.channels import rich
from alerts.channels.base import Given, Heard, Hearing, HttpPost, Incoming, Message, Rate, Stamp
from alerts.channels.robot import Robot, posted
from alerts.channels.signing import mac_base64
from alerts.hearing import rows_of, word
from schemas.receiver import Receiver

ROBOT = Robot(
    most_bytes=18_000,
    rate=Rate(20, 60.0),
    too_often=frozenset({130101, 130102, 410100, 90018, 90030}),
    shut_s=600.0,
    gone=frozenset({300001, 300005, 400101}),
)
"""The whole request may hold 20,000 bytes; `gone`: the token is none, or out of service."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.dingtalk]."""

    url: Annotated[str, Meta(description="Address without the token; another one for a private cloud.")] = (
        "https://oapi.dingtalk.com/robot/send"
    )
    callback_env: Annotated[
        str, Meta(description="Variable with WORD: Outgoing calls /v1/gateways/dingtalk/WORD; empty: deaf.")
    ] = ""


def request(given: Given, message: Message, _receiver: Receiver, stamp: Stamp) -> HttpPost:
    """Return the request, signed when there is a key; raises ValueError without a token."""
    if len(stamp.secrets) not in {1, 2}:
        raise ValueError("the secret is not a token and the key of a robot")
    url = f"{given.options.url}?access_token={quote_plus(stamp.secrets[0])}"
    if len(stamp.secrets) == 2:
        at_ms = int(stamp.at.timestamp() * 1000)
        url += f"&timestamp={at_ms}&sign={quote_plus(signature(at_ms, stamp.secrets[1]))}"
    title = rich.safe(message.body.split("\n", 1)[0])
    return posted(url, {"title": title, "text": message.body})


def signature(at_ms: int, key: str) -> str:
    """Return the proof of a request at this time, Unix ms: HMAC-SHA256 over time and key, in base64."""
    return mac_base64(key.encode(), f"{at_ms}\n{key}".encode())


def hears(_given: Given, incoming: Incoming) -> Hearing:
    """Return what was said to the robot in its group; raises ValueError for anything else."""
    found = []
    for row in rows_of(incoming):
        said = row.get("text")
        text = word(said, "content") if isinstance(said, dict) else ""
        if text:
            group = word(row, "conversationTitle")
            found.append(Heard(kind="uplink", group=group, text=text.strip()))
    return Hearing(tuple(found), b"{}", "application/json")


DINGTALK = ROBOT.channel("dingtalk", Options, request, hears)
