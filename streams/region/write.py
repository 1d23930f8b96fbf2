"""Writes a region: every file into a hidden folder first, which takes its place only when it is whole."""

import fcntl
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from msgspec import Struct
from numpy.typing import NDArray

from detectors.region import Region
from detectors.region.columns import ColumnKind
from detectors.region.region import BOUNDARY
from detectors.region.version import FORMAT, array_bytes, content_version
from streams.files import sha256_of, sync_folder, write_whole
from streams.region.layer_writer import LayerWriter, entry_of, write_arrays
from streams.region.manifest import (
    BUILDING,
    MANIFEST,
    NAMES,
    REPORT,
    TERRAIN,
    FileEntry,
    LayerEntry,
    Manifest,
    RegionError,
)
from streams.region.pointer import point

KEEP = 3
"""Versions that are kept, the newest included."""


class RegionWriter:
    """Builds one version in `root`; as a context it removes what was not published."""

    def __init__(self, root: Path, name: str, *, zone: str = "", jurisdiction: str = "") -> None:
        self.folder = root / f"{BUILDING}{os.getpid()}"
        self._root, self._head = root, (name, zone, jurisdiction)
        self._layers: list[LayerEntry] = []
        self._files: list[FileEntry] = []
        self._lock = -1

    def __enter__(self) -> Self:
        """Make room, alone; what an interrupted build left behind is removed.

        Raises `RegionError` while another build is at work in the folder.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self._root, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise RegionError(f"{self._root}: another build is at work here") from None
        for left in self._root.glob(f"{BUILDING}*"):
            shutil.rmtree(left)
        self.folder.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was not published, and what was replaced."""
        for left in self._root.glob(f"{BUILDING}{os.getpid()}*"):
            shutil.rmtree(left, ignore_errors=True)
        os.close(self._lock)

    def layer(
        self,
        name: str,
        columns: Mapping[str, ColumnKind] | None = None,
        *,
        sources: Sequence[str] = (),
        licences: Sequence[str] = (),
    ) -> LayerWriter:
        """Return a writer of one layer (`boundary` is the border); give it to `keep` when it has its rows."""
        return LayerWriter(self.folder / name, name, columns, sources=sources, licences=licences)

    def keep(self, layer: LayerWriter) -> LayerEntry:
        """Write a layer that has all its rows, and return what is said of it."""
        return self._kept(*layer.close())

    def keep_region(self, region: Region) -> None:
        """Write all layers, the terrain and the index of names of a region in memory."""
        parts = dict(region.layers) | ({} if region.boundary is None else {BOUNDARY: region.boundary})
        for name, part in parts.items():
            self._kept(entry_of(part, (), ()), write_arrays(self.folder / name, part))
        if region.terrain is not None:
            self.keep_arrays(TERRAIN, region.terrain.arrays())
        if region.place_names is not None:
            self.keep_arrays(NAMES, region.place_names.arrays)

    def keep_arrays(self, folder: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Write arrays as the files of a folder that holds no layer."""
        (self.folder / folder).mkdir()
        for name, values in sorted(arrays.items()):
            (self.folder / folder / f"{name}.npy").write_bytes(array_bytes(values))
            self.keep_file(f"{folder}/{name}.npy")

    def keep_file(self, path: str) -> None:
        """Take up a file that was written below `folder` by other means, e.g. a tile of the terrain."""
        file = self.folder / path
        self._files.append(FileEntry(path=path, bytes=file.stat().st_size, sha256=sha256_of(file)))

    def publish(
        self,
        *,
        terrain: dict[str, Any] | None = None,
        effective_at: datetime | None = None,
        keep: int = KEEP,
    ) -> Manifest:
        """Put the version in its place and into `region.json`; return its manifest.

        The first version is in force since ever. A further one is from `effective_at` on, by default 30 s
        from now; the newest built again changes nothing, unless `effective_at` is given. A report that was
        written into `folder` beforehand (file `REPORT`, a line a row) goes with it.

        Everything is on the disk before it is named. What is in force is never dropped.
        """
        report = self.folder / REPORT
        report.touch()
        manifest = self._manifest(_counts(report), terrain)
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
        write_whole(self.folder / MANIFEST, content)
        _settle(self.folder)
        place = self._root / manifest.version
        if place.exists():
            # The same content again: moved aside, so that the place is empty for an instant only.
            place.replace(self._root / f"{BUILDING}{os.getpid()}-old")
        self.folder.replace(place)
        sync_folder(self._root)
        point(self._root, (manifest.version, hashlib.sha256(content).hexdigest()), effective_at, keep)
        return manifest

    def _kept(self, said: LayerEntry, files: list[FileEntry]) -> LayerEntry:
        self._layers.append(said)
        self._files += files
        return said

    def _manifest(self, report: dict[str, int], terrain: dict[str, Any] | None) -> Manifest:
        name, zone, jurisdiction = self._head
        layers = sorted(self._layers, key=lambda one: one.name)
        files = sorted(self._files, key=lambda one: one.path)
        columns = {one.name: tuple((each.name, each.kind) for each in one.columns) for one in layers}
        return Manifest(
            format=FORMAT,
            name=name,
            version=content_version(self._head, columns, {one.path: one.sha256 for one in files}),
            built_at=datetime.now(UTC),
            zone=zone,
            jurisdiction=jurisdiction,
            boundary=next((one for one in layers if one.name == BOUNDARY), None),
            layers=tuple(one for one in layers if one.name != BOUNDARY),
            files=tuple(files),
            terrain=terrain,
            report=report,
        )


def write_region(root: Path, region: Region, *, effective_at: datetime | None = None) -> Manifest:
    """Write a region in memory into folder `root`, and return its manifest."""
    with RegionWriter(root, region.name, zone=region.zone, jurisdiction=region.jurisdiction) as build:
        build.keep_region(region)
        return build.publish(effective_at=effective_at)


def _settle(folder: Path) -> None:
    """See that every file below a folder, and every name in it, is on the disk."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)


class _Code(Struct):
    """What is read of a line of a report."""

    code: str = ""


def _counts(report: Path) -> dict[str, int]:
    """Return how many lines of a report have each code, and make sure that they are on the disk."""
    decoder, found = msgspec.json.Decoder(_Code), Counter[str]()
    with report.open("r+b") as file:
        found.update(filter(None, (decoder.decode(line).code for line in file)))
        os.fsync(file.fileno())
    return dict(sorted(found.items()))
