"""Builds a region from a plan: sources are all opened, then read piece by piece, then published at once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import shapely
from msgspec import Struct

from detectors.region.columns import ColumnKind
from streams.region.build import china, known
from streams.region.build.admin import LEVELS
from streams.region.build.border import with_rim
from streams.region.build.derived import PLACE_NAMES, check_dem, keep_names, keep_terrain
from streams.region.build.lost import losses, refuse_empty, serving
from streams.region.build.opening import open_source
from streams.region.build.plan import DEM, LayerPlan, Plan, check
from streams.region.build.report import LayerSummary, Report
from streams.region.build.source import SourceError
from streams.region.build.taking import LayerState, Rows, Taking
from streams.region.layer_writer import LayerWriter
from streams.region.manifest import REPORT, Manifest
from streams.region.write import RegionWriter

BOUNDARY = "boundary"

Progress = Callable[[str, int, int | None], None]
"""Told of a source's name, the rows read of it so far, and how many it has where that is known."""

KINDS: dict[known.Type, ColumnKind] = {
    "text": "text",
    "date": "text",
    "number": "number",
    "whole": "integer",
    "flag": "truth",
}


class Built(Struct, frozen=True, kw_only=True):
    """What came of a build: manifest of the version, counts by layer, and what the one in force had more."""

    manifest: Manifest
    summary: dict[str, LayerSummary]
    lost: tuple[str, ...] = ()


def quiet(_source: str, _rows: int, _of: int | None) -> None:
    """Tell nobody."""


def build(folder: Path, plan: Plan, progress: Progress = quiet) -> Built:
    """Build the region of a plan in `folder`, beside the versions that are there; atomic.

    Raises
    ------
    SourceError
        If a source is missing or cannot be what it says: a line for each that is known before reading starts.
        If a layer keeps no row and is not in `allow_empty`: a line for each, and nothing is published.
    """
    check(plan)
    head = {"zone": plan.zone, "jurisdiction": plan.jurisdiction}
    with RegionWriter(folder, plan.name or folder.name, **head) as writer:
        with (writer.folder / REPORT).open("wb") as file:
            report = Report(file)
            takings = _opened(plan, report)
            edge = _border(plan, report)
            if edge is not None:
                _write_border(writer, plan, edge)
            _write_layers(writer, plan, takings, edge, progress)
            summary = report.close()
        refuse_empty(plan, summary)
        terrain = keep_terrain(writer, plan.layer, lambda _: progress(DEM, 0, None))
        before = serving(folder)
        manifest = writer.publish(terrain=terrain, effective_at=plan.effective_at)
        return Built(manifest=manifest, summary=summary, lost=losses(before, manifest))


def _opened(plan: Plan, report: Report) -> list[Taking]:
    """Open every source before anything is read, so that all that cannot be are named at once."""
    found: list[Taking] = []
    wrong: list[str] = []
    states: dict[str, LayerState] = {}
    for one in sorted(plan.layer, key=lambda layer: layer.name):
        try:
            if one.name == DEM:
                check_dem(one)
                continue
            report.count(one.name, "read", 0)
            found.append(
                Taking(one, open_source(one), report, states.setdefault(_shared(one.name), LayerState()))
            )
        except SourceError as error:
            wrong.append(f"layer {one.name}: {error}")
    if wrong:
        raise SourceError("\n".join(wrong))
    return found


def _shared(name: str) -> str:
    """Return the name under which ids are told apart: administrative levels share theirs with `admin`."""
    return "admin" if name in LEVELS else name


def _border(plan: Plan, report: Report) -> Any:
    """Return the border with its rim; None where the plan has none."""
    if plan.boundary is None:
        return None
    if plan.boundary.startswith(china.PREFIX):
        return with_rim(china.outline(plan.boundary), plan.buffer_km)
    wanted = LayerPlan(
        name=BOUNDARY, file=plan.boundary, crs=plan.boundary_crs, frame=plan.boundary_frame, keep_others=False
    )
    taking = Taking(wanted, open_source(wanted), report, LayerState())
    shapes = [shape for rows in taking.rows(None) for shape in rows.shapes]
    if not shapes:
        raise SourceError(f"{plan.boundary}: holds no polygon for the boundary")
    return with_rim(shapely.union_all(shapes), plan.buffer_km)


def _write_border(writer: RegionWriter, plan: Plan, edge: Any) -> None:
    layer = writer.layer(BOUNDARY, {}, sources=[_source_of(str(plan.boundary))])
    layer.add([edge], [BOUNDARY], [plan.name or BOUNDARY])
    writer.keep(layer)


def _write_layers(
    writer: RegionWriter, plan: Plan, takings: list[Taking], edge: Any, progress: Progress
) -> None:
    plain = {one.wanted.name for one in takings if one.wanted.name != "admin"}
    writers = {name: _writer(writer, plan, name, name) for name in sorted(plain)}
    for taking in takings:
        for rows in _told(taking, edge, progress):
            if rows.layer not in writers:
                writers[rows.layer] = _writer(writer, plan, taking.wanted.name, rows.layer)
            writers[rows.layer].add(rows.shapes, rows.ids, rows.names, rows.columns)
    for one in writers.values():
        entry = writer.keep(one)
        if entry.name == PLACE_NAMES and entry.count:
            keep_names(writer, entry)


def _told(taking: Taking, edge: Any, progress: Progress) -> Iterator[Rows]:
    for rows in taking.rows(edge):
        yield rows
        progress(taking.source.name, taking.read, taking.source.rows)


def _writer(writer: RegionWriter, plan: Plan, given: str, layer: str) -> LayerWriter:
    """Return the writer of a layer that sources of the layer `given` go to, with their credits."""
    mine = [one for one in plan.layer if one.name == given]
    sources = [one.source or _source_of(one.file) for one in mine]
    licences = [one.licence or (china.LICENCE if one.file.startswith(china.PREFIX) else "") for one in mine]
    return writer.layer(
        layer,
        sources=tuple(dict.fromkeys(sources)),
        licences=tuple(dict.fromkeys(filter(None, licences))),
    )


def _source_of(file: str) -> str:
    return china.CREDIT if file.startswith(china.PREFIX) else Path(file).name
