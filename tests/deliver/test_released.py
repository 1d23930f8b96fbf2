"""The public is told what an officer let out, and the end of that; nothing else, whatever happens."""

import json

from alerted import a_receiver, an_alert, at
from deskside import Deskside
from hypothesis import given
from hypothesis import strategies as st
from test_deliver_properties import courses

from schemas.notice import Due, Release
from streams.hops.route import route

PUBLIC = a_receiver("board", public=True)


def let_out(alert, receiver="board"):
    return Release(receiver=receiver, at=alert.issued_at, alert=alert, author="值班员甲")


def desk():
    return Deskside(PUBLIC, a_receiver("ranger"))


def data(row):
    return json.loads(row.body)["data"]


def test_a_released_alert_goes_out_once_as_public_and_its_end_by_itself():
    one = desk()
    one.due(an_alert(1, grade="II"), "board")
    assert one.ready() == []
    assert one.reasons() == [(1, "suppressed", "not_released")]
    for _ in range(2):
        one.take(let_out(an_alert(1, grade="II")))
        one.accept_all()
    assert one.state.told["board"]["F20200330-AAAAAAAA"].grade == "II"
    one.due(an_alert(2, "upgrade", "I"), "board")
    assert one.ready() == [], "a raise is let out anew"
    one.due(an_alert(3, "cancel", "I"), "board")
    (end,) = one.ready()
    assert (data(end)["action"], data(end)["scope"]) == ("cancel", "Public")


def test_what_waited_for_a_result_is_still_released():
    one = desk()
    one.take(let_out(an_alert(1, grade="II")))
    (first,) = one.ready()
    one.take(let_out(an_alert(2, "upgrade", "II")))
    one.outcome(first, "failed")
    (second,) = one.ready()
    assert (second.revision, data(second)["scope"]) == (2, "Public")


def test_a_release_to_one_who_is_not_the_public_or_not_there_changes_nothing():
    one = desk()
    for name in ("nobody", ""):
        one.take(let_out(an_alert(), name))
    assert one.state.rows() == []


def test_the_end_goes_to_the_public_though_no_revision_went_to_them_by_the_hop():
    hop = route((PUBLIC, a_receiver("ranger")))
    state = hop.open(hop.options, 0, {})
    told = [
        [one.value.receiver for one in hop.step(hop.options, state, alert, at(5)).outputs]
        for alert in (an_alert(1, grade="I"), an_alert(2, "cancel", "I"))
    ]
    assert told == [["ranger"], ["ranger", "board"]]


@given(courses(), st.sets(st.integers(1, 8)))
def test_nothing_reaches_the_public_that_was_not_released_but_what_takes_it_back(course, out):
    one = desk()
    hop = route((PUBLIC,))
    state = hop.open(hop.options, 0, {})
    for alert in course:
        for output in hop.step(hop.options, state, alert, alert.issued_at).outputs:
            if isinstance(output.value, Due):
                one.take(output.value)
        if alert.revision in out:
            one.take(let_out(alert))
        for row in one.ready():
            assert alert.revision in out or not row.tells
            assert data(row)["scope"] == "Public"
        one.accept_all()
