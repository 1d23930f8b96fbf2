"""Every action an alert can take, and the reason it gives."""

import datetime as dt

import pytest
from alerted import replaced
from reported import T0, a_place, an_incident, at

from alerts.lifecycle import Issued, Options, beside, closed_at, is_late, old_news, turn
from schemas.reason import Reason

OPTIONS = Options()
SPACE = ("satellite",)


def issued(grade="III", **fields):
    """What the revision at T0 said."""
    given = {
        "alert_id": "F20240315-7KQ2M4ZD",
        "revision": 1,
        "grade": grade,
        "ended": False,
        "issued_at": T0,
        "area_ha": 70.0,
        "looks": 2,
        "source_classes": SPACE,
        "place_ids": (a_place().place_id,),
        "incident_id": "F20240315-7KQ2M4ZD",
    }
    return Issued(**(given | fields))


def said(one):
    return None if one is None else (one.action, one.reason.code, one.pages, one.late)


@pytest.mark.parametrize(("grade", "pages"), [("task", False), ("IV", True), ("I", True)])
def test_first_evidence_is_new_and_pages_if_it_is_graded(grade, pages):
    found = turn(OPTIONS, None, an_incident(grade=grade), SPACE, at(1))
    assert said(found) == ("new", "opened", pages, False)


def test_evidence_after_the_end_is_new_again():
    found = turn(OPTIONS, issued(ended=True), an_incident(40), SPACE, at(41))
    assert said(found) == ("new", "reopened", True, False)


def test_first_evidence_past_the_limit_pages_nobody_and_says_by_how_much():
    found = turn(OPTIONS, None, an_incident(), SPACE, at(25.5))
    assert said(found) == ("new", "backlog", False, True)
    assert (found.reason.value, found.reason.threshold, found.reason.margin) == (25.5, 24.0, 1.5)
    assert said(turn(OPTIONS, None, an_incident(), SPACE, at(24))) == ("new", "opened", True, False)


def test_a_later_look_that_saw_nothing_speaks_against_a_page():
    clear = an_incident(seen_clear_at=at(1))
    assert said(turn(OPTIONS, None, clear, SPACE, at(2))) == ("new", "later_look_saw_nothing", False, True)
    earlier = an_incident(2, seen_clear_at=at(1))
    assert old_news(OPTIONS, earlier, at(2)) is None


@pytest.mark.parametrize(("was", "now"), [("task", "IV"), ("IV", "III"), ("II", "I")])
def test_a_raise_is_an_upgrade_and_pages(was, now):
    found = turn(OPTIONS, issued(was), an_incident(grade=now), SPACE, at(1))
    assert said(found) == ("upgrade", "grade_raised", True, False)
    assert found.reason.detail == f"{was} to {now}"


def test_a_raise_by_old_news_pages_nobody():
    found = turn(OPTIONS, issued("IV"), an_incident(), SPACE, at(30))
    assert said(found) == ("upgrade", "backlog", False, True)


def test_old_news_that_is_news_again_pages_now_though_its_grade_is_the_same():
    held = issued(late=True)
    assert said(turn(OPTIONS, held, an_incident(2), SPACE, at(2))) == ("upgrade", "grade_raised", True, False)
    assert turn(OPTIONS, issued("task", late=True), an_incident(grade="task"), SPACE, at(0.5)) is None


def test_a_fall_is_a_downgrade_and_pages_nobody():
    found = turn(OPTIONS, issued("II"), an_incident(grade="III"), SPACE, at(1))
    assert said(found) == ("downgrade", "grade_lowered", False, False)


def test_quiet_closes_a_graded_alert_and_lets_a_task_expire():
    closed = an_incident(status="closed", closed_at=at(24))
    found = turn(OPTIONS, issued(), closed, SPACE, at(30))
    assert said(found) == ("close", "quiet", False, False)
    assert (found.reason.value, found.reason.unit) == (24.0, "h")
    assert turn(OPTIONS, issued("task"), closed, SPACE, at(30)).action == "expire"


def test_what_has_ended_or_was_never_said_does_not_end_again():
    closed = an_incident(status="closed", closed_at=at(24))
    assert turn(OPTIONS, issued(ended=True), closed, SPACE, at(30)) is None
    assert turn(OPTIONS, None, closed, SPACE, at(30)) is None


WORTH = {
    "renamed": (an_incident(incident_id="F20240314-00000000"), SPACE, 0.1),
    "new_source": (an_incident(), ("public", "satellite"), 0.1),
    "new_place": (an_incident(places=(a_place(), a_place("安哈镇"))), SPACE, 0.1),
    "grew": (an_incident(area_ha=105.1), SPACE, 0.1),
    "seen_again": (an_incident(look_count=3), SPACE, 1.0),
}
NOT_WORTH = {
    "nothing new": (an_incident(), SPACE, 5.0),
    "a source less": (an_incident(), (), 5.0),
    "only possibly in a new place": (
        an_incident(places=(a_place(), a_place("安哈镇", relation="possibly_inside"))),
        SPACE,
        5.0,
    ),
    "grown by no more than the factor": (an_incident(area_ha=105.0), SPACE, 5.0),
    "seen again too soon": (an_incident(look_count=3), SPACE, 0.99),
}


MARK = a_place("长板桥", "settlements", "near", distance_km=1.2, azimuth_deg=270.0)
EAST = {
    "type": "Polygon",
    "coordinates": [[[102.1, 27.7], [102.4, 27.7], [102.4, 27.9], [102.1, 27.9], [102.1, 27.7]]],
}
CORRECTED = Reason(code="relocated", detail="值班员甲, 2024-03-15T06:00:00Z")


def an_incident_near(**fields):
    return an_incident(**({"places": (a_place(), MARK), "longitude": 102.2, "latitude": 27.8} | fields))


@pytest.mark.parametrize(
    ("known", "fields", "rule"),
    [
        ((), {"reach_1h": EAST}, "reach_1h"),
        ((), {}, ""),
        ((MARK.place_id,), {"reach_1h": EAST}, None),
        (None, {"reach_1h": EAST}, None),
        ((), {"reach_1h": EAST, "longitude": 103.0}, None),
        ((), {"places": (a_place(), replaced(MARK, distance_km=2.1))}, None),
        ((), {"grade": "task"}, None),
    ],
)
def test_a_newly_threatened_settlement_is_worth_an_update_once(known, fields, rule):
    grade = fields.get("grade", "III")
    before = issued(grade, threatened=known, reach_1h=fields.get("reach_1h"))
    found = turn(OPTIONS, before, an_incident_near(**fields), SPACE, at(0.1))
    if rule is None:
        assert found is None
    else:
        assert said(found) == ("update", "newly_threatened", False, False)
        assert (found.reason.ref, found.reason.rule) == (MARK.place_id, rule)


def test_of_several_threatened_places_the_nearest_is_the_reason_and_all_are_named():
    further = replaced(MARK, place_id="zz", distance_km=1.9)
    incident = an_incident_near(places=(a_place(), further, MARK))
    ordinary = turn(OPTIONS, issued(threatened=()), incident, SPACE, at(0.1))
    assert ordinary.reason.ref == MARK.place_id
    assert [one.ref for one in beside(OPTIONS, issued(threatened=()), incident, ordinary)] == ["zz"]


def test_a_corrected_place_is_worth_an_update_and_so_is_taking_it_back():
    corrected = an_incident(reasons=(CORRECTED,))
    assert turn(OPTIONS, issued(), corrected, SPACE, at(0.1)).reason.code == "place_corrected"
    assert turn(OPTIONS, issued(corrected=CORRECTED.detail), corrected, SPACE, at(0.1)) is None
    undone = an_incident(reasons=(Reason(code="taken_back", ref="a1"),))
    back = turn(OPTIONS, issued(corrected=CORRECTED.detail), undone, SPACE, at(0.1))
    assert (back.reason.code, back.reason.rule) == ("place_corrected", "taken_back")


def test_what_else_a_revision_brings_stands_beside_its_reason():
    places = (a_place(), a_place("安哈镇"), a_place("乙班", "stands"), MARK)
    incident = an_incident_near(places=places, reasons=(CORRECTED,))
    before = issued(threatened=())
    ordinary = turn(OPTIONS, before, incident, ("public", "satellite"), at(0.1))
    assert ordinary.reason.code == "newly_threatened"
    found = beside(OPTIONS, before, incident, ordinary)
    assert [one.code for one in found] == ["place_corrected", "new_place"]
    assert found[1].ref == places[1].place_id


@pytest.mark.parametrize("code", WORTH)
def test_an_unchanged_grade_is_updated_for(code):
    incident, classes, hours = WORTH[code]
    assert said(turn(OPTIONS, issued(), incident, classes, at(hours))) == ("update", code, False, False)


@pytest.mark.parametrize("case", NOT_WORTH)
def test_an_unchanged_grade_is_not_updated_for(case):
    incident, classes, hours = NOT_WORTH[case]
    assert turn(OPTIONS, issued(), incident, classes, at(hours)) is None


def test_an_area_that_was_unknown_does_not_grow_endlessly():
    assert turn(OPTIONS, issued(area_ha=0.0), an_incident(area_ha=500.0), SPACE, at(5)) is None


def test_quiet_and_late_begin_at_their_hours():
    assert closed_at(OPTIONS, T0, at(23.99)) is None
    assert closed_at(OPTIONS, T0, at(40)) == at(24)
    assert not is_late(OPTIONS, T0, at(6))
    assert is_late(OPTIONS, T0, at(6) + dt.timedelta(seconds=1))
