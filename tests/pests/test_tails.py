"""Tails of counts agree with R's pnbinom and qnbinom, and with sums of the law itself."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.pests.special import digamma, log_gamma, lower_beta, lower_gamma
from detectors.pests.tails import at_least, log_mass, mid_p, normal_quantile, student_p, upper_quantile

MEANS = st.floats(0.01, 60)
KS = st.floats(0.5, 50) | st.just(math.inf)


def one(function, *values):
    return float(function(*(np.array([value], dtype=float) for value in values))[0])


def test_the_tail_is_that_of_r(vectors):
    nb = vectors["nb_tail"]
    assert one(at_least, 20, nb["mu"], nb["k"]) == pytest.approx(nb["p_ge_20"], rel=1e-6)
    assert one(at_least, 20, nb["mu"], math.inf) == pytest.approx(nb["poisson_p_ge_20"], rel=1e-6)
    found = [upper_quantile(p, np.array([5.0]), np.array([1.5]))[0] for p in (0.95, 0.99, 0.999)]
    assert found == nb["q95_q99_q999"]


@given(st.integers(0, 80), MEANS, KS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_tail_is_the_sum_of_the_masses(count, mean, k):
    below = np.arange(count, dtype=float)
    masses = np.exp(log_mass(below, np.full(count, mean), np.full(count, k)))
    assert one(at_least, count, mean, k) == pytest.approx(1 - masses.sum(), abs=1e-10)


@given(st.floats(0.5, 0.9999), MEANS, KS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_quantile_is_the_smallest_count_that_reaches_the_probability(probability, mean, k):
    found = float(upper_quantile(probability, np.array([mean]), np.array([k]))[0])
    assert one(at_least, found + 1, mean, k) <= (1 - probability) * (1 + 1e-9)
    assert found == 0 or one(at_least, found, mean, k) > (1 - probability) * (1 - 1e-9)


@given(st.integers(0, 50), MEANS, KS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_mid_p_lies_between_the_two_tails(count, mean, k):
    more, middle, same = (
        one(at_least, count + 1, mean, k),
        one(mid_p, count, mean, k),
        one(at_least, count, mean, k),
    )
    assert more - 1e-12 <= middle <= same + 1e-12


@pytest.mark.parametrize("unknown", [(math.nan, 5, 1), (3, math.nan, 1), (3, 5, math.nan)])
def test_unknown_stays_unknown(unknown):
    assert math.isnan(one(mid_p, *unknown))


def test_quantiles_of_unknown_and_known_stand_side_by_side():
    found = upper_quantile(0.99, np.array([np.nan, 5.0, 0.5]), np.array([1.5, 1.5, np.inf]))
    assert np.isnan(found[0])
    assert list(found[1:]) == [21, 3]


@given(st.floats(0.05, 400))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_gamma_and_its_derivative(x):
    assert one(log_gamma, x) == pytest.approx(math.lgamma(x), rel=1e-12, abs=1e-12)
    step = 1e-5 * x
    slope = (math.lgamma(x + step) - math.lgamma(x - step)) / (2 * step)
    assert one(digamma, x) == pytest.approx(slope, rel=1e-5, abs=1e-5)


def test_beta_gamma_and_student_at_points_known_in_closed_form():
    assert one(lower_beta, 2, 1, 0.3) == pytest.approx(0.09)
    assert one(lower_beta, 1, 3, 0.9) == pytest.approx(1 - 0.1**3)
    assert one(lower_gamma, 1, 2.0) == pytest.approx(1 - math.exp(-2))
    assert one(student_p, 1.0, 1) == pytest.approx(0.5)
    assert one(student_p, math.sqrt(2), 2) == pytest.approx(1 - math.sqrt(0.5))
    assert normal_quantile(0.999) == pytest.approx(3.0902, abs=1e-4)
