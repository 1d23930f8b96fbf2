"""Every grade at its boundary, by the table that is shipped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reported import a_place

from alerts.grade import ORDER, Facts, grade, nearest_km, protected
from streams.tables import load_tables

TABLE = load_tables().grades


def settlement(km):
    return a_place("大箐村", "settlements", "near", distance_km=km)


def facts(probability, spread_ha=0.0, pixels=1, *places):
    return Facts(probability=probability, spread_ha=spread_ha, pixels=pixels, places=places)


RESERVE = a_place("螺髻山", "protected_areas", "possibly_inside")
HOLDS = {
    "I by spread": ("I", facts(0.95, 1000.0)),
    "I by spread near people": ("I", facts(0.95, 100.0, 1, settlement(5.0))),
    "II by spread": ("II", facts(0.9, 100.0)),
    "II near people": ("II", facts(0.9, 0.0, 1, settlement(2.0))),
    "II by many pixels in a protected area": ("II", facts(0.9, 0.0, 10, RESERVE)),
    "III by pixels": ("III", facts(0.7, 0.0, 3)),
    "III by spread": ("III", facts(0.7, 10.0)),
    "III in a protected area": ("III", facts(0.7, 0.0, 1, RESERVE)),
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
    "III for want of all": ("IV", facts(0.9, 9.9, 2, settlement(5.01))),
    "III for want of probability": ("IV", facts(0.6999, 10.0, 3, RESERVE)),
    "IV for want of probability": ("task", facts(0.4999, 5000.0, 50, RESERVE, settlement(0.0))),
}


@pytest.mark.parametrize(("expected", "known"), HOLDS.values(), ids=HOLDS)
def test_a_rule_holds_at_its_boundary(expected, known):
    assert grade(TABLE, known)[0] == expected


@pytest.mark.parametrize(("expected", "known"), JUST_NOT.values(), ids=JUST_NOT)
def test_a_rule_does_not_hold_below_its_boundary(expected, known):
    assert grade(TABLE, known)[0] == expected


def test_every_rule_and_every_condition_is_tried_above():
    conditions = sum(max(len(rule.any), 1) for rule in TABLE.rule)
    assert [rule.grade for rule in TABLE.rule] == ["I", "II", "III", "IV"]
    assert len(HOLDS) == conditions


def test_the_reason_names_the_table_the_rule_and_what_is_missing_to_the_next():
    _, reason = grade(TABLE, facts(0.62, 0.0, 3))
    assert (reason.code, reason.rule, reason.ref) == ("grade_rule", "IV", TABLE.version)
    assert (reason.value, reason.threshold, reason.margin) == (0.62, 0.7, 0.08)
    assert (reason.unit, reason.detail) == ("to III", "")


def test_where_other_conditions_are_missing_too_the_reason_says_so():
    _, reason = grade(TABLE, facts(0.75))
    assert (reason.rule, reason.unit, reason.margin) == ("IV", "to III", -0.05)
    assert reason.detail == "its other conditions do not hold"


def test_above_grade_one_there_is_no_next_rule():
    held, reason = grade(TABLE, facts(0.97, 1000.0))
    assert held == "I"
    assert (reason.threshold, reason.margin, reason.unit) == (None, None, "")


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
    before = grade(TABLE, facts(sure[0], spread[0], pixels, *places))[0]
    after = grade(TABLE, facts(sure[1], sum(spread), pixels + 1, *places, settlement(1.0)))[0]
    assert ORDER[after] >= ORDER[before]
