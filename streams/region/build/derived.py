"""What is made of whole files and finished layers: the terrain, and the index of place names."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from detectors.region import Layer
from streams.region.build.plan import DEM, LayerPlan
from streams.region.build.source import SourceError
from streams.region.manifest import TERRAIN, LayerEntry
from streams.region.write import RegionWriter

PLACE_NAMES = "place_names"


def check_dem(one: LayerPlan) -> None:
    """Refuse an elevation model that is not there, or that carries a label it cannot have.

    Raises
    ------
    SourceError
        With what is wrong.
    """
    if not Path(one.file).is_file():
        raise SourceError(f"{one.file}: no such file")
    if one.crs or one.frame or one.columns:
        raise SourceError(f"{one.file}: an elevation model says its own system and has no columns; no label")


def keep_terrain(
    writer: RegionWriter, plans: tuple[LayerPlan, ...], say: Callable[[str], None]
) -> dict[str, Any] | None:
    """Write the terrain of the elevation models of a plan; return what the manifest says of it, or None.

    Raises
    ------
    RegionError
        If rasterio is missing or a file cannot be read.
    """
    files = [one for one in plans if one.name == DEM]
    if not files:
        return None
    dem = importlib.import_module("streams.region.build.dem")  # Only who has elevation models needs it.
    folder = writer.folder / TERRAIN
    made = msgspec.to_builtins(dem.build_dem([Path(one.file) for one in files], folder, say))
    for path in sorted(folder.iterdir()):
        writer.keep_file(f"{TERRAIN}/{path.name}")
    licences = dict.fromkeys(one.licence for one in files if one.licence)
    sources = [one.source or Path(one.file).name for one in files]
    return {**made, "sources": sources, "licences": list(licences)}


def keep_names(writer: RegionWriter, entry: LayerEntry) -> None:
    """Write the index by which the names of a finished layer `place_names` are found."""
    names = importlib.import_module("streams.region.build.names")  # Reads the tables of pinyin.
    files = (writer.folder / entry.name).glob("*.npy")
    arrays = {file.name.removesuffix(".npy"): np.load(file) for file in files}
    columns = [(one.name, one.kind) for one in entry.columns]
    names.keep_names(writer, Layer.opened(entry.name, columns, arrays))
