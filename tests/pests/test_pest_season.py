"""Emergence by accumulated warmth, windows of the calendar, the next action and its date."""

import datetime as dt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.pests.season import (
    accumulate,
    emerged,
    flight,
    next_action,
    next_window,
    reached,
)
from streams.pest_tables import load_seasons, load_species

TABLE = load_seasons()
SAWYER, NIIGATA = TABLE.model
NEW_YEAR = dt.date(2024, 1, 1)


def steady(days, mean=22.2, half=5.0):
    return np.full(days, mean - half), np.full(days, mean + half)


def test_ten_degrees_a_day_reach_the_stages_in_order():
    warmth = accumulate(SAWYER, *steady(60))
    assert warmth.total[9] == pytest.approx(100)
    days = reached(SAWYER, warmth, NEW_YEAR)
    assert days == {
        "first emergence": dt.date(2024, 1, 20),
        "half emerged": dt.date(2024, 2, 6),
        "last emergence": dt.date(2024, 2, 27),
    }
    assert reached(SAWYER, accumulate(SAWYER, *steady(30)), NEW_YEAR)["half emerged"] is None


def test_the_rule_of_niigata_stands_apart():
    warmth = accumulate(NIIGATA, *steady(60, mean=21.0))
    assert NIIGATA.biofix == "03-01"
    assert reached(NIIGATA, warmth, dt.date(2024, 3, 1))["one per cent emerged"] == dt.date(2024, 4, 3)


def test_emergence_is_the_normal_law_of_the_table():
    law = NormalDist(370, 97)
    totals = np.array([0.0, 196, 300, 370, 576, 900])
    np.testing.assert_allclose(emerged(SAWYER, totals), [law.cdf(x) for x in totals], atol=1e-12)
    assert np.isnan(emerged(SAWYER, np.array([np.nan]))[0])
    with pytest.raises(ValueError, match="no emergence"):
        emerged(NIIGATA, totals)


def test_the_gate_is_shut_before_the_first_warmth_and_in_a_cold_autumn():
    assert flight(SAWYER, np.array([149.0]), np.array([20.0]))[0] == 0
    assert flight(SAWYER, np.array([370.0]), np.array([20.0]))[0] == pytest.approx(0.5)
    late = flight(SAWYER, np.array([1900.0, 1900.0]), np.array([11.9, 12.0]), is_autumn=True)
    assert late[0] == 0
    assert late[1] == pytest.approx(1)


def test_a_short_gap_is_filled_and_counted_and_a_long_one_leaves_the_sum_unknown():
    low, high = steady(30)
    low[5:8] = np.nan
    filled = accumulate(SAWYER, low, high)
    np.testing.assert_allclose(filled.total, accumulate(SAWYER, *steady(30)).total)
    assert filled.filled[-1] == 3
    high[15:19] = np.nan
    broken = accumulate(SAWYER, low, high)
    assert np.isfinite(broken.total[14])
    assert np.isnan(broken.total[15:]).all()


@given(st.lists(st.tuples(st.floats(-20, 30), st.floats(0, 20)), min_size=1, max_size=40))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_warmth_never_falls(days):
    low = np.array([day[0] for day in days])
    high = low + np.array([day[1] for day in days])
    total = accumulate(SAWYER, low, high).total
    assert np.all(np.diff(total) >= 0)
    assert total[0] >= 0


def test_the_next_action_has_the_date_on_which_the_warmth_comes():
    warmth = accumulate(SAWYER, *steady(10))
    action = next_action(SAWYER, warmth, NEW_YEAR, per_day=8.0)
    assert action.on == dt.date(2024, 1, 10) + dt.timedelta(days=12)
    assert "196" in action.basis
    assert next_action(SAWYER, warmth, NEW_YEAR, per_day=0.0).on is None
    assert next_action(SAWYER, accumulate(SAWYER, *steady(90)), NEW_YEAR, per_day=8.0) is None


def test_an_open_window_is_today_and_a_closed_one_is_next_year():
    open_now = next_window(TABLE, "Bursaphelenchus xylophilus", dt.date(2024, 9, 20))
    assert open_now.on == dt.date(2024, 9, 20)
    assert "09-05" in open_now.basis
    later = next_window(TABLE, "Bursaphelenchus xylophilus", dt.date(2024, 10, 6))
    assert later.on == dt.date(2025, 3, 25)
    assert next_window(TABLE, "Dendrolimus houi", dt.date(2024, 9, 20)) is None


def test_every_window_and_model_names_a_known_species_and_its_source():
    for one in (*TABLE.model, *TABLE.window):
        assert load_species().find(one.species.removesuffix(" (Niigata)")).name
        assert one.source
