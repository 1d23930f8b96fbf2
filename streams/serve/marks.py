"""What a reader may not see: finds of quarantine pests, without the mark `quarantine` on their key.

A find may become an epidemic that only an authority announces, so it is absent for whoever lacks the mark:
from collections, feeds, streams, stories and documents alike. The mark is a role of a key.
"""

import msgspec
from msgspec import Struct

MARKS = frozenset({"quarantine"})
"""Every mark there is."""


class _Marked(Struct, frozen=True):
    audience: str = ""


def audience_of(body: bytes) -> str:
    """Return for whom the JSON of an alert or incident is; empty: for whoever may read."""
    return msgspec.json.decode(body, type=_Marked).audience


def may_see(body: bytes, marks: frozenset[str]) -> bool:
    """Return whether these marks open the JSON of an alert or incident."""
    return audience_of(body) in {"", *marks}
