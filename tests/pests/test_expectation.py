"""The negative binomial expectation: dispersion as in R, trap-days, seasons; the choice of method."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.pests import ears, excess, farrington
from detectors.pests.expectation import Options, expect, learn, moments_k
from detectors.pests.multiple import adjusted
from detectors.pests.recent import NONE
from detectors.pests.tails import mid_p
from detectors.pests.windows import past_weeks

LEVEL = Options(harmonics=0, trend=False)


def test_dispersion_of_series_b_is_that_of_mass_and_glm_nb(series_b, vectors):
    counts, days, times = series_b[:252], np.ones((1, 252)), np.arange(1.0, 253)
    assert moments_k(counts) == pytest.approx(vectors["series_b"]["stats_1_252"]["k_moments"], abs=5e-7)
    assert learn(counts, days, times, LEVEL).k[0] == pytest.approx(1.318777, abs=1e-6)
    season = learn(counts, days, times, Options(harmonics=1, trend=False))
    assert season.k[0] == pytest.approx(2.846463, abs=2e-6)


def test_trap_days_are_an_offset():
    days = np.tile([7.0, 14.0, 21.0], 40)[None]
    counts = days * 2
    model = learn(counts, days, np.arange(120.0), LEVEL)
    assert expect(model, 120.0, np.array([10.0]), LEVEL)[0] == pytest.approx(20, rel=1e-6)


def test_season_and_trend_are_found_again():
    times = np.arange(260.0)
    mean = np.exp(1.5 + 0.8 * np.sin(2 * np.pi * times / 52) + 0.2 * times / 52)
    counts = np.random.default_rng(3).negative_binomial(5, 5 / (5 + mean), (40, 260)).astype(float)
    model = learn(counts[:, :208], np.ones((40, 208)), times[:208], Options())
    for at in (215, 230, 259):
        found = expect(model, float(at), np.ones(40), Options())
        assert np.median(found) == pytest.approx(mean[at], rel=0.12)
    assert np.median(model.k) == pytest.approx(5, rel=0.3)


def test_a_short_series_takes_the_dispersion_of_all():
    rng = np.random.default_rng(5)
    counts = rng.negative_binomial(1, 0.1, (30, 100)).astype(float)
    counts[0, 6:] = np.nan
    model = learn(counts, np.ones((30, 100)), np.arange(100.0), LEVEL)
    assert model.k[0] == pytest.approx(np.median(model.k[1:]), rel=0.3)


def test_a_trap_never_read_has_no_expectation():
    counts = np.vstack([np.full(60, np.nan), np.full(60, 3.0)])
    model = learn(counts, np.ones((2, 60)), np.arange(60.0), LEVEL)
    found = expect(model, 60.0, np.ones(2), LEVEL)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(3)


def histories():
    """Rows: 5 years, 2 years, 12 weeks, 3 weeks, never read, 9 and 10 weeks; all about 6 a week."""
    counts = np.random.default_rng(8).poisson(6, (7, 260)).astype(float)
    counts[5, : 260 - 9] = np.nan
    counts[6, : 260 - 10] = np.nan
    counts[1, : 260 - 104] = np.nan
    counts[2, : 260 - 12] = np.nan
    counts[2, 248:259] = [5, 7, 6, 5, 7, 6, 5, 7, 6, 6, 6]
    counts[3, : 260 - 3] = np.nan
    counts[4] = np.nan
    return counts


def test_the_method_follows_from_the_length_of_history():
    found = excess.judge(histories(), np.array([[7.0]]), 259, excess.Options())
    names = [excess.METHODS[at] for at in found.method]
    assert names == ["farrington", "negative_binomial", "ears_c2", "none", "none", "ears_c1", "ears_c2"]
    assert np.all(np.abs(found.mean[:3] - 6) < 3)
    assert np.isnan(found.p[3:5]).all()
    assert np.isnan(found.q[3:5]).all()


def test_ears_decides_by_its_own_limit_and_two_high_weeks_lower_it():
    counts = histories()
    found = excess.judge(counts, np.array([[7.0]]), 259, excess.Options())
    limits = ears.limits(counts, excess.Options().short)
    assert found.upper[5] == limits.c1[5, 259]
    assert found.upper[6] == limits.c2[6, 259]
    counts[2, 257:259] = limits.c2[2, 257:259] - 0.5
    raised = excess.judge(counts, np.array([[7.0]]), 259, excess.Options())
    assert excess.METHODS[raised.method[2]] == "ears_c3"
    assert raised.mean[2] < raised.upper[2] < limits.c2[2, 259]


def test_one_season_does_not_speak_for_the_next_spring():
    """The model of one season cannot tell trend from season: its mean of next March is anybody's guess."""
    rng = np.random.default_rng(3)
    counts = np.full((20, 70), np.nan)
    counts[:, 10:40] = rng.poisson(3, (20, 30))
    counts[:, 62:70] = rng.poisson(3, (20, 8))
    for now, method in ((62, NONE), (69, excess.YEAR)):
        found = excess.judge(counts, np.array([[7.0]]), now, excess.Options())
        assert set(found.method) == {method}
        assert not (found.p < 0.01).any()


def test_a_year_in_which_all_traps_catch_more_is_news_of_none_of_them_and_an_outbreak_in_it_still_is():
    counts = np.random.default_rng(6).negative_binomial(3, 0.5, (100, 60)).astype(float)
    counts[:, 59] = np.random.default_rng(7).negative_binomial(3, 0.3, 100)
    counts[0, 59] = 60
    options = excess.Options()
    found = excess.judge(counts, np.array([[7.0]]), 59, options)
    alone = mid_p(found.caught, found.mean, found.wide_k)
    called = np.flatnonzero(found.q < 0.2).tolist()
    assert (adjusted(alone) < 0.2).sum() > 30
    assert 0 in called
    assert len(called) <= 3


@pytest.mark.parametrize("row", [0, 1, 2])
def test_every_method_sees_an_outbreak_and_lets_a_quiet_week_pass(row):
    counts = histories()
    quiet = excess.judge(counts, np.array([[7.0]]), 259, excess.Options()).p[row]
    counts[row, 259] = 60
    found = excess.judge(counts, np.array([[7.0]]), 259, excess.Options())
    assert found.p[row] < 0.001 < quiet
    assert found.q[row] < 0.01
    assert found.caught[row] > found.upper[row] > found.mean[row]


def test_half_the_trap_days_expect_half_the_catch():
    days = np.full((7, 260), 7.0)
    whole = excess.judge(histories(), days, 259, excess.Options())
    days[:, 259] = 3.5
    half = excess.judge(histories(), days, 259, excess.Options())
    np.testing.assert_allclose(half.mean[:3], whole.mean[:3] / 2, rtol=0.02)


@given(st.integers(0, 200))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_future_changes_nothing(added):
    counts = histories()
    before = excess.judge(counts[:, :250], np.array([[7.0]]), 249, excess.Options())
    counts[:, 250:] = added
    after = excess.judge(counts, np.array([[7.0]]), 249, excess.Options())
    np.testing.assert_array_equal(before.p, after.p)


def test_p_is_the_mid_p_of_the_wider_law_and_never_less_than_that_of_its_own():
    found = excess.judge(histories(), np.array([[7.0]]), 259, excess.Options())
    np.testing.assert_array_equal(found.p, mid_p(found.caught, found.mean, found.wide_k))
    known = np.isfinite(found.p)
    assert (found.wide_k[known] <= found.k[known]).all()


@pytest.mark.parametrize("years", [4, 2, 0.4])
def test_quiet_traps_are_seldom_called(years):
    weeks = int(52 * years)
    counts = np.random.default_rng(4).negative_binomial(2, 0.3, (400, weeks)).astype(float)
    p = excess.judge(counts, np.array([[7.0]]), weeks - 1, excess.Options()).p
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.035)
    assert np.mean(p < 0.01) <= 0.025


def test_the_original_farrington_speaks_where_the_settings_ask_for_it():
    """It is no length's own choice: two years give it fourteen weeks, and three the improved form."""
    counts, long = histories(), replace(farrington.CLASSIC, few_counts=0)
    got = excess.judge(counts, np.array([[7.0]]), 259, excess.Options(long=long))
    plain = farrington.judge(counts, past_weeks(259, 3), long)
    by = got.method == excess.LONG
    assert by.any()
    np.testing.assert_allclose(got.mean[by], plain.mean[by])
    shorter = excess.judge(counts[:, -130:], np.array([[7.0]]), 129, excess.Options(long=long))
    assert excess.LONG not in shorter.method
