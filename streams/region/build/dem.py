"""Elevation models become the terrain of a region: GeoTIFF or HGT files, in any frame, onto one grid.

The finest file gives the grid. Files on that grid keep their values; others are brought onto it by bilinear
interpolation. Where files overlap the one named first counts, and what is unknown in it is taken from the
next. Needs the extra `region` (rasterio).
"""

import itertools
import math
import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.lib import format as npy
from numpy.typing import NDArray

from detectors.region.relief import (
    BLOCK,
    NODATA,
    SIDE,
    UNKNOWN_PEAK,
    block_peaks,
    padded,
    tile_counts,
    tile_window,
    widened,
)
from detectors.region.terrain import whole_metres
from detectors.region.version import array_bytes
from streams.region.manifest import RegionError

GEOGRAPHIC = "EPSG:4326"

METRES = {None, "", "m", "metre", "metres", "meter", "meters"}
"""Units of heights that are metres; a file that names another is refused."""

ON_GRID_CELLS = 0.01
"""A file whose nodes lie this near to those of the grid, in cells, keeps its values."""

Say = Callable[[str], None]


class Dem(Struct, frozen=True, kw_only=True):
    """What was built: files, extent (west, south, east, north), step (degrees), nodes known and in all."""

    sources: tuple[str, ...]
    moved: tuple[str, ...]
    extent: tuple[float, float, float, float]
    step: tuple[float, float]
    known: int
    nodes: int


def build_dem(paths: Sequence[Path], folder: Path, say: Say = lambda _: None) -> Dem:
    """Write the arrays of a terrain into `folder` and return what they hold.

    Raises
    ------
    RegionError
        If rasterio is missing, or a file cannot be read, has no frame, several bands or other units; named.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = [_open(stack, path) for path in paths]
        if not files:
            raise RegionError("dem: no file")
        grid = _grid(files)
        views = [_view(stack, file, grid) for file in files]
        known = _write(folder, grid, views, say)
    if not known:
        raise RegionError(f"dem: no height is known in {', '.join(path.name for path in paths)}")
    west, north, lon_step, lat_step, rows, columns = grid
    return Dem(
        sources=tuple(path.name for path in paths),
        moved=tuple(path.name for path, view in zip(paths, views, strict=True) if view.moved),
        extent=(west, north - (rows - 1) * lat_step, west + (columns - 1) * lon_step, north),
        step=(lon_step, lat_step),
        known=known,
        nodes=int(rows * columns),
    )


class _View(Struct, frozen=True):
    """A file as seen through the grid: from which row and column on, and how its numbers become metres."""

    raster: Any
    row: int
    column: int
    scale: float
    offset: float
    moved: bool

    def nodes(self, rows: slice, columns: slice) -> NDArray[np.int16] | None:
        """Return what this file knows of a window of the grid, or None when it lies elsewhere."""
        top, left = max(rows.start, self.row), max(columns.start, self.column)
        end = min(rows.stop, self.row + self.raster.height)
        right = min(columns.stop, self.column + self.raster.width)
        if top >= end or left >= right:
            return None
        window = ((top - self.row, end - self.row), (left - self.column, right - self.column))
        read = self.raster.read(1, window=window, masked=True).astype(np.float64)
        found = np.full((rows.stop - rows.start, columns.stop - columns.start), NODATA, dtype=np.int16)
        inner = slice(top - rows.start, end - rows.start), slice(left - columns.start, right - columns.start)
        found[inner] = whole_metres(read * self.scale + self.offset)
        return found


def _open(stack: ExitStack, path: Path) -> Any:
    try:
        import rasterio  # noqa: PLC0415 - only who builds from an elevation model needs it
    except ImportError as error:
        raise RegionError(
            f"{path}: elevation models need the extra: pip install 'fenghuo[region]'"
        ) from error
    try:
        file = stack.enter_context(rasterio.open(path))
    except rasterio.errors.RasterioError as error:
        raise RegionError(f"{path}: not an elevation model that can be read: {error}") from error
    if file.crs is None:
        raise RegionError(f"{path}: says no coordinate system")
    if file.count != 1:
        raise RegionError(f"{path}: {file.count} bands; an elevation model has one")
    if file.units[0] not in METRES:
        raise RegionError(f"{path}: heights in {file.units[0]}, not metres")
    return file


Grid = tuple[float, float, float, float, int, int]


def _grid(files: Sequence[Any]) -> Grid:
    """Return west, north, steps, rows and columns of nodes that hold all files on the grid of the finest."""
    frames = [_frame(file) for file in files]
    finest, _, _ = min(frames, key=lambda frame: abs(frame[0].a * frame[0].e))
    lon_step, lat_step = finest.a, -finest.e
    lon, lat = finest.c + lon_step / 2.0, finest.f - lat_step / 2.0
    west = min(frame.c for frame, _, _ in frames) + lon_step / 2.0
    north = max(frame.f for frame, _, _ in frames) - lat_step / 2.0
    east = max(frame.c + frame.a * wide for frame, wide, _ in frames) - lon_step / 2.0
    south = min(frame.f + frame.e * high for frame, _, high in frames) + lat_step / 2.0
    first, top = math.floor((west - lon) / lon_step + 1e-3), math.floor((lat - north) / lat_step + 1e-3)
    last, bottom = math.ceil((east - lon) / lon_step - 1e-3), math.ceil((lat - south) / lat_step - 1e-3)
    rows, columns = max(bottom - top + 1, 2), max(last - first + 1, 2)
    return lon + first * lon_step, lat - top * lat_step, lon_step, lat_step, rows, columns


def _frame(file: Any) -> tuple[Any, int, int]:
    """Return transform, width and height of a file in longitude and latitude, north up."""
    from rasterio.warp import calculate_default_transform  # noqa: PLC0415 - as above

    if file.crs.is_geographic and file.transform.b == file.transform.d == 0.0 and file.transform.e < 0:
        return file.transform, file.width, file.height
    frame, wide, high = calculate_default_transform(
        file.crs, GEOGRAPHIC, file.width, file.height, *file.bounds
    )
    return frame, int(wide), int(high)


def _view(stack: ExitStack, file: Any, grid: Grid) -> _View:
    """Return one file brought onto the grid."""
    from rasterio.enums import Resampling  # noqa: PLC0415 - as above
    from rasterio.transform import Affine  # noqa: PLC0415 - as above
    from rasterio.vrt import WarpedVRT  # noqa: PLC0415 - as above

    west, north, lon_step, lat_step, rows, columns = grid
    frame, wide, high = _frame(file)
    left, top = (frame.c + frame.a / 2.0 - west) / lon_step, (north - frame.f - frame.e / 2.0) / lat_step
    right, bottom = left + (wide - 1) * frame.a / lon_step, top - (high - 1) * frame.e / lat_step
    corners = (left, top, right, bottom)
    on_grid = file.crs.is_geographic and all(abs(one - round(one)) < ON_GRID_CELLS for one in corners)
    on_grid = on_grid and round(right - left) == file.width - 1
    row, column = max(math.floor(top + 1e-3), 0), max(math.floor(left + 1e-3), 0)
    last = min(math.ceil(bottom - 1e-3), rows - 1), min(math.ceil(right - 1e-3), columns - 1)
    raster = WarpedVRT(
        file,
        crs=file.crs if on_grid else GEOGRAPHIC,
        transform=Affine(
            lon_step,
            0.0,
            west + (column - 0.5) * lon_step,
            0.0,
            -lat_step,
            north - (row - 0.5) * lat_step,
        ),
        height=last[0] - row + 1,
        width=last[1] - column + 1,
        resampling=Resampling.nearest if on_grid else Resampling.bilinear,
        nodata=file.nodata if file.nodata is not None else NODATA,
        dtype=None if on_grid else "float32",
    )
    stack.enter_context(raster)
    return _View(raster, row, column, file.scales[0], file.offsets[0], not on_grid)


def _write(folder: Path, grid: Grid, views: Sequence[_View], say: Say) -> int:
    """Write the arrays tile by tile, so that memory stays bounded; return how many nodes are known."""
    *_, rows, columns = grid
    down, right = tile_counts(rows, columns)
    tiles, per = np.full((down, right), -1, dtype=np.int32), SIDE // BLOCK
    peaks = np.full((down * per, right * per), UNKNOWN_PEAK, dtype=np.int16)
    count = known = 0
    raw = folder / "heights.raw"
    with raw.open("wb") as sink:
        for row, column in itertools.product(range(down), range(right)):
            if not column:
                say(f"dem: row {row + 1} of {down}")
            tile = _tile(views, row, column, rows, columns)
            if tile is None:
                continue
            sink.write(np.ascontiguousarray(tile, dtype="<i2").tobytes())
            peaks[row * per : (row + 1) * per, column * per : (column + 1) * per] = block_peaks(tile)
            tiles[row, column], count = count, count + 1
            # a border that two tiles share counts once
            known += int(np.count_nonzero(_own(tile, row, column, down, right) != NODATA))
    _titled(raw, folder / "heights.npy", (count, SIDE + 1, SIDE + 1))
    arrays: dict[str, NDArray[Any]] = {
        "grid": np.array(grid, dtype=np.float64),
        "tiles": tiles,
        "peaks": widened(peaks),
    }
    for name, array in arrays.items():
        (folder / f"{name}.npy").write_bytes(array_bytes(array))
    return known


def _titled(raw: Path, whole: Path, shape: tuple[int, int, int]) -> None:
    """Put the header of an array before its content, which is too large for memory."""
    with raw.open("rb") as source, whole.open("wb") as sink:
        npy.write_array_header_1_0(sink, {"descr": "<i2", "fortran_order": False, "shape": shape})
        shutil.copyfileobj(source, sink)
    raw.unlink()


def _own(tile: NDArray[np.int16], row: int, column: int, down: int, right: int) -> NDArray[np.int16]:
    return tile[: None if row == down - 1 else -1, : None if column == right - 1 else -1]


def _tile(views: Sequence[_View], row: int, column: int, rows: int, columns: int) -> NDArray[np.int16] | None:
    """Return one tile out of all files, the first that knows a node first; None when none is known."""
    down, across = tile_window(row, column)
    down, across = slice(down.start, min(down.stop, rows)), slice(across.start, min(across.stop, columns))
    found: NDArray[np.int16] | None = None
    for view in views:
        nodes = view.nodes(down, across)
        if nodes is not None:
            found = nodes if found is None else np.where(found == NODATA, nodes, found).astype(np.int16)
    if found is None or bool((found == NODATA).all()):
        return None
    return padded(found)
