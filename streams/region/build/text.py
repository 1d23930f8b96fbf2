"""Text of unknown encoding: UTF-8 when it is, else GB 18030 when it reads as Chinese, else latin-1."""

import codecs
from collections.abc import Iterable
from pathlib import Path

BLOCK = 1 << 20
"""Bytes read at a time."""

COMMON_SHARE = 0.8
"""Share of the characters beyond ASCII that must be of GB 2312 for bytes to be taken as Chinese.

Latin-1 words such as `Forêt` are by chance valid GBK too, but read as characters outside GB 2312.
"""


def encoding_of(pieces: Iterable[bytes]) -> str:
    """Return `utf-8`, `gb18030` or `latin-1` for bytes that come in pieces."""
    utf8 = codecs.getincrementaldecoder("utf-8")()
    chinese = codecs.getincrementaldecoder("gb18030")()
    is_utf8, is_chinese, common, beyond = True, True, 0, 0
    for piece in pieces:
        is_utf8 = is_utf8 and _decodes(utf8, piece) is not None
        if is_chinese and not piece.isascii():
            text = _decodes(chinese, piece)
            is_chinese = text is not None
            there = [character for character in text or "" if ord(character) > 127]
            beyond += len(there)
            common += sum(1 for character in there if _is_common(character))
    if is_utf8 and not _leftover(utf8):
        return "utf-8"
    return "gb18030" if is_chinese and beyond and common / beyond >= COMMON_SHARE else "latin-1"


def encoding_of_file(path: Path) -> str:
    """Return the same for the content of a file."""
    with path.open("rb") as file:
        return encoding_of(iter(lambda: file.read(BLOCK), b""))


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes) -> str | None:
    try:
        return decoder.decode(piece)
    except UnicodeDecodeError:
        return None


def _leftover(decoder: codecs.IncrementalDecoder) -> bool:
    return bool(decoder.getstate()[0])


def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
