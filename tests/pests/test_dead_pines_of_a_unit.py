"""Dead pines of one sub-compartment add up, tree by tree; where it is on record they are of the disaster."""

import datetime as dt

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pested import NOW, lab, survey, told

from detectors.pests.register import Where
from detectors.pests.summed import Options, summed
from detectors.region import Layer, Region

DAY = dt.timedelta(days=1)
BOX = shapely.box(106.5, 30.5, 107.6, 31.5)
REGION = Region(
    "one",
    {
        "city": Layer.of("city", [BOX], ["5117"], ["达州市"]),
        "county": Layer.of("county", [BOX], ["511722"], ["宣汉县"]),
        "township": Layer.of("township", [BOX], ["511722100"], ["甲镇"]),
    },
)
RECORD = {"counties": ["宣汉县"], "townships": ["甲镇"], "units": ["12"]}


def trees(number, at=NOW, unit="12", **fields):
    """Trees found from the air, one a row, some ten metres apart."""
    given_ = {"measure": "discoloured_trees", "value": 1.0, "source": "uav/1"} | fields
    return [
        survey(f"{unit}/{at:%j}/{n}", at, unit_id=unit, longitude=107.0 + 2e-4 * n, **given_)
        for n in range(number)
    ]


def grades(outcome):
    return sorted(one.grade for one in outcome.incidents.values() if one.status == "open")


@pytest.mark.parametrize(("number", "grade"), [(9, "III"), (10, "II"), (25, "II")])
def test_trees_one_a_row_are_as_many_as_a_row_that_counts_them(number, grade):
    assert grades(told(trees(number), region=REGION)) == [grade]
    assert grades(told([survey(value=float(number), unit_id="12")], region=REGION)) == [grade]


def test_trees_of_two_sub_compartments_or_of_none_do_not_add_up():
    assert grades(told([*trees(5), *trees(5, unit="13")], region=REGION)) == ["III", "III"]
    assert grades(told(trees(12, unit=""), region=REGION)) == ["III"]


def test_the_same_trees_seen_again_are_no_more_trees_and_an_older_round_does_not_count():
    assert grades(told([*trees(6), *trees(6, NOW + 30 * DAY)], region=REGION)) == ["III"]
    more = [*trees(6), *trees(6, NOW + 30 * DAY, latitude=31.01)]
    assert grades(told(more, region=REGION)) == ["II"]
    late = [*trees(6), *trees(6, NOW + 80 * DAY, latitude=31.01)]
    assert grades(told(late, region=REGION)) == ["III"]


def test_the_same_trees_told_from_the_air_and_from_the_ground_are_counted_once():
    ground = survey("g", NOW + DAY, unit_id="12", value=6.0, latitude=31.01)
    assert grades(told([*trees(6), ground], region=REGION)) == ["III"]


def test_one_negative_does_not_clear_twenty_five_trees():
    negative = lab("n", NOW + DAY, unit_id="12", result="negative")
    assert grades(told([*trees(25), negative], region=REGION)) == ["III"]
    ten = [lab(f"n{n}", NOW + DAY, unit_id="12", result="negative", sample_id=f"S{n}") for n in range(10)]
    assert grades(told([*trees(25), *ten], region=REGION)) == []


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 90), st.integers(0, 5), st.integers(0, 4)),
        max_size=25,
        unique_by=lambda one: one[:3],
    )
)
@settings(max_examples=60, deadline=None)
def test_the_sum_is_that_of_the_newest_look_at_each_spot(rows):
    """Against the rule spelled out for one row after the other."""
    finds = [
        survey(
            f"{unit}{day}{spot}",
            NOW + day * DAY,
            unit_id=unit,
            value=float(dead),
            longitude=107 + spot * 1e-3,
        )
        for unit, day, spot, dead in rows
    ]
    got = summed(Options(), finds, {})
    for (unit, day, *_), find in zip(rows, finds, strict=True):
        newest = {
            spot: dead
            for other, when, spot, dead in sorted(rows, key=lambda one: one[1])
            if other == unit and day - Options().within_d < when <= day
        }
        assert got[find.observation_id] == sum(newest.values())


def test_dead_pines_in_a_sub_compartment_that_settings_record_revise_and_page_nobody():
    outcome = told([survey(unit_id="12", value=2.0)], region=REGION, recorded=RECORD)
    assert [(one.action, one.grade, one.pages) for one in outcome.alerts] == [("new", "I", False)]
    (one,) = outcome.incidents.values()
    assert {"dead_pines", "known_unit", "disaster"} <= {why.code for why in one.reasons}
    other = told([survey(unit_id="13", value=2.0)], region=REGION, recorded=RECORD)
    assert [(one.action, one.grade, one.pages) for one in other.alerts] == [("new", "III", True)]


def test_a_unit_of_a_township_that_is_not_on_record_is_not_recorded():
    outcome = told([survey(unit_id="12", value=2.0)], region=REGION, recorded=RECORD | {"townships": []})
    assert [(one.grade, one.pages) for one in outcome.alerts] == [("III", True)]


def test_places_are_those_that_the_region_gives():
    finds = trees(4)
    where = {one.observation_id: Where(unit="u", township=t) for one, t in zip(finds, "aabb", strict=True)}
    assert set(summed(Options(), finds, where).values()) == {2.0}
