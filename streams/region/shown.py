"""What a region on disk holds, in words and as a document: layers, areas, versions, sources, report."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from detectors.region import Region
from detectors.region.timeline import EVER
from streams.region.build.report import LayerSummary, Line, in_words
from streams.region.manifest import REPORT, LayerEntry, Manifest, Pointer, VersionEntry
from streams.region.opening import open_region, read_manifest
from streams.region.pointer import in_force, in_time, read_pointer


@dataclass(frozen=True)
class Shown:
    """An opened region with its newest version's manifest and report."""

    region: Region
    manifest: Manifest
    pointer: Pointer
    report: dict[str, LayerSummary]
    bytes: int

    def document(self) -> dict[str, Any]:
        """Return everything as one document."""
        return {
            "name": self.manifest.name,
            "versions": msgspec.to_builtins(self.pointer.versions),
            "bytes": self.bytes,
            "manifest": msgspec.to_builtins(self.manifest),
            "report": msgspec.to_builtins(self.report),
        }


def shown(folder: Path, *, verify: bool = False) -> Shown:
    """Open the newest version of a region; `verify` hashes every file of it.

    Raises
    ------
    RegionError
        If there is no region, or a file of it is missing, cut short or changed; one line.
    """
    region = open_region(folder, verify=verify)
    pointer = read_pointer(folder)
    newest = pointer.versions[-1]
    manifest = read_manifest(folder / newest.version, newest)
    size = sum(one.bytes for one in manifest.files)
    return Shown(region, manifest, pointer, _summary(folder / newest.version / REPORT), size)


def _summary(path: Path) -> dict[str, LayerSummary]:
    """Return the counts by layer that stand in the last lines of a report; none where it has none."""
    if not path.is_file():
        return {}
    found = {}
    with path.open("rb") as file:
        for raw in file:
            if b'"summary"' in raw:
                line = msgspec.json.decode(raw, type=Line)
                if line.counts is not None:
                    found[line.layer] = line.counts
    return found


def lines_of(found: Shown, now: datetime) -> Iterator[str]:
    """Yield what a region holds, line by line."""
    manifest = found.manifest
    where = ", ".join(filter(None, (manifest.zone, manifest.jurisdiction)))
    yield f"{manifest.name}  ({where or 'no zone, no jurisdiction'})  {found.bytes / 1e6:.1f} MB"
    mine = in_force(found.pointer, now).version
    order = in_time(found.pointer)
    for one, later in zip(order, (*order[1:], None), strict=True):
        yield f"  version {_version(one, later, now, is_mine=one.version == mine)}"
    if manifest.boundary is not None:
        yield f"  boundary {_numbers(manifest.boundary)}"
    width = max((len(one.name) for one in manifest.layers), default=0)
    for layer in manifest.layers:
        yield f"  {layer.name:{width}}  {_numbers(layer)}"
        for words in (", ".join(layer.sources), ", ".join(layer.licences)):
            if words:
                yield f"  {'':{width}}    {words}"
    if manifest.terrain is not None:
        yield from _terrain(manifest.terrain)
    yield from ("report:", *(f"  {line}" for line in in_words(found.report)))


def _terrain(told: dict[str, Any]) -> Iterator[str]:
    west, south, east, north = told["extent"]
    extent = f"{west:.3f} to {east:.3f} E, {south:.3f} to {north:.3f} N"
    yield f"  dem  {told['known']:,} of {told['nodes']:,} heights known · {extent}"
    yield f"    {', '.join((*told['sources'], *told['licences']))}"


def _version(one: VersionEntry, later: VersionEntry | None, now: datetime, *, is_mine: bool) -> str:
    """Return a version and its time in force: the next in time takes over at its instant."""
    since = "since ever" if one.effective_at is None else f"from {_minute(one.effective_at)}"
    if later is None:
        return f"{one.version}  {since}{'  in force' if is_mine else ''}"
    until = later.effective_at or EVER
    if until == (one.effective_at or EVER):
        return f"{one.version}  {since}  never in force"
    return f"{one.version}  {since}  {'was in force' if until <= now else 'in force'} until {_minute(until)}"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _numbers(layer: LayerEntry) -> str:
    said = [f"{layer.count:,} {layer.kind}"]
    if layer.area_ha:
        said.append(f"{layer.area_ha:,.0f} ha")
    if layer.extent:
        west, south, east, north = layer.extent
        said.append(f"{west:.3f} to {east:.3f} E, {south:.3f} to {north:.3f} N")
    if layer.illustrative:
        said.append(f"{layer.illustrative:,} illustrative (示意)")
    return " · ".join(said)
