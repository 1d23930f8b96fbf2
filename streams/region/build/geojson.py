"""GeoJSON (RFC 7946) read a feature at a time without other packages, however large the file is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from streams.region.build.shapes import BadShapeError, shape_of
from streams.region.build.source import CHUNK, Chunk, Source, SourceError, objects
from streams.region.build.text import encoding_of_file

BLOCK = 1 << 20
"""Characters read at a time."""

WGS84 = ("CRS84", "EPSG:4326", "EPSG::4326", "EPSG:0:4326")
"""How the `crs` member of older files (GeoJSON 2008) names WGS 84."""

_SPACE = re.compile(r"[ \t\n\r]*")


def open_geojson(path: Path, encoding: str | None = None) -> Source:
    """Source of a GeoJSON feature collection.

    Raises
    ------
    SourceError
        If it is no feature collection.
    """
    found = encoding or encoding_of_file(path)
    crs = None
    with path.open(encoding="utf-8-sig" if found == "utf-8" else found) as file:
        for key, value in _Scanner(file, path.name).members():
            if key == "crs":
                crs = _crs(value)
            if key == "features":
                break
        else:
            raise SourceError(f"{path.name}: no GeoJSON feature collection (no member `features`)")
    remarks = () if found == "utf-8" else (("encoding", f"text is {found}, not UTF-8; read so"),)
    return Source(
        name=path.name,
        crs=crs,
        rows=None,
        chunks=_chunks(path, found, crs),
        is_wgs84=crs is None,
        remarks=remarks,
    )


def _crs(member: Any) -> str | None:
    """Return what a `crs` member of GeoJSON 2008 says; None where it says WGS 84."""
    if member is None:
        return None
    try:
        name = str(member["properties"]["name"])
    except (KeyError, TypeError) as error:
        raise SourceError(f"a `crs` member that cannot be read: {member}") from error
    return None if name.endswith(WGS84) else name


def _chunks(path: Path, encoding: str, crs: str | None) -> Iterator[Chunk]:
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding) as file:
        rows: list[Any] = []
        for key, value in _Scanner(file, path.name).members():
            if key == "crs" and _crs(value) != crs:
                raise SourceError(f"{path.name}: its `crs` stands after the features; name it with --crs")
            if key != "features":
                continue
            for feature in value:
                rows.append(feature)
                if len(rows) == CHUNK:
                    yield _chunk(rows)
                    rows = []
        if rows:
            yield _chunk(rows)


def _chunk(features: list[Any]) -> Chunk:
    shapes: list[Any] = []
    flaws: list[tuple[int, str, str]] = []
    columns: list[dict[str, Any]] = []
    for row, feature in enumerate(features):
        shape, notes = _shape(feature)
        shapes.append(shape)
        flaws.extend((row, code, detail) for code, detail in notes)
        properties = feature.get("properties") if isinstance(feature, dict) else None
        columns.append(properties if isinstance(properties, dict) else {})
    names = dict.fromkeys(name for row in columns for name in row)
    table = {name: objects([row.get(name) for row in columns]) for name in names}
    ids = [feature.get("id") if isinstance(feature, dict) else None for feature in features]
    given = [None if one is None else str(one) for one in ids]
    return Chunk(objects(shapes), table, given if any(one is not None for one in given) else None, flaws)


def _shape(feature: Any) -> tuple[Any, list[tuple[str, str]]]:
    if not isinstance(feature, dict) or feature.get("geometry") is None:
        return None, []
    try:
        return shape_of(feature["geometry"])
    except BadShapeError as error:
        return None, [(error.code, str(error))]


class _Scanner:
    """Reads the members of one JSON object; the value of `features` is an iterator of its items."""

    def __init__(self, file: TextIO, name: str) -> None:
        self._file, self._name = file, name
        self._text, self._at, self._ended = "", 0, False
        self._decoder = json.JSONDecoder()

    def members(self) -> Iterator[tuple[str, Any]]:
        """Yield name and value of each member, in the file's order."""
        self._expect("{")
        if self._peek() == "}":
            return
        while True:
            key = self._value()
            self._expect(":")
            if key == "features" and self._peek() == "[":
                items = self._items()
                yield key, items
                for _ in items:  # What the caller left unread.
                    pass
            else:
                yield key, self._value()
            if self._peek() != ",":
                self._expect("}")
                return
            self._at += 1

    def _items(self) -> Iterator[Any]:
        self._expect("[")
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            yield self._value()
            if self._peek() != ",":
                self._expect("]")
                return
            self._at += 1

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except ValueError as error:
                if not self._more():
                    raise self._broken() from error
                continue
            # A number at the end of a block may go on in the next.
            if end == len(self._text) and self._more():
                continue
            self._at = end
            return value

    def _peek(self) -> str:
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _expect(self, character: str) -> None:
        if self._peek() != character:
            raise self._broken()
        self._at += 1

    def _more(self) -> bool:
        """Read on, each time twice as much, so that a huge feature is not scanned over and over."""
        block = self._file.read(max(BLOCK, len(self._text) - self._at))
        self._text, self._at = self._text[self._at :] + block, 0
        return bool(block)

    def _broken(self) -> SourceError:
        near = self._text[self._at : self._at + 40].replace("\n", " ")
        return SourceError(f"{self._name}: not GeoJSON, or cut off: unreadable at `{near or 'its end'}`")
