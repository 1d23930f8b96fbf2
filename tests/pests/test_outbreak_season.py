"""The season of an outbreak: degree-days of its place where a station tells them, else the calendar."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pested import lab, told

from detectors.fire_weather.diary import Page, Slot
from detectors.pests import warmth
from schemas.observation import Reading
from streams.hops.weather import Weather
from streams.pest_tables import load_seasons

DAY = dt.timedelta(days=1)
FIRST = dt.date(2024, 1, 1)
FOUND = dt.datetime(2024, 5, 10, 4, tzinfo=dt.UTC)
LOW, HIGH = 6.0, 18.0
PER_DAY = (HIGH - 12.2) ** 2 / (2 * (HIGH - LOW))


def weather(until=FOUND, skip=(), elevation_m=None):
    """Four readings a day of a station in the same valley, from New Year on."""
    days = (until.date() - FIRST).days
    return [
        Reading(
            observation_id=f"r/{day}/{hour}",
            source="station/1",
            observed_at=at,
            received_at=at,
            frame="wgs84",
            longitude=107.0,
            latitude=31.0,
            station_elevation_m=elevation_m,
            quantity="temperature_c",
            value=value,
        )
        for day in range(days)
        if day not in skip
        for hour, value in ((3, LOW), (9, 12.0), (14, HIGH), (20, 12.0))
        # solar time at 107 degrees east is seven hours ahead
        for at in [dt.datetime.combine(FIRST, dt.time(), dt.UTC) + DAY * day + dt.timedelta(hours=hour - 7)]
    ]


def pest(readings):
    return told([lab(at=FOUND, longitude=107.0, latitude=31.0), *readings]).alerts[-1].pest


def test_warmth_of_the_place_gates_flight_and_dates_what_comes_next():
    found = pest(weather())
    total = PER_DAY * 130
    assert (found.gate_basis, found.season_basis, found.next_action) == ("degree_days",) * 2 + ("hang_traps",)
    assert 150 < total < 196
    assert found.season == pytest.approx(0.0264, abs=0.002), "share emerged at 182 degree-days"
    days = int(np.ceil((196 - total) / PER_DAY))
    assert found.next_action_at.date() == FIRST + DAY * (129 + days)


@pytest.mark.parametrize("readings", [[], weather(skip=range(60, 64)), weather(until=FOUND - 5 * DAY)])
def test_without_the_warmth_of_the_year_the_calendar_speaks_and_says_so(readings):
    found = pest(readings)
    assert (found.season, found.gate_basis, found.season_basis) == (1.0, "calendar", "calendar")
    assert (found.next_action, found.next_action_at.date()) == ("read_traps", dt.date(2024, 4, 1))


def test_three_days_without_readings_are_bridged():
    assert pest(weather(skip=range(60, 63))).gate_basis == "degree_days"


def test_temperatures_are_brought_to_the_height_of_the_stand(monkeypatch):
    monkeypatch.setattr(Weather, "ground_m", lambda *_: 300.0)
    low, high = pest(weather(elevation_m=500.0)), pest(weather(elevation_m=300.0))
    assert low.season > high.season, "two hundred metres below the station it is warmer"


def page(day, values):
    slots = {f"{hour:02}": Slot(FOUND, 0, value) for hour, value in values.items()}
    return Page(
        station="s", day=day, placed_at=FOUND, longitude=107.0, latitude=31.0, slots={"temperature_c": slots}
    )


DAYS = st.dictionaries(st.integers(0, 23), st.floats(-20, 40).map(lambda one: round(one, 1)), max_size=10)


@given(st.lists(DAYS, min_size=1, max_size=12), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_what_is_folded_says_what_the_pages_said(days, folded):
    pages = [page(FIRST + DAY * at, one) for at, one in enumerate(days)]
    known = None
    for one in pages[:folded]:
        known = warmth.folded(known, one)
    last = FIRST + DAY * (len(pages) - 1)
    got = warmth.series(known, pages[folded:], FIRST, last)
    np.testing.assert_array_equal(got, warmth.series(None, pages, FIRST, last))
    for at, one in enumerate(days):
        enough = len(one) >= 4 and set(one) & set(range(2, 9)) and set(one) & set(range(11, 18))
        want = (min(one.values()), max(one.values())) if enough else (np.nan, np.nan)
        np.testing.assert_allclose((got[0][at], got[1][at]), want, atol=1e-9)


def test_stages_come_in_their_order():
    model = next(one for one in load_seasons().model if one.species == "Monochamus alternatus")
    assert [one.degree_days for one in model.stages] == [196, 370, 576]
