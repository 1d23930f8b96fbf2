"""EARS C1 to C3 agree with R surveillance 1.20.3 to all its digits; an unread week is no zero."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.pests import ears, expectation

NAMES = ("c1", "c2", "c3")


@pytest.mark.parametrize("name", NAMES)
def test_series_b(name, series_b, detector_rows):
    found = getattr(ears.limits(series_b, ears.Options()), name)[0]
    for row in detector_rows:
        assert found[int(row["t"]) - 1] == pytest.approx(row[name], abs=1e-7)


def test_series_b_comes_out_of_its_formula_with_its_mean_variance_and_k(vectors, series_b):
    t = np.arange(1, 261)
    u = (t * 7919 % 97) / 97
    made = np.floor((8 + 6 * np.sin(2 * np.pi * t / 52)) * (0.3 + 2.1 * u * u))
    made[252:256] += 20, 35, 50, 30
    np.testing.assert_array_equal(made, series_b)
    assert made.sum() == 2081
    told, past = vectors["series_b"]["stats_1_252"], made[:252]
    assert past.mean() == pytest.approx(told["mean"], abs=5e-7)
    assert past.var(ddof=1) == pytest.approx(told["var"], abs=5e-6)
    assert expectation.moments_k(past) == pytest.approx(told["k_moments"], abs=5e-7)


@pytest.mark.parametrize("name", NAMES)
def test_ten_years_of_real_counts(name, salmonella):
    counts = salmonella("total_input")
    weeks = {row["epoch"]: at for at, row in enumerate(counts)}
    found = getattr(ears.limits([float(row["overall"]) for row in counts], ears.Options()), name)[0]
    rows = salmonella(f"ears{name.upper()}")
    assert len(rows) == 509
    for row in rows:
        at = weeks[row["epoch"]]
        assert found[at] == pytest.approx(float(row["upperbound"]), abs=1e-9)
        assert (float(counts[at]["overall"]) > found[at]) == (row["alarm"] == "TRUE")


def test_an_outbreak_hides_itself_from_c1_and_not_from_c2(series_b):
    found = ears.limits(series_b, ears.Options())
    at = 255
    assert found.c2[0, at] < series_b[at] < found.c1[0, at]


def test_an_unread_week_is_left_out_and_is_no_zero():
    counts = np.array([5.0, 6, 7, 5, 6, 7, 5, 8, 8, 30])
    gap = counts.copy()
    gap[3] = np.nan
    expected = np.delete(counts[:7], 3)
    limit = expected.mean() + 3.0902 * expected.std(ddof=1)
    assert ears.limits(gap, ears.Options()).c2[0, 9] == pytest.approx(limit, abs=1e-3)
    gap[1:5] = np.nan
    assert np.isnan(ears.limits(gap, ears.Options()).c2[0, 9])


def test_a_baseline_without_spread_gives_a_limit_all_the_same():
    found = ears.limits(np.array([3.0] * 12 + [9.0, 9, 9]), ears.Options())
    assert np.all(np.isfinite(found.c3[0, 11:]))
    assert ears.limits(np.zeros(12), ears.Options(least_sigma=0.5)).c2[0, 11] == pytest.approx(
        1.545, abs=1e-3
    )


@given(st.lists(st.integers(0, 40), min_size=10, max_size=25), st.integers(1, 50))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_many_series_at_once_are_each_judged_alone(counts, added):
    both = np.array([counts, np.array(counts) + added], dtype=float)
    together = ears.limits(both, ears.Options())
    for row in range(2):
        alone = ears.limits(both[row], ears.Options())
        for name in NAMES:
            np.testing.assert_array_equal(getattr(together, name)[row], getattr(alone, name)[0])
    np.testing.assert_allclose(together.c1[1], together.c1[0] + added)
