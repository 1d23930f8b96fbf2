"""Rows of one alert are found by an index as they would be by looking at every row, in the same order."""

from alerted import at
from hypothesis import given
from hypothesis import strategies as st

from schemas.hop import Result
from schemas.reason import Reason
from streams.hops.outbox import Outbox, Pending

IDS = ("A", "B", "C")
moves = st.tuples(
    st.sampled_from(["put", "put", "drop"]),
    st.sampled_from(["n1", "n2", "n3", "n4", "n5"]),
    st.lists(st.sampled_from(IDS), max_size=2, unique=True).map(tuple),
    st.booleans(),
)


def row(name, covers, *, waits):
    return Pending(
        notice_id=name,
        receiver="r",
        channel="webhook",
        alert_id="A",
        incident_id="A",
        revision=1,
        action="new",
        grade="IV",
        covers=covers,
        due_at=at(0),
        expires_at=at(60),
        reason=Reason(code="first_notice"),
        answer_by=at(3) if waits else None,
    )


@given(st.lists(moves, max_size=25))
def test_the_index_finds_what_a_look_at_every_row_finds(course):
    outbox = Outbox()
    for what, name, covers, waits in course:
        one = row(name, covers, waits=waits)
        if what == "put":
            outbox.put(one, Result())
        else:
            outbox.drop(one, Result())
        rows = outbox.rows()
        for ids in [("A",), ("B", "C"), IDS, ("Z",)]:
            looked = [each for each in rows if each.ends_at is None and set(ids) & set(each.covers)]
            assert outbox.related("r", ids) == looked
