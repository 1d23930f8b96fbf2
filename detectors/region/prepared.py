"""Small maps as shapely's prepared shapes: one question costs little, and only what is cut is measured.

Coordinates are whole steps, which floats hold exactly, so that the answers are those of `touching`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from detectors.region.footprint import Footprints
from detectors.region.grid import HALF_TURN, STEPS
from detectors.region.ragged import Whole
from detectors.region.sheet import Sheet
from detectors.region.touching import Touches, shares, shares_of


@dataclass(frozen=True, eq=False)
class Prepared:
    """Prepared shapes of a sheet, in steps, with shapely's index."""

    sheet: Sheet
    shapes: NDArray[np.object_]
    tree: shapely.STRtree

    @classmethod
    def of(cls, sheet: Sheet) -> "Prepared":
        """Prepare every row of a sheet."""
        shapes = shapely.transform(sheet.shapes.geometries(), lambda xy: np.rint(xy * STEPS))
        shapely.prepare(shapes)
        return cls(sheet, shapes, shapely.STRtree(shapes))

    def shares(self, footprints: Footprints) -> Touches:
        """The same as `touching.shares`."""
        reach = np.abs(footprints.corners[..., 0]).max(initial=0)
        if not footprints.centred or reach >= HALF_TURN or not footprints.known.all():
            return shares(self.sheet, footprints)
        rings: Any = shapely.polygons(footprints.corners.astype(np.float64))
        at, row = self.tree.query(rings)
        held = np.asarray(shapely.intersects_xy(self.shapes[row], footprints.x[at], footprints.y[at]))
        whole = held.copy()
        whole[held] = shapely.contains_properly(self.shapes[row[held]], rings[at[held]])
        touch = held.copy()
        touch[~held] = shapely.intersects(self.shapes[row[~held]], rings[at[~held]])
        order = np.flatnonzero(touch)[np.lexsort((row[touch], at[touch]))]
        return self._measured(footprints, at[order], row[order], held[order], whole[order])

    def _measured(
        self, footprints: Footprints, at: Whole, row: Whole, held: NDArray[np.bool_], whole: NDArray[np.bool_]
    ) -> Touches:
        share, probability = np.ones((2, len(at)))
        cut = np.flatnonzero(~whole)
        if len(cut):
            share[cut], probability[cut] = shares_of(self.sheet, footprints, at[cut], row[cut])
        return Touches(at, row, held, share, probability)
