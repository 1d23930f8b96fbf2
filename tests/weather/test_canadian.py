"""The Canadian Fire Weather Index System against its published run, to the digits given."""

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vanwagner import rows

from detectors.fire_weather.behaviour import buildup, daily_severity, fire_weather, initial_spread
from detectors.fire_weather.moisture import PRINTED_SCALE, drought, duff, factor, fine_fuel
from detectors.fire_weather.station import Codes, Danger, Noon, Options, step
from streams.tables import load_fire_weather

LENGTHS = load_fire_weather().day_lengths
HALF = 0.00501
"""Half of the last digit given, and a little for binary fractions."""


def noon(day, weather):
    t, h, w, r = weather
    return Noon(day=day, temperature_c=t, humidity_percent=h, wind_kmh=w, rain_mm=r)


def days(count):
    return list(rows())[:count]


def test_fifteen_days_of_the_published_run():
    codes = None
    for day, weather, (ffmc, dmc, dc, isi, bui, fwi), _ in days(15):
        codes, made = step(Options(), LENGTHS, codes, noon(day, weather), 40.0)
        assert (made.codes.ffmc, made.codes.dmc, made.codes.dc) == pytest.approx((ffmc, dmc, dc), abs=HALF)
        assert (made.isi, made.fwi) == pytest.approx((isi, fwi), abs=0.00051)
        assert made.bui == pytest.approx(bui, abs=HALF)
        assert made.dsr == pytest.approx(0.0272 * made.fwi**1.77)


def test_the_printed_constant_gives_the_printed_values():
    f, p, d = 85.0, 6.0, 15.0
    printed = []
    for day, (t, h, w, r), _, fwi in days(15):
        f = fine_fuel(f, t, h, w, r, PRINTED_SCALE)
        p = duff(p, t, h, r, factor(LENGTHS.duff, 40.0, day.month))
        d = drought(d, t, r, factor(LENGTHS.drought, 40.0, day.month))
        isi, bui = initial_spread(f, w, PRINTED_SCALE), buildup(p, d)
        index = float(fire_weather(isi, bui))
        printed.append([round(float(one), 6) for one in (f, p, d, isi, bui, index)])
        assert index == pytest.approx(fwi, abs=HALF)
    assert printed[0] == pytest.approx(
        [87.692980, 8.545051, 19.013999, 10.853661, 8.490427, 10.096371], abs=2e-6
    )
    assert [round(row[5], 1) for row in printed[:5]] == [10.1, 9.3, 7.6, 6.2, 14.8]


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: f"{row[0]:%m-%d}")
def test_indices_follow_from_the_codes_of_every_day_given(row):
    _, (_, _, wind, _), (ffmc, dmc, dc, isi, bui, fwi), _ = row
    assert float(initial_spread(ffmc, wind)) == pytest.approx(isi, rel=0.003, abs=0.001)
    assert float(buildup(dmc, dc)) == pytest.approx(bui, abs=0.02)
    assert float(fire_weather(isi, bui)) == pytest.approx(fwi, rel=0.002, abs=0.001)


def test_a_day_in_may_follows_from_the_day_before():
    found = {day: (weather, figures) for day, weather, figures, _ in rows()}
    day, eve = date(1985, 5, 17), date(1985, 5, 16)
    ffmc, dmc, dc = found[eve][1][:3]
    codes = Codes(day=eve, since=date(1985, 4, 13), missing_d=0, ffmc=ffmc, dmc=dmc, dc=dc)
    _, made = step(Options(), LENGTHS, codes, noon(day, found[day][0]), 40.0)
    assert (made.codes.ffmc, made.codes.dmc, made.codes.dc) == pytest.approx(found[day][1][:3], abs=0.011)


@pytest.mark.parametrize(("latitude", "dmc"), [(40, 8.5451), (30, 7.8889), (30.001, 8.5451), (27.9, 7.8889)])
def test_the_day_length_changes_at_30_degrees(latitude, dmc):
    length = factor(LENGTHS.duff, latitude, 4)
    assert float(duff(6.0, 17.0, 42.0, 0.0, length)) == pytest.approx(dmc, abs=5e-5)


def test_half_a_millimetre_is_no_rain_and_a_hair_more_is():
    dry, half, more = (float(fine_fuel(87.0, 20.0, 40.0, 10.0, rain)) for rain in (0.0, 0.5, 0.501))
    assert dry == half
    assert 0 < half - more < 0.2
    assert float(duff(20.0, 10.0, 50.0, 1.5, 9.5)) == float(duff(20.0, 10.0, 50.0, 0.0, 9.5))
    assert float(drought(90.0, 10.0, 2.8, 0.9)) == float(drought(90.0, 10.0, 0.0, 0.9))


CODES = st.tuples(st.floats(0, 101), st.floats(0, 300), st.floats(0, 1200))
WEATHER = st.tuples(st.floats(-30, 45), st.floats(0, 100), st.floats(0, 80), st.floats(0, 200))


@given(CODES, WEATHER, st.integers(1, 12), st.floats(-60, 70))
def test_every_figure_is_a_number_in_its_range_and_arrays_agree_with_single_values(
    codes, weather, month, lat
):
    (f, p, d), (t, h, w, r) = codes, weather
    length, drying = factor(LENGTHS.duff, lat, month), factor(LENGTHS.drought, lat, month)
    ffmc, dmc, dc = fine_fuel(f, t, h, w, r), duff(p, t, h, r, length), drought(d, t, r, drying)
    isi, bui = initial_spread(ffmc, w), buildup(dmc, dc)
    index = fire_weather(isi, bui)
    assert 0 <= ffmc <= 101
    figures = (dmc, dc, isi, bui, index, daily_severity(index))
    assert all(math.isfinite(float(one)) and one >= 0 for one in figures)
    many = fine_fuel([f, 85.0], [t, 17.0], [h, 42.0], [w, 25.0], [r, 0.0])
    assert many[0] == pytest.approx(float(ffmc), rel=1e-12, abs=1e-12)
    assert many[1] == pytest.approx(87.6494, abs=0.001)


@given(st.floats(1, 101), st.floats(0, 100), st.floats(0, 40), st.floats(0.6, 50), st.floats(0, 30))
def test_more_rain_never_leaves_litter_drier(f, h, w, rain, more):
    assert fine_fuel(f, 15.0, h, w, rain + more) <= fine_fuel(f, 15.0, h, w, rain) + 1e-9


@pytest.mark.parametrize("name", ["temperature_c", "humidity_percent", "wind_kmh", "rain_mm"])
@pytest.mark.parametrize("value", [None, math.nan])
def test_a_missing_reading_is_unknown_and_no_zero(name, value):
    weather = {"temperature_c": 17.0, "humidity_percent": 42.0, "wind_kmh": 25.0, "rain_mm": 0.0, name: value}
    codes, made = step(Options(), LENGTHS, None, Noon(day=date(1985, 4, 13), **weather), 40.0)
    assert codes is None
    assert (made.code, made.rule) == ("not_computed", f"missing: {name}")
    row = [np.nan if number is None else number for number in weather.values()]
    assert np.isnan(fine_fuel(85.0, *row))


def test_a_short_gap_is_carried_and_a_long_one_begins_anew():
    start, weather = date(1985, 4, 13), (17.0, 42.0, 25.0, 0.0)
    first, _ = step(Options(), LENGTHS, None, noon(start, weather), 40.0)
    short, made = step(Options(), LENGTHS, first, noon(start + timedelta(days=4), weather), 40.0)
    assert isinstance(made, Danger)
    assert (short.since, short.missing_d) == (start, 3)
    long, made = step(Options(), LENGTHS, first, noon(start + timedelta(days=5), weather), 40.0)
    assert (long.since, long.missing_d) == (start + timedelta(days=5), 0)
    assert made.codes.dc == pytest.approx(first.dc, abs=1e-9)
    again, repeat = step(Options(), LENGTHS, long, noon(start, weather), 40.0)
    assert (again, repeat.code) == (long, "duplicate_of")


def test_every_latitude_has_its_factor_and_each_table_says_how_far_it_was_checked():
    for bands in (LENGTHS.duff, LENGTHS.drought):
        assert np.isfinite(factor(bands, np.linspace(-90, 90, 181), 7)).all()
        assert all(band.status for band in bands)
        assert [band.status for band in bands if band.above >= 20 and "memory" in band.status] == []
