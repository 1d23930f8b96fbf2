"""A fire that went on in another is answered by the code of either: nobody is told in their place then."""

import pytest
from alerted import a_receiver, an_alert
from deskside import Deskside

from schemas.notice import Answer
from schemas.reason import Reason

FIRE, HEIR, LAST = "F20200330-BBBBBBBB", "F20200330-AAAAAAAA", "F20200329-AAAAAAAA"


@pytest.mark.parametrize("said", [FIRE, HEIR, LAST])
def test_an_answer_to_any_code_of_one_fire_ends_every_wait_for_it(said):
    desk = Deskside(a_receiver(escalate_to=("chief",)), a_receiver("chief", minimum_grade="I"))
    for alert_id in (FIRE, HEIR, LAST):
        desk.due(an_alert(1, "new", "II", alert_id=alert_id))
    desk.accept_all()
    for revision, old, new in ((2, FIRE, HEIR), (3, HEIR, LAST)):
        into = (Reason(code="merged_into", ref=new),)
        desk.due(an_alert(revision, "close", "II", alert_id=old, reasons=into))
        desk.due(an_alert(2, "update", "II", alert_id=new, lineage=(old,), supersedes=(old,)))
    other = an_alert(1, "new", "II", alert_id="F20200330-CCCCCCCC", minutes=5)
    desk.due(other)
    desk.accept_all()
    desk.take(Answer(receiver="ranger", alert_id=said, at=other.issued_at))
    assert [row.alert_id for row in desk.state.rows() if row.answer_by] == ["F20200330-CCCCCCCC"]
