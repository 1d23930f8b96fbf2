"""One line a message in a file of its own for each receiver, for trying things out.

Config::

    [channels.file]
    directory = "told"                    # made when it is not there

The line is what a webhook would carry, with the id of the notice in front.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from alerts.channels import webhook
from alerts.channels.base import Channel, Entry, Given, Message, Stamp, by_status
from schemas.receiver import Receiver


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.file]."""

    directory: Annotated[str, Meta(min_length=1, description="Where the files stand.")] = "told"


def request(given: Given, message: Message, receiver: Receiver, stamp: Stamp) -> Entry:
    """Return the line and the file it belongs to."""
    line = {"notice_id": stamp.notice_id, "at": stamp.at, "message": msgspec.Raw(message.body.encode())}
    return Entry(given.options.directory, f"{receiver.name}.ndjson", msgspec.json.encode(line) + b"\n")


FILE = Channel(
    name="file",
    options=Options,
    render=webhook.render,
    digest=webhook.digest,
    note=webhook.note,
    request=request,
    accepted=by_status,
)
