"""Bytes to lines of text: UTF-8, else GB 18030, else Latin-1; a line that is no text is none, alone."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CONTROLS = bytes((*range(9), *range(14, 32), 127))
_NUL_BYTES = (b"\xff\xfe", b"\xfe\xff")


def lines_of(data: bytes) -> list[bytes]:
    """Return the lines without their ends; UTF-16 with its mark is written as UTF-8 first."""
    if data.startswith(_NUL_BYTES):
        data = data.decode("utf-16", errors="replace").encode()
    return data.removeprefix(_BYTE_ORDER_MARK).splitlines()


def _has_controls(data: bytes) -> bool:
    return len(data.translate(None, _CONTROLS)) != len(data)


def text_of(line: bytes) -> str | None:
    """Return the text of one line, or None where it holds bytes that no text has."""
    if _has_controls(line):
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def texts_of(lines: list[bytes]) -> list[str | None]:
    """Return the text of every line, quickly where all is clean UTF-8."""
    if not lines:
        return []
    whole = b"\n".join(lines)
    if lines and not _has_controls(whole):
        try:
            # Not splitlines: text knows more line ends than bytes do, and numbers would shift.
            return list(whole.decode("utf-8").split("\n"))
        except UnicodeDecodeError:
            pass
    return [text_of(line) for line in lines]
