"""The classes of occurrence as LY/T 1681-2006 prints them, written here apart from the table that judges."""

import math

import pytest

from detectors.pests.law import occurrence
from streams.pest_tables import load_rules, load_species

RULES, SPECIES = load_rules(), load_species()
PRINTED = [
    ("马尾松毛虫", "larvae_per_tree", 5, 14, 31),
    ("马尾松毛虫", "infestation_index", 2, 4, 7),
    ("油松毛虫", "larvae_per_tree", 10, 21, 41),
    ("落叶松毛虫", "larvae_per_tree", 20, 41, 71),
    ("蜀柏毒蛾", "eggs_per_tree", 50, 201, 401),
    ("蜀柏毒蛾", "larvae_per_tree", 5, 16, 31),
    ("云南纵坑切梢小蠹", "infested_shoots_percent", 10, 21, 51),
    ("松纵坑切梢小蠹", "infested_shoots_percent", 5, 11, 21),
    ("松墨天牛", "infested_stems_percent", 5, 11, 25),
    ("云南木蠹象", "infested_stems_percent", 5, 11, 31),
    ("红脂大小蠹", "infested_stems_percent", 2, 7, 13),
    ("萧氏松茎象", "infested_stems_percent", 5, 11, 31),
    ("日本松干蚧", "nymphs_per_10_cm2", 0.5, 2.1, 7),
    ("松突圆蚧", "infested_shoots_percent", 5, 11, 31),
    ("湿地松粉蚧", "infested_shoots_percent", 10, 20, 50),
    ("春尺蠖", "pupae_per_tree", 1, 4, 7),
    ("春尺蠖", "larvae_per_branch", 2, 5, 9),
    ("杨毒蛾", "larvae_per_branch", 1, 5, 9),
    ("柳毒蛾", "larvae_per_branch", 1, 5, 9),
    ("杨小舟蛾", "pupae_per_tree", 5, 11, 21),
    ("杨小舟蛾", "larvae_per_branch", 2, 6, 11),
    ("杨扇舟蛾", "larvae_per_branch", 7, 11, 16),
    ("美国白蛾", "infested_stems_percent", 0.1, 2.1, 5.1),
]
"""Pest, measure, and the least of 轻, 中, 重."""


@pytest.mark.parametrize(("name", "measure", "light", "moderate", "severe"), PRINTED)
def test_a_class_begins_where_it_is_printed(name, measure, light, moderate, severe):
    def of(value):
        return occurrence(RULES.occurrence, SPECIES.find(name).name, measure, "unknown", value)[0]

    begins = {"light": light, "moderate": moderate, "severe": severe}
    assert {one: of(value) for one, value in begins.items()} == {one: one for one in begins}
    below = [of(math.nextafter(value, 0)) for value in begins.values()]
    assert below == ["none", "light", "moderate"]


def test_nothing_is_printed_that_the_table_lacks_and_the_table_has_nothing_else():
    ours = sorted((row.species, row.measure) for row in RULES.occurrence.row if row.status != "superseded")
    assert ours == sorted((SPECIES.find(name).name, measure) for name, measure, *_ in PRINTED)
