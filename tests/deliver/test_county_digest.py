"""What is beyond the pages of a county comes together, and its raise and its end are told."""

import json

from alerted import a_receiver, an_alert
from deskside import Deskside

from schemas.reason import Reason
from streams.hops.collect import over

BEYOND = (Reason(code="budget_county", ref="513401", value=12.0, threshold=12.0),)


def beyond(name, revision=1, action="new", grade="IV", **more):
    return an_alert(revision, action, grade, alert_id=name, pages=False, reasons=BEYOND, **more)


def test_fires_beyond_the_pages_of_their_county_come_in_one_digest_and_a_raise_still_pages():
    desk = Deskside(a_receiver())
    for name in ("A0", "A1", "A2"):
        desk.due(beyond(name))
    assert [row for row in desk.ready() if not row.digest] == []
    assert [code for _, _, code in desk.reasons()] == ["budget_county"] * 3
    desk.take(over(desk.state.collecting("ranger")))
    (row,) = desk.ready()
    data = json.loads(row.body)["data"]
    assert (data["count"], data["late"]) == (3, False)
    desk.accept_all()
    desk.due(an_alert(2, "upgrade", "II", alert_id="A1"))
    assert [(one.alert_id, one.grade) for one in desk.ready()] == [("A1", "II")]


def test_the_end_of_a_fire_that_only_a_digest_told_is_told():
    desk = Deskside(a_receiver())
    desk.due(beyond("A0"))
    desk.take(over(desk.state.collecting("ranger")))
    desk.accept_all()
    desk.due(an_alert(2, "close", "IV", alert_id="A0"))
    assert [one.action for one in desk.ready()] == ["close"]
