"""Gzip as sources write it: any number of members in a row, each unpacked piece by piece."""

import zlib
from collections.abc import Iterator

GZIP = b"\x1f\x8b"
"""How a member begins."""

LARGEST_PIECE = 1 << 24
"""Bytes yielded at once, so that a gzip made to fill memory can be refused on the way."""

_FIRST_SLICE = 1 << 12
_LARGEST_SLICE = 1 << 20
"""What is handed over grows within a member: a file of tiny members must not be copied once for each."""


class DamagedError(Exception):
    """The gzip is damaged or breaks off; what was yielded before stands."""


def pieces(data: bytes) -> Iterator[bytes]:
    """Yield the content of every member in order; zeros after the last are padding.

    Raises
    ------
    DamagedError
        when a member is damaged or breaks off, or when something else follows it.
    """
    at = 0
    while data.startswith(GZIP, at):
        unpacker = zlib.decompressobj(wbits=31)
        step = _FIRST_SLICE
        while not unpacker.eof:
            piece = unpacker.unconsumed_tail
            if not piece:
                piece = data[at : at + step]
                at += len(piece)
                step = min(2 * step, _LARGEST_SLICE)
            part = _part(unpacker, piece)
            if part:
                yield part
            elif not piece and not unpacker.eof:
                raise DamagedError("gzip ends too early")
        at -= len(unpacker.unused_data)
    if data[at:].strip(b"\0"):
        raise DamagedError("what follows the gzip is none")


def _part(unpacker: "zlib._Decompress", piece: bytes) -> bytes:
    try:
        return unpacker.decompress(piece, LARGEST_PIECE)
    except zlib.error as error:
        raise DamagedError("damaged gzip") from error
