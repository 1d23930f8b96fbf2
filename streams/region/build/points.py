"""Points out of a CSV file with a column of longitudes and one of latitudes; its frame must be labelled."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import shapely

from streams.region.build.known import plain
from streams.region.build.source import CHUNK, Chunk, Source, SourceError, objects
from streams.region.build.text import encoding_of_file

LONGITUDE = ("longitude", "lon", "lng", "x", "经度", "东经")
LATITUDE = ("latitude", "lat", "y", "纬度", "北纬")
"""Names of the two columns, compared without case, spaces and underscores."""

Names = tuple[str, str]


def open_csv(path: Path, encoding: str | None = None) -> Source:
    """Source of the rows of a CSV file (comma, semicolon or tab), each a point.

    Raises
    ------
    SourceError
        If there is no column of longitudes or of latitudes.
    """
    found = encoding or encoding_of_file(path)
    with _opened(path, found) as file:
        reader = _reader(file)
        fields = [name for name in reader.fieldnames or () if name]
    names = _find(path, fields, LONGITUDE, "longitudes"), _find(path, fields, LATITUDE, "latitudes")
    remarks = () if found == "utf-8" else (("encoding", f"text is {found}, not UTF-8; read so"),)
    others = tuple(name for name in fields if name not in names)
    return Source(
        name=path.name,
        crs=None,
        rows=None,
        chunks=_chunks(path, found, names, others),
        fields=others,
        remarks=remarks,
    )


def _opened(path: Path, encoding: str) -> TextIO:
    return path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="")


def _reader(file: TextIO) -> "csv.DictReader[str]":
    """Return the rows, by the separator that the first line has most of."""
    head = file.readline()
    file.seek(0)
    return csv.DictReader(file, delimiter=max(",;\t", key=head.count))


def _find(path: Path, fields: list[str], names: tuple[str, ...], what: str) -> str:
    for name in names:
        for field in fields:
            if plain(field) == plain(name):
                return field
    raise SourceError(f"{path.name}: no column of {what} ({', '.join(names)})")


def _chunks(path: Path, encoding: str, names: Names, others: tuple[str, ...]) -> Iterator[Chunk]:
    with _opened(path, encoding) as file:
        rows: list[dict[str, str | None]] = []
        try:
            for row in _reader(file):
                rows.append(row)
                if len(rows) == CHUNK:
                    yield _chunk(rows, names, others)
                    rows = []
        except csv.Error as error:
            raise SourceError(f"{path.name}: no CSV: {error}") from error
        if rows:
            yield _chunk(rows, names, others)


def _chunk(rows: list[dict[str, str | None]], names: Names, others: tuple[str, ...]) -> Chunk:
    places = [[_number(row.get(name)) for name in names] for row in rows]
    at = np.array(
        [[math.nan if isinstance(one, str) or one is None else one for one in two] for two in places]
    )
    known = np.isfinite(at).all(axis=1)
    shapes = objects([None] * len(rows))
    shapes[known] = shapely.points(at[known])
    flaws = [
        (row, "bad_coordinates", f"{names[column]} is {value[:40]!r}")
        for row, two in enumerate(places)
        for column, value in enumerate(two)
        if isinstance(value, str)
    ]
    return Chunk(
        shapes, {name: objects([row.get(name) for row in rows]) for name in others}, None, _once(flaws)
    )


def _once(flaws: list[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """Return one flaw a row, the first."""
    return list({flaw[0]: flaw for flaw in reversed(flaws)}.values())[::-1]


def _number(text: Any) -> float | str | None:
    """Return a number, the text that is none, or None for nothing."""
    if text is None or not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        return str(text)
    return number if math.isfinite(number) else str(text)
