"""A clock that is behind by the same is set right, one that may only be slow to reach us is believed."""

import datetime as dt
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import START, Line, delivery, judge
from lost import REGION, at, blind_of, expecting, frame, looked, passing, reading

from detectors.region import WORLD
from detectors.trust.clock import EARLY, ENOUGH, STEADY, Times, offset_of, set_right, with_spoken
from schemas.codec import encode
from schemas.settings import Settings

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes", "hours"),
    [
        ([61, 60, 62, 65, 60], 1.0),
        ([480, 481, 480, 489, 480], 8.0),
        ([59.5, 60, 60, 60, 60], 1.0),
        ([61, 60, 62, 65], None),
        ([61, 60, 62, 65, 1], None),
        ([61, 60, 62, 65, 75], None),
        ([50, 51, 52, 50, 50], None),
        ([84, 85, 86, 84, 84], None),
        ([1000, 1001, 1004, 1000, 1000], 1000 / 60),
        ([2, 2, 2, 2, 2], None),
    ],
)
def test_whole_hours_and_what_no_way_takes_are_a_clock_and_the_rest_is_believed(minutes, hours):
    offset = offset_of([one * MINUTE for one in minutes])
    assert (offset and offset.by / HOUR) == (hours and pytest.approx(hours))


AGES = st.lists(st.integers(0, 20_000), min_size=1, max_size=8)


@given(AGES, st.integers(0, 40_000))
def test_what_is_set_right_is_never_later_than_it_came_nor_earlier_than_it_said(ages, age):
    times = Times()
    for number, one in enumerate(ages):
        came = START + number * HOUR
        times = with_spoken(times, came, [came - one * dt.timedelta(seconds=1)])
    now = START + len(ages) * HOUR
    said = now - age * dt.timedelta(seconds=1)
    found = set_right(said, now, times)
    if found is None:
        return
    newest = [one.age for one in times.spoke]
    assert said < found[0] <= now
    assert len(newest) == ENOUGH
    assert max(newest) - min(newest) <= STEADY
    assert -EARLY <= min(newest) - found[1].by <= STEADY


@given(st.permutations([(n, n % 3) for n in range(9)]))
def test_what_is_kept_is_bounded_and_a_function_of_the_set_of_deliveries(said):
    times = Times()
    for came, old in said + said[:4]:
        times = with_spoken(times, START + came * HOUR, [START + (came - old) * HOUR])
    assert [one.received_at for one in times.spoke] == [START + n * HOUR for n in range(4, 9)]
    assert [one.age / HOUR for one in times.spoke] == [1, 2, 0, 1, 2]


def seen(name, east, minutes, lag, **more):
    """A camera `east` km from the middle looks at what burns 8 km north of it."""
    azimuth = round(math.degrees(math.atan2(-east, 8.0)) % 360.0, 2)
    lon = 102.0 + east / 98.2
    one = frame(name, minutes, None, azimuth=azimuth, lag=lag)
    return msgspec.structs.replace(one, station_longitude=lon, distance_m=None, **more)


def night(lag, *, watched=5):
    """Camera b sends a picture every ten minutes, `lag` late, then sees with camera a what burns."""
    looks = [looked("b", 10 * n - lag, lag=lag) for n in range(watched)]
    return [delivery(one) for one in [*looks, seen("a", -5.0, 60, 1), seen("b", 5.0, 61 - lag, lag)]]


def codes(outcome):
    return {reason.code for one in outcome.incidents.values() for reason in one.reasons}


@pytest.mark.parametrize(
    ("lag", "watched", "crosses", "told"),
    [
        (0, 5, True, False),
        (60, 5, True, True),
        (480, 5, True, True),
        (90, 5, False, False),
        (60, 3, False, False),
    ],
)
def test_14_the_evidence_of_a_clock_hours_behind_crosses_that_of_others(lag, watched, crosses, told):
    outcome = judge(night(lag, watched=watched))
    assert ("bearings_cross" in codes(outcome)) is crosses
    assert ("clock_set_right" in codes(outcome)) is told
    assert sum(one.observation_count for one in outcome.incidents.values() if one.status == "open") == 2


def test_how_a_time_was_set_right_is_told_and_a_restart_forgets_nothing():
    outcome = judge(night(60))
    why = next(r for one in outcome.incidents.values() for r in one.reasons if r.code == "clock_set_right")
    assert (why.ref, why.rule, why.value, why.margin, why.unit) == ("b", "whole hours", 3600.0, 0.0, "s")
    again = judge(night(60), restarts=True)
    assert [encode(one) for one in again.alerts] == [encode(one) for one in outcome.alerts]


def test_a_clock_a_week_behind_is_not_too_late_and_one_set_right_is_believed_at_once():
    week = 10 * 1440
    told = [frame("b", 10 * n - week, None, lag=week + n % 3) for n in range(6)]
    line = Line(Settings(), WORLD, origins=1, outage_s=None, draw=None, restarts=True)
    for one in [*told, frame("b", 70, None, lag=1)]:
        line.watch(delivery(one), 0)
    claims = {one.observation_id: one for batch in line.queues[0] for one in batch.detections}
    assert set(claims) == {f"b/{40 - week}", f"b/{50 - week}", "b/70"}
    assert at(40) <= claims[f"b/{40 - week}"].observed_at <= at(43)
    assert claims["b/70"].observed_at == at(70)
    assert not [key for key in line.rows[0] if key.startswith("c/")]


def test_the_weather_of_a_station_hours_behind_is_that_of_its_true_hour():
    line = Line(Settings(), WORLD, origins=1, outage_s=None, draw=None, restarts=False)
    for n in range(6):
        line.watch(delivery(reading("s", 60 * n, 20.0 + n, lag=481)), 0)
    hours = [one.observed_at for batch in line.queues[0] for one in batch.weather]
    assert hours == [at(0), at(60), at(120), at(180), at(240 + 480), at(300 + 480)]


def test_a_camera_hours_behind_that_speaks_is_not_lost():
    given_ = [looked("cameras-0", 10 * n - 120, lag=120) for n in range(24)]
    line = {"source": "cameras-0", "every_s": 600, "missed": 3}
    outcome = judge(passing(*given_), settings=expecting(line), region=REGION)
    (lost,) = blind_of(outcome)
    assert (lost.status, lost.reasons[0].code) == ("closed", "observed_again")
