"""What is sent next comes out as if the whole outbox had been looked through each time."""

import datetime as dt

from alerted import an_alert, at
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.reason import Reason
from streams.hops.outbox import Pending, notice_id
from streams.transport.agenda import Agenda
from streams.transport.lanes import lane_of, urgency

GRADES = ("I", "II", "III", "IV", "task")
alert = an_alert()


def a_row(receiver, alert_id, revision, grade, minute, order):  # noqa: PLR0917 - a row in one line
    return Pending(
        notice_id=notice_id(receiver, alert_id + order, revision),
        receiver=receiver,
        channel="webhook",
        alert_id=alert_id,
        incident_id=alert_id,
        revision=revision,
        action="update",
        grade=grade,
        covers=(alert_id,),
        due_at=at(minute),
        expires_at=at(minute) + dt.timedelta(hours=1),
        reason=Reason(code="first_notice"),
        body="{}",
        order=order,
    )


rows = st.builds(
    a_row,
    st.sampled_from(("one", "two")),
    st.sampled_from(("A", "B", "C", "D")),
    st.integers(1, 4),
    st.sampled_from(GRADES),
    st.integers(0, 5),
    st.sampled_from(("", "leave")),
)


def by_looking(known, receiver):
    """Every row compared with every other: the newest of its alert, then the most urgent."""
    mine = [row for row in known if row.receiver == receiver]
    newest = [
        row
        for row in mine
        if not any(lane_of(other) == lane_of(row) and other.revision > row.revision for other in mine)
    ]
    return sorted(newest, key=urgency)


@given(st.lists(rows, max_size=12, unique_by=lambda row: row.notice_id), st.integers(0, 12))
@settings(max_examples=150)
def test_a_look_and_what_joins_give_the_same_turns_as_one_look(found, cut):
    agenda = Agenda()
    for row in agenda.fill(found[:cut]):
        agenda.wait(row)
    for row in found[cut:]:
        for mine in agenda.join([row]):
            agenda.wait(mine)
    for receiver in ("one", "two"):
        taken = list(iter(lambda: agenda.next(receiver), None))  # noqa: B023 - used here
        wanted = by_looking(found, receiver)
        assert {row.notice_id for row in taken} == {row.notice_id for row in wanted}
        assert [urgency(row) for row in taken] == [urgency(row) for row in wanted]


def test_a_row_that_was_written_anew_is_given_as_it_is_now():
    row, agenda = a_row("one", "A", 1, "II", 0, ""), Agenda()
    agenda.fill([row])
    agenda.wait(row)
    tried = replace(row, attempts=1)
    for one in agenda.join([tried]):
        agenda.wait(one)
    assert agenda.next("one") is tried
    assert agenda.next("one") is None
