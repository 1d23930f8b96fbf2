"""What a region on disk says about itself: the pointer `region.json` and each version's `manifest.json`."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from detectors.region.columns import ColumnKind
from schemas.units import UtcTime

POINTER = "region.json"
MANIFEST = "manifest.json"
REPORT = "report.ndjson"
BUILDING = ".building-"
TERRAIN = "dem"
NAMES = "names"
"""Folders of a version that hold no layer: the terrain, and what makes the layer `place_names` searchable."""

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
VersionName = Annotated[str, Meta(pattern="^[0-9a-f]{16}$", description="First 16 hex digits of a SHA-256.")]


class RegionError(ValueError):
    """A region cannot be opened or built; the message is one line that says why."""


class ColumnEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One attribute of a layer."""

    name: str
    kind: ColumnKind


class LayerEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One layer: how much there is of it, where it lies, where it comes from."""

    name: str
    kind: Annotated[str, Meta(description="`point`, `line`, `polygon`, `mixed` or `empty`.")]
    count: Annotated[int, Meta(ge=0)]
    extent: Annotated[
        tuple[float, float, float, float] | None, Meta(description="West, south, east, north, degrees.")
    ]
    area_ha: Annotated[float, Meta(ge=0, description="Sum of the rows' areas, equal-area projection, ha.")]
    columns: tuple[ColumnEntry, ...] = ()
    sources: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    illustrative: Annotated[int, Meta(ge=0, description="Rows that are made up to show something.")] = 0


class FileEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of a version."""

    path: Annotated[str, Meta(description="Below the version's folder, with `/`.")]
    bytes: Annotated[int, Meta(ge=0)]
    sha256: Sha256


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version; `version` is a hash of everything but `built_at`, `report` and where layers come from."""

    format: int
    name: str
    version: VersionName
    built_at: UtcTime
    zone: Annotated[str, Meta(description="IANA time zone.")]
    jurisdiction: str
    boundary: LayerEntry | None
    layers: tuple[LayerEntry, ...]
    files: tuple[FileEntry, ...]
    terrain: dict[str, Any] | None = None
    report: Annotated[dict[str, int], Meta(description="Lines of the report by code.")] = {}


class VersionEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version that may be opened, and from when on it is in force (null: since ever)."""

    version: VersionName
    effective_at: UtcTime | None
    manifest_sha256: Sha256


class Pointer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`region.json`: the versions, the oldest first."""

    format: int
    versions: tuple[VersionEntry, ...]
