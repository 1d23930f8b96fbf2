"""Links and grids: symmetric, complete, and blind to the date line and to high latitudes."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.association import Bins, Node, Options, limit_km, linked
from schemas.detection import Detection

AT = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
OPTIONS = Options()


def claim(number, lon, lat, sigma=0.2, days=0.0):
    at = AT + dt.timedelta(days=days)
    return Detection(
        detection_id=f"d{number}", detector="hotspot", kind="fire", observation_id=f"d{number}", source="s",
        source_class="satellite", look="s", observed_at=at, received_at=at, longitude=lon, latitude=lat,
        sigma_km=sigma, probability=0.15,
    )  # fmt: skip


def places(lon, lat):
    near = st.floats(-0.12, 0.12)
    sigma = st.sampled_from([0.05, 0.2, 0.34, 0.35, 1.06, 3.0])
    return st.lists(st.tuples(near, near, sigma, st.floats(0, 7)), min_size=2, max_size=12).map(
        lambda rows: [
            Node(claim(i, (lon + a + 180) % 360 - 180, max(-89.99, min(89.99, lat + b)), s, d))
            for i, (a, b, s, d) in enumerate(rows)
        ]
    )


CORNERS = st.sampled_from(
    [(102.0, 28.0), (180.0, 0.0), (-180.0, 51.0), (0.0, -0.01), (25.0, 70.5), (10.0, 88.0), (179.99, -65.0)]
)


@given(CORNERS.flatmap(lambda corner: places(*corner)))
@settings(max_examples=300, deadline=None)
def test_the_grid_misses_no_pair_that_is_linked(nodes):
    bins = Bins(OPTIONS)
    for node in nodes:
        bins.add(node)
    for one in nodes:
        found = {id(other) for other in bins.near(one)}
        for other in nodes:
            if linked(OPTIONS, one, other):
                assert id(other) in found


@given(CORNERS.flatmap(lambda corner: places(*corner)))
@settings(max_examples=100, deadline=None)
def test_a_link_is_the_same_from_both_sides(nodes):
    for one in nodes:
        for other in nodes:
            assert linked(OPTIONS, one, other) == linked(OPTIONS, other, one)


def test_links_end_at_the_floor_the_reach_and_the_gap():
    here = Node(claim(0, 102.0, 28.0))
    km = 1 / 111.195
    assert linked(OPTIONS, here, Node(claim(1, 102.0, 28.0 + 1.49 * km)))
    assert not linked(OPTIONS, here, Node(claim(1, 102.0, 28.0 + 1.51 * km)))
    assert linked(OPTIONS, here, Node(claim(1, 102.0, 28.0, days=4.99)))
    assert not linked(OPTIONS, here, Node(claim(1, 102.0, 28.0, days=5.01)))
    assert limit_km(OPTIONS, 9.0, 9.0) == 10.0
    assert round(limit_km(OPTIONS, 1.06, 1.06), 2) == 4.55


def test_what_was_dropped_is_not_found():
    bins, node = Bins(OPTIONS), Node(claim(0, 102.0, 28.0))
    bins.add(node)
    bins.drop(node)
    bins.drop(node)
    assert not list(bins.near(node))
