"""A quarantine insect in a trap, and an infected tree: red by law where the place is new, quiet where not."""

import datetime as dt

import pytest
import shapely
from judged import delivery, judge
from pested import NEMATODE, NOW, WEEK, lab, quiet, survey, told, trap

from detectors.pests.caught import is_catch
from detectors.pests.sign import Options, Rules, signs
from detectors.region import Layer, Region
from schemas.settings import Settings
from streams.explain.explanation import Explanation
from streams.explain.words import lines, sentences
from streams.jurisdiction import in_force
from streams.pest_tables import load_rules, load_species
from streams.replay import tick

DAY = dt.timedelta(days=1)
VALENS, WEBWORM = "Dendroctonus valens", "Hyphantria cunea"
SPECIES = load_species()
WEST, EAST = shapely.box(106.5, 30.5, 107.05, 31.5), shapely.box(107.05, 30.5, 107.6, 31.5)
REGION = Region(
    "townships",
    {
        "city": Layer.of("city", [shapely.box(106.5, 30.5, 107.6, 31.5)], ["5117"], ["达州市"]),
        "county": Layer.of("county", [shapely.box(106.5, 30.5, 107.6, 31.5)], ["511722"], ["宣汉县"]),
        "township": Layer.of("township", [WEST, EAST], ["w", "e"], ["甲镇", "乙镇"]),
    },
)
NEAR, FAR = {"longitude": 107.0}, {"longitude": 107.1}


def caught(weeks_ago, catch=1.0, species=VALENS, number=0, **fields):
    return trap(number, weeks_ago, catch, species=species, **NEAR | fields)


def turns(outcome):
    return [(one.action, one.grade, one.pages) for one in outcome.alerts]


@pytest.mark.parametrize("species", [one.name for one in SPECIES.species if one.is_quarantine])
def test_one_quarantine_insect_in_a_new_place_is_red_at_once_and_pages(species):
    outcome = told([caught(0, species=species)], region=REGION)
    assert turns(outcome) == [("new", "I", True)]
    (alert,) = outcome.alerts
    (one,) = outcome.incidents.values()
    assert {why.code for why in one.reasons} >= {"caught", "new_unit"}
    assert one.audience == alert.audience == "quarantine"
    assert one.pest.novelty == ("township" if species == NEMATODE else "county"), "one is an announced county"
    assert "疑似" in alert.description["zh"]
    assert "待核实" in alert.headline["zh"] + alert.description["zh"]


@pytest.mark.parametrize("status", ["ok", "full", "damaged", "lure_expired"])
def test_whatever_state_the_trap_is_in(status):
    assert turns(told([caught(0, status=status)])) == [("new", "I", True)]


def test_an_empty_trap_and_a_common_beetle_are_no_find():
    assert turns(told([caught(0, 0.0), caught(1, None, status="missing"), trap(1, 0, 3.0)])) == []
    assert not is_catch(trap(1, 0, 3.0), SPECIES.find("松墨天牛"))


@pytest.mark.parametrize("number", [0.5, 1.5, 999_999.0])
def test_a_number_that_is_none_of_insects_pages_nobody_and_says_why(number):
    outcome = told([caught(0, number)], region=REGION)
    assert turns(outcome) == []
    assert [one.reason.code for one in outcome.silences.values()] == ["bad_value"]
    mended = caught(0, 2.0, revision=1, received_at=NOW + DAY)
    assert turns(told([caught(0, number), mended], region=REGION)) == [("new", "I", True)]


@pytest.mark.parametrize("minutes", [-60, 0, 1])
def test_a_catch_whose_interval_is_wrong_is_a_catch(minutes):
    end = caught(0).observed_at
    wrong = caught(0, 3.0, started_at=end - dt.timedelta(minutes=minutes))
    assert turns(told([wrong], region=REGION)) == [("new", "I", True)]


def test_a_further_catch_of_the_township_pages_nobody_and_another_township_does():
    again = told([caught(2), caught(1), caught(0)], region=REGION)
    assert [(one.grade, one.pages) for one in again.alerts] == [("I", True), ("I", False), ("I", False)]
    assert len(again.incidents) == 1
    outcome = told([caught(1), caught(0, number=5, **FAR)], region=REGION)
    assert turns(outcome) == [("new", "I", True), ("new", "I", True)]
    assert sorted(one.pest.novelty for one in outcome.incidents.values()) == ["county", "township"]


def test_where_an_authority_has_it_on_record_its_numbers_tell_as_those_of_any_pest():
    record = {VALENS: {"counties": ["宣汉县"], "townships": ["甲镇"]}}
    outcome = told([caught(0)], region=REGION, recorded_of=record)
    assert turns(outcome) == []
    assert [one.reason.code for one in outcome.silences.values()] == ["waiting_for"]
    elsewhere = told([caught(0, number=5, **FAR)], region=REGION, recorded_of=record)
    assert [one.pest.novelty for one in elsewhere.incidents.values()] == ["township"]
    by_chinese = told([caught(0)], region=REGION, recorded_of={"红脂大小蠹": record[VALENS]})
    assert turns(by_chinese) == []


def test_the_register_of_pine_wilt_says_nothing_of_another_pest():
    record = {"counties": ["宣汉县"], "townships": ["甲镇"], "units": ["12"]}
    outcome = told([lab(species=VALENS, unit_id="12", **NEAR)], region=REGION, recorded=record)
    assert turns(outcome) == [("new", "I", True)]
    assert turns(told([lab(unit_id="12", **NEAR)], region=REGION, recorded=record)) == [("new", "I", False)]


def test_a_catch_that_was_a_slip_is_taken_back_and_the_next_one_is_the_first_then():
    slip = caught(2)
    mended = caught(2, 0.0, revision=1, received_at=NOW + WEEK)
    outcome = told([slip, mended], region=REGION)
    assert [one.action for one in outcome.alerts] == ["new", "cancel"]
    outcome = told([slip, caught(0), mended], region=REGION)
    living = [one for one in outcome.incidents.values() if one.status == "open"]
    assert [one.pest.novelty for one in living] == ["county"]


def test_it_stays_open_like_a_positive_and_is_judged_alike_by_the_pure_rule():
    find = caught(0, number=20)
    assert len(judge([delivery(find), tick(NOW + 300 * DAY)]).alerts) == 1
    rules = load_rules()
    pure = Rules(
        species=SPECIES, occurrence=rules.occurrence, disaster=rules.disaster, grassland=rules.grassland
    )
    seen = signs(Options(), pure, [find, *quiet(3)], NOW)
    assert [(one.grade, one.basis, one.may_page) for one in seen.signs] == [("I", "trap", True)]


def test_order_of_two_catches_changes_nothing():
    early, late = caught(1), caught(0, received_at=NOW - 3 * DAY)
    both = [
        judge([delivery(*some) for some in order], settings=Settings(), region=REGION, end=NOW + WEEK)
        for order in ([[early], [late]], [[late], [early]])
    ]
    grades = [[(i, one.grade, one.pest.novelty) for i, one in sorted(b.incidents.items())] for b in both]
    living = [[row for row in some if both[0].incidents.get(row[0], None)] for some in grades]
    assert living[0] == [row for row in living[1] if row in living[0]]


def test_any_infected_tree_is_a_disaster_by_the_law_and_says_how_far_the_rule_is_checked():
    outcome = told([lab(unit_id="12")])
    (one,) = outcome.incidents.values()
    (why,) = [why for why in one.reasons if why.code == "disaster"]
    assert "any infected tree" in why.rule
    assert why.detail == "verified"
    assert "成灾" in outcome.alerts[0].description["zh"]
    words = sentences(in_force(Settings()))
    told_why = lines(Explanation(asked="x", kind="incident", outcome="told", reasons=(why,)), words)
    assert any("林造发〔2012〕26号" in line and "已核对原文" in line for line in told_why)


def test_more_dead_pines_beside_an_infected_tree_are_of_the_disaster_and_page_nobody():
    more = survey("more", NOW + DAY, unit_id="12", value=2.0)
    outcome = told([lab(unit_id="12"), more])
    assert turns(outcome)[0] == ("new", "I", True)
    assert not any(one.pages for one in outcome.alerts[1:])
    (one,) = outcome.incidents.values()
    assert {"dead_pines", "disaster"} <= {why.code for why in one.reasons}
    apart = told([lab(unit_id="12"), survey("more", NOW + DAY, unit_id="13", value=2.0)])
    assert sorted(one.grade for one in apart.incidents.values()) == ["I", "III"]


def test_nematode_in_the_table_is_the_species_of_the_register():
    assert SPECIES.find(NEMATODE).is_quarantine
    assert SPECIES.find("B.xylophilus") is SPECIES.find("Pine wilt nematode") is SPECIES.find(NEMATODE)
