"""The verification queue and the feedback rate: order, whose turn it is, no rate where nothing was told."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serve_words import make_alert

from alerts.feedback import verification
from alerts.feedback_rate import rates
from alerts.waiting import Told, next_office, queue
from schemas.alert import Alert
from schemas.incident import Place
from schemas.settings import Settings
from schemas.verdict import Verdict
from streams.jurisdiction import in_force

NOON = datetime(2026, 4, 5, 4, 0, tzinfo=UTC)
PROFILE = in_force(Settings())
CLOCK = {one.code: one.within_min for one in PROFILE.clock}


def verdicts(*words):
    """Verdicts of (level, code, minutes after noon)."""
    return [
        Verdict(
            verdict_id=f"v{i}", incident_id="f", code=code, level=level, author=f"a{i}",
            at=NOON + timedelta(minutes=minutes), text="x", received_at=NOON + timedelta(minutes=minutes),
        )
        for i, (level, code, minutes) in enumerate(words)
    ]  # fmt: skip


def told(name="fire-1", *words, grade="III", first=0, county="西昌市", action="new"):
    places = () if not county else (
        Place(layer="county", place_id=county, name=county, relation="inside", probability=1.0),
    )  # fmt: skip
    said = verification(PROFILE, verdicts(*words)) if words else None
    one = msgspec.structs.replace(ALERT, alert_id=name, incident_id=name, grade=grade, action=action)
    one = msgspec.structs.replace(one, places=places, feedback=said)
    return Told(alert=one, first_at=NOON + timedelta(minutes=first))


ALERT: Alert = make_alert(at=NOON)


@pytest.mark.parametrize(
    ("words", "office"),
    [
        ((), "county"),
        ((("field", 0, 1),), "county"),
        ((("county", 9, 1),), "city"),
        ((("county", 9, 1), ("city", 9, 2)), "province"),
        ((("county", 9, 1), ("city", 9, 2), ("province", 9, 3)), ""),
        ((("county", 9, 1), ("province", 9, 3), ("field", 0, 4)), "province"),
        ((("county", 0, 1), ("field", 9, 2)), "city"),
        ((("county", 0, 1),), ""),
        ((("county", 10, 1),), "county"),
    ],
)
def test_whose_turn_it_is(words, office):
    assert next_office(told("f", *words).alert) == office


def test_the_longest_overdue_comes_first_then_the_gravest():
    late_task = told("a", grade="task", first=-CLOCK["task_answer"] - 30)
    later_task = told("b", grade="task", first=-CLOCK["task_answer"] - 5)
    fresh = told("c", grade="I")
    minor = told("d", grade="IV")
    done = told("e", ("county", 0, 1))
    ended = told("g", action="close", grade="task")
    lines = queue([minor, fresh, done, ended, later_task, late_task], PROFILE, NOON)
    assert [one.alert_id for one in lines] == ["a", "b", "c", "d"]
    assert [one.overdue_min for one in lines] == [30, 5, None, None]
    assert lines[2].due_at == NOON + timedelta(minutes=CLOCK["alert_answer"])


def test_a_denied_end_still_waits_for_the_office_above_until_it_expires():
    denied = told("a", ("county", 9, 1), action="cancel")
    assert [one.waits_for for one in queue([denied], PROFILE, NOON)] == ["city"]
    assert queue([denied], PROFILE, denied.alert.expires_at + timedelta(days=2)) == ()


def test_a_denial_in_the_last_minute_leaves_the_office_above_a_day():
    denied = told("a", ("county", 9, 1), action="cancel")
    over = msgspec.structs.replace(denied.alert, expires_at=NOON + timedelta(minutes=2))
    late = msgspec.structs.replace(denied, alert=over)
    assert [one.waits_for for one in queue([late], PROFILE, NOON + timedelta(hours=24))] == ["city"]
    assert queue([late], PROFILE, NOON + timedelta(hours=24, minutes=1)) == ()


EVERY = st.builds(
    lambda i, grade, first: told(f"f{i:04d}", grade=grade, first=-first),
    st.integers(0, 9999), st.sampled_from(["I", "II", "III", "IV", "task"]), st.integers(0, 400),
)  # fmt: skip


@settings(max_examples=50)
@given(
    st.lists(EVERY, max_size=8, unique_by=lambda one: one.alert.alert_id), st.randoms(use_true_random=False)
)
def test_the_queue_is_the_same_in_any_order_and_nothing_overdue_stands_behind_what_is_not(lines, dice):
    found = queue(lines, PROFILE, NOON)
    shuffled = [*lines]
    dice.shuffle(shuffled)
    assert queue(shuffled, PROFILE, NOON) == found
    assert len(found) == len(lines)
    late = [one.overdue_min for one in found]
    assert late == sorted(late, key=lambda value: 1 if value is None else -value)


def rate_of(found, county):
    return next(one for one in found if one.county == county)


def test_the_rate_of_each_county_by_the_hour():
    lines = [
        told("a", ("county", 9, 30)),
        told("b", ("county", 10, 30)),
        told("c", ("field", 0, 30)),
        told("d", ("county", 0, 200), county="德昌县"),
        told("e", ("county", 0, 400), county="德昌县"),
        told("f", first=-60, county="德昌县"),
        told("g", county=""),
    ]
    found = rates(lines, PROFILE, NOON, NOON + timedelta(hours=5), CLOCK["task_answer"])
    assert [one.county for one in found][-1] == ""
    xichang, dechang, every = (rate_of(found, name) for name in ("西昌市", "德昌县", ""))
    assert (xichang.told, xichang.answered, xichang.in_time) == (3, 1, 1)
    assert xichang.rate == pytest.approx(1 / 3)
    assert (dechang.told, dechang.answered, dechang.in_time) == (2, 1, 0)
    assert every.told == 6 + 0
    assert every.answered == 2


def test_where_nothing_was_told_there_is_no_rate():
    (every,) = rates([], PROFILE, NOON, NOON, 60.0)
    assert (every.county, every.told, every.rate) == ("", 0, None)
