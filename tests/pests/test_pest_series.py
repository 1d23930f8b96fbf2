"""What people are shown of a trap is what the judge compared; an unread week has no count and is no zero."""

import datetime as dt

import numpy as np
import pytest
from msgspec.structs import replace
from pested import NOW, WEEK, quiet, trap

from detectors.pests import trap_sign
from detectors.pests.count import Catch, Options, catch_of
from detectors.pests.curve import Air, season_of
from detectors.pests.grading import Options as Grades
from detectors.pests.ledger import MONDAY, Ledger, week_of
from detectors.pests.series import series
from detectors.pests.trap_sign import Past
from streams.pest_tables import load_seasons

THIS_WEEK = (NOW - MONDAY) // WEEK
SEASONS = load_seasons()
SAWYER, NEMATODE = "Monochamus alternatus", "Bursaphelenchus xylophilus"
TODAY = dt.date(2024, 4, 10)


def caught(counts):
    found = (catch_of(Options(), one) for one in counts)
    return sorted((one for one in found if isinstance(one, Catch)), key=lambda one: one.ended_at)


@pytest.mark.parametrize("weeks", [20, 70])
def test_each_week_shows_the_mean_and_the_threshold_that_the_judge_had(weeks):
    counts = [*quiet(traps=3, weeks=weeks), trap(3, 0, 4.0)]
    # a full week of the past is to both the catch that it may stand for
    counts = [replace(one, status="full") if one.observation_id == "t1/8" else one for one in counts]
    catches, past = caught(counts), Past()
    options = trap_sign.Options(clusters=False)
    trap_sign.judge(options, Grades(), Ledger.of(catches), THIS_WEEK, past)
    first = min(week_of(one.ended_at) for one in catches)
    mine = [one for one in catches if one.trap in {"1", "3"}]
    shown = series(options.comparing, mine, first, range(THIS_WEEK - 6, THIS_WEEK))
    compared = 0
    for number, week in past.weeks.items():
        for row, visit in week.visits.items():
            one = next((one for one in shown.get(visit.trap, ()) if one.week == number), None)
            if one is not None:
                for drawn, judged in ((one.mean, week.got.mean[row]), (one.limit, week.got.upper[row])):
                    assert drawn == (None if np.isnan(judged) else pytest.approx(judged, rel=1e-9))
                assert (one.catch, one.observation_id) == (week.got.caught[row], visit.observation_id)
                compared += 1
    assert compared >= 7
    assert [one.week for one in shown["3"]] == [THIS_WEEK - 1], "from its first visit on"


def test_a_week_that_nobody_read_has_no_count_and_a_full_trap_is_a_lower_bound():
    counts = [one for one in quiet(traps=1) if one.observation_id != "t0/2"]
    counts = [trap(0, 1, 40.0, status="full") if one.observation_id == "t0/1" else one for one in counts]
    catches = caught([*counts, trap(0, 2, None, status="missing")])
    first = week_of(catches[0].ended_at)
    weeks = series(trap_sign.Options().comparing, catches, first, range(THIS_WEEK - 3, THIS_WEEK))["0"]
    unread, full, read = weeks
    assert (unread.state, unread.catch, unread.observation_id) == ("unread", None, "")
    assert unread.mean == pytest.approx(5.0, abs=2.0), "what would be expected of its usual days"
    assert (full.state, full.catch) == ("at_least", 40.0)
    assert full.limit is not None
    assert full.catch > full.limit
    assert read.state == "read"
    for one in weeks:
        assert one.low <= one.mean <= one.high
        assert one.mean < one.limit


def air(days, mean=22.2, until=TODAY):
    first = until - dt.timedelta(days=days - 1)
    return Air(first, np.full(days, mean - 5.0), np.full(days, mean + 5.0))


def test_where_warmth_is_known_the_next_action_has_its_day_from_the_model_else_from_the_calendar():
    # 101 days to 10 April; the first warm ones are the last twenty: 10 degree-days each
    cold, warm = air(101, 5.0), air(20)
    known = Air(cold.first_day, *(np.append(c[:-20], w) for c, w in zip(cold[1:], warm[1:], strict=True)))
    found = season_of(SEASONS, SAWYER, TODAY, known)
    assert found.curve.warmth.total[-1] == pytest.approx(200)
    assert found.curve.reached["first emergence"] == TODAY
    assert (found.basis, found.next.code) == ("degree_days", "empty_traps")
    # 170 degree-days at those of the last fortnight, 10 a day
    assert found.next.on == TODAY + dt.timedelta(days=17)
    for unknown in (None, air(20)):
        other = season_of(SEASONS, SAWYER, TODAY, unknown)
        assert (other.basis, other.next.code, other.next.on) == ("calendar", "read_traps", TODAY)
    assert season_of(SEASONS, NEMATODE, TODAY, known).basis == "calendar"
    assert season_of(SEASONS, "Dendrolimus houi", TODAY, known)[:2] == (None, None)


def test_when_all_stages_are_past_the_calendar_says_what_is_next():
    found = season_of(SEASONS, SAWYER, TODAY, air(101))
    assert found.curve.warmth.total[-1] > 1000
    assert (found.basis, found.next.code) == ("calendar", "read_traps")
