"""A payload in parts that the way in takes: cut at rows, each part readable by itself."""

from collections.abc import Iterator

from schemas.codec import encode
from streams.feeds import Parsed
from streams.feeds.firms import is_header
from streams.feeds.text import lines_of, text_of

LARGEST_PART = 8 * 1024 * 1024
"""Bytes in one request; the server takes 10 MB (design, invariant 14)."""


def portions(content: bytes, parsed: Parsed, largest: int = LARGEST_PART) -> Iterator[bytes]:
    """Yield the payload in parts of at most `largest` bytes, with every row in one of them."""
    if len(content) <= largest:
        yield content
        return
    if parsed.feed == "firms" and (text_of(next(iter(lines_of(content[:4096])), b"")) or "")[:1] not in "{[":
        yield from _by_lines(lines_of(content), largest)
        return
    lines = [encode(observation) for observation in (*parsed.observations, *parsed.besides)]
    lines += [row.raw.replace(b"\n", b" ") for row in parsed.rejected]
    yield from _by_lines(lines, largest)


def own_portions(_content: bytes, parsed: Parsed) -> Iterator[bytes]:
    """Yield what was made of a payload as our own observations: where only a mapping can read the payload."""
    lines = [encode(one) for one in (*parsed.observations, *parsed.besides)]
    yield from _by_lines(lines, LARGEST_PART)


def _by_lines(lines: list[bytes], largest: int) -> Iterator[bytes]:
    """Yield parts of whole lines; each begins with the header that its rows stand under."""
    header: list[bytes] = []
    part: list[bytes] = []
    size = 0
    for line in lines:
        if b"atitude" in line[:400] and is_header(text_of(line) or ""):
            header = [line]
        if part and size + len(line) > largest:
            yield b"\n".join(part) + b"\n"
            part = list(header)
            size = sum(map(len, part))
        part.append(line)
        size += len(line) + 1
    if part:
        yield b"\n".join(part) + b"\n"
