"""The encoding of a Shapefile's table (.dbf) that does not state it, found from its bytes."""

from collections.abc import Iterator
from pathlib import Path

from streams.region.build.text import encoding_of

BLOCK = 1 << 20


def text_encoding(dbf: Path) -> str | None:
    """Return the encoding of a table without `.cpg` and without a language byte; None where it states one."""
    states_one = any(dbf.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG"))
    if states_one or not dbf.is_file():
        return None
    with dbf.open("rb") as file:
        head = file.read(32)
    # Byte 29 is the language driver; 0 and 0x57 ("ANSI") do not say which.
    if len(head) < 32 or head[29] not in {0, 0x57}:
        return None
    return encoding_of(_pieces(dbf, int.from_bytes(head[8:10], "little")))


def _pieces(dbf: Path, header: int) -> Iterator[bytes]:
    """Yield field names and rows; cells end within a row, so that rows are given whole."""
    with dbf.open("rb") as file:
        head = file.read(header)
        yield b"\n".join(head[at : at + 11].split(b"\0")[0] for at in range(32, len(head) - 32, 32))
        width = max(1, int.from_bytes(head[10:12], "little"))
        rows = max(1, BLOCK // width) * width
        yield from iter(lambda: file.read(rows), b"")
