"""One NDJSON.gz that only grows: each append is one gzip member, whole on the disk or absent."""

import gzip
import hashlib
import logging
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from streams.files import sync_folder

logger = logging.getLogger(__name__)

_CHUNK = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS


class Lines:
    """The lines of one file, each once: a line is known by the mark that comes with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._marks: set[bytes] | None = None

    def fresh(self, lines: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
        """Return by mark those of the lines `(mark, line)` that are not in the file."""
        if self._marks is None:
            raise RuntimeError(f"{self.path} was not looked through")
        return {mark: line for mark, line in lines if mark not in self._marks}

    def add(self, fresh: dict[bytes, bytes]) -> int:
        """Append the lines of `fresh`; return how many, all on the disk."""
        if fresh:
            self._write(gzip.compress(b"".join(line + b"\n" for line in fresh.values()), mtime=0))
            self.know(fresh)
        return len(fresh)

    def know(self, marks: Iterable[bytes]) -> None:
        """Take the marks of lines that stand in the file."""
        if self._marks is None:
            self._marks = set()
        self._marks.update(marks)

    def _write(self, member: bytes) -> None:
        """Append one member; a failed write (disk full) is taken back, so that the next one is readable."""
        is_new = not self.path.exists()
        with self.path.open("ab") as file:
            end = file.seek(0, os.SEEK_END)
            try:
                file.write(member)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), end)
                raise
        if is_new:
            sync_folder(self.path.parent)


def mark_of(line: bytes) -> bytes:
    """Return 16 bytes that tell one line's content from another's."""
    return hashlib.blake2b(line, digest_size=16).digest()


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file up to its end, or to where it is damaged."""
    if not path.exists():
        return
    rest = b""
    for text, _ in _members(path):
        *whole, rest = (rest + text).split(b"\n")
        yield from (line for line in whole if line)


def mend(path: Path) -> None:
    """Cut what follows the last whole member off the file, and keep it beside it as `….damaged`.

    A crash in `add` leaves such a tail; its lines were never acknowledged and come again.
    """
    if not path.exists():
        return
    good = max((end for _, end in _members(path)), default=0)
    size = path.stat().st_size
    if good == size:
        return
    logger.warning("archive tail cut off: file=%s bytes=%d", path, size - good)
    with path.open("r+b") as file, path.with_name(path.name + ".damaged").open("ab") as aside:
        file.seek(good)
        aside.write(file.read())
        aside.flush()
        os.fsync(aside.fileno())
        file.truncate(good)
        os.fsync(file.fileno())


def _members(path: Path) -> Iterator[tuple[bytes, int]]:
    """Yield `(text, end)` of each whole gzip member; `end` is the offset after it. Stops at damage."""
    with path.open("rb") as file:
        pending, end = b"", 0
        while pending := pending or file.read(_CHUNK):
            inflate, text, used = zlib.decompressobj(_GZIP), [], 0
            while not inflate.eof and pending:
                try:
                    text.append(inflate.decompress(pending))
                except zlib.error:
                    return
                used += len(pending) - len(inflate.unused_data)
                pending = inflate.unused_data if inflate.eof else file.read(_CHUNK)
            if not inflate.eof:
                return
            end += used
            yield b"".join(text), end
