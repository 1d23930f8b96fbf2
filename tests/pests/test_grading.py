"""Grades of finds: laboratories, trees, traps, grassland; what pages; what the words may say."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.outbreak import faults, one_line
from detectors.pests.grading import (
    ORDER,
    Graded,
    Options,
    highest,
    of_class,
    of_disaster,
    of_grassland,
    of_positive,
)
from detectors.pests.register import Register, Where
from detectors.pests.unusual import Together, TrapSign, of_dead_pines, of_trap
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
        ({"p": 0.049, "q": 0.19, "before_p": 0.049}, "III"),
        ({"p": 0.049, "q": 0.19, "before_p": 0.05}, "IV"),
        ({"p": 0.049, "q": 0.20, "before_p": 0.049}, None),
        ({"p": 0.049, "q": 0.19, "score": 2.0}, "II"),
        ({"p": 0.049, "q": 0.19, "score": 1.99}, "IV"),
        ({"p": 0.049, "q": 0.20, "score": 9.0}, None),
        ({"p": 0.049, "score": 9.0}, None),
        ({"p": 0.9, "q": 0.1, "score": 3.0}, None),
        ({"p": 0.001, "q": 0.01, "is_over": False}, None),
        ({"p": 0.001, "q": 0.01, "is_over": True}, "III"),
        ({"p": 0.3, "q": 0.9, "rise": 2.26, "rise_q": 0.09}, "III"),
        ({"p": 0.3, "q": 0.9, "rise": 2.25, "rise_q": 0.09}, None),
        ({"p": 0.3, "q": 0.9, "rise": 9.0, "rise_q": 0.10}, None),
        ({"cluster": Together(p=0.049, recurrence_weeks=20.4, model="m")}, "II"),
        ({"cluster": Together(p=0.05, recurrence_weeks=20.0, model="m")}, None),
        ({}, None),
    ],
)
def test_traps(sign, grade):
    assert of_trap(OPTIONS, TrapSign(**sign)).grade == grade


def test_a_sign_says_which_method_decided_with_count_and_limit_and_how_many_such_finds_are_false():
    sign = TrapSign(p=0.001, q=0.02, score=2.5, method="ears_c3", caught=19.0, limit=11.5)
    score, compared, share = of_trap(OPTIONS, sign).reasons
    assert (score.code, score.rule, score.value, score.threshold, score.margin) == (
        "excess",
        "score",
        2.5,
        2,
        0.5,
    )
    assert (compared.code, compared.rule, compared.value) == ("compared_by", "ears_c3", 19.0)
    assert (compared.threshold, compared.margin) == (11.5, 7.5)
    assert (share.code, share.value, share.threshold) == ("false_finds", 0.02, OPTIONS.blue_q)


def test_a_cluster_says_its_model_and_how_seldom_chance_brings_it_and_stands_before_the_lower_sign():
    together = Together(p=0.01, recurrence_weeks=100.04, model="expectation, Poisson")
    got = of_trap(
        OPTIONS, TrapSign(cluster=together, p=0.001, q=0.02, method="farrington", caught=9.0, limit=5.0)
    )
    assert [one.code for one in got.reasons] == [
        "cluster",
        "recurrence",
        "excess",
        "compared_by",
        "false_finds",
    ]
    assert (got.grade, got.reasons[0].rule, got.reasons[0].value) == ("II", "expectation, Poisson", 0.01)
    assert (got.reasons[1].value, got.reasons[1].unit) == (100.0, "weeks")


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
    [(0, None, None), (1, None, "III"), (9, 0.05, "III"), (10, None, "II"), (1, 0.04, "II"), (0, 0.01, None)],
)
def test_dead_pines_without_a_test(dead, p, grade):
    together = None if p is None else Together(p=p, recurrence_weeks=4 / p, model="m")
    assert of_dead_pines(OPTIONS, dead, together).grade == grade


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"county": "c2", "in_epidemic_list": False}, "county"),
        ({"county": "c2", "in_epidemic_list": None}, "county"),
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
    got = of_positive(RECORD, Where(**KNOWN | {"county": "c2", "in_epidemic_list": False}), "S-1")
    assert (got.reasons[1].rule, got.reasons[1].detail) == ("county", "not on the list in force")


@pytest.mark.parametrize(
    ("recorded", "on_list", "rule"),
    [(True, False, None), (True, None, None), (False, True, None), (False, False, "county")],
)
def test_the_record_of_the_settings_counts_beside_the_list(recorded, on_list, rule):
    record = Register(
        units=RECORD.units, townships=RECORD.townships, counties=frozenset({"c1"} if recorded else ())
    )
    got = of_positive(record, Where(**KNOWN | {"in_epidemic_list": on_list}), "S-1")
    assert got.may_page == (rule is not None)
    assert (got.reasons[1].rule or None) == rule


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
    found = {"excess", "compared_by", "false_finds", "cluster", "recurrence", "dead_pines"}
    for code in found | {"disaster", "lab_positive", "new_unit", "known_unit"}:
        assert code in REASONS
