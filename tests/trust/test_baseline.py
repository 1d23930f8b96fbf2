"""A sensor against its own past: medians of earlier days at the same hour, unknown while too few."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.trust.baseline import Memory, Usual
from detectors.trust.series import Series, sigmas, with_day, with_slots
from detectors.trust.stuck import Stuck, is_stuck, last_run


def arrays(rows):
    series, day, hour, value = zip(*rows, strict=True)
    whole = [np.array(column, dtype=np.int64) for column in (series, day, hour)]
    return (*whole, np.array(value, dtype=float))


def judged(options, past, row):
    memory = Memory(options, 3)
    if past:
        memory.add(*arrays(past))
    made = memory.judge(*arrays([row]))
    return float(made.sigmas[0]), float(made.usual[0]), int(made.days[0])


def week(values, series=0, hour=14):
    return [(series, 100 + number, hour, value) for number, value in enumerate(values)]


def test_a_value_far_above_the_last_weeks_is_so_many_spreads_above_its_usual():
    past = week([20.0, 22.0, 21.0, 23.0, 19.0, 21.0, 22.0, 20.0])
    sigmas, usual, days = judged(Usual(), past, (0, 110, 14, 40.0))
    assert (usual, days) == (21.0, 8)
    assert sigmas == pytest.approx(19.0 / 1.4826, rel=1e-6)


def test_another_hour_another_station_and_too_few_days_know_nothing():
    past = week([20.0] * 8)
    assert math.isnan(judged(Usual(), past, (0, 110, 15, 40.0))[0])
    assert math.isnan(judged(Usual(), past, (1, 110, 14, 40.0))[0])
    assert math.isnan(judged(Usual(), week([20.0] * 6), (0, 110, 14, 40.0))[1])
    assert math.isnan(judged(Usual(), past, (0, 110, 14, math.nan))[0])


def test_a_series_that_never_moved_is_not_infinitely_sure():
    sigmas, usual, _ = judged(Usual(), week([20.0] * 8), (0, 110, 14, 21.0))
    assert (usual, sigmas) == (20.0, 2.0)


def test_one_fire_last_week_does_not_make_the_next_one_usual():
    _, usual, _ = judged(Usual(), week([20.0, 400.0, 21.0, 20.0, 19.0, 20.0, 20.0]), (0, 110, 14, 40.0))
    assert usual == 20.0


ROWS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(100, 140),
        st.integers(0, 2),
        st.floats(-40, 400).map(lambda x: round(x, 1)),
    ),
    max_size=60,
)


@given(
    ROWS,
    st.tuples(st.integers(0, 2), st.integers(100, 145), st.integers(0, 2), st.floats(-40, 400)),
    st.integers(1, 5),
)
def test_it_is_the_median_of_earlier_days_whatever_the_order_and_the_cuts(rows, asked, cut):
    options = Usual(days=10, least_days=2)
    memory = Memory(options, 3)
    for start in range(0, len(rows), cut):
        memory.add(*arrays(rows[start : start + cut]))
    made = memory.judge(*arrays([asked]))
    kept = {}
    for series, day, hour, value in rows:
        if (series, hour) == (asked[0], asked[2]):
            slot = kept.setdefault(day % 10, (day, value))
            kept[day % 10] = max(slot, (day, value))
    past = [value for day, value in kept.values() if asked[1] - 10 < day < asked[1]]
    if len(past) < 2:
        assert math.isnan(made.sigmas[0])
        return
    usual = statistics.median(past)
    spread = max(0.5, 1.4826 * statistics.median(abs(value - usual) for value in past))
    assert made.usual[0] == pytest.approx(usual)
    assert made.sigmas[0] == pytest.approx((asked[3] - usual) / spread)
    shuffled = Memory(options, 3)
    if rows:
        shuffled.add(*arrays(rows[::-1] * 2))
    assert shuffled.judge(*arrays([asked])).sigmas[0] == made.sigmas[0]


def series(*values, every_s=3600.0):
    return np.arange(len(values)) * every_s, np.array(values, dtype=float)


@pytest.mark.parametrize(
    ("quantity", "values", "stuck"),
    [
        ("temperature_c", [20.1, *[21.5] * 8], True),
        ("temperature_c", [*[21.5] * 8, 21.6], False),
        ("temperature_c", [21.5] * 5, False),
        ("precipitation_mm", [0.0] * 48, False),
        ("precipitation_mm", [0.2] * 9, True),
        ("wind_speed_ms", [0.0] * 9, False),
        ("wind_speed_ms", [3.4] * 9, True),
        ("relative_humidity_percent", [100.0] * 9, False),
        ("relative_humidity_percent", [55.0] * 9, True),
        ("smoke_ppm", [4.0] * 9, True),
    ],
)
def test_the_same_for_hours_is_stuck_unless_the_quantity_rests_there(quantity, values, stuck):
    assert is_stuck(Stuck(), quantity, last_run(*series(*values))) is stuck


def test_a_quick_sensor_is_not_stuck_after_a_minute_and_unknown_values_are_no_values():
    assert not is_stuck(Stuck(), "temperature_c", last_run(*series(*[21.5] * 60, every_s=1.0)))
    assert last_run(*series(math.nan)) is None
    assert last_run(*series(20.0, math.nan, 21.0)).since == 7200.0


@given(st.permutations(range(12)), st.lists(st.sampled_from([1.0, 2.0]), min_size=12, max_size=12))
def test_the_order_of_readings_does_not_matter(order, values):
    seconds, said = series(*values)
    assert last_run(seconds[order], said[order]) == last_run(seconds, said)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.floats(-50, 500)), max_size=40),
    st.integers(0, 45),
    st.floats(-50, 500),
)
def test_one_reading_is_compared_as_many_are(past, day, value):
    rule, known, memory = Usual(days=9, least_days=3), Series(), Memory(Usual(days=9, least_days=3), 1)
    for on, said in past:
        known = with_day(known, rule.days, on, said)
    rows = [(0, on, 0, said) for on, said in known.days]
    if rows:
        memory.add(*arrays(rows))
    expected = float(memory.judge(*arrays([(0, day, 0, value)])).sigmas[0])
    assert sigmas(rule, known, day, value) == pytest.approx(expected, rel=0, abs=0, nan_ok=True)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 30), st.floats(-5, 5)), max_size=30), st.randoms())
def test_slots_are_a_function_of_the_set_of_readings(readings, dice):
    def kept(rows):
        past = Series()
        for number, value in rows:
            past = with_slots(past, 12.0, [600.0 * number + 3.0], [value])
        return past

    mixed = list(readings)
    dice.shuffle(mixed)
    at_once = with_slots(Series(), 12.0, [600.0 * n + 3.0 for n, _ in readings], [v for _, v in readings])
    assert kept(readings) == kept(mixed) == at_once
    assert [one.number for one in at_once.slots] == sorted({number for number, _ in readings})
