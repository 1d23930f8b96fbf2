"""Bytes to lines of text: UTF-8, else GB 18030, else Latin-1; a line that is no text is none, alone."""

import re

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_NUL_BYTES = (b"\xff\xfe", b"\xfe\xff")


def lines_of(data: bytes) -> list[bytes]:
    """Return the lines without their ends; UTF-16 with its mark is written as UTF-8 first."""
    if data.startswith(_NUL_BYTES):
        data = data.decode("utf-16", errors="replace").encode()
    return data.removeprefix(_BYTE_ORDER_MARK).splitlines()


def text_of(line: bytes) -> str | None:
    """Return the text of one line, or None where it holds bytes that no text has."""
    if _NOT_TEXT.search(line):
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def texts_of(lines: list[bytes]) -> list[str | None]:
    """Return the text of every line, quickly where all is clean UTF-8."""
    whole = b"\n".join(lines)
    if not _NOT_TEXT.search(whole):
        try:
            # Not splitlines: text knows more line ends than bytes do, and numbers would shift.
            return list(whole.decode("utf-8").split("\n"))
        except UnicodeDecodeError:
            pass
    return [text_of(line) for line in lines]
