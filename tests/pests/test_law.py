"""Classes, disaster, grassland and counties at their boundaries, as the standards print them."""

import datetime as dt
import math

import pytest
from msgspec.structs import replace

from detectors.pests.law import counties_on, disaster, harm, is_epidemic, occurrence
from streams.pest_tables import load_rules, load_species

RULES, SPECIES = load_rules(), load_species()
ROWS = RULES.occurrence.row


def species(name):
    return SPECIES.find(name)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.species} {row.measure}")
def test_each_class_begins_at_its_boundary(row):
    def of(value):
        return occurrence(RULES.occurrence, row.species, row.measure, "unknown", value)[0]

    for name, limit, below in (
        ("light", row.light, "none"),
        ("moderate", row.moderate, "light"),
        ("severe", row.severe, "moderate"),
    ):
        assert of(limit) == name
        assert of(math.nextafter(limit, 0)) == below
    assert of(0) == "none"
    assert row.light < row.moderate < row.severe


@pytest.mark.parametrize(
    ("name", "measure", "value", "expected"),
    [
        ("马尾松毛虫", "larvae_per_tree", 13, "light"),
        ("马尾松毛虫", "larvae_per_tree", 14, "moderate"),
        ("蜀柏毒蛾", "eggs_per_tree", 401, "severe"),
        ("松墨天牛", "infested_stems_percent", 24, "moderate"),
        ("松墨天牛", "infested_stems_percent", 25, "severe"),
        ("美国白蛾", "infested_stems_percent", 0.1, "light"),
        ("日本松干蚧", "nymphs_per_10_cm2", 2.1, "moderate"),
    ],
)
def test_what_the_standard_prints(name, measure, value, expected):
    assert occurrence(RULES.occurrence, species(name).name, measure, "unknown", value)[0] == expected


def test_what_the_standard_does_not_name_has_no_class():
    assert occurrence(RULES.occurrence, "Ceracris kiangsu", "larvae_per_tree", "larva", 100) is None
    assert occurrence(RULES.occurrence, "Monochamus alternatus", "larvae_per_tree", "larva", 100) is None
    assert occurrence(RULES.occurrence, "Parocneria orienta", "larvae_per_tree", "egg", 100) is None


@pytest.mark.parametrize(
    ("name", "measure", "limit"),
    [
        ("美国白蛾", "defoliation_percent", 20),
        ("美国白蛾", "attacked_trees_percent", 2),
        ("薇甘菊", "dead_trees_percent", 3),
        ("红脂大小蠹", "infested_stems_percent", 15),
        ("红脂大小蠹", "dead_trees_percent", 5),
        ("松墨天牛", "infested_stems_percent", 20),
        ("松墨天牛", "dead_trees_percent", 10),
        ("马尾松毛虫", "defoliation_percent", 60),
        ("马尾松毛虫", "dead_trees_percent", 10),
        ("油松毛虫", "dead_trees_percent", 3),
        ("落叶松毛虫", "defoliation_percent", 60),
    ],
)
def test_disaster_begins_at_its_limit(name, measure, limit):
    def at(value):
        return disaster(RULES.disaster, species(name), {measure: value}, infected=False)

    assert at(limit).code == "disaster"
    assert at(math.nextafter(limit, 0)) is None


def test_any_tree_with_pine_wilt_is_a_disaster_and_of_no_other_pest():
    assert "any infected tree" in disaster(RULES.disaster, species("松材线虫"), {}, infected=True).rule
    assert disaster(RULES.disaster, species("松材线虫"), {"dead_trees_percent": 90}, infected=False) is None
    assert disaster(RULES.disaster, species("松墨天牛"), {}, infected=True) is None


@pytest.mark.parametrize(
    ("name", "measure", "limit"),
    [
        ("高原鼠兔", "burrows_per_ha", 180),
        ("高原鼠兔", "bare_percent", 20),
        ("高原鼢鼠", "mounds_per_ha", 150),
        ("高原鼢鼠", "burrows_per_ha", 150),
        ("高原鼢鼠", "bare_percent", 25),
        ("西藏飞蝗", "insects_per_m2", 0.5),
        ("草原毛虫", "insects_per_m2", 30),
        ("亚洲小车蝗", "insects_per_m2", 15),
        ("土蝗", "insects_per_m2", 25),
    ],
)
def test_grassland_is_harmed_from_the_limit_and_severely_from_twice(name, measure, limit):
    def of(value):
        return harm(RULES.grassland, species(name), measure, "unknown", value)[0]

    expected = {limit: "harm", math.nextafter(limit, 0): "half", 2 * limit: "severe", limit / 2: "half"}
    for value, found in expected.items():
        assert of(value) == found
    assert of(math.nextafter(2 * limit, 0)) == "harm"
    assert of(math.nextafter(limit / 2, 0)) == of(0) == "none"


def test_a_locust_counts_as_a_nymph():
    assert harm(RULES.grassland, species("西藏飞蝗"), "insects_per_m2", "adult", 5) is None
    assert harm(RULES.grassland, species("西藏飞蝗"), "insects_per_m2", "nymph", 5)[0] == "severe"


def test_thirty_four_counties_from_the_day_of_their_list():
    assert counties_on(RULES.counties, dt.date(2023, 12, 31)) is None
    listed = counties_on(RULES.counties, dt.date(2024, 6, 1))
    assert sum(len(names) for names in listed.cities.values()) == 34
    assert is_epidemic(listed, "达州市", "宣汉县")
    assert is_epidemic(listed, "达州", "宣汉")
    assert is_epidemic(listed, "泸州市", "泸县")
    assert not is_epidemic(listed, "雅安市", "天全县")
    assert not is_epidemic(listed, "巴中市", "宣汉县")


def test_every_rule_says_where_it_is_from():
    for one in (*ROWS, *RULES.disaster.rule, *RULES.grassland.row, *RULES.counties.list):
        assert one.source
    for row in (*ROWS, *(one for one in RULES.grassland.row if one.species)):
        assert species(row.species).name == row.species
    assert all(bool(row.species) != bool(row.guild) for row in RULES.grassland.row)
    for rule in RULES.disaster.rule:
        assert bool(rule.species) != bool(rule.guild)


@pytest.mark.parametrize("name", ["紫茎泽兰", "薇甘菊"])
def test_any_cover_of_an_invasive_plant_is_harm_and_never_severe(name):
    def of(value):
        return harm(RULES.grassland, species(name), "cover_percent", "unknown", value)[0]

    assert [of(value) for value in (0, 1e-9, 1, 100)] == ["none", "harm", "harm", "harm"]


@pytest.mark.parametrize(("on", "limit"), [("natural", 30), ("sown", 15), ("", 30)])
def test_disease_of_grass_by_the_kind_of_grassland(on, limit):
    def of(value):
        return harm(RULES.grassland, species("牧草锈病"), "incidence_percent", "unknown", value, on)[0]

    steps = (math.nextafter(limit, 0), limit, math.nextafter(2 * limit, 0), 2 * limit)
    assert [of(value) for value in steps] == ["half", "harm", "harm", "severe"]


def test_a_row_says_how_far_it_is_checked_and_one_that_is_superseded_judges_nothing():
    _, why = harm(RULES.grassland, species("草原毛虫"), "insects_per_m2", "larva", 30)
    assert why.detail == "proposed"
    assert harm(RULES.grassland, species("小车蝗"), "insects_per_m2", "", 30)[1].detail == "from_memory"
    row = occurrence(RULES.occurrence, "Monochamus alternatus", "infested_stems_percent", "larva", 25)
    assert row[1].detail in {"verified", "from_memory"}

    def old(table, name):
        every = tuple(replace(one, status="superseded") for one in getattr(table, name))
        return replace(table, **{name: every})

    assert harm(old(RULES.grassland, "row"), species("草原毛虫"), "insects_per_m2", "larva", 30) is None
    past = old(RULES.occurrence, "row")
    assert occurrence(past, "Monochamus alternatus", "infested_stems_percent", "larva", 25) is None
    assert disaster(old(RULES.disaster, "rule"), species("松材线虫"), {}, infected=True) is None
