"""A CloudEvents message on a topic of the Kafka that the system already uses, for other programs.

Config::

    [channels.kafka]
    topic = "alerts-for-others"           # made by your administrator, never by us

Binary mode of the CloudEvents binding for Kafka 1.0: attributes in `ce_` headers, the body as a webhook's.
"""

from typing import Annotated
from urllib.parse import quote

import msgspec
from msgspec import Meta, Struct

from alerts.channels import webhook
from alerts.channels.base import Channel, Given, Message, Record, Stamp, by_status
from schemas.receiver import Receiver


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.kafka]."""

    topic: Annotated[str, Meta(pattern="^[A-Za-z0-9._-]{1,249}$", description="Full name.")] = (
        "fenghuo-alerts"
    )


class _Kind(Struct, frozen=True):
    type: str
    timestamp: str = ""


def request(given: Given, message: Message, receiver: Receiver, stamp: Stamp) -> Record:
    """Return the record; its key is the receiver, so that one receiver's messages keep their order."""
    kind = msgspec.json.decode(message.body, type=_Kind)
    headers = {
        "ce_specversion": "1.0",
        "ce_id": stamp.notice_id,
        "ce_source": f"urn:fenghuo:{quote(given.office.cap_sender, '')}",
        "ce_type": f"fenghuo.{kind.type}.v1",
        "ce_time": kind.timestamp,
        "content-type": "application/json",
    }
    return Record(given.options.topic, receiver.name, message.body.encode(), headers)


KAFKA = Channel(
    name="kafka",
    options=Options,
    render=webhook.render,
    digest=webhook.digest,
    note=webhook.note,
    request=request,
    accepted=by_status,
)
