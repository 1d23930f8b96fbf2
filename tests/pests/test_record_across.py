"""A new county or township pages although an outbreak of its neighbour lies near; a record is for good."""

import datetime as dt

import pytest
import shapely
from pested import NOW, lab, told, trap

from detectors.region import Layer, Region

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
