"""Takes one source row by row into a layer: placed, mended, its columns read, its ids made different."""

import functools
import importlib.resources
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.region.build import frames, known
from streams.region.build.admin import levels
from streams.region.build.ids import Ids
from streams.region.build.mapping import Mapper
from streams.region.build.placed import clip, placed
from streams.region.build.plan import LayerPlan
from streams.region.build.repair import Mended
from streams.region.build.report import Line, Outcome, Report
from streams.region.build.source import Chunk, Shapes, Source, SourceError
from streams.region.build.stands import Reading, name_of
from streams.region.build.values import codes_of, converted, other, plainly


@dataclass(frozen=True)
class Rows:
    """Rows ready to be written: WGS 84 shapes, ids that differ, names, and attributes (None: unknown)."""

    layer: str
    shapes: Shapes
    ids: list[str]
    names: list[str]
    columns: dict[str, list[Any]]


@dataclass
class LayerState:
    """What sources of one layer share: ids seen, rows read."""

    ids: Ids = field(default_factory=Ids)
    rows: int = 0


class Taking:
    """Turns the chunks of one source into rows of its layer, and tells the report what it did."""

    def __init__(self, wanted: LayerPlan, source: Source, report: Report, state: LayerState) -> None:
        self.wanted, self.source = wanted, source
        self._report, self._state = report, state
        self._layer = known.layer(wanted.name)
        self._where = frames.placing(
            source.name,
            source.crs,
            wanted.crs,
            wanted.frame,
            is_wgs84=source.is_wgs84,
            layer=wanted.name,
        )
        self._mapper = _mapper(source.name, self._layer, wanted)
        self._reading = Reading()
        self._has_code = "code" in self._layer.columns
        self.read, self._heights, self._made = 0, 0, 0

    def rows(self, edge: Any) -> Iterator[Rows]:
        """Yield rows, a chunk at a time and a layer at a time (`admin` is several).

        Raises
        ------
        SourceError
            If the source cannot be what it says, or lacks a column that the column map names.
        """
        for code, detail in self.source.remarks:
            self._remark(code, detail)
        if self.source.crs and (self.wanted.crs or self.wanted.frame):
            self._remark("crs_label", f"read as {self._where.words} as labelled; the file says otherwise")
        if self._where.doubt:
            self._remark("accuracy", self._where.doubt)
        for chunk in self.source.chunks:
            yield from self._chunk(chunk, edge)
        self._close()

    def _chunk(self, chunk: Chunk, edge: Any) -> Iterator[Rows]:
        first = self.read
        if first == 0:
            _refuse_web_map(self.source.name, chunk.columns, self.wanted)
        self._mapper.learn(chunk.columns)
        self.read += len(chunk.shapes)
        mended = placed(chunk, self._where, self._layer.kinds, self.source.name, is_first=first == 0)
        clip(mended, edge, self.source.name)
        rows = mended.left
        columns = self._attributes(chunk, mended, rows)
        ids = self._ids(chunk, rows, columns)
        level = self._levels(mended, rows, columns)
        settled = self._settled(mended, rows, ids)
        yield from self._written(mended, rows, settled, columns, level)
        self._tell(mended, first, dict(zip(rows.tolist(), ids, strict=True)))

    def _attributes(self, chunk: Chunk, mended: Mended, rows: NDArray[np.int64]) -> dict[str, list[Any]]:
        """Return the attributes of the rows that are kept; doubtful values become notes."""
        found: dict[str, NDArray[Any]] = {}
        for one in self._mapper.taken.values():
            if one.column in chunk.columns:
                found[one.attribute], notes = converted(chunk.columns[one.column][rows], one)
                for row, why in notes:
                    mended.say(rows[row], "bad_value", why, "ambiguous")
        if self.wanted.name == "stands":
            self._stand(found, chunk, mended, rows)
        whole = {name for name, column in self._layer.columns.items() if column.type == "whole"}
        columns = {name: plainly(values, whole=name in whole) for name, values in found.items()}
        if self.wanted.keep_others:
            for name, kept in self._mapper.others.items():
                if name in chunk.columns:
                    columns[kept] = other(chunk.columns[name][rows])
        return columns

    def _stand(
        self, found: dict[str, NDArray[Any]], chunk: Chunk, mended: Mended, rows: NDArray[np.int64]
    ) -> None:
        """Complete the attributes of stands by what they say together."""
        declared = found.get("area_ha")
        for at in np.flatnonzero(declared <= 0).tolist() if declared is not None else ():
            mended.say(rows[at], "bad_value", "area_ha: 0; that of the outline is taken", "ambiguous")
        areas = self._reading.area(declared, mended.shapes[rows])
        found["area_ha"] = areas
        volume, species = self._mapper.taken.get("volume_m3_ha"), self._mapper.taken.get("species")
        if volume and "volume_m3_ha" in found:
            stock = self._reading.volume(found["volume_m3_ha"], volume.unit, areas)
            for at in np.flatnonzero(stock > (volume.known.most or np.inf)).tolist():
                mended.say(rows[at], "bad_value", f"volume_m3_ha: {stock[at]:g} is out of range", "ambiguous")
                stock[at] = np.nan
            found["volume_m3_ha"] = stock
        if species and "species" in found and "species_code" not in found:
            found["species_code"] = codes_of(chunk.columns[species.column][rows], "species")
        if "name" not in found and {"compartment", "subcompartment"} & found.keys():
            found["name"] = name_of(found.get("compartment"), found.get("subcompartment"), len(areas))

    def _ids(self, chunk: Chunk, rows: NDArray[np.int64], columns: dict[str, list[Any]]) -> list[str]:
        """Return the id of each row: the feature's own, the id column's, an area's code, or a made one."""
        own = [None] * len(rows) if chunk.ids is None else [chunk.ids[row] for row in rows]
        column = columns.pop("id", None) or [None] * len(rows)
        codes = columns["code"] if self._has_code and "code" in columns else [None] * len(rows)
        ids = []
        for row, choices in zip(rows.tolist(), zip(own, column, codes, strict=True), strict=True):
            number = self._state.rows + row + 1
            found = next((one for one in choices if one), None)
            self._made += found is None
            ids.append(found or f"{self.wanted.name}-{number}")
        self._state.rows += len(chunk.shapes)
        return ids

    def _levels(self, mended: Mended, rows: NDArray[np.int64], columns: dict[str, list[Any]]) -> list[Any]:
        """Return the layer of each row: its own but for `admin`, which is split by level."""
        if self.wanted.name != "admin":
            return [self.wanted.name] * len(rows)
        found = levels(columns.pop("level", None), columns.get("code"), len(rows))
        mended.drop([row for row, level in zip(rows, found, strict=True) if level is None], "no_level")
        return found

    def _settled(self, mended: Mended, rows: NDArray[np.int64], ids: list[str]) -> dict[int, str]:
        kept = [
            (row, one) for row, one in zip(rows.tolist(), ids, strict=True) if mended.shapes[row] is not None
        ]
        numbers = [row for row, _ in kept]
        settled, renamed, again = self._state.ids.settle([one for _, one in kept], mended.shapes[numbers])
        for at in renamed:
            mended.say(numbers[at], "duplicate_id", f"kept as {settled[at]}", "ambiguous")
        mended.drop([numbers[at] for at in again], "duplicate_row")
        return dict(zip(numbers, settled, strict=True))

    def _written(
        self,
        mended: Mended,
        rows: NDArray[np.int64],
        ids: dict[int, str],
        columns: dict[str, list[Any]],
        level: list[Any],
    ) -> Iterator[Rows]:
        names = columns.pop("name", [None] * len(rows))
        for layer in dict.fromkeys(one for one in level if one):
            at = [i for i, row in enumerate(rows) if level[i] == layer and mended.shapes[row] is not None]
            mine = [ids[int(rows[i])] for i in at]
            chosen = columns if len(at) == len(rows) else _only(columns, at)
            self._report.count(self.wanted.name, "kept", len(at))
            yield Rows(
                layer=layer,
                shapes=mended.shapes[rows[at]],
                ids=mine,
                names=[names[i] or identity for i, identity in zip(at, mine, strict=True)],
                columns={name: values for name, values in chosen.items() if name != layer},
            )

    def _tell(self, mended: Mended, first: int, ids: dict[int, str]) -> None:
        """Write a line for each note, in the order of the rows, and count the rows."""
        self._heights += mended.heights
        self._report.count(self.wanted.name, "read", len(mended.shapes))
        rows: dict[Outcome, set[int]] = {}
        for row, outcome, code, detail in sorted(mended.notes, key=lambda note: note[0]):
            if outcome == "dropped" or mended.shapes[row] is not None:
                rows.setdefault(outcome, set()).add(row)
            self._report.write(
                Line(
                    layer=self.wanted.name,
                    source=self.source.name,
                    outcome=outcome,
                    code=code,
                    detail=detail,
                    row=first + row + 1,
                    place_id=ids.get(row, ""),
                )
            )
        for kind, which in rows.items():
            self._report.count(self.wanted.name, kind, len(which))

    def _close(self) -> None:
        lost = self._mapper.missing()
        if lost and self.read:
            raise SourceError(f"{self.source.name}: no column {lost[0]}, which the column map names")
        for code, detail in (*self._mapper.remarks, *self._reading.remarks):
            self._remark(code, detail)
        if self._mapper.unknown:
            kept = "kept under their own names" if self.wanted.keep_others else "left out"
            names = ", ".join(self._mapper.unknown)
            self._remark("column", f"columns no attribute is known for, {kept}: {names}")
        if self._heights:
            self._remark("height", f"heights of {self._heights} rows are left out")
        if self._made:
            self._remark("made_id", f"{self._made} rows without an id got one from their place in the file")

    def _remark(self, code: str, detail: str) -> None:
        line = Line(
            layer=self.wanted.name, source=self.source.name, outcome="remark", code=code, detail=detail
        )
        self._report.write(line)


def _only(columns: dict[str, list[Any]], rows: list[int]) -> dict[str, list[Any]]:
    return {name: [values[row] for row in rows] for name, values in columns.items()}


def _mapper(name: str, layer: known.KnownLayer, wanted: LayerPlan) -> Mapper:
    try:
        return Mapper(layer, wanted.columns)
    except ValueError as error:
        raise SourceError(f"{name}: {error}") from error


@functools.cache
def _web_maps() -> list[dict[str, Any]]:
    path = importlib.resources.files("streams.region.build") / "data" / "web_maps.toml"
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["web_map"])


def _refuse_web_map(name: str, columns: dict[str, Any], wanted: LayerPlan) -> None:
    """Refuse a file that shows by its columns that it comes from a Chinese web map, and is not labelled."""
    for one in _web_maps():
        if wanted.frame is None and set(one["columns"]) <= columns.keys():
            raise SourceError(
                f"{name}: looks like {one['name']}, whose positions are {one['frame']}; label it, e.g."
                f" --frame {wanted.name}={one['frame']} (or wgs84 if it was converted)"
            )
