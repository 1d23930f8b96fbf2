"""A source that repeats itself without end is heard, bounded in memory; each repeat says why it is silent."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, Line, delivery, judge

from detectors.region import WORLD
from schemas.observation import Report
from schemas.settings import Settings
from streams.hops.limits import Options

MOST = Options().repeats


def call(seconds, who="mast-1", east=0.0):
    at = START + dt.timedelta(seconds=seconds)
    return Report(
        observation_id=f"{who}-{seconds}-{east}",
        source=who,
        source_class="ground",
        frame="wgs84",
        observed_at=at,
        received_at=at + dt.timedelta(seconds=2),
        longitude=102.0 + east / 98.2,
        latitude=28.0,
        radius_m=200.0,
        saw="smoke",
    )


@pytest.mark.parametrize("restarts", [False, True])
def test_a_source_that_speaks_every_ten_seconds_keeps_so_many_claims_each_half_hour_and_pages_once(restarts):
    line = Line(Settings(), WORLD, origins=1, outage_s=None, draw=None, restarts=restarts)
    count = 60 if restarts else 540
    for number in range(count):
        line.watch(delivery(call(10 * number)), 0)
        line.drain_all()
    kept = [key for key in line.rows[1] if key.startswith("c/")]
    spans = 1 if restarts else 3
    assert MOST <= len(kept) <= spans * (MOST + 1)
    (one,) = line.outcome.incidents.values()
    assert one.observation_count == len(kept)
    assert START + dt.timedelta(seconds=10 * count) - one.last_observed_at < dt.timedelta(minutes=30)
    assert len([alert for alert in line.outcome.alerts if alert.pages]) == 1
    reasons = {silence.reason.code for silence in line.outcome.silences.values()}
    assert (reasons, len(line.outcome.silences)) == ({"repeats_itself"}, count - len(kept))


def test_other_sources_and_other_places_are_heard_beside_it():
    flood = [delivery(call(n)) for n in range(60)]
    others = [delivery(call(70 + n, f"mast-{n + 2}")) for n in range(5)]
    further = [delivery(call(80, east=0.4))]
    (alone,) = judge([*flood, *others, *further]).incidents.values()
    assert alone.observation_count == MOST + 6
    assert set(alone.sources) == {f"mast-{n}" for n in range(1, 7)}


@given(st.permutations(range(40)))
@settings(max_examples=5, deadline=None)
def test_in_whatever_order_it_repeats_itself_it_is_as_probable_and_of_the_same_grade(order):
    def said(numbers):
        told = judge([delivery(call(5 * number)) for number in numbers]).incidents.values()
        (one,) = (each for each in told if each.status != "merged")
        return one.probability, one.grade, one.observation_count

    assert said(order) == said(range(40))
