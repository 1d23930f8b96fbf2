"""Opens a region: its arrays are mapped, not read, so that workers on one machine share them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors.region import Layer, Region
from detectors.region.place_names import PlaceNames
from detectors.region.terrain import Terrain
from detectors.region.version import FORMAT, content_version
from streams.files import sha256_of
from streams.region.manifest import MANIFEST, NAMES, TERRAIN, LayerEntry, Manifest, RegionError, VersionEntry
from streams.region.pointer import in_force, read_pointer

HASHED_BYTES = 64 * 2**20
"""Up to this total every file is hashed at each opening; `verify` hashes them whatever they total."""


def open_region(root: Path, *, now: datetime | None = None, verify: bool = False) -> Region:
    """Return the version of the region in folder `root` that is in force at `now`; None: the newest.

    Raises
    ------
    RegionError
        If there is no region, its format is another, or a file is missing, cut short or changed; one line.
    """
    return open_version(root, in_force(read_pointer(root), now), verify=verify)


def open_version(root: Path, entry: VersionEntry, *, verify: bool = False) -> Region:
    """Return one version of a region; errors as in `open_region`."""
    folder = root / entry.version
    manifest = read_manifest(folder, entry)
    _check(folder, manifest, verify=verify)
    layers = {one.name: _layer(folder, manifest, one) for one in manifest.layers}
    border = None if manifest.boundary is None else _layer(folder, manifest, manifest.boundary)
    return Region(
        manifest.name,
        layers,
        border,
        manifest.version,
        terrain=_terrain(folder, manifest),
        place_names=_names(folder, manifest, layers),
        zone=manifest.zone,
        jurisdiction=manifest.jurisdiction,
    )


def read_manifest(folder: Path, entry: VersionEntry) -> Manifest:
    """Return the manifest of the version in `folder`, checked against the pointer's entry."""
    try:
        raw = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise RegionError(f"{folder / MANIFEST}: cannot be read: {error.strerror}") from error
    if hashlib.sha256(raw).hexdigest() != entry.manifest_sha256:
        raise RegionError(f"{folder / MANIFEST}: changed since it was built (checksum)")
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
    except msgspec.MsgspecError as error:
        raise RegionError(f"{folder / MANIFEST}: not a manifest: {error}") from error
    if (
        manifest.format != FORMAT
        or content_of(manifest) != manifest.version
        or folder.name != manifest.version
    ):
        raise RegionError(f"{folder / MANIFEST}: not that of version {entry.version} in format {FORMAT}")
    return manifest


def content_of(manifest: Manifest) -> str:
    """Return the version that the content of a manifest has."""
    layers = (*manifest.layers, *([manifest.boundary] if manifest.boundary else []))
    columns = {one.name: tuple((each.name, each.kind) for each in one.columns) for one in layers}
    head = (manifest.name, manifest.zone, manifest.jurisdiction)
    return content_version(head, columns, {one.path: one.sha256 for one in manifest.files})


def _check(folder: Path, manifest: Manifest, *, verify: bool) -> None:
    verify = verify or sum(one.bytes for one in manifest.files) <= HASHED_BYTES
    for file in manifest.files:
        path = folder / file.path
        if not path.is_file():
            raise RegionError(f"{path}: missing")
        if path.stat().st_size != file.bytes:
            raise RegionError(f"{path}: {path.stat().st_size} bytes, built with {file.bytes}")
        if verify and sha256_of(path) != file.sha256:
            raise RegionError(f"{path}: changed since it was built (checksum)")


def _layer(folder: Path, manifest: Manifest, entry: LayerEntry) -> Layer:
    arrays = _arrays(folder, manifest, entry.name)
    try:
        return Layer.opened(entry.name, [(one.name, one.kind) for one in entry.columns], arrays)
    except KeyError as error:
        raise RegionError(f"{folder / entry.name}: the array {error} is missing") from error


def _terrain(folder: Path, manifest: Manifest) -> Terrain | None:
    arrays = _arrays(folder, manifest, TERRAIN)
    try:
        return Terrain.from_arrays(arrays) if arrays else None
    except KeyError as error:
        raise RegionError(f"{folder / TERRAIN}: the array {error} is missing") from error


def _names(folder: Path, manifest: Manifest, layers: Mapping[str, Layer]) -> PlaceNames | None:
    arrays = _arrays(folder, manifest, NAMES)
    if not arrays or "place_names" not in layers:
        return None
    try:
        return PlaceNames.from_arrays(layers["place_names"], arrays)
    except KeyError as error:
        raise RegionError(f"{folder / NAMES}: the array {error} is missing") from error


def _arrays(folder: Path, manifest: Manifest, part: str) -> dict[str, NDArray[Any]]:
    """Return the arrays in one folder of a version, mapped, by name."""
    start = f"{part}/"
    files = [one.path for one in manifest.files if one.path.startswith(start)]
    return {path.removeprefix(start).removesuffix(".npy"): _mapped(folder / path) for path in files}


def _mapped(path: Path) -> NDArray[Any]:
    """Return an array that is read from the file where it is touched."""
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError as error:
        # Nothing can be mapped of an array without elements.
        if "empty" not in str(error):
            raise RegionError(f"{path}: not an array: {error}") from error
        mapped = np.load(path, allow_pickle=False)
    return np.asarray(mapped)
