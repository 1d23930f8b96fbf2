"""Harm over a large area in one piece is grade II; an area that nobody said is not small and not large."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pested import survey, told

from detectors.pests.contiguous import of_area
from streams.pest_tables import load_rules, load_species

RULES, SPECIES = load_rules(), load_species()
LEAF = {"species": "Dendrolimus punctatus", "measure": "larvae_per_tree"}
STEM = {"species": "Monochamus alternatus", "measure": "infested_stems_percent"}


@pytest.mark.parametrize(
    ("pest", "light", "area_ha", "grade"),
    [
        (LEAF, 5.0, 9_999.0, "IV"),
        (LEAF, 5.0, 10_000.0, "II"),
        (LEAF, 14.0, None, "III"),
        (LEAF, 4.0, 50_000.0, None),
        (STEM, 5.0, 999.0, "IV"),
        (STEM, 5.0, 1_000.0, "II"),
        (STEM, 20.0, 50_000.0, "I"),
    ],
)
def test_from_ten_thousand_hectares_of_leaves_or_a_thousand_of_stems(pest, light, area_ha, grade):
    outcome = told([survey(**pest, value=light, area_ha=area_ha)])
    assert [one.grade for one in outcome.incidents.values()] == ([] if grade is None else [grade])


def test_it_says_the_area_the_limit_and_that_the_rule_is_from_memory():
    (one,) = told([survey(**LEAF, value=5.0, area_ha=12_000.0)]).incidents.values()
    (why,) = [why for why in one.reasons if why.unit == "ha"]
    assert (why.value, why.threshold, why.margin, why.detail) == (12_000, 10_000, 2_000, "from_memory")


@given(st.sampled_from(SPECIES.species), st.none() | st.floats(0, 1e6))
@settings(max_examples=60, deadline=None)
def test_only_pests_of_leaves_and_stems_and_only_a_known_area(species, area_ha):
    least = {"leaf": 10_000, "leaf_disease": 10_000, "borer": 1_000, "stem_disease": 1_000}.get(species.guild)
    expected = least is not None and area_ha is not None and area_ha >= least
    assert (of_area(RULES.contiguous, species, area_ha) is not None) == expected
