"""One layer of a region: shapes in the order of a Hilbert curve, each with an id, a name and attributes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.region import hilbert
from detectors.region.columns import Arrays, Column, ColumnKind, column, columns_of
from detectors.region.grid import to_degrees
from detectors.region.holding import holding
from detectors.region.packed_tree import PackedTree
from detectors.region.ragged import Whole
from detectors.region.runs import Runs
from detectors.region.shapes import KIND_NAMES, Shapes
from detectors.region.sheet import Sheet

AT_ONCE = 65_536
"""Rows whose ids are read together in search of one: a layer may have millions."""

SHAPE_ARRAYS = ("kinds", "row_parts", "part_rings", "ring_vertices", "xy")
"""Arrays of a layer that tell its shapes; the second and third may be absent."""

RUN_ARRAYS = ("rows", "starts", "first_vertex", "edges", "boxes")
"""Arrays of a layer that tell the runs of its long rows."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Rows are numbers from 0; `columns` are the attributes."""

    name: str
    sheet: Sheet
    identities: Column
    labels: Column
    columns: Mapping[str, Column]

    @classmethod
    def of(
        cls,
        name: str,
        geometries: Iterable[Any],
        ids: Sequence[str],
        names: Sequence[str],
        attributes: Sequence[Mapping[str, Any]] | None = None,
    ) -> "Layer":
        """Layer in memory of shapely geometries (WGS 84, longitude first)."""
        columns = columns_of(attributes or [])
        return cls.ordered(name, Shapes.of(geometries), column("text", ids), column("text", names), columns)

    @classmethod
    def ordered(
        cls, name: str, shapes: Shapes, ids: Column, names: Column, columns: Mapping[str, Column]
    ) -> "Layer":
        """Layer of rows in any order: they are put in that of the Hilbert curve, and by id within a cell."""
        rows = order_of(shapes.boxes(), ids)
        return cls(
            name,
            Sheet.of(shapes.take(rows)),
            ids.take(rows),
            names.take(rows),
            {label: one.take(rows) for label, one in sorted(columns.items())},
        )

    @classmethod
    def opened(cls, name: str, columns: Sequence[tuple[str, ColumnKind]], arrays: Arrays) -> "Layer":
        """Layer of the arrays that `arrays` gave, which may be mapped files."""
        given: dict[str, Any] = {part: arrays.get(part) for part in SHAPE_ARRAYS}
        shapes = Shapes(**given)
        runs = Runs(**{part: arrays[f"runs.{part}"] for part in RUN_ARRAYS})
        return cls(
            name,
            Sheet(shapes, PackedTree(len(shapes), arrays["tree"]), runs),
            Column("text", _part(arrays, "ids")),
            Column("text", _part(arrays, "names")),
            {label: Column(kind, _part(arrays, f"column-{at}")) for at, (label, kind) in enumerate(columns)},
        )

    @cached_property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything of the layer but its name and the names and kinds of its columns, by name of file."""
        shapes = {part: getattr(self.shapes, part) for part in SHAPE_ARRAYS}
        found = {part: array for part, array in shapes.items() if array is not None}
        found["tree"] = self.sheet.tree.blocks
        found |= {f"runs.{part}": getattr(self.sheet.runs, part) for part in RUN_ARRAYS}
        parts = {"ids": self.identities, "names": self.labels}
        parts |= {f"column-{at}": one for at, one in enumerate(self.columns.values())}
        for part, one in parts.items():
            found |= {f"{part}.{key}": array for key, array in one.arrays.items()}
        return found

    @property
    def shapes(self) -> Shapes:
        """The geometries."""
        return self.sheet.shapes

    @property
    def tree(self) -> PackedTree:
        """Index of the boxes of the rows."""
        return self.sheet.tree

    def __len__(self) -> int:
        """How many rows the layer has."""
        return len(self.shapes)

    @property
    def kind(self) -> str:
        """`point`, `line`, `polygon`, `mixed`, or `empty`."""
        return kind_name(self.shapes.kinds)

    @property
    def extent(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north, degrees; None when the layer is empty."""
        if not len(self):
            return None
        west, south, east, north = to_degrees(self.sheet.tree.extent()).tolist()
        return west, south, east, north

    def ids(self, rows: ArrayLike | None = None) -> list[str]:
        """Ids of these rows; None: of all."""
        return self.identities.values(_rows(rows))

    def names(self, rows: ArrayLike | None = None) -> list[str]:
        """Names of these rows; None: of all."""
        return self.labels.values(_rows(rows))

    def column(self, name: str, rows: ArrayLike | None = None) -> list[Any]:
        """Values of an attribute; None where it is not known. `KeyError`: no such column."""
        return self.columns[name].values(_rows(rows))

    def attributes(self, row: int) -> dict[str, Any]:
        """What is known of one row, by name of the column."""
        found = {label: one.values(np.array([row]))[0] for label, one in self.columns.items()}
        return {label: value for label, value in found.items() if value is not None}

    def geometries(self, rows: ArrayLike | None = None) -> NDArray[np.object_]:
        """Shapely geometries of these rows, degrees; None: of all."""
        chosen = _rows(rows)
        return (self.shapes if chosen is None else self.shapes.take(chosen)).geometries()

    def holding(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int64]:
        """Row of the feature that holds each position, its border included, by the least id; -1: none."""
        at, row = holding(self.sheet, lon, lat)
        found = np.full(np.broadcast(lon, lat).size, -1, dtype=np.int64)
        found[at[::-1]] = row[::-1]
        several = np.flatnonzero(np.bincount(at, minlength=len(found)) > 1)
        for where in several.tolist():
            rows = row[np.searchsorted(at, where) : np.searchsorted(at, where, side="right")]
            found[where] = min(zip(self.ids(rows), rows.tolist(), strict=True))[1]
        return found

    def row(self, identity: str) -> int:
        """Row of an id; `KeyError` when no row has it."""
        for start in range(0, len(self), AT_ONCE):
            some = self.ids(np.arange(start, min(start + AT_ONCE, len(self))))
            if identity in some:
                return start + some.index(identity)
        raise KeyError(identity)


def kind_name(kinds: NDArray[np.uint8]) -> str:
    """`point`, `line`, `polygon`, `mixed`, or `empty`."""
    found = np.unique(kinds)
    return KIND_NAMES[int(found[0])] if len(found) == 1 else "mixed" if len(found) else "empty"


def order_of(boxes: NDArray[np.int32], ids: Column) -> Whole:
    """Rows in the order in which a layer keeps them: along the Hilbert curve, by id within a cell of it."""
    places = hilbert.places(boxes)
    rows = np.argsort(places, kind="stable")
    places = places[rows]
    alike = np.zeros(len(rows), dtype=np.bool_)
    alike[1:] = places[1:] == places[:-1]
    alike[:-1] |= alike[1:]
    several = np.flatnonzero(alike)
    tied = zip(places[several].tolist(), ids.values(rows[several]), rows[several].tolist(), strict=True)
    rows[several] = [row for _, _, row in sorted(tied)]
    return rows


def _rows(rows: ArrayLike | None) -> Whole | None:
    return None if rows is None else np.atleast_1d(np.asarray(rows, dtype=np.int64))


def _part(arrays: Arrays, part: str) -> Arrays:
    return {
        name.removeprefix(f"{part}."): array for name, array in arrays.items() if name.startswith(f"{part}.")
    }
