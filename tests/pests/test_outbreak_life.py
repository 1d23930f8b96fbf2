"""An outbreak from its first sign to its end: units, grades, answers, merging, taking back, closing."""

import datetime as dt

import numpy as np
import pytest
import shapely
from judged import delivery, judge
from pested import NEMATODE, NOW, WEEK, lab, quiet, survey, told, trap

from detectors.region import Region
from detectors.region.layer import Layer
from schemas.observation import Delivery
from schemas.verdict import Verdict
from streams.replay import tick

DAY = dt.timedelta(days=1)
COUNTY = shapely.box(106.5, 30.5, 107.5, 31.5)
AREAS = {"city": "达州市", "county": "宣汉县", "township": "双河镇"}


def turns(outcome):
    return [(one.action, one.grade, one.pages) for one in outcome.alerts]


def test_a_second_positive_of_a_sub_compartment_revises_it_and_pages_nobody():
    outcome = told([lab("a", unit_id="12"), lab("b", NOW + 8 * DAY, unit_id="12", longitude=107.5)])
    assert turns(outcome) == [("new", "I", True), ("update", "I", False)]
    assert len(outcome.incidents) == 1, "one sub-compartment is one outbreak, however far apart its trees are"


def test_a_positive_next_to_a_recorded_sub_compartment_is_red_and_pages():
    outcome = told([lab("a", unit_id="12"), lab("b", NOW + DAY, unit_id="13", longitude=107.001)])
    assert turns(outcome) == [("new", "I", True), ("new", "I", True)]


def test_a_recorded_sub_compartment_pages_nobody_at_all():
    record = {"units": ["12"], "townships": ["双河镇"], "counties": ["宣汉县"]}
    places = {name: Layer.of(name, [COUNTY], [name], [word]) for name, word in AREAS.items()}
    finds = [lab("a", unit_id="12"), lab("b", NOW + DAY, unit_id="12")]
    outcome = told(finds, region=Region("test", places), recorded=record)
    assert outcome.alerts
    assert not any(one.pages for one in outcome.alerts)
    record["units"] = ["13"]
    unlike = told(finds, region=Region("test", places), recorded=record)
    assert turns(unlike)[0] == ("new", "I", True), "another sub-compartment is on record, not this one"


def test_a_recorded_sub_compartment_of_an_unknown_county_may_be_new():
    outcome = told([lab("a", unit_id="12")], recorded={"units": ["12"], "counties": ["x"]})
    assert turns(outcome) == [("new", "I", True)]


def test_dead_pines_rise_to_red_with_the_laboratory():
    outcome = told([survey(unit_id="12", value=3.0), lab("a", NOW + 5 * DAY, unit_id="12")])
    assert turns(outcome) == [("new", "III", True), ("upgrade", "I", True)]


def test_a_correction_takes_the_outbreak_back():
    wrong = survey(unit_id="12", value=30.0)
    right = survey(unit_id="12", value=0.0, revision=1, received_at=NOW + DAY)
    outcome = told([wrong, right])
    assert [one.action for one in outcome.alerts] == ["new", "cancel"]
    assert [one.status for one in outcome.incidents.values()] == ["false_alarm"]


def test_a_late_find_between_two_outbreaks_makes_them_one_and_keeps_the_oldest():
    pest = {"species": "Dendrolimus punctatus", "measure": "larvae_per_tree", "value": 20.0}
    apart = [
        survey("a", NOW, **pest),
        survey("b", NOW + DAY, longitude=107.03, **pest),
        survey("c", NOW + 2 * DAY, longitude=107.015, **pest),
    ]
    outcome = told(apart)
    merged, heir = sorted(outcome.incidents.values(), key=lambda one: one.status)
    assert (merged.status, merged.merged_into, heir.status) == ("merged", heir.incident_id, "open")
    assert heir.opened_at == NOW
    assert set(heir.lineage) == {heir.incident_id, merged.incident_id}
    ended = [one for one in outcome.alerts if one.reasons[0].code == "merged_into"]
    assert [one.alert_id for one in ended] == [merged.incident_id]


def test_an_outbreak_that_grows_is_told_again_and_pages_nobody():
    pest = {"species": "Dendrolimus punctatus", "measure": "larvae_per_tree", "value": 20.0}
    near = survey("b", NOW + DAY, longitude=107.0001, **pest)
    away = survey("c", NOW + 2 * DAY, longitude=107.015, **pest)
    outcome = told([survey("a", NOW, **pest), near, away])
    assert turns(outcome) == [("new", "III", True), ("update", "III", False)]
    first, second = outcome.alerts
    assert second.reasons[0].code == "grew"
    assert second.area_ha > 1.5 * first.area_ha


@pytest.mark.parametrize(("days", "open_after"), [(89, True), (91, False)])
def test_an_outbreak_closes_when_its_signs_have_nothing_more_to_say(days, open_after):
    outcome = judge([delivery(survey(value=3.0))], end=NOW + days * DAY)
    assert (len(outcome.alerts) == 1) is open_after
    if not open_after:
        assert outcome.alerts[-1].action == "close"
        assert "未宣布" in outcome.alerts[-1].description["zh"]


def verdict(code, level, at, name, knew=None):
    return Delivery(
        delivery_id=f"v/{code}/{level}",
        received_at=at,
        verdicts=(
            Verdict(
                verdict_id=f"v{code}",
                incident_id=name,
                code=code,
                level=level,
                author="x",
                at=at,
                received_at=at,
                knew=knew,
            ),
        ),
    )


def test_an_office_denies_it_and_a_later_sign_pages_again():
    first = delivery(survey("a", value=3.0))
    name = next(iter(judge([first]).incidents))
    later = delivery(survey("b", NOW + 20 * DAY, value=12.0))
    outcome = judge([first, verdict(6, "county", NOW + DAY, name), later])
    assert turns(outcome) == [("new", "III", True), ("cancel", "III", False), ("new", "II", True)]


def test_an_office_confirms_it():
    first = delivery(survey("a", value=3.0))
    name = next(iter(judge([first]).incidents))
    outcome = judge([first, verdict(0, "county", NOW + DAY, name)])
    assert [one.action for one in outcome.alerts] == ["new", "confirm"]
    assert outcome.incidents[name].feedback.ruling == "fire"


@pytest.mark.parametrize(("knew", "heard"), [((), False), (("v6",), True), (None, True)])
def test_of_two_offices_that_answer_on_an_outbreak_the_second_must_have_known_the_first(knew, heard):
    first = delivery(survey("a", value=3.0))
    name = next(iter(judge([first]).incidents))
    answers = verdict(6, "county", NOW + DAY, name, ()), verdict(0, "county", NOW + 2 * DAY, name, knew)
    outcome = judge([first, *answers])
    became = {one.verdict_id: one for one in outcome.verdicts}
    assert (became["v6"].outcome, became["v0"].outcome) == ("applied", "applied" if heard else "refused")
    if not heard:
        assert (became["v0"].reason.code, became["v0"].reason.ref) == ("not_first", "v6")
        alone = judge([first, answers[0]])
        assert outcome.incidents[name].feedback == alone.incidents[name].feedback, (
            "what is refused moves nothing"
        )
        assert turns(outcome) == turns(alone)


def test_loud_traps_are_told_when_their_week_is_over_and_close_with_their_season():
    loud = {one.observation_id: one for one in quiet()}
    loud |= {f"t{n}/0": trap(n, 0, 60.0) for n in (3, 4, 5)}
    outcome = told([*loud.values(), trap(0, -1), trap(0, -2)], finding={"trap": {"clusters": False}})
    news = [one for one in outcome.alerts if one.action == "new" and set(one.sources) & {"trap/4"}]
    assert [one.issued_at for one in news] == [NOW]


def test_old_finds_come_too_late_to_page():
    outcome = judge(
        [Delivery(delivery_id="d", received_at=NOW + 60 * DAY, observations=(survey(value=3.0),))]
    )
    assert turns(outcome) == [("new", "III", False)]
    assert outcome.alerts[0].reasons[0].code == "backlog"


def test_time_without_news_says_nothing():
    first = delivery(lab())
    assert len(judge([first, tick(NOW + DAY), tick(NOW + WEEK)]).alerts) == 1


def test_unread_is_not_zero_in_the_figures():
    outcome = told([lab()])
    assert outcome.alerts[0].carbon.carbon_t is None
    assert outcome.alerts[0].carbon.reason.code in {"no_carbon_layer", "not_computed"}
    assert outcome.alerts[0].pest.species == NEMATODE
    assert np.isfinite(outcome.alerts[0].area_ha)
