"""Invariants 1, 5, 10 and 11 of what is told, over any course of revisions, results, repeats and restarts."""

from alerted import a_receiver, an_alert
from deskside import Deskside
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.routing import RANK
from schemas.codec import encode
from schemas.notice import Due

LEVELS = ["IV", "III", "II", "I"]


@st.composite
def courses(draw):
    """One alert's life as the lifecycle would write it: opened, raised, lowered, ended, opened again."""
    grade, alerts = None, []
    for revision in range(1, draw(st.integers(1, 9)) + 1):
        if grade is None:
            action, grade = "new", draw(st.sampled_from(LEVELS))
        else:
            wish = draw(st.sampled_from([*LEVELS, "update", "end"]))
            if wish == "end":
                action, shown, grade = draw(st.sampled_from(["cancel", "close", "expire"])), grade, None
                alerts.append(an_alert(revision, action, shown))
                continue
            if wish in {"update", grade}:
                action = "update"
            else:
                action = "upgrade" if RANK[wish] > RANK[grade] else "downgrade"
                grade = wish
        alerts.append(an_alert(revision, action, grade))
    return alerts


class World:
    """A receiver's gateway with its own memory, beside the desk under test."""

    def __init__(self):
        self.desk = Deskside(a_receiver())
        self.believes = None
        self.got = []
        self.end_refused = False

    def accept(self, row):
        if row.tells:
            assert self.believes is None or RANK[row.grade] > RANK[self.believes], (
                "told twice without a raise"
            )
        else:
            assert self.believes is not None, "took back what was never told"
        self.believes = None if row.action in {"cancel", "close", "expire"} else row.grade
        self.got.append(row.notice_id)
        self.desk.outcome(row)

    def steps(self, choices):
        for choice in choices:
            rows = self.desk.ready()
            if choice == "restart":
                self.desk.restart()
            elif rows and choice == "accept":
                self.accept(max(rows, key=lambda row: row.revision))
            elif rows and choice == "fail":
                row = max(rows, key=lambda row: row.revision)
                self.end_refused |= not row.tells
                self.desk.outcome(row, "failed")


choices = st.lists(st.sampled_from(["accept", "fail", "restart", "retry"]), max_size=3)


@settings(max_examples=300, deadline=None)
@given(courses(), st.data())
def test_10_told_once_a_grade_and_11_untold_exactly_who_was_told(course, data):
    world, dues = World(), []
    for alert in course:
        dues.append(Due(receiver="ranger", due_at=alert.issued_at, alert=alert))
        world.desk.take(dues[-1])
        world.steps(data.draw(choices))
        repeated = data.draw(st.sampled_from(dues))
        before = dict(world.desk.rows)
        assert world.desk.take(repeated).outputs == []
        assert world.desk.rows == before
    while rows := world.desk.ready():
        world.accept(max(rows, key=lambda row: row.revision))
    assert world.desk.state.rows() == []
    assert len(world.got) == len(set(world.got))
    if course[-1].action in {"cancel", "close", "expire"} and not world.end_refused:
        assert world.believes is None, "the end did not reach a holder"


@settings(max_examples=200, deadline=None)
@given(courses(), st.data())
def test_5_no_raise_is_lost_while_the_gateway_is_away(course, data):
    world = World()
    for alert in course:
        world.desk.due(alert)
        if data.draw(st.booleans()):
            world.desk.restart()
    while rows := world.desk.ready():
        world.accept(max(rows, key=lambda row: row.revision))
    last = course[-1]
    if last.action in {"new", "upgrade"}:
        assert world.believes is not None
        assert RANK[world.believes] >= RANK[last.grade]


@settings(max_examples=100, deadline=None)
@given(courses(), st.data())
def test_1_the_rows_are_the_state(course, data):
    kept, rebuilt = World(), World()
    for alert in course:
        for world in (kept, rebuilt):
            world.desk.due(alert)
        rebuilt.desk.restart()
        for _ in range(data.draw(st.integers(0, 2))):
            if kept.desk.ready():
                for world in (kept, rebuilt):
                    world.desk.outcome(world.desk.ready()[0])
    assert encode(kept.desk.rows) == encode(rebuilt.desk.rows)
    assert kept.desk.reasons() == rebuilt.desk.reasons()
