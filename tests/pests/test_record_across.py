"""A new county or township pages although an outbreak of its neighbour lies near; a record is for good."""

import datetime as dt

import pytest
import shapely
from judged import delivery, judge
from pested import NOW, lab, survey, told, trap

from detectors.pests.register import Where
from detectors.pests.sign import Options, Rules, signs
from detectors.region import Layer, Region
from schemas.settings import Settings
from streams.pest_tables import load_rules, load_species
from streams.replay import tick

DAY = dt.timedelta(days=1)
WEST, EAST = shapely.box(106.5, 30.5, 107.0, 31.5), shapely.box(107.0, 30.5, 107.5, 31.5)
ALL = WEST.union(EAST)
COUNTIES = Region(
    "counties",
    {
        "city": Layer.of("city", [ALL], ["5118"], ["雅安市"]),
        "county": Layer.of("county", [WEST, EAST], ["511825", "511826"], ["天全县", "芦山县"]),
        "township": Layer.of("township", [WEST, EAST], ["w", "e"], ["甲镇", "乙镇"]),
    },
)
TOWNSHIPS = Region(
    "townships",
    {
        "city": Layer.of("city", [ALL], ["5118"], ["雅安市"]),
        "county": Layer.of("county", [ALL], ["511825"], ["天全县"]),
        "township": Layer.of("township", [WEST, EAST], ["w", "e"], ["甲镇", "乙镇"]),
    },
)
HERE, THERE = {"longitude": 106.995}, {"longitude": 107.005}


def turns(outcome):
    return [(one.action, one.grade, one.pages) for one in outcome.alerts]


@pytest.mark.parametrize(("region", "novelty"), [(COUNTIES, "county"), (TOWNSHIPS, "township")])
@pytest.mark.parametrize("later", [{}, {"unit_id": "9"}])
def test_a_positive_a_kilometre_away_over_the_border_is_new_and_pages(region, novelty, later):
    outcome = told([lab("a", **HERE), lab("b", NOW + DAY, **THERE, **later)], region=region)
    assert turns(outcome) == [("new", "I", True), ("new", "I", True)]
    assert sorted(one.pest.novelty for one in outcome.incidents.values()) == sorted(["county", novelty])


def test_a_catch_a_kilometre_away_over_the_border_is_new_and_pages():
    bark = {"species": "Dendroctonus valens"}
    outcome = told([trap(1, 1, 1.0, **bark, **HERE), trap(2, 0, 1.0, **bark, **THERE)], region=COUNTIES)
    assert turns(outcome) == [("new", "I", True), ("new", "I", True)]


def test_without_a_border_between_them_two_near_finds_are_one_outbreak():
    outcome = told([lab("a", **HERE), lab("b", NOW + DAY, longitude=106.985)], region=COUNTIES)
    assert turns(outcome) == [("new", "I", True), ("update", "I", False)]


OFF_LIST = {"counties": ["天全县"], "townships": ["甲镇"], "units": ["甲镇/12"]}


def test_the_settings_record_a_county_that_is_off_the_shipped_list():
    outcome = told([lab("a", unit_id="12", **HERE)], region=COUNTIES, recorded=OFF_LIST)
    assert turns(outcome) == [("new", "I", False)]
    (one,) = outcome.incidents.values()
    assert one.pest.novelty == ""


@pytest.mark.parametrize("more", [0, 14])
def test_a_recorded_sub_compartment_whose_outbreak_closed_revises_and_pages_nobody(more):
    year = NOW + 400 * DAY
    again = [delivery(lab(f"b{at}", year + at * DAY, unit_id="12", **HERE)) for at in sorted({0, more})]
    given = [delivery(lab("a", unit_id="12", **HERE)), tick(NOW + 380 * DAY), *again]
    outcome = judge(given, region=COUNTIES, end=year + 30 * DAY)
    assert turns(outcome)[:3] == [("new", "I", True), ("close", "I", False), ("new", "I", False)]
    assert not any(one.pages for one in outcome.alerts[2:])
    assert not any("新发" in one.headline["zh"] for one in outcome.alerts[2:])
    (one,) = outcome.incidents.values()
    assert (one.status, one.pest.novelty) == ("open", "")
    codes = {why.code for why in one.reasons}
    assert "known_unit" in codes
    assert "new_unit" not in codes


def test_a_positive_that_comes_late_reopens_it_and_pages_nobody():
    first = delivery(lab("a", unit_id="12", **HERE))
    late = lab("b", NOW + 360 * DAY, unit_id="12", received_at=NOW + 370 * DAY, **HERE)
    given = [first, tick(NOW + 368 * DAY), delivery(late)]
    outcome = judge(given, region=COUNTIES, end=NOW + 380 * DAY)
    assert turns(outcome) == [("new", "I", True), ("close", "I", False), ("new", "I", False)]


def test_a_recorded_sub_compartment_is_known_after_all_other_counts_are_forgotten():
    settings, end = Settings(outbreak={"remember_y": 1}), NOW + 2800 * DAY
    given = [delivery(lab("a", unit_id="12", **HERE)), *(tick(NOW + at * DAY) for at in (380, 900, 2700))]
    again = delivery(lab("b", end, unit_id="12", **HERE))
    outcome = judge([*given, again], settings=settings, region=COUNTIES)
    assert [one.pages for one in outcome.alerts if one.action == "new"] == [True, False]


def test_a_new_sub_compartment_of_the_same_township_still_pages_a_year_later():
    later = delivery(lab("b", NOW + 400 * DAY, unit_id="13", **HERE))
    outcome = judge([delivery(lab("a", unit_id="12", **HERE)), tick(NOW + 380 * DAY), later], region=COUNTIES)
    assert [one.pages for one in outcome.alerts if one.action == "new"] == [True, True]


def test_the_pure_rule_too_knows_a_positive_of_long_ago():
    law = load_rules()
    rules = Rules(
        species=load_species(), occurrence=law.occurrence, disaster=law.disaster, grassland=law.grassland
    )
    place = Where(unit="12", township="甲镇", county="天全县", city="雅安市", in_epidemic_list=False)
    finds = [lab("a", NOW - 500 * DAY, unit_id="12"), lab("b", NOW, unit_id="12")]
    got = signs(Options(), rules, finds, NOW, {"a": place, "b": place})
    assert [(one.sign_id, one.grade, one.may_page) for one in got.signs] == [("b", "I", False)]
    assert [(one.observation_id, one.reason.code) for one in got.unjudged] == [("a", "too_late")]


@pytest.mark.parametrize(("days", "pages"), [(50, True), (179, True), (181, False)])
def test_a_result_that_took_a_laboratory_months_still_pages_where_the_pest_is_new(days, pages):
    sampled = NOW - days * DAY
    assert [one.pages for one in told([lab("a", sampled, received_at=NOW)]).alerts] == [pages]
    known = [lab("a", sampled, unit_id="12"), lab("b", sampled, unit_id="12", received_at=NOW)]
    assert sum(one.pages for one in told(known).alerts) == 1, "on record it pages nobody, however fresh"


def test_any_other_old_find_still_pages_nobody():
    old = survey(at=NOW - 50 * DAY, received_at=NOW, value=30.0)
    assert [one.pages for one in told([old]).alerts] == [False]
