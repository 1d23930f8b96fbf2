"""Every grade at its boundary, by the table that is shipped."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from reported import a_place

from alerts.grade import ORDER, Condition, Facts, Options, judged, nearest_km, overridden, protected
from alerts.grade_condition import parts
from streams.tables import load_tables

TABLE = load_tables().grades


def settlement(km):
    return a_place("大箐村", "settlements", "near", distance_km=km)


def facts(probability, spread_ha=0.0, pixels=1, *places, **known):
    return Facts(probability=probability, spread_ha=spread_ha, pixels=pixels, places=places, **known)


def grade(known, options=None):
    """The grade, and the reasons by their codes."""
    held, reasons = judged(TABLE, options or Options(), known)
    return held, {one.code: one for one in reasons}


RESERVE = a_place("螺髻山", "protected_areas", "possibly_inside")
CORE = replace(RESERVE, zone="核心区")
TREE = a_place("泸山古柏", "ancient_trees", "near", distance_km=1.0)
RISK = replace(a_place("高风险区", "risk_zones", "possibly_inside"), level="高风险")
HOLDS = {
    "I by spread": ("I", facts(0.95, 1000.0)),
    "I by spread near people": ("I", facts(0.95, 100.0, 1, settlement(5.0))),
    "II by spread": ("II", facts(0.9, 100.0)),
    "II near people": ("II", facts(0.9, 0.0, 1, settlement(2.0))),
    "II by many pixels in a protected area": ("II", facts(0.9, 0.0, 10, RESERVE)),
    "III by pixels": ("III", facts(0.7, 0.0, 3)),
    "III by spread": ("III", facts(0.7, 10.0)),
    "III in a protected area": ("III", facts(0.7, 0.0, 1, RESERVE)),
    "I by people in reach of the next hour": ("I", facts(0.95, 10.0, in_reach=True)),
    "II in a core zone": ("II", facts(0.9, 0.0, 1, CORE)),
    "II by people in reach of the next hour": ("II", facts(0.9, in_reach=True)),
    "II by extreme danger": ("II", facts(0.9, 0.0, 3, danger=5)),
    "III by high danger": ("III", facts(0.7, danger=4)),
    "II by many pixels in a high risk zone": ("II", facts(0.9, 0.0, 3, RISK)),
    "III near an ancient tree": ("III", facts(0.7, 0.0, 1, TREE)),
    "III in a high risk zone": ("III", facts(0.7, 0.0, 1, RISK)),
    "III near people": ("III", facts(0.7, 0.0, 1, settlement(5.0))),
    "IV by probability alone": ("IV", facts(0.5)),
}
JUST_NOT = {
    "I for want of spread": ("II", facts(0.95, 999.9)),
    "I for want of nearness": ("II", facts(0.95, 100.0, 1, settlement(5.01))),
    "I for want of spread near people": ("II", facts(0.95, 99.9, 1, settlement(2.0))),
    "I for want of probability": ("II", facts(0.9499, 1000.0)),
    "II for want of nearness": ("III", facts(0.9, 99.9, 1, settlement(2.01))),
    "II for want of pixels in a protected area": ("III", facts(0.9, 0.0, 9, RESERVE)),
    "II for want of a protected area": ("III", facts(0.9, 0.0, 10)),
    "II for want of probability": ("III", facts(0.8999, 100.0)),
    "II for want of a core zone": ("III", facts(0.9, 0.0, 1, replace(CORE, zone="缓冲区"))),
    "II for want of extreme danger": ("III", facts(0.9, 0.0, 3, danger=4)),
    "II because nobody is in reach": ("IV", facts(0.9, in_reach=False)),
    "III because danger is unknown": ("IV", facts(0.7, danger=None)),
    "II for want of pixels in a high risk zone": ("III", facts(0.9, 0.0, 2, RISK)),
    "III for want of nearness to a tree": ("IV", facts(0.7, 0.0, 1, replace(TREE, distance_km=1.01))),
    "III for want of a high risk zone": ("IV", facts(0.7, 0.0, 1, replace(RISK, level="中高风险"))),
    "III for want of all": ("IV", facts(0.9, 9.9, 2, settlement(5.01))),
    "III for want of probability": ("IV", facts(0.6999, 10.0, 3, RESERVE)),
    "IV for want of probability": ("task", facts(0.4999, 5000.0, 50, RESERVE, settlement(0.0))),
}


@pytest.mark.parametrize(("expected", "known"), HOLDS.values(), ids=HOLDS)
def test_a_rule_holds_at_its_boundary(expected, known):
    assert grade(known)[0] == expected


@pytest.mark.parametrize(("expected", "known"), JUST_NOT.values(), ids=JUST_NOT)
def test_a_rule_does_not_hold_below_its_boundary(expected, known):
    assert grade(known)[0] == expected


def test_every_rule_and_every_condition_is_tried_above():
    conditions = sum(max(len(rule.any), 1) for rule in TABLE.rule)
    assert [rule.grade for rule in TABLE.rule] == ["I", "II", "III", "IV"]
    assert len(HOLDS) == conditions


def test_the_reason_names_the_table_the_rule_and_what_is_missing_to_the_next():
    reason = grade(facts(0.62, 0.0, 3))[1]["grade_rule"]
    assert (reason.code, reason.rule, reason.ref) == ("grade_rule", "IV", TABLE.version)
    assert (reason.value, reason.threshold, reason.margin) == (0.62, 0.7, 0.08)
    assert (reason.unit, reason.detail) == ("to III", "")


def test_where_other_conditions_are_missing_too_the_reason_says_so():
    reason = grade(facts(0.75))[1]["grade_rule"]
    assert (reason.rule, reason.unit, reason.margin) == ("IV", "to III", -0.05)
    assert reason.detail == "its other conditions do not hold"


def test_above_grade_one_there_is_no_next_rule():
    held, reasons = grade(facts(0.97, 1000.0))
    reason = reasons["grade_rule"]
    assert held == "I"
    assert (reason.threshold, reason.margin, reason.unit) == (None, None, "")


@pytest.mark.parametrize(
    ("level", "name", "rank"),
    [("高风险", "", 3), ("", "高风险区（示意）", 3), ("Very high", "", 3), ("中高风险", "", 2),
     ("medium", "", 1), ("低风险", "高山乡", 0), ("", "", 0)],
)  # fmt: skip
def test_a_risk_zone_counts_by_how_its_level_begins_or_else_its_name(level, name, rank):
    zone = replace(a_place(name, "risk_zones", "inside"), level=level)
    found = grade(facts(0.7, 0.0, 1, zone))[1]
    said = found.get("grade_condition") or found["grade_lacks"]
    if rank == 3:
        assert (said.rule, said.value, said.threshold, said.ref) == ("risk_zone", 3.0, 3.0, zone.place_id)
    condition = Condition(risk_zone=max(rank, 1))
    [part] = parts(TABLE.ranks, condition, facts(0.7, 0.0, 1, zone))
    assert (part.value, part.holds) == (float(rank), rank > 0)


def test_the_reason_names_the_tree_and_how_far_it_is():
    said = grade(facts(0.7, 0.0, 1, TREE))[1]["grade_condition"]
    assert (said.rule, said.value, said.threshold, said.margin) == ("ancient_km", 1.0, 1.0, 0.0)
    assert (said.unit, said.ref) == ("km", TREE.place_id)


def test_only_settlements_and_facilities_are_near():
    places = (
        a_place(distance_km=0.1),
        settlement(3.0),
        a_place("变电站", "facilities", "near", distance_km=2.5),
    )
    assert nearest_km(places) == 2.5
    assert nearest_km((settlement(None), RESERVE)) == float("inf")


def test_a_protected_area_counts_also_where_it_is_only_possible():
    assert protected((RESERVE,))
    assert not protected((a_place(), settlement(1.0)))


PLACES = st.lists(st.sampled_from([RESERVE, settlement(1.0), settlement(4.0), a_place()]), max_size=3)


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=2).map(sorted),
    st.tuples(st.floats(0, 2000), st.floats(0, 500)),
    st.integers(0, 20),
    PLACES,
)
def test_a_surer_or_larger_fire_is_never_graded_lower(sure, spread, pixels, places):
    before = grade(facts(sure[0], spread[0], pixels, *places))[0]
    after = grade(facts(sure[1], sum(spread), pixels + 1, *places, settlement(1.0)))[0]
    assert ORDER[after] >= ORDER[before]


def test_the_reasons_say_what_held_how_far_the_fall_is_and_what_is_missing():
    held, why = grade(facts(0.78, 0.0, 1, settlement(4.5)))
    assert held == "III"
    near = why["grade_condition"]
    assert (near.rule, near.value, near.threshold, near.margin, near.unit) == ("near_km", 4.5, 5.0, 0.5, "km")
    assert near.ref == "settlements-大箐村"
    assert (why["grade_floor"].threshold, why["grade_floor"].margin) == (0.7, 0.08)
    lacks = why["grade_lacks"]
    assert (lacks.rule, lacks.value, lacks.threshold, lacks.margin) == ("spread_ha", 0.0, 100.0, 100.0)


@pytest.mark.parametrize(
    ("weather", "asked"),
    [
        ({}, 0.5), ({"danger": 3}, 0.5), ({"rain_24h_mm": 4.9}, 0.5), ({"danger": 1}, 0.69),
        ({"danger": 2}, 0.5987), ({"rain_24h_mm": 5.0}, 0.69), ({"danger": 4, "rain_24h_mm": 5.0}, 0.69),
        ({"danger": 1, "witnessed": True}, 0.5),
    ],
)  # fmt: skip
def test_a_wet_day_asks_for_more_and_missing_weather_for_nothing(weather, asked):
    assert grade(facts(asked, **weather))[0] == "IV"
    held, why = grade(facts(asked - 0.0001, **weather))
    assert held == "task"
    assert why["grade_rule"].threshold == asked
    assert ("wet_day" in why) is (asked > 0.5)


def test_a_rule_of_the_settings_takes_the_place_of_the_one_for_its_grade():
    own = msgspec.convert({"rule": [{"grade": "IV", "probability": 0.3}], "wet_level_1": 0.0}, Options)
    table = overridden(TABLE, own)
    assert [rule.grade for rule in table.rule] == ["I", "II", "III", "IV"]
    assert judged(table, own, facts(0.3))[0] == "IV"
    assert judged(table, own, facts(0.3))[1][0].ref == f"{TABLE.version}+settings"
    assert overridden(TABLE, Options()) is TABLE
    with pytest.raises(msgspec.ValidationError, match="probability"):
        msgspec.convert({"rule": [{"grade": "IV", "probability": 1.3}]}, Options)
