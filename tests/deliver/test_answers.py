"""Answers and their absence: in time nobody else is told, too late the next in line is, and hears the end."""

from datetime import timedelta

import pytest
from alerted import a_receiver, an_alert, at, replaced
from deskside import Deskside
from gateway import Gateway, Post, answers

from alerts.digest import Options
from alerts.escalation import answer_within
from schemas.notice import Answer, Due
from schemas.settings import Settings
from streams.config import ConfigError
from streams.hops.collect import over
from streams.hops.deliver import deliver
from streams.hops.escalating import line_of
from streams.hops.route import route
from streams.hops.whom import in_service
from streams.region import demo_region

RANGER = a_receiver(escalate_to=("officer",))
OFFICER = a_receiver("officer", minimum_grade="I", areas=("999999",), escalate_to=("chief",))
CHIEF = a_receiver("chief", minimum_grade="I")


class Line(Deskside):
    """Ranger, officer and chief on one partition; what the step sends to the next in line comes back in."""

    def take(self, message):
        result = super().take(message)
        for output in result.outputs:
            if isinstance(output.value, Due):
                self.notices.remove(output.value)
                self.take(output.value)
        return result

    def waiting(self):
        return [row for row in self.state.rows() if row.answer_by is not None]

    def time_passes(self):
        (row,) = self.waiting()
        return self.take(over(row))

    def answer(self, receiver="ranger"):
        alert_id = "F20200330-AAAAAAAA"
        return self.take(Answer(receiver=receiver, alert_id=alert_id, at=at(self.clock)))


@pytest.fixture
def line():
    return Line(RANGER, OFFICER, CHIEF)


def told(desk, grade="I", **fields):
    desk.due(an_alert(grade=grade, **fields))
    desk.accept_all()


@pytest.mark.parametrize(
    ("kind", "grade", "minutes"),
    [
        ("fire", "I", 3),
        ("fire", "II", 10),
        ("fire", "task", 30),
        ("outbreak", "I", 120),
        ("fire", "IV", None),
    ],
)
def test_how_long_an_answer_is_waited_for(kind, grade, minutes):
    found = answer_within(Options(), RANGER, an_alert(grade=grade, kind=kind))
    assert found == (minutes and timedelta(minutes=minutes))
    assert answer_within(Options(), CHIEF, an_alert(grade=grade, kind=kind)) is None


def test_the_wait_starts_when_it_is_due_and_a_gateway_that_takes_it_changes_nothing(line):
    line.due(an_alert(grade="I"))
    (row,) = line.waiting()
    assert row.answer_by == at(1) + timedelta(minutes=3)
    assert not row.ready
    line.accept_all()
    assert line.waiting() == [row]


def test_an_answer_in_time_and_nobody_else_is_told(line):
    told(line)
    line.answer()
    assert line.waiting() == []
    assert line.state.told["ranger"]["F20200330-AAAAAAAA"].answered_at == at(2)
    assert line.ready() == []


def test_without_an_answer_the_next_in_line_is_told_whatever_they_asked_for(line):
    told(line, "II")
    line.time_passes()
    (row,) = line.ready()
    assert (row.receiver, row.grade) == ("officer", "II")
    line.accept_all()
    assert [one.receiver for one in line.waiting()] == ["officer"]
    line.time_passes()
    assert [row.receiver for row in line.ready()] == ["chief"]


def test_an_answer_of_a_stranger_or_twice_changes_nothing(line):
    told(line)
    before = dict(line.rows)
    line.take(Answer(receiver="ranger", alert_id="other", at=at()))
    line.take(Answer(receiver="chief", alert_id="F20200330-AAAAAAAA", at=at()))
    assert line.rows == before
    line.answer()
    before = dict(line.rows)
    line.answer()
    assert line.rows == before


def test_the_same_time_out_twice_tells_once(line):
    told(line)
    (row,) = line.waiting()
    line.take(over(row))
    line.take(over(row))
    assert [row.receiver for row in line.ready()] == ["officer"]
    due = Due(receiver="officer", due_at=at(9), alert=an_alert(grade="I"), instead_of="ranger")
    line.take(due)
    assert len(line.ready()) == 1
    line.accept_all()
    line.take(due)
    assert line.ready() == []


def test_a_graver_revision_starts_the_wait_anew_and_an_end_ends_it(line):
    told(line, "II")
    first = line.waiting()[0].answer_by
    line.due(an_alert(2, "upgrade", "I"))
    line.accept_all()
    (row,) = line.waiting()
    assert row.answer_by != first
    line.due(an_alert(3, "cancel", "I"))
    assert line.waiting() == []
    line.accept_all()


def test_whoever_was_told_in_somebodys_place_hears_the_end():
    hop = route((RANGER, OFFICER, CHIEF))
    state = hop.open(hop.options, 0, {})
    asked = hop.step(hop.options, state, an_alert(grade="IV"), at())
    assert [output.key for output in asked.outputs] == ["ranger"]
    ended = hop.step(hop.options, state, an_alert(2, "cancel", "IV"), at())
    assert [output.key for output in ended.outputs] == ["ranger", "officer", "chief"]
    desk = Line(RANGER, OFFICER, CHIEF)
    told(desk)
    desk.time_passes()
    desk.accept_all()
    desk.due(an_alert(2, "cancel", "I"), "officer")
    assert [(row.receiver, row.action) for row in desk.ready()] == [("officer", "cancel")]
    desk.due(an_alert(2, "cancel", "I"), "chief")
    assert desk.reasons()[-1] == (2, "suppressed", "never_told")


def test_a_wait_survives_a_restart(line):
    told(line)
    before = line.waiting()
    line.restart()
    assert line.waiting() == before


def test_a_circle_of_receivers_ends():
    one, two = a_receiver("one", escalate_to=("two",)), a_receiver("two", escalate_to=("one", "gone"))
    assert line_of(("one",), (one, two)) == ("one", "two", "gone")


def test_nobody_is_next_in_line_who_does_not_exist():
    for names in (("officers",), ("ranger",)):
        wrong = replaced(RANGER, escalate_to=names)
        with pytest.raises(ConfigError, match=r"\$.receivers\[0\].escalate_to\[0\]: no other receiver"):
            in_service(Settings(receivers=(wrong, CHIEF)), demo_region())


async def test_the_clock_of_the_sender_says_that_time_is_up():
    async with Gateway(answers(200)).open() as gateway:
        to = {"url": gateway.url, "allow_private": True}
        receivers = (replaced(RANGER, **to), replaced(OFFICER, **to, escalate_to=()))
        post = Post(*receivers)
        post.hop = deliver(receivers, tell=Options(answer_fire_i_s=1))
        post.restart()
        async with post.sending():
            post.tell(grade="I", minutes_ago=0.0)
            await post.until(lambda: any(isinstance(one, Due) for one in post.results))
    assert [one.outcome for one in post.results if not isinstance(one, Due)] == ["accepted"]
    assert [one.receiver for one in post.notices if isinstance(one, Due)] == ["officer"]
