"""Structs to bytes and back; what cannot be read becomes a value that says why, never an exception."""

import re
from typing import Any

import msgspec

UNREADABLE = (msgspec.MsgspecError, ValueError, TypeError, RecursionError)
"""Everything a hostile payload can raise while being decoded (measured: bad UTF-8 is a ValueError)."""

_LATER = re.compile(r"^Expected `int` <= (\d+) - at `\$(?:\..*)?\.v`$")

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_unpackers: dict[Any, msgspec.msgpack.Decoder[Any]] = {}
_packer = msgspec.msgpack.Encoder()
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
        return Unreadable(raw or b"", words_of(error))


def packed(value: Any) -> bytes:
    """Return a Struct as MessagePack, for another process of this program: half the work of JSON."""
    return _packer.encode(value)


def unpacked(raw: bytes, kind: Any) -> Any:
    """Return the value of type `kind` that was `packed`, or an `Unreadable`; never raises."""
    unpacker = _unpackers.get(kind)
    if unpacker is None:
        unpacker = _unpackers[kind] = msgspec.msgpack.Decoder(kind)
    try:
        return unpacker.decode(raw)
    except UNREADABLE as error:
        return Unreadable(raw, words_of(error))


def words_of(error: Exception) -> str:
    """Return why a value could not be decoded; of a later format it says which versions are known."""
    text = str(error) or type(error).__name__
    later = _LATER.match(text)
    return f"written in a later format; this program reads `v` up to {later[1]}" if later else text
