"""What could not be read or judged: the bytes as received, with the reason."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.reason import Reason
from schemas.units import Identifier, UtcTime, Version, written

KEPT_BYTES = 64 * 1024
"""How much of a refused message is kept (design: the first 64 KiB)."""


class DeadLetter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One refused message or row on `dead-letter.v1`."""

    v: Version = written()
    letter_id: Identifier
    source: str
    stage: str
    at: UtcTime
    reason: Reason
    raw: Annotated[bytes, Meta(description="The first 64 KiB as received, base64.")]
    length: Annotated[int, Meta(ge=0, description="Whole length, bytes.")]
    sha256: str
    position: Annotated[
        str, Meta(description="Where it stood: file and line, or topic, partition and offset.")
    ] = ""


class Tick(Struct, frozen=True, kw_only=True):
    """One message of `tick.v1`: everything received up to `at` has been judged."""

    v: Version = 1
    at: UtcTime
