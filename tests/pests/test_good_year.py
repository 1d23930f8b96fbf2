"""A year in which all traps catch more is one factor to the scan; few traps cannot tell it from news."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from test_trap_signs import QUICK, weeks_of, world_of

from detectors.pests import crowd, excess, scan, trap_sign
from detectors.pests.grading import Options as Grades

DAYS = np.array([[7.0]])
WEEKS, GOOD = 30, 4
SCANNING = trap_sign.Options(
    rise_weeks=4, scanning=scan.Options(score="auto", most_weeks=4), simulating=QUICK
)


def counts_of(traps, times, seed=3):
    """Quiet traps of NB(8, 4), in whose last weeks all catch so many times more."""
    mean = np.full((traps, WEEKS), 8.0)
    mean[:, -GOOD:] *= times
    return np.random.default_rng(seed).negative_binomial(4, 4 / (4 + mean)).astype(float)


def near(counts, number):
    world = world_of(counts)
    apart = np.hypot(world.longitude - world.longitude[0], world.latitude - world.latitude[0])
    return np.argsort(apart)[:number]


def clustered(counts, options=SCANNING):
    """The traps that the newest week sees in a cluster."""
    *_, (_, told) = weeks_of(counts, WEEKS - 1, options)
    return {trap for trap, graded in told.items() if any(why.code == "cluster" for why in graded.reasons)}


def test_a_good_year_of_all_traps_is_no_cluster_to_the_scan():
    counts = counts_of(60, 1.6)
    assert clustered(counts) == set()
    without = replace(SCANNING, comparing=excess.Options(against=crowd.Options(most_factor=1.0)))
    assert len(clustered(counts, without)) > 10


@pytest.mark.parametrize("times", [1.0, 1.6])
def test_an_outbreak_in_a_good_year_is_a_cluster_still(times):
    counts = counts_of(60, times)
    hit = near(counts, 6)
    counts[hit, -GOOD:] *= 4
    found = clustered(counts)
    assert set(hit.tolist()) & found
    assert len(found) < 20


def test_what_is_more_than_a_good_year_everywhere_is_news():
    assert len(clustered(counts_of(60, 5.0))) > 10


def share_called(traps, times):
    """The share of traps that the first good week finds unusual, with few false finds among all."""
    now, blue = WEEKS - GOOD, Grades().blue_q
    found = [
        excess.judge(counts_of(traps, times, seed), DAYS, now, excess.Options()).q < blue for seed in range(8)
    ]
    return np.mean(found)


def test_a_dozen_quiet_traps_are_seldom_called_but_cannot_tell_a_good_year_from_news():
    """Below forty traps there is no crowd to be held against: that is said in the Limits."""
    assert share_called(12, 1.0) < 0.01
    few, many = share_called(12, 2.5), share_called(60, 2.5)
    assert few > 0.5
    assert many < 0.6 * few
    assert share_called(60, 1.6) < 0.03


@given(st.floats(0.5, 6), st.sampled_from([1.5, 4.0, float("inf")]), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_the_factor_is_that_of_the_crowd_within_its_limits(times, k, seed):
    rng, mean = np.random.default_rng(seed), np.full(4000, 12.0)
    wide = rng.gamma(k, 1 / k, 4000) if np.isfinite(k) else np.ones(4000)
    counts = rng.poisson(mean * times * wide).astype(float)
    counts[:7] = np.nan
    got = crowd.common_factor(counts, mean, np.full(4000, k), crowd.Options())
    assert got == pytest.approx(min(max(times, 1.0), 2.0), rel=0.12)
    assert crowd.common_factor(counts[:46], mean[:46], np.full(46, k), crowd.Options()) == 1.0
