"""Verdicts from tables: national codes, unusable rows, contradictions; and how two runs are matched."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.feedback import says
from alerts.tuning.bootstrap import interval, mean, median, share, share_of
from alerts.tuning.known import Known, contradictions, labels, matched
from alerts.tuning.matching import pairs
from alerts.tuning.story import Story
from schemas.settings import Settings
from streams.jurisdiction import in_force
from streams.tuning.evidence import TruthError, read_evidence

AT = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
PROFILE = in_force(Settings())
CODES = {
    word: next(c for c in range(11) if says(PROFILE, c) == word)
    for word in ("fire", "other", "not_found", "")
}


def story(name, hours=0.0, lon=102.0, lat=28.0, told=0.5, **more):
    at = AT + dt.timedelta(hours=hours)
    given = {"lineage": (name,), "grade": "task", "told_at": at + dt.timedelta(hours=told)} | more
    return Story(incident_id=name, opened_at=at, last_observed_at=at, longitude=lon, latitude=lat,
                 radius_m=200.0, probability=0.2, **given)  # fmt: skip


def evidence(tmp_path, text):
    path = tmp_path / "verdicts.csv"
    path.write_text(text, encoding="utf-8")
    return read_evidence((), (path,), (), PROFILE)


def test_codes_say_fire_something_else_or_nothing_known(tmp_path):
    rows = [f"inc-{word or 'open'},{code}" for word, code in CODES.items()]
    found = evidence(tmp_path, "incident_id,code\n" + "\n".join(rows))
    assert {one.incident_id: one.is_fire for one in found.known} == {
        "inc-fire": True, "inc-other": False, "inc-not_found": None, "inc-open": None,
    }  # fmt: skip


def test_a_place_may_be_answered_and_answers_that_contradict_leave_it_unknown(tmp_path):
    at = "2026-04-01T06:00:00Z"
    found = evidence(
        tmp_path,
        "longitude,latitude,at,code,text\n"
        f"102.001,28.001,{at},{CODES['fire']},smoke\n102.002,28.001,{at},{CODES['other']},kiln\n"
        f"103.0,28.0,{at},{CODES['fire']},\n",
    )
    assert sorted(str(one.is_fire) for one in found.known) == ["None", "True"]
    (clash,) = contradictions(found.known)
    assert clash.what == "smoke; kiln"
    assert [one.split(": ")[1] for one in clash.contradicted] == ["fire", "other"]


def test_a_row_that_cannot_be_used_is_refused_with_its_line_and_the_others_are_used(tmp_path):
    found = evidence(
        tmp_path,
        "incident_id,longitude,latitude,at,code\n"
        f"a,,,,{CODES['fire']}\nb,,,,11\nc,,,,x\n,102,,2026-04-01T00:00:00Z,1\n"
        ",28.0,102.0,2026-04-01T00:00:00Z,1\n,102.0,28.0,1 April,1\n",
    )
    assert [one.incident_id for one in found.known] == ["a"]
    assert [one.line for one in found.refused] == [3, 4, 5, 6, 7]
    assert "0 to 10" in found.refused[0].why


@pytest.mark.parametrize("text", ["code\n1\n", "incident_id\na\n", ""])
def test_a_table_without_its_columns_is_refused_whole(tmp_path, text):
    with pytest.raises(TruthError, match="columns"):
        evidence(tmp_path, text)


def known(name, hours=0.0, lon=102.0, lat=28.0, *, fire=True, **more):
    at = AT + dt.timedelta(hours=hours)
    return Known(known_id=name, is_fire=fire, from_at=at, to_at=at, longitude=lon, latitude=lat, **more)


def test_a_story_is_of_a_thing_near_in_place_and_time_or_of_the_incident_that_was_answered():
    stories = [story("a"), story("far", lon=102.05), story("late", hours=30), story("b", lon=103.0)]
    things = [known("x"), known("y", lon=103.0, fire=False), known("z", incident_id="late", lon=0.0)]
    found = matched(things, stories)
    assert found == [[0], [3], [2]]
    assert labels(things, found, 4) == [True, None, True, False]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 40), st.booleans()), max_size=14))
@settings(max_examples=60)
def test_every_story_is_in_one_pair_and_order_does_not_matter(drawn):
    sides = ([], [])
    for k, (place, hours, side) in enumerate(drawn):
        sides[side].append(story(f"{'ba'[side]}{k}", hours, lon=102.0 + 0.01 * place))
    found = pairs(*sides)
    assert sorted(one.incident_id for pair in found for one in (*pair.before, *pair.after)) == sorted(
        one.incident_id for side in sides for one in side
    )
    again = pairs(sides[0][::-1], sides[1][::-1])
    assert [{one.incident_id for one in (*p.before, *p.after)} for p in again] == [
        {one.incident_id for one in (*p.before, *p.after)} for p in found
    ]


def test_what_shares_an_id_is_one_thing_wherever_it_lies():
    (pair,) = pairs([story("a", lineage=("a", "b"))], [story("b", lon=110.0)])
    assert (len(pair.before), len(pair.after)) == (1, 1)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=40), st.sampled_from([mean, median]))
@settings(max_examples=40)
def test_an_interval_holds_its_figure_is_the_same_twice_and_stays_within_the_values(values, statistic):
    found = interval(values, statistic, "seed")
    assert found == interval(values, statistic, "seed")
    assert min(values) - 1e-3 <= found.low <= found.high <= max(values) + 1e-3
    assert found.low - 1e-3 <= found.value <= found.high + 1e-3 or statistic is median or len(values) < 8


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    import numpy as np

    dice = np.random.default_rng(7)
    held = 0
    for k in range(200):
        found = interval(dice.normal(5.0, 2.0, 40).tolist(), mean, f"{k}")
        held += found.low <= 5.0 <= found.high
    assert 180 <= held <= 200


@given(st.integers(2, 60), st.integers(0, 60))
@settings(max_examples=30)
def test_a_share_drawn_quickly_is_that_of_resampling_unit_by_unit(count, hits):
    hits = min(hits, count)
    quick, slow = share_of(hits, count, "s"), share([k < hits for k in range(count)], "s")
    assert (quick.value, quick.n) == (slow.value, slow.n)
    assert abs(quick.low - slow.low) <= 1.01 / count
    assert abs(quick.high - slow.high) <= 1.01 / count


def test_one_unit_has_a_figure_and_no_interval():
    assert (interval([3.0], mean, "s").value, interval([3.0], mean, "s").low) == (3.0, None)
    assert interval([], mean, "s").value is None
