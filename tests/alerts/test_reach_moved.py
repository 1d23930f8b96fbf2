"""A reach that turned or came over new ground is worth a word at once, at most every few minutes."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reported import T0, an_incident
from test_lifecycle import SPACE, issued

from alerts.heading import head_deg
from alerts.lifecycle import Options, turn
from alerts.moved import beyond_km

KM = 111.195


def square(east_km=0.0, half_km=2.0):
    """A reach of so many km about 102 E 28 N, moved east."""
    x, y = half_km / KM / math.cos(math.radians(28)), half_km / KM
    shift = east_km / KM / math.cos(math.radians(28))
    ring = [[102 + shift + s * x, 28 + t * y] for s, t in [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]]
    return {"type": "Polygon", "coordinates": [ring]}


def said(**fields):
    return issued(**({"reach_1h": square(), "head_deg": 90.0} | fields))


def worth(before, after, minutes=1.0, from_deg=270.0):
    one = an_incident(reach_1h=after, wind_from_deg=from_deg)
    found = turn(Options(), before, one, SPACE, T0 + timedelta(minutes=minutes))
    return None if found is None else (found.action, found.pages, found.reason.code)


@pytest.mark.parametrize(
    ("before", "after", "from_deg", "code"),
    [
        (said(), square(), 180.0, None),
        (said(), square(0.1), 180.0, "reach_turned"),
        (said(), square(0.1), 255.0, None),
        (said(), square(0.6), 270.0, "reach_grew"),
        (said(), square(half_km=1.0), 270.0, None),
        (said(reach_1h=None, head_deg=None), square(), 270.0, "reach_grew"),
        (said(), None, 270.0, None),
        (said(head_deg=None), square(0.1), 180.0, None),
        (said(moved_at=T0 - timedelta(minutes=3)), square(0.6), 180.0, None),
        (said(moved_at=T0 - timedelta(minutes=4)), square(0.6), 180.0, "reach_turned"),
    ],
)
def test_what_a_reach_says_at_once(before, after, from_deg, code):
    assert worth(before, after, from_deg=from_deg) == (None if code is None else ("update", False, code))


@given(st.floats(-3, 3), st.floats(0.2, 4.0))
def test_new_ground_is_how_far_the_farthest_corner_lies_off(east_km, half_km):
    beside = max(0.0, abs(east_km) + half_km - 2.0)
    above = max(0.0, half_km - 2.0)
    km = math.hypot(beside, above)
    found = beyond_km(square(), square(east_km, half_km), 0.5)
    if abs(km - 0.5) > 0.02:
        assert (found is not None) == (km > 0.5)
    assert found is None or found == pytest.approx(km, abs=0.03)


def test_a_round_reach_runs_with_its_wind_and_without_one_nowhere():
    assert head_deg(an_incident(reach_1h=square(), wind_from_deg=200.0)) == 20.0
    assert head_deg(an_incident(reach_1h=square(), longitude=102.0, latitude=28.0)) is None
    assert head_deg(an_incident(reach_1h=None, wind_from_deg=200.0)) is None
