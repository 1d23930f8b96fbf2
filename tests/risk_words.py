"""What the tests of carbon at risk share: all tables, and features laid out in metres around one place."""

import functools

import shapely
from carbon_words import texts

from alerts.carbon.ground import Feature
from alerts.carbon.plane import Plane
from alerts.carbon.tables import FILES, carbon_tables

PLANE = Plane(102.2, 27.8)


@functools.cache
def every():
    return carbon_tables({name: texts()[name] for name in FILES})


def feature(name, box, layer="stands", **said):
    return Feature(layer, name, PLANE.to_degrees(shapely.box(*box)), said)
