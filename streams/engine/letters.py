"""The dead letter of a message that could not be read or judged."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from schemas.dead_letter import KEPT_BYTES, DeadLetter
from schemas.reason import Reason
from streams.unnamed import covered

MOST_DETAIL = 500
"""Characters of an error's words that are kept."""


def letter_of_row(place: str, raw: bytes, hop: str, at: datetime, why: str) -> DeadLetter:
    """Return the letter of a row that cannot be read; `place` is changelog, partition and key."""
    return DeadLetter(
        letter_id=f"row:{place}",
        source=hop,
        stage=hop,
        at=at,
        reason=Reason(code="unreadable", detail=f"row {place}: {why}"[:MOST_DETAIL]),
        raw=covered(raw)[:KEPT_BYTES],
        length=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        position=place,
    )


def letter_of(message: Any, stage: str, code: str, why: str) -> DeadLetter:
    """Return the letter of a Faust message; the same message gives the same letter."""
    raw = message.value or b""
    place = f"{message.topic}/{message.partition}/{message.offset}"
    return DeadLetter(
        letter_id=place,
        source=(message.key or b"").decode("utf-8", "replace")[:100] or message.topic,
        stage=stage,
        at=datetime.fromtimestamp(message.timestamp, UTC),
        reason=Reason(code=code, detail=why[:MOST_DETAIL]),
        raw=covered(raw)[:KEPT_BYTES],
        length=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        position=place,
    )
