"""Chains over borders, fires that meet and fires that only nearly do: the same incidents in any order."""

import datetime as dt
from itertools import combinations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge
from test_fronts import KNOWN
from test_withdrawn import taken_back

from detectors import grid
from detectors.association import Node, Options, linked
from detectors.grid import Grid
from detectors.hotspot import HOTSPOT
from schemas.settings import Settings
from streams.lines import INCIDENT_FIELDS

END = START + dt.timedelta(days=14)
OFF = st.floats(-5.0, 5.0)
LINKED_KM, APART_KM = 1.49, 1.52
"""Two pixels of 0.4 km are of one fire within 1.5 km."""


@st.composite
def chains(draw):
    """Two rows of pixels towards each other, over borders of cells, perhaps meeting, perhaps with a bridge.

    The bridge may be taken back, and each row may have burned more than five days before the other.
    """
    east, north = draw(st.floats(-6.0, 6.0)), draw(st.floats(-6.0, 6.0))
    slope = draw(st.sampled_from([(1.0, 0.0), (0.0, 1.0), (0.7071, 0.7071)]))
    gap = draw(st.sampled_from([LINKED_KM, APART_KM, 2 * LINKED_KM]))
    left, right = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    later = draw(st.sampled_from([0, 100, 4 * 1440, 5 * 1440 + 30]))
    away = [LINKED_KM * k for k in range(left)]
    beyond = [away[-1] + gap + LINKED_KM * k for k in range(right)]
    every = [(7 * k, at) for k, at in enumerate(away)] + [(later + 7 * k, at) for k, at in enumerate(beyond)]
    every += [(later // 2, away[-1] + gap / 2)] if draw(st.booleans()) else []
    spots = [hotspot(when, east + at * slope[0], north + at * slope[1]) for when, at in every]
    spots = list({one.observation_id: one for one in spots}.values())
    back = draw(st.lists(st.sampled_from(spots), max_size=2, unique_by=lambda one: one.observation_id))
    return spots, back


@st.composite
def watched(draw):
    """Such rows, and what a satellite of coarse pixels sees of them now and then, perhaps taken back."""
    spots, back = draw(chains())
    some = draw(
        st.lists(st.tuples(st.sampled_from(spots), OFF, OFF, st.integers(0, 400)), min_size=1, max_size=6)
    )
    for near, east, north, minutes in some:
        at = (near.observed_at - START) // dt.timedelta(minutes=1) + minutes
        place = (near.longitude - 102.0) * 98.2 + east, (near.latitude - 28.0) * 111.195 + north
        spots.append(
            hotspot(at, *place, satellite="Himawari-9", scan=draw(st.sampled_from([1.0, 2.0, 4.0])), lag=12)
        )
    spots = list({one.observation_id: one for one in spots}.values())
    back += draw(st.lists(st.sampled_from(spots[-3:]), max_size=1))
    return spots, list({one.observation_id: one for one in back}.values())


def expected(spots):
    """How many fires chains of links make of these pixels, by brute force."""
    options = HOTSPOT.options()
    nodes = [Node(HOTSPOT.judge(options, one, START)) for one in spots]
    parts = [{node} for node in nodes]
    for one, two in combinations(nodes, 2):
        mine, theirs = (next(part for part in parts if node in part) for node in (one, two))
        if mine is not theirs and linked(Options(), one, two):
            parts.remove(theirs)
            mine |= theirs
    return len(parts)


def lines(outcome):
    """What incidents.ndjson says of every fire that is not merged."""
    living = [one for one in outcome.incidents.values() if one.status in {"open", "closed"}]
    shown = ({name: getattr(one, name) for name in INCIDENT_FIELDS} for one in living)
    return sorted(msgspec.json.encode(one, order="deterministic") for one in shown)


@given(chains(), st.data())
@settings(max_examples=15, deadline=None)
def test_3_and_6_what_meets_is_one_and_what_nearly_meets_is_two(scene, data):
    spots, back = scene
    left = [one for one in spots if one not in back]
    first = judge([delivery(one) for one in left], end=END)
    assert len(lines(first)) == expected(left)
    mixed = [delivery(one) for one in spots] + [delivery(taken_back(one)) for one in back]
    for origins in (1, 4, 16):
        order = data.draw(st.permutations(mixed))
        assert lines(judge(order, origins=origins, draw=data.draw, end=END)) == lines(first)


@pytest.mark.parametrize("side_km", [1.0, 2.3, 17.0])
@given(st.one_of(chains(), watched()), st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_3_whatever_the_size_of_cells_and_however_many_partitions(monkeypatch, side_km, scene, data):
    spots, back = scene
    mixed = [delivery(one) for one in spots] + [delivery(taken_back(one)) for one in back]
    first = lines(judge(mixed, end=END))
    order = data.draw(st.permutations(mixed))
    with monkeypatch.context() as patched:
        patched.setattr(grid, "Grid", lambda _km: Grid(side_km))
        for origins in (1, 4, 16):
            assert lines(judge(order, origins=origins, draw=data.draw, end=END)) == first


@pytest.mark.parametrize("where", [Settings(), KNOWN], ids=["heights unknown", "heights known"])
@given(watched(), st.data())
@settings(max_examples=10, deadline=None)
def test_3_and_6_what_coarse_pixels_are_of_hangs_on_no_order_and_no_partition(where, scene, data):
    spots, back = scene
    kept = [one for one in back if data.draw(st.booleans())]
    left = [one for one in spots if one in kept or one not in back]
    first = judge([delivery(one) for one in left], end=END, settings=where)
    mixed = [delivery(one) for one in spots] + [delivery(taken_back(one)) for one in back]
    mixed += [delivery(taken_back(taken_back(one), 60)) for one in kept]
    for origins in (1, 4, 16):
        order = data.draw(st.permutations(mixed))
        again = judge(order, origins=origins, draw=data.draw, end=END, settings=where)
        assert lines(again) == lines(first)
