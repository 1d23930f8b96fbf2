"""Dempster and Shafer to the digits of worked values; what conflicts is not combined."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.belief import Mass, combine, conflict, discounted, support


def test_two_sources_that_agree():
    found = combine(Mass(0.6, 0.1, 0.3), Mass(0.5, 0.2, 0.3), 0.5)
    assert found.conflict == pytest.approx(0.17)
    assert [round(one, 4) for one in (found.mass.fire, found.mass.no_fire, found.mass.unknown)] == [
        0.7590, 0.1325, 0.1084,
    ]  # fmt: skip


def test_two_sources_that_contradict_each_other_go_to_a_person():
    yes, no = Mass(0.9, 0.0, 0.1), Mass(0.0, 0.9, 0.1)
    assert combine(yes, no, 0.5).mass is None
    forced = combine(yes, no, 0.9)
    assert forced.conflict == pytest.approx(0.81)
    assert [round(one, 4) for one in (forced.mass.fire, forced.mass.no_fire, forced.mass.unknown)] == [
        0.4737, 0.4737, 0.0526,
    ]  # fmt: skip
    assert combine(Mass(1.0, 0.0, 0.0), Mass(0.0, 1.0, 0.0), 1.0).mass is None


def test_a_source_is_discounted_by_its_reliability():
    found = discounted(Mass(0.9, 0.05, 0.05), 0.8)
    assert (found.fire, found.no_fire, found.unknown) == pytest.approx((0.72, 0.04, 0.24))


def test_a_likelihood_ratio_is_a_simple_support():
    assert support(math.log(8.0)).fire == pytest.approx(0.875)
    assert support(math.log(0.4)).no_fire == pytest.approx(0.6)
    assert support(0.0) == Mass(0.0, 0.0, 1.0)


SHARES = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(
    lambda two: Mass(two[0] * two[1], two[0] * (1 - two[1]), 1 - two[0])
)


@given(SHARES, SHARES)
def test_the_combination_is_symmetric_and_sums_to_one(one, other):
    first, second = combine(one, other, 0.5), combine(other, one, 0.5)
    assert first.conflict == pytest.approx(second.conflict)
    assert 0.0 <= conflict(one, other) <= 1.0 + 1e-12
    if first.mass is not None:
        assert first.mass.fire + first.mass.no_fire + first.mass.unknown == pytest.approx(1.0)
        assert first.mass.fire == pytest.approx(second.mass.fire)


@given(st.floats(0, 5), st.floats(0, 5))
def test_weights_of_one_side_add_up(one, other):
    both = combine(support(one), support(other), 0.5).mass
    assert both.fire == pytest.approx(support(one + other).fire)
