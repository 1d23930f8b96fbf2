"""The official classes as data: what a plain reading of the tables says of known fires."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.settings import Settings
from streams.jurisdiction import in_force

CLASSES = in_force(Settings()).fire_class


def class_of(land, **measured):
    """The highest rank with a bound that holds, or 0: read off the table as a clerk would."""
    measured.setdefault("casualties", measured.get("deaths", 0) + measured.get("serious_injuries", 0))
    ranks = [0]
    for one in CLASSES:
        for bound in one.any:
            value = measured.get(bound.measure)
            if one.land == land and value is not None and value >= bound.at_least:
                ranks += [one.rank] * (bound.below is None or value < bound.below)
    return max(ranks)


@pytest.mark.parametrize(
    ("measured", "rank"),
    [
        ({"damaged_forest_ha": 0.9}, 1),
        ({"damaged_forest_ha": 1.0}, 2),
        ({"damaged_forest_ha": 100.0}, 3),
        ({"damaged_forest_ha": 999.99}, 3),
        ({"damaged_forest_ha": 1000.0}, 4),
        ({"damaged_forest_ha": 20.0, "deaths": 31}, 4),
        ({"damaged_forest_ha": 791.6, "deaths": 19, "serious_injuries": 3}, 3),
    ],
)
def test_forest(measured, rank):
    assert class_of("forest", **measured) == rank


@pytest.mark.parametrize(
    ("measured", "rank"),
    [
        ({"grassland_ha": 9.9}, 0),
        ({"grassland_ha": 10.0}, 1),
        ({"grassland_ha": 300.0, "deaths": 1}, 2),
        ({"grassland_ha": 8000.0}, 4),
        ({"grassland_ha": 0.0, "deaths": 2, "serious_injuries": 18}, 4),
        ({"grassland_ha": 0.0, "loss_cny": 500_000.0}, 2),
    ],
)
def test_grassland(measured, rank):
    assert class_of("grassland", **measured) == rank


@given(
    st.sampled_from(["forest", "grassland"]),
    st.sampled_from(["damaged_forest_ha", "grassland_ha", "deaths", "serious_injuries", "loss_cny"]),
    st.floats(0, 1e8),
    st.floats(0, 1e8),
)  # fmt: skip
def test_more_damage_is_never_a_lower_class(land, measure, less, more):
    less, more = sorted((less, more))
    assert class_of(land, **{measure: less}) <= class_of(land, **{measure: more})


def test_bounds_of_one_measure_meet_without_gap_or_overlap():
    for land in ("forest", "grassland"):
        bounds = sorted(
            (bound.measure, bound.at_least, bound.below)
            for one in CLASSES
            if one.land == land
            for bound in one.any
        )
        for (measure, _, below), (following, at_least, _) in pairwise(bounds):
            assert measure != following or below == at_least
