"""A lone night pixel ahead of a large fire becomes a fire, or no task any more, by what people find there."""

import datetime as dt

import pytest
from answered_words import heard, told, verdict
from judged import START, delivery, hotspot, judge
from msgspec.structs import replace

from streams.replay import tick

NIGHT = 19 * 60
LARGE = delivery(*(hotspot(NIGHT, 0.4 * i, 0.4 * j) for i in range(5) for j in range(4)))
LONE = delivery(hotspot(NIGHT + 30, 4.2, 0.5, frp=20.0))
SPARK = next(iter(judge([LONE]).incidents))


def answered(*codes, **more):
    said = [verdict(NIGHT + 240 + n, code, SPARK, level=level) for n, (code, level) in enumerate(codes)]
    outcome = heard(LARGE, LONE, *said, **more)
    one = outcome.incidents[SPARK]
    return one, next(fire for fire in outcome.incidents.values() if fire is not one)


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("level", ["field", "county"])
def test_a_person_who_finds_fire_there_makes_it_a_child(level, restarts):
    child, fire = answered((0, level), restarts=restarts)
    assert (child.relation, child.parent, child.status) == ("spotting", fire.incident_id, "open")
    assert child.grade == "IV"
    assert fire.candidates == ()


@pytest.mark.parametrize("said", [[], [(9, "field")], [(10, "county")], [(0, "field"), (9, "county")]])
def test_nothing_else_does(said):
    assert answered(*said)[0].relation == "spotting_candidate"


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize(("level", "left"), [("field", 1), ("county", 0), ("city", 0)])
def test_what_an_office_denies_is_no_task_on_the_large_fire_any_more(level, left, restarts):
    _, fire = answered((9, level), restarts=restarts)
    assert len(fire.candidates) == left


def test_8_an_answer_to_what_never_comes_is_refused_with_its_reason():
    waiting = replace(verdict(0, 9, "F20240301-UNKNOWN0", level="city"), received_at=START)
    outcome = judge([told(waiting), tick(START + dt.timedelta(days=20))])
    said = outcome.verdicts[-1]
    assert (said.outcome, said.reason.code, said.reason.detail) == ("refused", "waiting_for", "in vain")
