"""Somebody who holds an alert and is in the settings no more: its end is said to have nowhere to go, once."""

import pytest
from alerted import a_receiver, an_alert
from deskside import Deskside

from streams.hops.deliver import deliver


@pytest.mark.parametrize(("action", "grade"), [("cancel", "I"), ("downgrade", "IV"), ("expire", "I")])
def test_what_takes_back_from_a_removed_receiver_is_given_up_with_its_reason_once(action, grade):
    desk = Deskside(a_receiver(), a_receiver("officer"))
    desk.due(an_alert(grade="I"))
    desk.accept_all()
    desk.hop = deliver((a_receiver("officer"),))
    desk.restart()
    for _ in range(2):
        desk.due(an_alert(2, action, grade))
    (said,) = desk.notices
    assert (said.receiver, said.outcome, said.reason.code) == ("ranger", "failed", "gateway_refused")
    assert said.reason.detail == "receiver not in the settings"


def test_of_one_who_holds_nothing_or_of_a_raise_nothing_is_said():
    desk = Deskside(a_receiver("officer"))
    for alert in (an_alert(grade="I"), an_alert(2, "upgrade", "I"), an_alert(3, "cancel", "I")):
        desk.due(alert)
    assert desk.notices == []
