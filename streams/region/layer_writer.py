"""Writes one layer: rows come in chunks of any order and leave in that of the Hilbert curve."""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from detectors.region import Layer
from detectors.region.area import areas_ha
from detectors.region.columns import ColumnKind, column, kind_of
from detectors.region.shapes import Shapes
from detectors.region.version import array_bytes
from streams.region.manifest import ColumnEntry, FileEntry, LayerEntry

ILLUSTRATIVE = "illustrative"
"""Attribute that is true where a row is made up to show something."""


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
        self.name = name
        self._folder = folder
        self._kinds = columns
        self._sources, self._licences = tuple(sources), tuple(licences)
        self._geometries: list[Any] = []
        self._ids: list[str] = []
        self._names: list[str] = []
        self._values: dict[str, list[Any]] = {}

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
        before = len(self._ids)
        self._geometries += list(geometries)
        self._ids += ids
        self._names += names
        for label in {*self._values, *(columns or {})}:
            values = self._values.setdefault(label, [None] * before)
            values += (columns or {}).get(label, [None] * len(ids))

    def close(self) -> tuple[LayerEntry, list[FileEntry]]:
        """Write the layer; return what is said of it, and its files."""
        kinds = self._kinds or {label: kind_of(values) for label, values in self._values.items()}
        none = [None] * len(self._ids)
        columns = {label: column(kind, self._values.get(label, none)) for label, kind in kinds.items()}
        part = Layer.ordered(
            self.name,
            Shapes.of(self._geometries),
            column("text", self._ids),
            column("text", self._names),
            columns,
        )
        return entry_of(part, self._sources, self._licences), write_arrays(self._folder, part)


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
    written = []
    for name, array in sorted(part.arrays.items()):
        content = array_bytes(array)
        path = folder / f"{name}.npy"
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        digest = hashlib.sha256(content).hexdigest()
        written.append(FileEntry(path=f"{folder.name}/{path.name}", bytes=len(content), sha256=digest))
    return written
