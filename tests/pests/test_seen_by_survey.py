"""A quarantine pest that a survey sees is a find as in a trap; what it says of a nematode is a suspicion."""

import datetime as dt

import pytest
import shapely
from pested import NEMATODE, NOW, lab, survey, told, trap

from detectors.pests.sign import Options, signs
from detectors.region import Layer, Region
from streams.hops.outbreak_given import Pests, PestSettings
from streams.pest_tables import load_species

DAY = dt.timedelta(days=1)
SEEN = [one.name for one in load_species().species if one.is_quarantine and one.name != NEMATODE]
WEST, EAST = shapely.box(106.5, 30.5, 107.05, 31.5), shapely.box(107.05, 30.5, 107.6, 31.5)
BOTH = shapely.box(106.5, 30.5, 107.6, 31.5)
REGION = Region(
    "townships",
    {
        "city": Layer.of("city", [BOTH], ["5117"], ["达州市"]),
        "county": Layer.of("county", [BOTH], ["511722"], ["宣汉县"]),
        "township": Layer.of("township", [WEST, EAST], ["w", "e"], ["甲镇", "乙镇"]),
    },
)
WEBWORM = {"species": "Hyphantria cunea", "measure": "larvae_per_tree", "value": 1.0}


def turns(outcome):
    return [(one.action, one.grade, one.pages) for one in outcome.alerts]


@pytest.mark.parametrize("species", SEEN)
@pytest.mark.parametrize("measure", ["larvae_per_tree", "infested_stems_percent", "cover_percent"])
def test_one_larva_seen_where_the_pest_is_new_is_red_at_once_and_pages(species, measure):
    outcome = told([survey(species=species, measure=measure, value=0.1)], region=REGION)
    assert turns(outcome) == [("new", "I", True)]
    (one,) = outcome.incidents.values()
    assert {"caught", "new_unit"} <= {why.code for why in one.reasons}
    assert one.audience == "quarantine"
    assert "发现检疫性有害生物" in outcome.alerts[0].description["zh"]


def test_its_class_stands_beside_the_find():
    shoots = survey(species="Hyphantria cunea", measure="infested_stems_percent", value=6.0)
    (one,) = told([shoots], region=REGION).incidents.values()
    assert {"caught", "new_unit", "occurrence"} <= {why.code for why in one.reasons}


def test_none_seen_and_dead_trees_are_no_find():
    none = survey(**WEBWORM | {"value": 0.0})
    dead = survey("dead", species="Dendroctonus valens", value=12.0)
    outcome = told([none, dead], region=REGION)
    assert turns(outcome) == [("new", "II", True)]
    assert outcome.silences[none.observation_id].reason.code == "not_computed"


def test_a_further_one_of_the_township_pages_nobody_and_another_township_does():
    first = survey("a", **WEBWORM)
    again = survey("b", NOW + DAY, **WEBWORM | {"value": 60.0})
    over = survey("c", NOW + DAY, longitude=107.051, **WEBWORM)
    assert [one.pages for one in told([first, again], region=REGION).alerts if one.pages] == [True]
    assert sum(one.pages for one in told([first, over], region=REGION).alerts) == 2


def test_a_catch_and_a_survey_of_one_township_are_one_find():
    outcome = told([trap(0, 1, 1.0, species="Hyphantria cunea"), survey(**WEBWORM)], region=REGION)
    assert sum(one.pages for one in outcome.alerts) == 1


def test_where_an_authority_has_it_on_record_the_standard_grades_it():
    record = {"townships": ["甲镇"], "counties": ["宣汉县"]}
    light = survey(species="Hyphantria cunea", measure="infested_stems_percent", value=0.5)
    outcome = told([light], region=REGION, recorded_of={"美国白蛾": record})
    assert turns(outcome) == [("new", "IV", True)]


@pytest.mark.parametrize("measure", ["incidence_percent", "infested_stems_percent", "attacked_trees_percent"])
def test_pine_wilt_that_a_survey_says_is_suspected_until_a_laboratory_speaks(measure):
    said = survey(measure=measure, value=8.0, unit_id="12")
    assert turns(told([said])) == [("new", "III", True)]
    positive = told([said, lab(at=NOW + DAY, unit_id="12")])
    assert turns(positive) == [("new", "III", True), ("upgrade", "I", True)]
    negative = told([said, lab(at=NOW + DAY, unit_id="12", result="negative")])
    assert turns(negative)[-1][0] == "cancel"
    assert turns(told([survey(measure=measure, value=0.0)])) == []


def test_it_is_on_record_for_good_and_stays_open_as_a_catch_does():
    old = survey("old", NOW - 200 * DAY, **WEBWORM)
    (one,) = told([old], region=REGION).incidents.values()
    assert one.pest.closes_at == old.observed_at + 365 * DAY
    older = survey("older", NOW - 800 * DAY, **WEBWORM)
    seen = signs(Options(), Pests.of(PestSettings()).rules, [older, survey(**WEBWORM)], NOW)
    assert [(one.grade, one.basis) for one in seen.signs] == [("I", "survey")]
