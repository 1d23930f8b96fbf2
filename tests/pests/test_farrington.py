"""Farrington, old and improved, against R surveillance 1.20.3; windows and seasons by hand."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.pests.farrington import CLASSIC, Options, judge
from detectors.pests.windows import past_dates, past_weeks, seasons


def by_week(series, options, years=3):
    return lambda row: judge(series, past_weeks(int(row["t"]) - 1, years), options)


def test_classic_bounds_of_series_b(series_b, detector_rows):
    found = by_week(series_b, CLASSIC)
    for row in detector_rows:
        upper = found(row).upper[0]
        # 0 in the reference: fewer than five counts in four weeks, so there is no limit.
        assert np.isnan(upper) if row["farr"] == 0 else upper == pytest.approx(row["farr"], abs=1e-4)


def test_improved_mean_dispersion_and_limit_of_series_b(series_b, detector_rows):
    found = by_week(series_b, Options())
    for row in detector_rows:
        got = found(row)
        assert got.dispersion[0] == pytest.approx(row["ffphi"], abs=1e-5)
        if row["ffmu"] is None:
            assert np.isnan(got.mean[0])
            assert np.isnan(got.upper[0])
        else:
            assert got.mean[0] == pytest.approx(row["ffmu"], abs=1e-7)
            assert got.upper[0] == row["ffnb"]


PUBLISHED_ABOVE_R = {"ffdelta": (0.23, 0.82), "ffmuan": (4, 6)}
"""By how much the limit as published lies above that of R, at least and at most."""


@pytest.mark.parametrize(
    ("limit", "column", "digits"), [("two_thirds_one_sided", "ffdelta", 1e-5), ("nb_quantile", "ffmuan", 0)]
)
def test_the_other_two_limits_of_series_b_are_those_of_r_to_the_digits(
    series_b, detector_rows, limit, column, digits
):
    """R scales the error of the mean by squared relative residuals: with that, nothing is left between us."""
    as_r = by_week(series_b, Options(limit=limit, error_by="relative"))
    published = by_week(series_b, Options(limit=limit))
    rows = [row for row in detector_rows if row[column] is not None]
    assert len(rows) == 14
    for row in rows:
        assert as_r(row).upper[0] == pytest.approx(row[column], abs=digits)
        # Pearson's dispersion is the larger here, so the published limit lies above R's.
        assert published(row).error[0] > as_r(row).error[0]
        low, high = PUBLISHED_ABOVE_R[column]
        assert low <= published(row).upper[0] - row[column] <= high


def test_two_real_years_judged_by_the_negative_binomial_limit(salmonella):
    counts = salmonella("total_input")
    dates = [dt.date.fromisoformat(row["epoch"]) for row in counts]
    series = np.array([float(row["overall"]) for row in counts])
    rows = salmonella("farringtonFlexible_nbPlugin_b4w3np10")
    assert len(rows) == 104
    for row in rows:
        at = dates.index(dt.date.fromisoformat(row["epoch"]))
        got = judge(series, past_dates(dates, at, 4), Options(alpha=0.05))
        if row["expected"] == "NA":
            assert np.isnan(got.mean[0])
            continue
        assert got.mean[0] == pytest.approx(float(row["expected"]), rel=1e-4)
        assert got.upper[0] == float(row["upperbound"])
        assert (series[at] > got.upper[0]) == (row["alarm"] == "TRUE")


R_CONTROL = replace(CLASSIC, alpha=0.1, limit="two_thirds_one_sided", error_by="relative")
"""Its p-values and limits agree with each other at 0.1, one-sided."""


def test_two_real_years_by_the_original_form_are_those_of_r_trend_and_limit(salmonella):
    counts = salmonella("total_input")
    dates = [dt.date.fromisoformat(row["epoch"]) for row in counts]
    series = np.array([float(row["overall"]) for row in counts])
    rows = [row for row in salmonella("farringtonFlexible_delta_original") if row["expected"] != "NA"]
    same = 0
    for row in rows:
        past = past_dates(dates, dates.index(dt.date.fromisoformat(row["epoch"])), 4)
        got = judge(series, past, R_CONTROL)
        assert got.has_trend[0] == (float(row["trend"]) == 1)
        assert got.mean[0] == pytest.approx(float(row["expected"]), rel=1e-4)
        assert got.upper[0] == pytest.approx(float(row["upperbound"]), abs=1e-3)
        same += judge(series, past, replace(R_CONTROL, error_by="pearson")).has_trend[0] == got.has_trend[0]
    assert (len(rows), same) == (78, 65), "as published, the trend is kept in other weeks: 13 of 78"


def test_old_outbreaks_are_weighed_down(series_b):
    now = 259
    clean = series_b.copy()
    seldom = replace(CLASSIC, weigh_down_above=1e9)
    references = past_weeks(now, 3)
    clean[references[1]] = 300
    assert judge(clean, references, CLASSIC).mean[0] < judge(clean, references, seldom).mean[0]


def test_an_unread_week_is_left_out_and_is_no_zero(series_b):
    now, references = 255, past_weeks(255, 3)
    unread, zero = series_b.copy(), series_b.copy()
    spots = references[1:]
    unread[spots], zero[spots] = np.nan, 0
    assert judge(unread, references, CLASSIC).mean[0] > judge(zero, references, CLASSIC).mean[0]
    nothing = np.full(260, np.nan)
    nothing[now] = 4
    assert np.isnan(judge(nothing, references, Options(few_counts=0)).upper[0])


@given(st.integers(1, 9), st.integers(0, 4), st.integers(1, 11))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_week_of_the_past_years_has_one_season(years, half_width, levels):
    now = years * 52 + half_width
    season = seasons(now + 1, past_weeks(now, years), half_width, levels)
    assert set(season) <= set(range(-1, levels))
    assert np.sum(season == levels - 1) == years * (2 * half_width + 1) + half_width + 1
    if levels > 1:
        assert np.all(season >= 0)
        lengths = [np.sum(season == level) for level in range(levels - 1)]
        assert max(lengths) - min(lengths) <= years


def test_the_same_week_of_a_dated_year_is_the_nearest():
    dates = [dt.date(2020, 1, 6) + dt.timedelta(weeks=at) for at in range(160)]
    now = dates.index(dt.date(2022, 2, 28))
    assert [dates[at] for at in past_dates(dates, now, 2)] == [
        dt.date(2022, 2, 28),
        dt.date(2021, 3, 1),
        dt.date(2020, 3, 2),
    ]
    with pytest.raises(ValueError, match="history begins 2020-01-06"):
        past_dates(dates, now, 4)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_many_series_at_once_are_each_judged_alone(seed):
    counts = np.random.default_rng(seed).poisson(6, (3, 200)).astype(float)
    counts[1, 20:60] = np.nan
    together = judge(counts, past_weeks(199, 3), Options(few_counts=0))
    for row in range(3):
        alone = judge(counts[row], past_weeks(199, 3), Options(few_counts=0))
        assert together.mean[row] == pytest.approx(alone.mean[0], rel=1e-6)
        assert together.upper[row] == alone.upper[0]
