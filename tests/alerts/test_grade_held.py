"""A grade rises at once and falls only after a margin and a time; arrival plays no part."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.grade import ORDER, Facts, Options, grade, wet_shift
from alerts.holding import HOUR_S, Step, held
from streams.tables import load_tables

TABLE = load_tables().grades
OPTIONS = Options(fall_h=3.0, freeze_h=1.0, slack=0.05)


def step(hours, probability, pixels=3, **known):
    return Step(
        hours * HOUR_S, Facts(probability=probability, spread_ha=0.0, pixels=pixels, places=(), **known)
    )


def after(*steps):
    found = held(TABLE, OPTIONS, steps)
    return found.found.grade, found.kept_by


def test_it_rises_at_once():
    assert after(step(0, 0.3), step(0.1, 0.72)) == ("III", ())


def test_within_the_slack_it_stays_however_long():
    assert after(step(0, 0.72), step(9, 0.66), step(90, 0.651)) == ("III", ("slack",))


def test_beyond_the_slack_it_stays_for_a_time_and_then_falls():
    assert after(step(0, 0.72), step(2.9, 0.6)) == ("III", ("fall_h",))
    assert after(step(0, 0.72), step(2.9, 0.6), step(3.0, 0.6)) == ("IV", ())
    assert after(step(0, 0.72), step(3.0, 0.3)) == ("task", ())


def test_freshly_risen_it_is_frozen_even_where_falls_are_quick():
    quick = Options(fall_h=0.0, freeze_h=1.0)
    assert held(TABLE, quick, [step(0, 0.72), step(0.9, 0.3)]).kept_by == ("freeze_h",)
    assert held(TABLE, quick, [step(0, 0.72), step(1.0, 0.3)]).found.grade == "task"


def test_a_day_that_turns_wet_takes_a_grade_only_after_its_time():
    dry, wet = step(0, 0.72, danger=4), step(1, 0.72, danger=1)
    assert after(dry, wet) == ("III", ("fall_h",))
    assert after(dry, wet, step(4, 0.72, danger=1)) == ("IV", ())


STEPS = st.lists(
    st.builds(
        step, st.integers(0, 200).map(lambda n: n / 4), st.floats(0.01, 0.99), st.integers(1, 12),
        danger=st.one_of(st.none(), st.integers(1, 5)),
    ),
    min_size=1, max_size=12,
).map(lambda steps: sorted(steps, key=lambda one: one.seconds))  # fmt: skip


def raw(one, slack=(0.0, 0.0)):
    return ORDER[grade(TABLE, one.facts, wet_shift(OPTIONS, one.facts), slack).grade]


@given(STEPS)
def test_it_is_never_below_what_the_last_facts_give_nor_above_all_that_was_ever_reached(steps):
    found = held(TABLE, OPTIONS, steps)
    highest = max(raw(one, (OPTIONS.slack, OPTIONS.slack_share)) for one in steps)
    assert raw(steps[-1]) <= ORDER[found.found.grade] <= highest
    assert ORDER[found.raw.grade] == raw(steps[-1])


@given(STEPS)
def test_it_does_not_flap_there_is_a_time_between_a_rise_and_the_next_fall(steps):
    rose, before = steps[0].seconds, 0
    for count in range(1, len(steps) + 1):
        now = ORDER[held(TABLE, OPTIONS, steps[:count]).found.grade]
        at = steps[count - 1].seconds
        if now < before:
            assert at - rose >= OPTIONS.freeze_h * HOUR_S
        rose, before = at if now > before else rose, now
