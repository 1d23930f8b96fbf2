"""Height, slope and aspect of the ground; where the heights are not known the answer is masked, never 0.

A `Terrain` is a regular grid of nodes in longitude and latitude (WGS 84), whole metres above sea level,
cut into tiles of 256 cells. It is given its arrays, which may be memory-mapped, and opens nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.geodesy import KM_PER_DEGREE
from detectors.region.relief import (
    BLOCK,
    NODATA,
    SIDE,
    UNKNOWN_PEAK,
    Heights,
    block_peaks,
    padded,
    tile_counts,
    tile_window,
    widened,
)

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

EDGE_CELLS = 1e-6
"""A position so near to a line of the grid, in cells, is on it: rounding carries it so far."""

FLAT_DEG = 0.001
"""Ground less steep than this faces nowhere."""

LOWEST_M, HIGHEST_M = -500.0, 9000.0
"""Land lies between the Dead Sea (-430 m) and Qomolangma (8849 m); other values stand for something else."""


@dataclass(frozen=True, eq=False)
class Terrain:
    """Heights of the ground on a grid.

    `grid` is west, north (of the first node), longitude step, latitude step (degrees, both above zero), rows
    and columns of nodes; rows go south. `tiles` is the number of each tile in `heights`, -1 for none; `peaks`
    the highest node in and round each block of 8 by 8 cells.
    """

    grid: Floats
    tiles: NDArray[np.int32]
    heights: Heights
    peaks: Heights

    @classmethod
    def of(cls, nodes: Any, west: float, north: float, lon_step: float, lat_step: float) -> "Terrain":
        """Return the terrain of heights in memory, rows going south; masked and non-finite are unknown.

        Raises
        ------
        ValueError
            when there are not two rows and two columns at least.
        """
        field = whole_metres(nodes)
        rows, columns = field.shape
        if rows < 2 or columns < 2:
            raise ValueError(f"{rows} by {columns} heights make no terrain")
        down, right = tile_counts(rows, columns)
        windows = [tile_window(row, column) for row in range(down) for column in range(right)]
        heights = np.stack([padded(field[window]) for window in windows])
        peaks = np.stack([block_peaks(tile) for tile in heights])
        per = SIDE // BLOCK
        peaks = peaks.reshape(down, right, per, per).swapaxes(1, 2).reshape(down * per, right * per)
        grid = np.array([west, north, lon_step, lat_step, rows, columns], dtype=np.float64)
        tiles = np.arange(down * right, dtype=np.int32).reshape(down, right)
        return cls(grid, tiles, heights, widened(peaks))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Terrain":
        """Return the terrain of the arrays that `arrays` gave, memory-mapped or not."""
        return cls(arrays["grid"], arrays["tiles"], arrays["heights"], arrays["peaks"])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what makes this terrain, by name."""
        return {"grid": self.grid, "tiles": self.tiles, "heights": self.heights, "peaks": self.peaks}

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the outermost nodes, degrees; east may pass 180."""
        west, north, lon_step, lat_step, rows, columns = self.grid.tolist()
        return west, north - (rows - 1) * lat_step, west + (columns - 1) * lon_step, north

    def cell_m(self, lat: ArrayLike) -> Floats:
        """Shorter side of a cell at this latitude, m."""
        lon_step, lat_step = self.grid[2], self.grid[3]
        across = lon_step * np.cos(np.radians(np.clip(lat, -89.0, 89.0)))
        return np.asarray(np.minimum(across, lat_step) * KM_PER_DEGREE * 1000.0)

    def sample(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Booleans]:
        """Heights by bilinear interpolation, m, and whether they are known; an unknown one means nothing.

        A node that has no weight (the position lies on the line between its neighbours) need not be known.
        """
        x, y, inside = self._cells(lon, lat)
        column = np.minimum(x.astype(np.int64), int(self.grid[5]) - 2)
        row = np.minimum(y.astype(np.int64), int(self.grid[4]) - 2)
        tile = self.tiles[row // SIDE, column // SIDE].astype(np.int64)
        known = inside & (tile >= 0)
        first = (np.where(known, tile, 0) * (SIDE + 1) + row % SIDE) * (SIDE + 1) + column % SIDE
        east, south = x - column, y - row
        weights = ((1 - east) * (1 - south), east * (1 - south), (1 - east) * south, east * south)
        flat, total = self.heights.reshape(-1), np.zeros(first.shape)
        for weight, offset in zip(weights, (0, 1, SIDE + 1, SIDE + 2), strict=True):
            node = flat[first + offset]
            known &= (node != NODATA) | (weight == 0.0)
            total += weight * node
        return total, known

    def peak_m(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int16]:
        """No node within 8 cells of each position is higher, m; 32767 where some are not known."""
        x, y, inside = self._cells(lon, lat)
        row, column = y.astype(np.int64) // BLOCK, x.astype(np.int64) // BLOCK
        row, column = np.minimum(row, self.peaks.shape[0] - 1), np.minimum(column, self.peaks.shape[1] - 1)
        return np.where(inside, self.peaks[row, column], UNKNOWN_PEAK).astype(np.int16)

    def elevation_m(self, lon: ArrayLike, lat: ArrayLike) -> np.ma.MaskedArray[Any, np.dtype[np.float64]]:
        """Height of the ground above sea level, m, masked where it is not known."""
        height, known = self.sample(lon, lat)
        return _masked(height, known)

    def slope_deg(self, lon: ArrayLike, lat: ArrayLike) -> np.ma.MaskedArray[Any, np.dtype[np.float64]]:
        """Steepness of the ground, degrees from level, masked where it is not known."""
        east, north, known = self._gradient(lon, lat)
        return _masked(np.degrees(np.arctan(np.hypot(east, north))), known)

    def aspect_deg(self, lon: ArrayLike, lat: ArrayLike) -> np.ma.MaskedArray[Any, np.dtype[np.float64]]:
        """Direction in which the ground falls, degrees clockwise from north, masked where unknown or flat."""
        east, north, known = self._gradient(lon, lat)
        steep = np.hypot(east, north) > np.tan(np.radians(FLAT_DEG))
        degrees = np.degrees(np.arctan2(-east, -north)) % 360.0
        return _masked(np.where(degrees >= 360.0, 0.0, degrees), known & steep)

    def _cells(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats, Booleans]:
        """Return columns and rows as real numbers, 0 outside, and which positions lie on the grid."""
        west, north, lon_step, lat_step, rows, columns = self.grid.tolist()
        shift, fall = np.subtract(lon, west, dtype=np.float64), np.subtract(north, lat, dtype=np.float64)
        shift, fall = np.broadcast_arrays(shift, fall)
        x = (shift - 360.0 * np.floor(shift / 360.0 + 1e-12)) / lon_step
        y = fall / lat_step
        inside = (x >= -EDGE_CELLS) & (x <= columns - 1 + EDGE_CELLS)
        inside &= (y >= -EDGE_CELLS) & (y <= rows - 1 + EDGE_CELLS)
        x, y = _snapped(np.where(inside, x, 0.0)), _snapped(np.where(inside, y, 0.0))
        return np.clip(x, 0.0, columns - 1), np.clip(y, 0.0, rows - 1), inside

    def _gradient(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats, Booleans]:
        """Return the rise to the east and to the north, m per m, from the four points a cell away.

        Four neighbours: Fleming and Hoffer 1979. A plane and a parabola come out exactly.
        """
        x, y = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
        lon_step, lat_step = self.grid[2], self.grid[3]
        (high, a), (low, b) = self.sample(x + lon_step, y), self.sample(x - lon_step, y)
        (up, c), (down, d) = self.sample(x, y + lat_step), self.sample(x, y - lat_step)
        degree_m = KM_PER_DEGREE * 1000.0
        across_m = 2 * lon_step * degree_m * np.maximum(np.cos(np.radians(np.clip(y, -90, 90))), 1e-9)
        known = a & b & c & d
        return (high - low) / across_m, (up - down) / (2 * lat_step * degree_m), known


def whole_metres(nodes: Any) -> Heights:
    """Return heights as whole metres, masked and non-finite ones and those out of range as `NODATA`."""
    given = np.ma.asarray(nodes)
    values = np.ma.getdata(given).astype(np.float64)
    known = np.isfinite(values) & ~np.ma.getmaskarray(given) & (values >= LOWEST_M) & (values <= HIGHEST_M)
    return np.where(known, np.rint(np.where(known, values, 0.0)), NODATA).astype(np.int16)


def _snapped(cells: Floats) -> Floats:
    line = np.rint(cells)
    return np.where(np.abs(cells - line) < EDGE_CELLS, line, cells)


def _masked(values: Floats, known: Booleans) -> np.ma.MaskedArray[Any, np.dtype[np.float64]]:
    # what lies under the mask is the same everywhere, and no height, slope or direction
    return np.ma.MaskedArray(np.where(known, values, float(NODATA)), mask=~known, fill_value=float(NODATA))
