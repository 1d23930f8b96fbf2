"""What a source of rows is: a file read a piece at a time, in the frame that it says of itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 20_000
"""Rows that are read, mended and written at a time: bounds the memory whatever the file's size."""

Shapes = NDArray[np.object_]


class SourceError(ValueError):
    """A source that cannot be read as it is: the line says what is wrong and the way out."""


@dataclass(frozen=True)
class Chunk:
    """Some rows: shapely geometries (None where there is none), columns of equal length, ids or None.

    `flaws` are the rows whose geometry the format could not simply give: (row in the chunk, code, detail).
    """

    shapes: Shapes
    columns: dict[str, NDArray[Any]]
    ids: list[str | None] | None = None
    flaws: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """An opened source: its name in reports, its own CRS (None: it says none), rows if known, and the rows.

    `is_wgs84` is true where the format itself defines WGS 84 (RFC 7946), so that no label is needed.
    `remarks` are (code, detail) pairs about the whole source.
    """

    name: str
    crs: str | None
    rows: int | None
    chunks: Iterator[Chunk]
    fields: tuple[str, ...] = ()
    is_wgs84: bool = False
    remarks: tuple[tuple[str, str], ...] = ()


def objects(values: list[Any]) -> NDArray[np.object_]:
    """Return an object array of the values, whatever they are (lists stay lists)."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
