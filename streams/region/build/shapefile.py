"""A Shapefile is three files beside each other, each whole: what is missing or cut off is named."""

import zipfile
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from streams.region.build.source import SourceError

PARTS = {".dbf": "the attributes", ".shx": "the index"}
"""Files that belong to a `.shp`, and what they hold."""

HEAD = 100
"""Bytes of the header of a `.shp` and `.shx` (ESRI Shapefile Technical Description, 1998)."""


def check_shapefile(path: Path) -> None:
    """Refuse a Shapefile, alone or in a ZIP archive, that lacks a part; alone also one that breaks off.

    Raises
    ------
    SourceError
        With the name of the part; any other file is left to its reader.
    """
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
        for one in sorted(name for name in names if name.lower().endswith(".shp")):
            _refuse_missing(path.name, PurePosixPath(one), names)
    elif path.suffix.lower() == ".shp":
        names = {one.name for suffix in PARTS for one in _spelt(path, suffix) if one.is_file()}
        _refuse_missing(path.name, PurePosixPath(path.name), names)
        for part in (path, *(one for suffix in PARTS for one in _spelt(path, suffix) if one.is_file())):
            _refuse_cut(path.name, part)


def _spelt(path: Path, suffix: str) -> tuple[Path, Path]:
    return path.with_suffix(suffix), path.with_suffix(suffix.upper())


def _refuse_missing(name: str, shapes: PurePosixPath, names: Collection[str]) -> None:
    lacking = [
        f"{shapes.with_suffix(suffix)} ({what})"
        for suffix, what in PARTS.items()
        if not {str(shapes.with_suffix(one)) for one in (suffix, suffix.upper())} & set(names)
    ]
    if lacking:
        verb = "is" if len(lacking) == 1 else "are"
        raise SourceError(
            f"{name}: {' and '.join(lacking)} {verb} missing; a Shapefile is .shp, .dbf and .shx"
        )


def _refuse_cut(name: str, part: Path) -> None:
    with part.open("rb") as file:
        head = file.read(HEAD)
    size, told = part.stat().st_size, _told(part.suffix.lower(), head)
    if size < told:
        raise SourceError(f"{name}: {part.name} breaks off: {size:,} bytes of {told:,}; copy it again")


def _told(suffix: str, head: bytes) -> int:
    """Return the bytes a part must have: by its header, at least a header; 0 for what is no Shapefile."""
    if suffix == ".dbf":
        rows, start, width = (int.from_bytes(head[at:to], "little") for at, to in ((4, 8), (8, 10), (10, 12)))
        return max(32, start + rows * width)
    if not b"\x00\x00\x27\x0a".startswith(head[:4]):
        return 0
    # The length stands in words of two bytes, big-endian.
    return max(HEAD, 2 * int.from_bytes(head[24:28], "big"))
