"""A build loses nothing unsaid: a layer that keeps no row is refused, one that shrank or went is told."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from streams.region.build.plan import DEM, Plan
from streams.region.build.report import WHY, LayerSummary
from streams.region.build.source import SourceError
from streams.region.manifest import POINTER, LayerEntry, Manifest, RegionError
from streams.region.opening import read_manifest
from streams.region.pointer import in_force, read_pointer

LEAST_SHARE = 0.5
"""A layer with less than this share of the rows it had is told; a rule of thumb of this project."""


def refuse_empty(plan: Plan, summary: dict[str, LayerSummary]) -> None:
    """Refuse a build in which a layer keeps no row, but for those that the plan allows to be empty.

    Raises
    ------
    SourceError
        With a line for each such layer: how many rows it had, why they were dropped, and the way out.
    """
    names = sorted({one.name for one in plan.layer} - {DEM, *plan.allow_empty})
    wrong = [_empty(plan, name, summary[name]) for name in names if not summary[name].kept]
    if wrong:
        raise SourceError("\n".join((*wrong, "nothing was built; the region is as it was")))


def _empty(plan: Plan, name: str, counts: LayerSummary) -> str:
    files = ", ".join(Path(one.file).name for one in plan.layer if one.name == name)
    found = "no rows in it"
    if counts.read:
        codes = [key.partition(":") for key in counts.reasons if key.startswith("dropped:")]
        why = "; ".join(f"{WHY[code]} ({code})" for _, _, code in codes)
        found = f"read {counts.read} · kept 0 · dropped {counts.dropped}: {why}"
    return f"layer {name}: {files}: {found}; if it is to be empty: --allow-empty {name}"


def serving(root: Path) -> Manifest | str | None:
    """Return the manifest of the version in force; why it cannot be read; None where nothing is built yet."""
    if not (root / POINTER).exists():
        return None
    try:
        entry = in_force(read_pointer(root), datetime.now(UTC))
        return read_manifest(root / entry.version, entry)
    except RegionError as error:
        return f"not compared with the version in force: {error}"


def losses(before: Manifest | str | None, now: Manifest) -> tuple[str, ...]:
    """Return a line for each layer that is gone since `before`, or has lost more than half of its rows."""
    if isinstance(before, Manifest):
        return tuple(_losses(before, now))
    return (before,) if before else ()


def _losses(before: Manifest, now: Manifest) -> Iterator[str]:
    counts = {one.name: one.count for one in _parts(now)}
    for old in _parts(before):
        new = counts.get(old.name)
        if new is None:
            yield f"layer {old.name} of version {before.version} ({old.count:,} rows) is gone in this build"
        elif new < LEAST_SHARE * old.count:
            yield f"layer {old.name}: {new:,} rows in this build, {old.count:,} in version {before.version}"
    if before.terrain is not None and now.terrain is None:
        yield f"layer {DEM} of version {before.version} is gone in this build"


def _parts(manifest: Manifest) -> Sequence[LayerEntry]:
    return manifest.layers if manifest.boundary is None else (*manifest.layers, manifest.boundary)
