"""What `--region DIR` opens: a built region; plain files are answered with the command that builds one."""

from pathlib import Path

from detectors.region import WORLD, Region
from streams.region.manifest import POINTER, RegionError
from streams.region.opening import open_region


def load_region(path: Path | None) -> Region:
    """Return the region in folder `path`, its newest version; None: the whole world.

    Raises
    ------
    RegionError
        If there is no built region, or it is broken; one line.
    """
    if path is None:
        return WORLD
    check_built(path)
    return open_region(path)


def check_built(path: Path) -> None:
    """Raise `RegionError` with the way out when no region was built in folder `path`."""
    if not (path / POINTER).exists():
        raise RegionError(f"{path}: no built region{_way_out(path)}")


def _way_out(path: Path) -> str:
    """Return the command that builds a region of the GeoJSON files in a folder."""
    files = sorted(path.glob("*.geojson"))
    if not files:
        return "; `fenghuo region build` makes one"
    words = [
        f"--boundary {file}" if file.stem == "boundary" else f"--layer {file.stem}={file}" for file in files
    ]
    return f" but plain files; build one: fenghuo region build {path}-region {' '.join(words)}"
