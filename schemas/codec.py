"""Structs to bytes and back; what cannot be read becomes a value that says why, never an exception."""

from typing import Any

import msgspec

UNREADABLE = (msgspec.MsgspecError, ValueError, TypeError, RecursionError)
"""Everything a hostile payload can raise while being decoded (measured: bad UTF-8 is a ValueError)."""

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_encoder = msgspec.json.Encoder(order="deterministic")


class Unreadable(msgspec.Struct, frozen=True):
    """Bytes that are not a value of the type that was asked for, and why."""

    raw: bytes
    why: str


def encode(value: Any) -> bytes:
    """Return the JSON bytes of a Struct, the same bytes for equal values."""
    return _encoder.encode(value)


def decode(raw: bytes | None, kind: Any) -> Any:
    """Return the value of type `kind` in `raw`, or an `Unreadable`; never raises."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        return decoder.decode(raw or b"")
    except UNREADABLE as error:
        return Unreadable(raw or b"", str(error) or type(error).__name__)
