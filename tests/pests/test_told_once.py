"""A row that an older version read under another id, or a visit told by two, is counted once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import delivery, judge
from msgspec.structs import replace
from pested import NEMATODE, NOW, WEEK, lab, quiet, survey, told, trap

from detectors.pests.count import Options, catch_of
from detectors.pests.told_once import told_once
from schemas.settings import Settings

QUIET = {"finding": {"trap": {"clusters": False}}}


def said(outcome):
    return [(one.grade, one.observation_count, one.pest.species) for one in outcome.incidents.values()]


def row_id(kind, number=0):
    return f"{kind}/{number:040x}"


def test_dead_pines_of_a_table_that_was_read_before_the_ids_changed_do_not_double():
    trees = [
        survey(row_id("pest_survey", at), value=1.0, unit_id="12", longitude=107.0 + at / 1000)
        for at in range(6)
    ]
    again = [
        replace(one, observation_id=row_id("pest_survey", 100 + at), received_at=NOW + WEEK)
        for at, one in enumerate(trees)
    ]
    assert said(told(trees)) == said(told([*trees, *again])) == [("III", 6, NEMATODE)]
    silent = told([*trees, *again]).silences
    assert {one.reason.code for one in silent.values() if one.outcome == "silent"} == {"duplicate_of"}


def test_a_correction_that_comes_under_the_new_id_stands_for_the_row_of_the_old_one():
    first = survey(row_id("pest_survey", 1), value=12.0)
    mended = survey(row_id("pest_survey", 2), value=2.0, revision=1, received_at=NOW + WEEK)
    assert said(told([first])) == [("II", 1, NEMATODE)]
    (one,) = [one for one in told([first, mended]).incidents.values() if one.status == "open"]
    assert (one.grade, one.observation_count) == ("III", 1)


@pytest.mark.parametrize("kind", ["lab_result", "trap_count"])
def test_a_positive_or_a_catch_that_is_read_again_later_pages_once(kind):
    made = (
        lab(sample_id="S", unit_id="12")
        if kind == "lab_result"
        else trap(1, 0, 2.0, species="Dendroctonus valens")
    )
    first = replace(made, observation_id=row_id(kind, 1))
    again = replace(made, observation_id=row_id(kind, 2), received_at=made.received_at + 120 * WEEK / 7)
    outcome = told([first, again])
    assert sum(one.pages for one in outcome.alerts) == 1
    assert [one.observation_count for one in outcome.incidents.values() if one.status == "open"] == [1]
    assert {one.action for one in outcome.alerts} <= {"new", "update"}


def test_ids_that_no_table_gave_are_never_taken_for_one_find():
    assert said(told([survey("a", value=5.0), survey("b", value=5.0)])) == [("III", 2, NEMATODE)]
    assert said(told([survey("a", value=5.0, unit_id="1"), survey("b", value=5.0, unit_id="1")])) == [
        ("II", 2, NEMATODE)
    ]


def test_a_visit_that_two_tell_neither_adds_up_nor_overlaps_itself():
    """The loud visit comes from the phone and in a table: without doubt, and with its own count."""
    visits = [*quiet(12, 20), trap(20, 0, 60.0)]
    visits += [trap(20, ago, 5.0) for ago in range(1, 20)]
    twin = replace(trap(20, 0, 60.0), observation_id="table", received_at=NOW)
    alone, both = (
        judge([delivery(one) for one in rows], settings=Settings(outbreak=QUIET), end=NOW + WEEK)
        for rows in (visits, [*visits, twin])
    )
    open_ = [[one for one in outcome.incidents.values() if one.status == "open"] for outcome in (alone, both)]
    assert [one.grade for one in open_[0]] == [one.grade for one in open_[1]] == ["II"]
    assert [one.pages for one in alone.alerts] == [one.pages for one in both.alerts]
    (why,) = {one.reason for name, one in both.silences.items() if name in {"table", "t20/0"} and one.reason}
    assert (why.code, why.rule) == ("duplicate_of", "told under two ids")
    excess = [[why.value for why in one.reasons if why.code == "excess"] for some in open_ for one in some]
    assert excess[0] == excess[1]


CATCHES = st.builds(
    lambda number, at, catch, revision, east: replace(
        catch_of(Options(), trap(1, at, float(catch), revision=revision, longitude=107.0 + east)),
        observation_id=str(number),
    ),
    st.integers(0, 99),
    st.integers(0, 2),
    st.integers(0, 9),
    st.integers(0, 2),
    st.sampled_from([0.0, 0.001, 0.02]),
)


@given(st.lists(CATCHES, max_size=8, unique_by=lambda one: one.observation_id), st.randoms())
@settings(max_examples=60, deadline=None)
def test_whatever_the_order_each_visit_stands_once_by_its_highest_revision(catches, random):
    got = told_once(catches)
    shuffled = random.sample(catches, len(catches))
    assert told_once(shuffled) == got
    stand = {one.observation_id: one for one in got.visits}
    assert {*stand, *got.again} == {one.observation_id for one in catches}
    for one in catches:
        if one.observation_id in got.again:
            other = stand[got.again[one.observation_id]]
            assert (other.trap, other.ended_at) == (one.trap, one.ended_at)
            assert abs(other.longitude - one.longitude) < 0.01
            assert (other.revision, other.count) >= (one.revision, one.count)
    ends = [(one.ended_at, one.longitude < 107.01) for one in got.visits]
    assert len(ends) == len(set(ends))


def test_a_trap_is_one_whether_the_phone_names_it_or_a_table():
    named = [replace(one, source=one.source.removeprefix("trap/")) for one in quiet(12, 20)]
    mixed = [
        one if at % 2 else other for at, (one, other) in enumerate(zip(named, quiet(12, 20), strict=True))
    ]
    for rows in (named, mixed):
        catches = [catch_of(Options(), one) for one in rows]
        assert {one.trap for one in catches} == {str(at) for at in range(12)}
