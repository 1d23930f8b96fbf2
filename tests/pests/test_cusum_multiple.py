"""CUSUM and false discovery rate against R, and what must hold for any counts."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.pests import cusum
from detectors.pests.glm import fit
from detectors.pests.multiple import adjusted

COLUMNS = {
    "standard": "cusum_standard",
    "rossi": "cusum_rossi",
    "anscombe": "cusum_anscombe",
    "negative_binomial": "cusum_pearsonNegBin",
}


@pytest.mark.parametrize("transform", COLUMNS)
def test_cusum_of_series_b(transform, series_b, detector_rows):
    mean = np.array([[series_b[:244].mean()]])
    found = cusum.sums(series_b[244:], mean, cusum.Options(transform=transform))[0]
    np.testing.assert_allclose(found, [row[COLUMNS[transform]] for row in detector_rows], atol=5e-6)


def test_the_limit_of_real_counts_about_a_season(salmonella):
    counts = np.array([float(row["overall"]) for row in salmonella("total_input")])
    rows = salmonella("cusum_rossi")
    weeks = np.array([int(row["t"]) for row in rows])

    def season(t):
        return np.column_stack([np.ones(len(t)), np.sin(2 * np.pi * t / 52), np.cos(2 * np.pi * t / 52)])

    learned = fit(season(np.arange(1, weeks[0])), counts[None, : weeks[0] - 1], np.ones((1, weeks[0] - 1)))
    mean = np.exp(season(weeks) @ learned.coefficients[0])
    options = cusum.Options()
    before = 0.0
    for count, expected, row in zip(counts[weeks - 1], mean, rows, strict=True):
        limit = float(cusum.limit(np.array(expected), np.array(before), options))
        assert limit == pytest.approx(float(row["upperbound"]), rel=1e-6)
        before = float(cusum.sums([count], expected, options, before)[0, 0])
        assert (before >= options.h) == (row["alarm"] == "1")
    assert len(rows) == 104


@given(st.floats(0.2, 50), st.floats(0, 2))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_count_at_the_limit_is_where_the_sum_reaches_h(mean, before):
    options = cusum.Options()
    limit = cusum.limit(np.array(mean), np.array(before), options)
    reached = cusum.sums([float(limit)], np.array([[mean]]), options, before)[0, 0]
    assert reached == pytest.approx(options.h, abs=1e-9)


def test_an_unread_week_leaves_the_sum_as_it_was():
    found = cusum.sums([8.0, np.nan, 8.0], np.array([[2.0]]), cusum.Options())[0]
    assert found[1] == found[0] < found[2]


def test_false_discovery_rate_of_the_paper(vectors):
    found = adjusted(np.array(vectors["bh"]["p"]))
    np.testing.assert_allclose(found, vectors["bh"]["adj"], atol=5e-7)
    assert np.sum(found <= 0.05) == 4
    strict = adjusted(np.array(vectors["bh"]["p"]), any_dependence=True)
    np.testing.assert_allclose(strict[:4], [0.004977, 0.009955, 0.031523, 0.118212], atol=5e-7)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0.01, 0.5))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_rejected_is_what_stepping_up_by_hand_rejects(p, q):
    ordered = sorted(p)
    largest = max(
        (at for at, one in enumerate(ordered, 1) if one <= at * q / len(p) * (1 - 1e-12)), default=0
    )
    found = adjusted(np.array(p)) <= q * (1 - 1e-12)
    assert np.sum(found) == largest or np.isclose(np.sort(adjusted(np.array(p))), q).any()


def test_an_unread_trap_takes_no_part():
    found = adjusted(np.array([0.01, np.nan, 0.02]))
    assert np.isnan(found[1])
    np.testing.assert_allclose(found[[0, 2]], adjusted(np.array([0.01, 0.02])))
