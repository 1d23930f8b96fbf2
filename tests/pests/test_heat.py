"""Degree-days against Zalom, McMaster and Esparto to their digits, and against numeric integration."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.pests.heat import Options, degree_days, lapsed

ESPARTO = [
    (36, 67, 33, 2.32, 3.31, 2.22, 3.23),
    (33, 59, 37, 0.31, 0.68, 0.34, 0.71),
    (37, 59, 38, 0.36, 0.74, 0.37, 0.75),
    (38, 63, 36, 1.28, 1.99, 1.23, 1.95),
    (36, 58, 30, 0.20, 0.48, 0.18, 0.45),
    (38, 55, 38, 0, 0, 0, 0),
]
"""Lowest, highest, next lowest; triangle, sine, double triangle, double sine; °F; Esparto 2020."""
FORMS = {
    "sng_tri": ("triangle", False),
    "sng_sine": ("sine", False),
    "dbl_tri": ("triangle", True),
    "dbl_sine": ("sine", True),
}


def day(low, high, next_low=None, **options):
    given_ = Options(**{"lower": 55, "upper": 90} | options)
    after = None if next_low is None else np.array([next_low], dtype=float)
    return float(degree_days(given_, np.array([low], dtype=float), np.array([high], dtype=float), after)[0])


@pytest.mark.parametrize("form", FORMS)
def test_twelve_days_of_zalom(form, vectors):
    shape, double = FORMS[form]
    rows = vectors["zalom1983_t7_F_L55_U90"]
    assert len(rows) == 12
    for row in rows:
        printed = row[form] if row[form] is not None else row[f"{form}_formula"]
        got = day(row["tmin"], row["tmax"], row["tmin_next"], shape=shape, double=double)
        assert got == pytest.approx(printed, rel=0.001, abs=0.006)


@pytest.mark.parametrize(("method", "shape"), [("m1", "average"), ("m2", "clipped_average")])
def test_ten_days_of_mcmaster(method, shape, vectors):
    rows = vectors["mcmaster1997_t1_L0"]
    assert len(rows) == 10
    for row in rows:
        assert day(row["tmin"], row["tmax"], lower=0, upper=1e9, shape=shape) == row[method]


@pytest.mark.parametrize("row", ESPARTO, ids=str)
def test_esparto(row):
    low, high, after, *printed = row
    forms = [("triangle", False), ("sine", False), ("triangle", True), ("sine", True)]
    for (shape, double), expected in zip(forms, printed, strict=True):
        got = day(low, high, after, upper=93.9, shape=shape, double=double)
        assert got == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize("cutoff", ["horizontal", "vertical", "intermediate"])
def test_cutoffs_in_celsius(cutoff, vectors):
    for row in vectors["cutoffs_C_L12.2_U35_single_sine"]:
        got = day(row["tmin"], row["tmax"], lower=12.2, upper=35.0, cutoff=cutoff)
        assert got == pytest.approx(row[cutoff], abs=6e-5)


def integrated(low, high, shape, cutoff):
    """The same by ten thousand moments of the day."""
    lower, upper = 10, 30
    turn = (np.arange(10_000) + 0.5) / 10_000
    wave = np.sin(np.pi * (turn - 0.5)) if shape == "sine" else 2 * turn - 1
    t = (low + high) / 2 + (high - low) / 2 * wave
    rate = np.clip(t, lower, upper) - lower
    if cutoff == "vertical":
        rate = np.where(t > upper, 0, rate)
    if cutoff == "intermediate":
        rate = np.where(t > upper, upper - lower - (t - upper), rate)
    return rate.mean()


@given(
    st.floats(-10, 45),
    st.floats(0, 30),
    st.sampled_from(["sine", "triangle"]),
    st.sampled_from(["horizontal", "vertical", "intermediate"]),
)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_form_is_the_integral_over_the_day(low, span, shape, cutoff):
    high = low + span
    got = day(low, high, lower=10, upper=30, shape=shape, cutoff=cutoff)
    expected = integrated(low, high, shape, cutoff)
    # One of the ten thousand moments may fall on either side of a jump of 20 degrees.
    assert got == pytest.approx(expected, abs=0.005)


def test_unknown_stays_unknown_and_impossible_days_are_refused():
    for shape in ("average", "clipped_average", "triangle", "sine"):
        assert np.isnan(day(np.nan, 80, shape=shape))
        assert np.isnan(day(60, np.nan, shape=shape))
    with pytest.raises(ValueError, match="below its lowest"):
        day(20, 10)
    with pytest.raises(ValueError, match="upper threshold"):
        day(10, 20, upper=50)


@pytest.mark.parametrize("shape", ["triangle", "sine"])
@pytest.mark.parametrize("low", [5.0, 12.0, 35.0])
def test_a_day_without_any_rise_is_flat(low, shape):
    expected = min(max(low - 10, 0), 20)
    for high in (low, np.nextafter(low, 99)):
        assert day(low, high, lower=10, upper=30, shape=shape) == pytest.approx(expected)
    assert day(0.0, 2e-311, lower=-1, upper=30, shape=shape) == pytest.approx(1)


def test_the_double_form_takes_its_own_lowest_where_the_next_is_unknown():
    assert day(50, 82, np.nan, double=True) == day(50, 82)


def test_a_stand_a_thousand_metres_up_is_six_and_a_half_degrees_colder():
    assert lapsed(np.array([20.0]), 500, 1500)[0] == pytest.approx(13.5)
