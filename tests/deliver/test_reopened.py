"""A fire that ends and comes back while an earlier result is open."""

from alerted import a_receiver, an_alert
from deskside import Deskside, late

from streams.hops.collect import over


def test_an_end_that_waits_for_a_digest_does_not_undo_the_fire_that_came_back():
    desk = Deskside(a_receiver())
    desk.due(late(1, "new", "IV"))
    desk.due(an_alert(2, "upgrade", "III"))
    desk.take(over(desk.state.collecting("ranger")))
    page = next(row for row in desk.ready() if not row.digest)
    desk.due(an_alert(3, "cancel", "III"))
    desk.outcome(page)
    desk.due(an_alert(4, "new", "IV"))
    desk.accept_all()
    assert (3, "suppressed", "superseded_by") in desk.reasons()
    assert desk.state.told["ranger"]["F20200330-AAAAAAAA"].grade == "III"
