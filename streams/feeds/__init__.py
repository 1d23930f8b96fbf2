"""Formats that sources speak, read without clock, socket or file: one file and one line each."""

from streams.feeds.afimg import AFIMG
from streams.feeds.base import Feed, Limits, Parsed, Rejected
from streams.feeds.firms import FIRMS
from streams.feeds.hms import HMS
from streams.feeds.jaxa import JAXA_L2WLF, JAXA_L3WLF
from streams.feeds.ndjson import NDJSON
from streams.feeds.pest_table import PEST_TABLE
from streams.feeds.refusal import why_not_data

FEEDS: tuple[Feed, ...] = (NDJSON, AFIMG, JAXA_L2WLF, JAXA_L3WLF, HMS, PEST_TABLE, FIRMS)
"""Every format in service; the first that recognises a payload reads it."""

HEAD_BYTES = 16 * 1024
"""How much of a payload a feed looks at to recognise it."""


def read(data: bytes, limits: Limits) -> Parsed:
    """Return the rows of a payload in whatever format it is; one that none knows is refused whole."""
    head = data[:HEAD_BYTES]
    for feed in FEEDS:
        if feed.recognise(head):
            return feed.parse(data, limits)
    return Parsed("", refused=why_not_data(head))


__all__ = ["FEEDS", "Feed", "Limits", "Parsed", "Rejected", "read"]
