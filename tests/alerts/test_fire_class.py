"""The official classes: the tables' own boundaries, and what a plain reading of them says of known fires."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.fire_class import Damage, fire_class
from schemas.settings import Settings
from streams.jurisdiction import in_force

CLASSES = in_force(Settings()).fire_class
WORDS = ["", "一般", "较大", "重大", "特别重大"]


def clerk(kind, known):
    """The highest rank with a bound that holds, read off the rows one by one."""
    ranks = [0]
    for row in CLASSES:
        for bound in row.any:
            value = known.get(bound.measure)
            if row.land == kind and value is not None and value >= bound.at_least:
                ranks += [row.rank] * (bound.below is None or value < bound.below)
    return max(ranks)


def word(kind, area_ha=None, dead=None, serious=None, loss_cny=None):
    found = fire_class(
        CLASSES, Damage(kind=kind, area_ha=area_ha, dead=dead, serious=serious, loss_cny=loss_cny)
    )
    return "" if found is None else WORDS[found.found.rank]


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ((0.9,), "一般"), ((1.0,), "较大"), ((99.99,), "较大"), ((100.0,), "重大"), ((999.99,), "重大"),
        ((1000.0,), "特别重大"), ((20.0, 31), "特别重大"), ((791.6, 19, 3), "重大"), ((0.0, 2), "一般"),
        ((0.0, 3), "较大"), ((0.0, 10), "重大"), ((0.0, 30), "特别重大"), ((0.0, 0, 9), "一般"),
        ((0.0, 0, 10), "较大"), ((0.0, 0, 50), "重大"), ((0.0, 0, 100), "特别重大"), ((None,), ""),
        ((None, 1), "一般"),
    ],
)  # fmt: skip
def test_forest(given_, expected):
    assert word("forest", *given_) == expected


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ((9.9,), ""), ((10.0,), "一般"), ((1000.0,), "较大"), ((5000.0,), "重大"), ((8000.0,), "特别重大"),
        ((300.0, 1), "较大"), ((0.0, 2, 18), "特别重大"), ((0.0, 2, 17), "重大"), ((0.0, 3), "重大"),
        ((0.0, 10), "特别重大"), ((0.0, 0, 2), "一般"), ((0.0, 0, 3), "较大"), ((0.0, 0, 10), "重大"),
        ((0.0, 0, 0, 4_999.0), ""), ((0.0, 0, 0, 5_000.0), "一般"), ((0.0, 0, 0, 500_000.0), "较大"),
        ((0.0, 0, 0, 3_000_000.0), "重大"), ((0.0, 0, 0, 5_000_000.0), "特别重大"),
    ],
)  # fmt: skip
def test_grassland(given_, expected):
    assert word("grassland", *given_) == expected


def test_the_bound_that_decided_is_named():
    found = fire_class(CLASSES, Damage(kind="forest", area_ha=20.0, dead=31))
    assert (found.measure, found.value, found.found.rank) == ("deaths", 31.0, 4)


@pytest.mark.parametrize("wrong", [{"area_ha": -1.0}, {"area_ha": float("nan")}, {"dead": -1}])
def test_a_figure_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match="unknown is None"):
        fire_class(CLASSES, Damage(kind="forest", **wrong))


FIGURES = st.one_of(st.none(), st.integers(0, 120))
DAMAGE = st.builds(
    Damage,
    kind=st.sampled_from(["forest", "grassland"]),
    area_ha=st.one_of(st.none(), st.sampled_from([0.0, 1.0, 10.0, 100.0, 1000.0]), st.floats(0, 1e5)),
    dead=FIGURES,
    serious=FIGURES,
    loss_cny=st.one_of(st.none(), st.floats(0, 1e8)),
)


@given(DAMAGE)
def test_it_is_what_a_clerk_reads_off_the_table(damage):
    both = (
        None if damage.dead is None and damage.serious is None else (damage.dead or 0) + (damage.serious or 0)
    )
    known = {
        "damaged_forest_ha" if damage.kind == "forest" else "grassland_ha": damage.area_ha,
        "deaths": damage.dead, "serious_injuries": damage.serious, "casualties": both,
        "loss_cny": damage.loss_cny,
    }  # fmt: skip
    found = fire_class(CLASSES, damage)
    assert (0 if found is None else found.found.rank) == clerk(damage.kind, known)


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
