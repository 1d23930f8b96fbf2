"""What a CAP message refers to is what its receiver was sent: no cancel names a message that nobody got."""

from alerted import a_receiver, an_alert, at
from deskside import Deskside
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from vendors import ways

from alerts.cap import NAMESPACE
from schemas.reason import Reason
from schemas.receiver import Way

FIRE, HEIR = "F20200330-BBBBBBBB", "F20200330-AAAAAAAA"
OUT = ways(office={"cap_sender": "x.example"})


def province(**fields):
    return Deskside(a_receiver(channel="cap", url="https://cap.example/in", **fields), ways=OUT)


def revised(revision, action, grade, alert_id=FIRE, **fields):
    fields = {"previous_issued_at": at(revision - 1), "alert_id": alert_id, "pages": False} | fields
    return an_alert(revision, action, grade, **fields)


def document(row):
    found = etree.fromstring(row.body.encode())
    kind, follows = (found.findtext(f"c:{name}", "", {"c": NAMESPACE}) for name in ("msgType", "references"))
    return kind, [one.split(",")[1] for one in follows.split()]


def take(desk):
    """The gateway takes what is ready; return each as its type and what it refers to."""
    found = [document(row) for row in desk.ready()]
    desk.accept_all()
    return found


def test_a_cancel_refers_to_the_message_that_was_sent_and_not_to_the_revision_before():
    desk = province()
    desk.due(revised(1, "new", "III", pages=True, previous_issued_at=None))
    assert take(desk) == [("Alert", [])]
    for revision in (2, 3, 4):
        desk.due(revised(revision, "update", "III"))
        assert take(desk) == []
    desk.restart()
    desk.due(revised(5, "upgrade", "II", pages=True))
    assert take(desk) == [("Update", [f"{FIRE}.1"])]
    desk.due(revised(6, "update", "II"))
    desk.due(revised(7, "cancel", "II"))
    (row,) = desk.ready()
    assert "x.example,F20200330-BBBBBBBB.5,2020-03-30T16:05:00+08:00" in row.body
    assert take(desk) == [("Cancel", [f"{FIRE}.5"])]


def test_the_first_that_a_receiver_gets_is_an_alert_whatever_came_before():
    desk = province()
    desk.due(revised(4, "update", "III"))
    assert take(desk) == [("Alert", [])]
    desk.due(revised(6, "cancel", "III"))
    assert take(desk) == [("Cancel", [f"{FIRE}.4"])]
    desk.due(revised(8, "new", "III", pages=True))
    assert take(desk) == [("Alert", [])]
    desk.due(revised(9, "cancel", "III"))
    assert take(desk) == [("Cancel", [f"{FIRE}.8"])]


def test_the_end_of_what_a_fire_went_on_in_refers_to_the_fire_that_was_told():
    desk = province()
    desk.due(revised(1, "new", "III", pages=True))
    take(desk)
    desk.due(revised(2, "close", "III", reasons=(Reason(code="merged_into", ref=HEIR),)))
    desk.due(revised(3, "update", "III", HEIR, lineage=(FIRE,), supersedes=(FIRE,)))
    assert take(desk) == []
    desk.due(revised(4, "cancel", "III", HEIR, lineage=(FIRE,), supersedes=(FIRE,)))
    assert take(desk) == [("Cancel", [f"{FIRE}.1"])]


def test_a_letter_that_goes_on_by_another_way_refers_to_the_same():
    desk = province(then=(Way(channel="cap", url="https://other.example/in"),))
    desk.due(revised(1, "new", "III", pages=True))
    take(desk)
    desk.due(revised(5, "upgrade", "II", pages=True))
    (row,) = desk.ready()
    desk.outcome(row, "failed")
    (row,) = desk.ready()
    assert (row.way, document(row)) == (1, ("Update", [f"{FIRE}.1"]))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["update", "upgrade", "downgrade"]), st.sampled_from(["II", "III", "IV"])),
        max_size=6,
    )
)
def test_every_reference_is_to_a_message_that_was_taken_and_is_the_newest_of_it(turns):
    desk, got = province(), []
    desk.due(revised(1, "new", "IV", pages=True))
    for revision, (action, grade) in enumerate([*turns, ("cancel", "IV")], 2):
        rows = desk.ready()
        for row in rows:
            kind, follows = document(row)
            assert follows == ([] if kind == "Alert" else got[-1:])
            got.append(f"{row.alert_id}.{row.revision}")
        desk.accept_all()
        desk.due(revised(revision, action, grade, pages=action == "upgrade"))
    (row,) = desk.ready()
    assert document(row) == ("Cancel", got[-1:])
