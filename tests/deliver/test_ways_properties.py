"""Invariants 10 and 11 over several ways and with the next in line: any course, failures and restarts."""

from alerted import a_receiver, an_alert
from deskside import Deskside
from hypothesis import given, settings
from hypothesis import strategies as st
from test_deliver_properties import World, courses
from vendors import ways

from schemas.notice import Due
from schemas.receiver import Way
from streams.hops.collect import over

ROBOT = Way(channel="wecom", secret_env="ROBOT")
SMS = Way(channel="gateway-sms", phone="13800138000")
EXITS = ways()

choices = st.lists(
    st.sampled_from(["accept", "accept", "fail", "retry", "restart", "time"]), min_size=1, max_size=4
)


class Reached(World):
    """A receiver with three ways and somebody behind them; what it believes is the same on all."""

    def __init__(self):
        super().__init__()
        receiver = a_receiver(then=(ROBOT, SMS), escalate_to=("officer",))
        self.desk = Deskside(receiver, ways=EXITS)
        self.told_on, self.end_moved = set(), False
        self.behind, self.taken = [], set()

    def accept(self, row):
        way = row.channel, row.way
        if not row.tells and not row.attempts:
            assert way in self.told_on, "untold elsewhere than it was told"
        if row.beside:
            self.desk.outcome(row)
        else:
            super().accept(row)
        if row.action in {"cancel", "close", "expire"}:
            self.told_on.discard(way)
        else:
            self.told_on.add(way)
        self.taken.add((row.alert_id, row.revision))

    def absorb(self, result):
        """Note who was told in somebody's place; what asks for no answer only while nobody took it."""
        dues = [one.value for one in result.outputs if isinstance(one.value, Due)]
        for due in dues:
            name = due.alert.alert_id, due.alert.revision
            assert due.alert.grade in {"I", "II", "task"} or name not in self.taken
        self.behind += dues
        self.desk.notices = [one for one in self.desk.notices if not isinstance(one, Due)]

    def watched(self):
        """Say whether everything still on its way is waited for, or was told to the next in line."""
        rows = [row for row in self.desk.ready() if row.tells and not row.digest]
        waits = {row.alert_id for row in self.desk.state.rows() if row.answer_by is not None}
        told = [(due.alert.alert_id, due.alert.revision) for due in self.behind]
        behind = [any(one == row.alert_id and n >= row.revision for one, n in told) for row in rows]
        over = [self.desk.state.is_over(row) for row in rows]
        return all(row.alert_id in waits or b or o for row, b, o in zip(rows, behind, over, strict=True))

    def steps(self, choices):
        for choice in choices:
            ready = self.desk.ready()
            row = max(ready, key=lambda row: row.revision) if ready else None
            if choice == "restart":
                self.desk.restart()
            elif choice == "time":
                for waiting in [one for one in self.desk.state.rows() if one.answer_by is not None]:
                    self.absorb(self.desk.take(over(waiting)))
            elif row is None:
                continue
            elif choice == "accept":
                self.accept(row)
            elif choice == "retry":
                self.end_moved |= not row.tells
                self.desk.outcome(row, "retrying", row.attempts + 1)
            else:
                self.absorb(self.desk.outcome(row, "failed", row.attempts + 1))
                self.end_moved |= not row.tells
                gone = row.notice_id not in self.desk.state.pending.get("ranger", {})
                self.end_refused |= gone and not row.tells

    def sent(self):
        return [row for row in self.desk.state.rows() if row.answer_by is None]


@settings(max_examples=60, deadline=None)
@given(courses(), st.data())
def test_10_told_once_a_grade_and_11_untold_where_it_was_told_over_all_ways(course, data):
    world = Reached()
    for alert in course:
        world.desk.due(alert)
        world.steps(data.draw(choices))
        assert world.watched(), "on its way, and nobody would hear that it never comes"
    while rows := world.desk.ready():
        world.accept(max(rows, key=lambda row: row.revision))
    assert world.sent() == []
    if course[-1].action in {"cancel", "close", "expire"}:
        assert world.end_refused or world.believes is None
        assert world.end_moved or not world.told_on, "not taken back on every way on which it was told"
        assert world.desk.state.rows() == [], "an ended alert still waits for an answer"
    graves = {(due.alert.alert_id, due.alert.revision) for due in world.behind}
    assert len(graves) == len(world.behind), "the next in line was told twice of one revision"


def test_of_a_revision_that_stands_for_a_refused_one_the_next_in_line_hears_once():
    world = Reached()
    world.desk.due(an_alert())
    world.steps(["fail", "fail"])
    world.desk.due(an_alert(2, "update"))
    world.steps(["fail", "time"])
    assert [due.alert.revision for due in world.behind] == [2]


@settings(max_examples=25, deadline=None)
@given(courses(), st.data())
def test_the_rows_are_the_state_over_all_ways(course, data):
    kept, rebuilt = Reached(), Reached()
    for alert in course:
        drawn = data.draw(choices)
        for world in (kept, rebuilt):
            world.desk.due(alert)
        rebuilt.desk.restart()
        for world in (kept, rebuilt):
            world.steps([one for one in drawn if one != "restart"])
    assert kept.desk.rows == rebuilt.desk.rows
