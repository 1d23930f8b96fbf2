"""Invariants 1, 5, 10 and 11 of what is told, over any course of revisions, results, repeats and restarts."""

import json

from alerted import a_receiver, an_alert
from deskside import Deskside
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.routing import RANK
from schemas.codec import encode
from schemas.notice import Due
from streams.hops.collect import over

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
        self.end_refused = self.refused = False

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
                self.refused = True
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


HERE = {}
ELSEWHERE = {"places": ()}


@st.composite
def wanderings(draw):
    """A life in which evidence comes late or fresh and the fire enters and leaves the receiver's area."""
    alerts, grade, minutes = [], None, 0.0
    for revision in range(1, draw(st.integers(1, 10)) + 1):
        minutes += draw(st.sampled_from([0.0, 0.5, 2.0]))
        late = draw(st.booleans())
        where = draw(st.sampled_from([HERE, HERE, ELSEWHERE]))
        if grade is None:
            action, grade = "new", draw(st.sampled_from(["task", *LEVELS]))
        elif draw(st.integers(0, 4)) == 0:
            action = draw(st.sampled_from(["cancel", "close", "expire"]))
        else:
            wish = draw(st.sampled_from(["task", *LEVELS, "update", "again"]))
            rises = wish in RANK and RANK[wish] > RANK[grade]
            falls = wish in RANK and RANK[wish] < RANK[grade]
            action = (
                "upgrade" if rises or (wish == "again" and not late) else "downgrade" if falls else "update"
            )
            grade = wish if wish in RANK else grade
        late = late and action in {"new", "upgrade", "update"}
        pages = action in {"new", "upgrade"} and grade != "task" and not late
        alerts.append(an_alert(revision, action, grade, minutes=minutes, late=late, pages=pages, **where))
        grade = None if action in {"cancel", "close", "expire"} else grade
    return alerts


class Reader(World):
    """A gateway whose receiver reads digests too; what was only read may be paged once more."""

    def __init__(self):
        super().__init__()
        self.desk = Deskside(a_receiver(areas=("513401",)))
        self.read = None
        self.late_pages = 0

    def accept(self, row):
        if row.digest:
            assert not json.loads(row.body)["data"]["pages"]
            for line in self.desk.state.lines[row.notice_id].values():
                self.read = None if line.action in {"cancel", "close", "expire"} else line.grade
        elif row.action == "update":
            held = [RANK[one] for one in (self.believes, self.read) if one is not None]
            assert RANK[row.grade] > max(held, default=-1), "told twice without a raise that was missed"
            assert row.grade != "task"
            self.believes = row.grade
        elif row.tells:
            assert self.believes is None or RANK[row.grade] > RANK[self.believes], (
                "told twice without a raise"
            )
            self.believes = row.grade
        else:
            assert self.believes or self.read, "took back what was never told"
            ends = row.action in {"cancel", "close", "expire"}
            self.believes = None if ends or self.believes is None else row.grade
            self.read = None if ends or self.read is None else row.grade
        self.got.append(row.notice_id)
        self.desk.outcome(row)

    def pass_time(self):
        if (row := self.desk.state.collecting("ranger")) is not None:
            self.desk.take(over(row))

    def finish(self):
        self.pass_time()
        while rows := self.desk.ready():
            self.accept(max(rows, key=lambda row: (not row.digest, row.revision)))
            self.pass_time()


@settings(max_examples=400, deadline=None)
@given(wanderings(), st.data())
def test_2_late_and_reached_told_once_and_untold(course, data):
    reader, dues = Reader(), []
    for alert in course:
        dues.append(Due(receiver="ranger", due_at=alert.issued_at, alert=alert))
        reader.desk.take(dues[-1])
        if data.draw(st.booleans()):
            reader.pass_time()
        reader.steps(data.draw(choices))
        before = dict(reader.desk.rows)
        assert reader.desk.take(data.draw(st.sampled_from(dues))).outputs == []
        assert reader.desk.rows == before
    reader.finish()
    assert reader.desk.state.rows() == []
    assert not any(key.startswith(("line/", "outbox/")) for key in reader.desk.rows)
    assert len(reader.got) == len(set(reader.got))
    if course[-1].action in {"cancel", "close", "expire"} and not reader.end_refused:
        assert reader.believes is None
        assert reader.read is None
    here = not reader.refused and bool(course[-1].places) and course[-1].grade != "task"
    if course[-1].action in {"new", "upgrade"} and here:
        held = [RANK[one] for one in (reader.believes, reader.read if course[-1].late else None) if one]
        assert max(held, default=-1) >= RANK[course[-1].grade]
    if course[-1].action == "update" and here and not course[-1].late:
        assert reader.believes or reader.read
