"""The ground of many fires at once is that of each alone, and unions two by two are those of shapely."""

import numpy as np
import shapely
from claimed import claim
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detectors import growing
from detectors.growing import Boxes
from detectors.outline import box_of, boxes_of, finest, outline, rounded, spread_ha
from detectors.outlines import Covered, Placed, grounds, united

STEP = 0.0018
"""Half a pixel: boxes share edges and corners, overlap, or stay apart."""

CORNERS = st.sampled_from([(102.0, 28.0), (179.9, -16.5), (-120.0, 61.0)])
SPOTS = st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from([0.4, 0.4, 0.4, 0.8, 2.0]))
PEOPLE = st.integers(0, 5).map(lambda number: number == 0)


@st.composite
def fires(draw):
    lon, lat = draw(CORNERS)
    claims = [
        claim(minute, lon + i * STEP, lat + j * STEP, scan=scan)
        for minute, (i, j, scan) in enumerate(draw(st.lists(SPOTS, min_size=1, max_size=12)))
    ]
    if draw(PEOPLE):
        claims.append(claim(99, lon + STEP, lat, look="12119", kind="public"))
    return Placed(claims, finest([one for one in claims if one.scan_km > 0.0]), lat)


def alone(one):
    footprint, area = outline(one.where, one.pixels, one.latitude)
    return Covered(footprint, area, spread_ha(one.pixels, one.latitude))


def ring(*spots):
    """Pixels round a hole."""
    claims = [
        claim(k, 102.0 + i * 2 * STEP, 28.0 + j * 2 * STEP, scan=0.45) for k, (i, j) in enumerate(spots)
    ]
    return Placed(claims, claims, 28.0)


@given(st.lists(fires(), max_size=6))
@example([ring((0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2)), ring((0, 0), (3, 3))])
@settings(max_examples=40, deadline=None)
def test_all_at_once_or_one_by_one_is_the_same_ground(given):
    assert grounds(given) == [alone(one) for one in given]


PIXELS = st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.floats(0.05, 60.0), st.floats(0.05, 60.0))


@given(st.lists(PIXELS, max_size=9))
@example([(10.0, -89.9, 9.0, 30.0), (10.0, 89.9, 9.0, 30.0), (179.9, 90.0, 60.0, 60.0)])
@settings(max_examples=40, deadline=None)
def test_boxes_of_many_pixels_are_those_of_each_to_the_last_bit(pixels):
    assert boxes_of(pixels).tolist() == [list(box_of(*one)) for one in pixels]


def test_a_pixel_that_touches_an_old_one_alone_is_found_behind_all_that_came_later(monkeypatch):
    monkeypatch.setattr(growing, "NEWEST", 3)
    held = Boxes()
    claims = [claim(k, 102.0 + k / 10, 28.0, scan=0.4) for k in range(9)]
    boxes = boxes_of([(one.longitude, one.latitude, 0.4, 0.4) for one in claims])
    held.add(claims, boxes)
    assert all(held.touch(tuple(box)) for box in boxes.tolist())
    assert not held.touch(box_of(102.05, 28.0, 0.4, 0.4))
    assert held.meeting(boxes[[7, 2]]) == [claims[2], claims[7]]


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=9), max_size=5)
)
@settings(max_examples=40, deadline=None)
def test_boxes_joined_two_by_two_are_the_union_of_all(runs):
    boxes = [[shapely.box(x, y, x + 2, y + 1.5) for x, y in run] for run in runs]
    flat = np.array([one for run in boxes for one in run], dtype=object)
    found = united(flat, np.array([len(run) for run in boxes], dtype=int))
    assert [rounded(one) for one in found] == [rounded(shapely.union_all(run)) for run in boxes]
