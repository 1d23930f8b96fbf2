"""What the tests of carbon at risk share: all tables, and features laid out in metres around one place."""

import functools

import numpy as np
import shapely
from carbon_words import texts

from alerts.carbon.ground import Feature
from alerts.carbon.plane import Plane
from alerts.carbon.tables import FILES, carbon_tables
from detectors.region.terrain import Terrain

PLANE = Plane(102.2, 27.8)


@functools.cache
def every():
    return carbon_tables({name: texts()[name] for name in FILES})


def feature(name, box, layer="stands", **said):
    return Feature(layer, name, PLANE.to_degrees(shapely.box(*box)), said)


def ramp(rise_m_per_cell, *, hole=False):
    """Ground that rises to the east, in cells of 0.001 degrees."""
    heights = np.tile(2000 + rise_m_per_cell * np.arange(60), (60, 1)).astype(float)
    nodes = np.ma.masked_array(heights, mask=np.full((60, 60), hole))
    return Terrain.of(nodes, 102.17, 27.83, 0.001, 0.001)
