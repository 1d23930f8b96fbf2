"""A mark lies in the reach of the next hour by its distance and the bearing from it to the fire."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from reported import a_place
from shapely.affinity import scale

from alerts.reached import in_reach
from detectors.geodesy import KM_PER_DEGREE

LON, LAT = 102.2, 27.8
EAST = shapely.geometry.mapping(shapely.box(LON, LAT - 0.005, LON + 0.02, LAT + 0.005))
"""Two kilometres to the east of the fire."""


def mark(km, azimuth, layer="settlements"):
    return (a_place("村", layer, "near", distance_km=km, azimuth_deg=azimuth),)


@pytest.mark.parametrize(
    ("places", "expected"),
    [(mark(1.5, 270.0), True), (mark(1.5, 90.0), False), (mark(2.5, 270.0), False), (mark(0.0, None), True),
     (mark(1.5, 270.0, "roads"), False), ((), False)],
)  # fmt: skip
def test_what_lies_to_the_east_says_that_the_fire_is_west_of_it(places, expected):
    assert in_reach(EAST, LON, LAT, places) is expected
    assert in_reach(None, LON, LAT, places) is None


@given(st.floats(0.01, 5), st.floats(0, 359.9), st.floats(0.1, 6))
def test_a_round_reach_holds_what_is_nearer_than_its_radius(km, azimuth, radius_km):

    disc = shapely.Point(LON, LAT).buffer(radius_km / KM_PER_DEGREE, quad_segs=64)
    around = scale(disc, xfact=1 / 0.88458, origin=(LON, LAT))
    if abs(km - radius_km) > 0.01 * radius_km:
        assert in_reach(shapely.geometry.mapping(around), LON, LAT, mark(km, azimuth)) is (km < radius_km)
