"""Answers in any order, twice, and across restarts end in the same incidents."""

from answered_words import heard, last, told, verdict
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import delivery, hotspot, judge, living, report

from alerts.feedback import MOST_STEPS, Options, is_false, verification, weighed
from schemas.settings import Settings
from schemas.verdict import LEVELS
from streams.jurisdiction import in_force

SEEN = [
    delivery(report(0, who="patrol", kind="ground")),
    delivery(report(4, 3.0)),
    delivery(hotspot(7, 1.4)),
    delivery(report(50, 0.3, who="patrol-2", kind="ground")),
]
NAMES = sorted(judge(SEEN[:1]).incidents | judge(SEEN[1:2]).incidents | {"F20240301-UNKNOWN0": None})
PROFILE = in_force(Settings())

answers = st.builds(
    lambda minutes, code, name, level, author: verdict(minutes, code, name, level=level, author=author),
    st.integers(5, 200),
    st.integers(0, 10),
    st.sampled_from(NAMES),
    st.sampled_from(LEVELS),
    st.sampled_from(["Li", "Wang"]),
)


@settings(max_examples=25)
@given(st.lists(answers, max_size=5, unique_by=lambda one: one.verdict_id), st.randoms())
def test_any_order_any_repetition_and_restarts_end_in_the_same_incidents(said, dice):
    steps = [*SEEN, *map(told, said)]
    wanted = living(judge(steps, end=SEEN[-1].received_at))
    shuffled = [*steps, *steps]
    dice.shuffle(shuffled)
    assert living(judge(shuffled, end=SEEN[-1].received_at, restarts=True)) == wanted


@given(st.lists(answers, max_size=30, unique_by=lambda one: one.verdict_id), st.randoms())
def test_a_set_of_answers_says_one_thing_whatever_the_order(said, dice):
    wanted = verification(PROFILE, said)
    shuffled = [*said, *said]
    dice.shuffle(shuffled)
    assert verification(PROFILE, shuffled) == wanted
    assert len(wanted.steps) <= MOST_STEPS * len(LEVELS)
    offices = [one for one in said if one.level != "field" and one.code != 10]
    assert (wanted.ruling == "") == (not offices)
    assert wanted.state == max((one.level for one in offices), key=LEVELS.index, default="none")


@given(st.lists(answers, max_size=10), st.floats(0.001, 0.999))
def test_the_field_never_makes_it_certain_and_never_ends_it(said, before):
    field = [one for one in said if one.level == "field"]
    after, reasons = weighed(Options(), PROFILE, field, before)
    assert 0.0 <= after <= 0.99 or not reasons
    assert (after >= 0.5) or before < 0.5
    assert not is_false(Options(), verification(PROFILE, field))


def test_only_who_denies_last_and_highest_ends_it():
    one = SEEN[0]
    fire = last(judge([one])).incident_id
    outcome = heard(one, verdict(20, 3, fire, level="city"), verdict(30, 0, fire, level="county"))
    assert last(outcome).feedback.contradicted
    assert last(outcome).feedback.overcome
    assert last(outcome).status == "open"
