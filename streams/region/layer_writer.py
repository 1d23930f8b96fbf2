"""Writes one layer: rows come in chunks of any order and leave in that of the Hilbert curve.

What has come in waits on the disk, so that ten million stands fit into the memory of one machine.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.region import Layer
from detectors.region.area import areas_ha
from detectors.region.columns import ColumnKind
from detectors.region.grid import to_degrees
from detectors.region.layer import RUN_ARRAYS, kind_name, order_of
from detectors.region.packed_tree import PackedTree
from detectors.region.ragged import Whole
from detectors.region.runs import Runs
from detectors.region.shapes import Shapes
from streams.region.column_writer import ColumnWriter
from streams.region.manifest import ColumnEntry, FileEntry, LayerEntry
from streams.region.shape_writer import ShapeWriter
from streams.region.spool import write_array

ILLUSTRATIVE = "illustrative"
"""Attribute that is true where a row is made up to show something."""

AT_ONCE = 65_536
"""Rows that are written together."""


class LayerWriter:
    """`columns` are the kinds of the attributes by name; None: found out from the rows."""

    def __init__(
        self,
        folder: Path,
        name: str,
        columns: Mapping[str, ColumnKind] | None = None,
        *,
        sources: Sequence[str] = (),
        licences: Sequence[str] = (),
    ) -> None:
        folder.mkdir(parents=True)
        self.name = name
        self._folder = folder
        self._kinds = dict(columns or {})
        self._credits = {"sources": tuple(sources), "licences": tuple(licences)}
        self._shapes = ShapeWriter(folder)
        self._ids = ColumnWriter(folder, "ids", "text")
        self._names = ColumnWriter(folder, "names", "text")
        self._columns: dict[str, ColumnWriter] = {}
        self._area_ha, self._made_up = 0.0, 0
        for label in self._kinds:
            self._column(label)

    def add(
        self,
        geometries: Iterable[Any],
        ids: Sequence[str],
        names: Sequence[str],
        columns: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        """Take rows: shapely geometries in degrees, ids, names, and values by name of the attribute.

        An attribute that is left out is not known for these rows.

        Raises
        ------
        ValueError
            If a geometry is empty, a collection or off the map, or a value is not of its column's kind.
        """
        self.add_shapes(Shapes.of(geometries), ids, names, columns)

    def add_shapes(
        self,
        shapes: Shapes,
        ids: Sequence[str],
        names: Sequence[str],
        columns: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        """Take rows whose geometries are on the grid already."""
        for label in columns or {}:
            self._column(label)
        self._shapes.add(shapes)
        self._area_ha += float(areas_ha(shapes).sum())
        self._ids.add(ids)
        self._names.add(names)
        for label, writer in self._columns.items():
            values = (columns or {}).get(label, [None] * len(ids))
            writer.add(values)
            self._made_up += sum(bool(one) for one in values) if label == ILLUSTRATIVE else 0

    def close(self) -> tuple[LayerEntry, list[FileEntry]]:
        """Write the layer; return what is said of it, and its files."""
        shapes, boxes = self._shapes.kept()
        ids = self._ids.kept()
        rows = order_of(boxes, ids)
        chunks = [rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE)]
        tree = PackedTree.of(boxes[rows])
        written, files = self._shapes.close(shapes, chunks)
        runs = Runs.of(written)
        arrays = {"tree": tree.blocks} | {f"runs.{part}": getattr(runs, part) for part in RUN_ARRAYS}
        files += [write_array(self._folder / f"{name}.npy", array) for name, array in arrays.items()]
        files += self._ids.close(ids, chunks)[1] + self._names.close(self._names.kept(), chunks)[1]
        return self._entry(written.kinds, tree, self._write_columns(chunks, files)), files

    def _column(self, label: str) -> None:
        """Have a writer of this attribute; rows that came before it had no value."""
        if label not in self._columns:
            # Numbered by arrival: the number in the file's name is set when all are known.
            waiting = ColumnWriter(self._folder, f"waiting-{len(self._columns)}", self._kinds.get(label))
            for start in range(0, self._ids.count, AT_ONCE):
                waiting.add([None] * min(AT_ONCE, self._ids.count - start))
            self._columns[label] = waiting

    def _write_columns(self, chunks: Sequence[Whole], files: list[FileEntry]) -> tuple[ColumnEntry, ...]:
        found = []
        for at, label in enumerate(sorted(self._columns)):
            writer = self._columns[label]
            kind, written = writer.close(writer.kept(), chunks, f"column-{at}")
            files += written
            found.append(ColumnEntry(name=label, kind=kind))
        return tuple(found)

    def _entry(
        self, kinds: NDArray[np.uint8], tree: PackedTree, columns: tuple[ColumnEntry, ...]
    ) -> LayerEntry:
        west, south, east, north = to_degrees(tree.extent()).tolist()
        return LayerEntry(
            name=self.name,
            kind=kind_name(kinds),
            count=tree.count,
            extent=(west, south, east, north) if tree.count else None,
            area_ha=round(self._area_ha, 4),
            columns=columns,
            illustrative=self._made_up,
            **self._credits,
        )


def entry_of(part: Layer, sources: tuple[str, ...], licences: tuple[str, ...]) -> LayerEntry:
    """Return what the manifest says of a layer."""
    made_up = part.column(ILLUSTRATIVE) if ILLUSTRATIVE in part.columns else []
    return LayerEntry(
        name=part.name,
        kind=part.kind,
        count=len(part),
        extent=part.extent,
        area_ha=round(float(areas_ha(part.shapes).sum()), 4),
        columns=tuple(ColumnEntry(name=label, kind=one.kind) for label, one in part.columns.items()),
        sources=sources,
        licences=licences,
        illustrative=sum(bool(one) for one in made_up),
    )


def write_arrays(folder: Path, part: Layer) -> list[FileEntry]:
    """Write the arrays of a layer into `folder`, one file each, and return the files."""
    folder.mkdir(parents=True)
    return [write_array(folder / f"{name}.npy", array) for name, array in sorted(part.arrays.items())]
