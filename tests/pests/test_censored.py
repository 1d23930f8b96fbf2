"""A full trap caught at least what was counted: it teaches no low mean, and is never called quiet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st
from judged import delivery, judge
from msgspec.structs import replace
from pested import NOW, WEEK, quiet
from test_trap_signs import ALONE

from detectors.pests import excess, trap_sign
from detectors.pests.censored import completed, given_at_least
from detectors.pests.count import Catch, Options, catch_of
from detectors.pests.grading import Options as Grades
from detectors.pests.ledger import MONDAY, Ledger
from detectors.pests.tails import log_mass
from schemas.settings import Settings

THIS_WEEK = (NOW - MONDAY) // WEEK
DAYS = np.array([[7.0]])


@given(st.integers(0, 60), st.floats(0.5, 60), st.floats(0.4, 20) | st.just(float("inf")))
@trials(max_examples=40, deadline=None)
def test_what_so_many_at_least_come_to_is_the_sum_one_by_one(count, mean, k):
    x = np.arange(count, 6000.0)
    mass = np.exp(log_mass(x, mean, k))
    once, twice = given_at_least(np.array([float(count)]), np.array([mean]), np.array([k]))
    assert once >= count
    if mass.sum() > 1e-9:
        assert once[0] == pytest.approx((x * mass).sum() / mass.sum(), rel=1e-4)
        assert twice[0] == pytest.approx((x**2 * mass).sum() / mass.sum(), rel=1e-4)


@pytest.mark.parametrize(("weeks", "method"), [(20, "ears"), (104, "negative_binomial"), (200, "farrington")])
def test_a_bag_that_was_often_full_teaches_no_low_mean_to_any_method(weeks, method):
    rng = np.random.default_rng(5)
    true = rng.negative_binomial(4, 4 / 44, (12, weeks)).astype(float)
    cap = np.quantile(true, 0.6)
    counts, full = np.minimum(true, cap), true >= cap
    whole, taken, known = (
        excess.judge(one, DAYS, weeks - 1, excess.Options(), at_least)
        for one, at_least in ((true, None), (counts, None), (counts, full))
    )
    assert excess.METHODS[known.method[0]].startswith(method)
    low, mean, truth = (np.nanmean(one.mean) for one in (taken, known, whole))
    assert low < 0.88 * truth
    assert 0.9 * truth < mean < 1.15 * truth


def test_a_trap_that_was_always_full_has_no_past_to_be_held_against():
    counts = np.full((3, 104), 30.0)
    full = np.ones(counts.shape, dtype=bool)
    full[2] = False
    got = excess.judge(counts, DAYS, 103, excess.Options(), full)
    assert np.isnan(got.p).tolist() == [True, True, False]
    assert np.isnan(got.mean[:2]).all()
    half = full.copy()
    half[1, ::2] = half[1, 1] = False
    assert np.isfinite(excess.judge(counts, DAYS, 103, excess.Options(), half).p[1])


def test_no_bound_is_lowered_and_what_was_counted_stays():
    counts = np.random.default_rng(2).poisson(9, (20, 30)).astype(float)
    counts[0, :4] = np.nan
    full = counts >= 11
    got = completed(counts, np.full(counts.shape, 7.0), full, 1.5)
    np.testing.assert_array_equal(got[~full], counts[~full])
    assert (got[full] > counts[full]).all()
    assert completed(counts, DAYS + 0 * counts, np.zeros_like(full), 1.5) is counts


def judged(count, **options):
    """The grade of trap 3 in the newest week, full with so many."""
    visits = [
        replace(one, status="full", catch=count) if one.observation_id == "t3/0" else one
        for one in quiet(12, 30)
    ]
    catches = [one for one in (catch_of(Options(), visit) for visit in visits) if isinstance(one, Catch)]
    given = trap_sign.judge(ALONE, Grades(**options), Ledger.of(catches), THIS_WEEK)
    return next(graded for graded, one in given[THIS_WEEK - 1] if one.observation_id == "t3/0")


def test_a_full_trap_is_unusual_by_its_bound_or_to_be_emptied_and_never_below_a_threshold():
    assert judged(40.0).grade == "II"
    for count in (0.0, 5.0):
        quiet_bound = judged(count)
        assert quiet_bound.grade is None
        (why,) = quiet_bound.reasons
        assert (why.code, why.rule, why.value) == ("at_least", trap_sign.FULL, count)


def test_a_full_trap_that_is_not_unusual_is_reasoned_when_judged():
    visits = [replace(one, status="full") if one.observation_id == "t3/0" else one for one in quiet(12, 20)]
    settings = Settings(outbreak={"finding": {"trap": {"clusters": False}}})
    outcome = judge([delivery(one) for one in visits], settings=settings, end=NOW + WEEK)
    assert outcome.silences["t3/0"].reason.code == "at_least"
