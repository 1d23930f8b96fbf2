"""Grades of finds: laboratories, trees, traps, grassland; what pages; what the words may say."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.outbreak import faults, one_line
from detectors.pests.grading import (
    ORDER,
    Graded,
    Options,
    Register,
    TrapSign,
    Where,
    highest,
    of_class,
    of_dead_pines,
    of_disaster,
    of_grassland,
    of_positive,
    of_trap,
)
from schemas.reason import REASONS, Reason
from schemas.settings import Settings
from streams.jurisdiction import in_force

WHY = Reason(code="occurrence")
OPTIONS = Options()
WORDS = in_force(Settings()).words["zh"]
RECORD = Register(units=frozenset({"u1"}), townships=frozenset({"t1"}), counties=frozenset({"c1"}))
KNOWN = {"unit": "u1", "township": "t1", "county": "c1", "in_epidemic_list": True}


@pytest.mark.parametrize(
    ("sign", "grade"),
    [
        ({"p": 0.049, "q": 0.19}, "IV"),
        ({"p": 0.05, "q": 0.19}, None),
        ({"p": 0.049, "q": 0.20}, None),
        ({"p": 0.009, "q": 0.09}, "III"),
        ({"p": 0.009, "q": 0.10}, "IV"),
        ({"p": 0.01, "q": 0.09}, "IV"),
        ({"p": 0.049, "q": 0.9, "before_p": 0.049}, "III"),
        ({"p": 0.049, "q": 0.9, "before_p": 0.05}, None),
        ({"p": 0.049, "q": 0.9, "score": 2.0}, "II"),
        ({"p": 0.049, "q": 0.9, "score": 1.99}, None),
        ({"p": 0.9, "score": 3.0}, None),
        ({"cluster_p": 0.049}, "II"),
        ({"cluster_p": 0.05}, None),
        ({}, None),
    ],
)
def test_traps(sign, grade):
    assert of_trap(OPTIONS, TrapSign(**sign)).grade == grade


def test_classes_disaster_and_grassland():
    assert [of_class(name, WHY).grade for name in ("none", "light", "moderate", "severe")] == [
        None,
        "IV",
        "III",
        "II",
    ]
    assert of_disaster(WHY).grade == "I"
    assert of_disaster(None).grade is None
    assert [of_grassland(OPTIONS, name, WHY, None).grade for name in ("none", "half", "harm", "severe")] == [
        None,
        "IV",
        "III",
        "II",
    ]


def test_severe_grassland_is_red_only_over_a_known_large_area():
    assert of_grassland(OPTIONS, "severe", WHY, 10_001).grade == "I"
    assert of_grassland(OPTIONS, "severe", WHY, 10_000).grade == "II"
    assert of_grassland(OPTIONS, "harm", WHY, 1e6).grade == "III"


@pytest.mark.parametrize(
    ("dead", "p", "grade"),
    [(0, None, None), (1, None, "III"), (9, None, "III"), (10, None, "II"), (1, 0.04, "II")],
)
def test_dead_pines_without_a_test(dead, p, grade):
    assert of_dead_pines(OPTIONS, dead, p).grade == grade


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"in_epidemic_list": False}, "county"),
        ({"county": "c2"}, "county"),
        ({"county": ""}, "county"),
        ({"township": "t2"}, "township"),
        ({"township": ""}, "township"),
        ({"unit": "u2"}, "sub-compartment"),
        ({"unit": ""}, "sub-compartment"),
    ],
)
def test_a_positive_where_none_is_on_record_is_red_at_once(changed, rule):
    got = of_positive(RECORD, Where(**KNOWN | changed), "S-1")
    assert (got.grade, got.may_page) == ("I", True)
    assert [(one.code, one.rule) for one in got.reasons][1] == ("new_unit", rule)


def test_a_county_outside_the_list_is_suspected_as_new_and_not_announced():
    got = of_positive(RECORD, Where(**KNOWN | {"in_epidemic_list": False}), "S-1")
    assert (got.reasons[1].rule, got.reasons[1].detail) == ("county", "not on the list in force")


def test_a_positive_in_a_recorded_sub_compartment_pages_nobody():
    got = of_positive(RECORD, Where(**KNOWN), "S-1")
    assert (got.grade, got.may_page) == ("I", False)
    assert got.reasons[1].code == "known_unit"


GRADED = st.builds(
    Graded,
    st.sampled_from([*ORDER, None]),
    st.booleans(),
    st.sampled_from([(WHY,), (Reason(code="excess"),)]),
)


@given(st.lists(GRADED, max_size=6).map(tuple))
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_the_highest_grade_wins_whatever_the_order(graded):
    got = highest(graded)
    grades = [one.grade for one in graded if one.grade is not None]
    assert got.grade == (min(grades, key=ORDER.index) if grades else None)
    assert got.may_page == any(one.may_page for one in graded if one.grade == got.grade is not None)
    turned = highest(graded[::-1])
    assert (turned.grade, turned.may_page, set(turned.reasons)) == (got.grade, got.may_page, set(got.reasons))


def test_a_find_says_suspected_and_to_be_verified():
    for novelty in ("", "county", "township", "sub-compartment"):
        text = one_line(WORDS, "松材线虫病", "Bursaphelenchus xylophilus", "达州市宣汉县", novelty)
        assert faults(WORDS, text) == ()
        assert ("疑似新发县" in text) == (novelty == "county")


@pytest.mark.parametrize(
    "text",
    ["宣汉县松材线虫病疫情公布", "疑似疫情，现确认疫情", "该县被列为疫区（待核实）", "宣汉县发现松材线虫病"],
)
def test_words_that_announce_or_lack_the_mark_are_found(text):
    assert faults(WORDS, text) != ()


def test_every_reason_a_grade_gives_is_in_the_catalogue():
    for code in ("excess", "cluster", "dead_pines", "disaster", "lab_positive", "new_unit", "known_unit"):
        assert code in REASONS
