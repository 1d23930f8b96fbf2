"""Writes the geometries of a layer: they wait in plain files until the order of the rows is known."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.region.ragged import Whole, compact, starts_of
from detectors.region.shapes import Shapes, counts_of
from streams.region.manifest import FileEntry
from streams.region.spool import ArrayFile, Spool

COUNTED = ("row_parts", "part_rings", "ring_vertices")
"""Lists in lists, from the outside: parts of a row, rings of a part, vertices of a ring."""


class ShapeWriter:
    """Takes shapes in chunks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kinds = Spool(folder / ".kinds", np.uint8)
        self._xy = Spool(folder / ".xy", np.int32, 2)
        self._boxes = Spool(folder / ".boxes", np.int32, 4)
        self._counts = {name: Spool(folder / f".{name}", np.int32) for name in COUNTED}

    def add(self, shapes: Shapes) -> None:
        """Take the geometries of further rows."""
        self._kinds.add(shapes.kinds)
        self._xy.add(shapes.xy)
        self._boxes.add(shapes.boxes())
        for name, counts in counts_of(shapes).items():
            self._counts[name].add(counts)

    def kept(self) -> tuple[Shapes, NDArray[np.int32]]:
        """Return the shapes in the order in which they came, and their boxes."""
        starts = {name: starts_of(spool.mapped()) for name, spool in self._counts.items()}
        parts, rings = compact(starts["row_parts"]), compact(starts["part_rings"])
        shapes = Shapes(self._kinds.mapped(), parts, rings, starts["ring_vertices"], self._xy.mapped())
        return shapes, self._boxes.mapped()

    def close(self, shapes: Shapes, chunks: Sequence[Whole]) -> tuple[Shapes, list[FileEntry]]:
        """Write the shapes (as `kept`) in the order of the rows in `chunks`; return them, and the files."""
        wanted = [name for name in COUNTED if getattr(shapes, name) is not None]
        lengths = {name: self._counts[name].count for name in wanted}
        files = [
            _array(self._path("kinds"), np.uint8, (len(shapes),), (shapes.kinds[rows] for rows in chunks)),
            *(
                _array(self._path(name), np.int64, (length + 1,), _starts(shapes, chunks, name))
                for name, length in lengths.items()
            ),
            _array(self._path("xy"), np.int32, shapes.xy.shape, (shapes.take(rows).xy for rows in chunks)),
        ]
        for spool in (self._kinds, self._xy, self._boxes, *self._counts.values()):
            spool.remove()
        return self._written(wanted), files

    def _written(self, wanted: Sequence[str]) -> Shapes:
        arrays = {name: self._mapped(name) for name in ("kinds", *wanted, "xy")}
        return Shapes(
            arrays["kinds"],
            arrays.get("row_parts"),
            arrays.get("part_rings"),
            arrays["ring_vertices"],
            arrays["xy"],
        )

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.npy"

    def _mapped(self, name: str) -> Any:
        path = self._path(name)
        head = np.load(path, mmap_mode="r") if path.stat().st_size > 128 else np.load(path)
        return np.asarray(head)


def _array(
    path: Path, dtype: type[np.generic], shape: tuple[int, ...], parts: Iterable[NDArray[np.integer]]
) -> FileEntry:
    with ArrayFile(path, dtype, shape) as file:
        for part in parts:
            file.write(part)
        return file.close()


def _starts(shapes: Shapes, chunks: Sequence[Whole], name: str) -> Iterator[Whole]:
    at = np.zeros(1, dtype=np.int64)
    yield at
    for rows in chunks:
        ends = at + np.cumsum(counts_of(shapes.take(rows))[name])
        at = ends[-1:]
        yield ends
