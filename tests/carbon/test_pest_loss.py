"""Carbon that a pest costs: kernels to their digits, mortality, what is given off and when."""

import numpy as np
import pytest
from carbon_words import losing
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.carbon import pest_loss


def exponential(scale):
    return [replace(losing().kernel[0], weight=1.0, scale_m=scale)]


def test_exponential_kernels():
    near = pest_loss.within(exponential(100), [100, 500])
    far = pest_loss.within(exponential(600), [500, 1000, 2000, 5000])
    assert [f"{one:.4f}" for one in (*near, *far)] == [
        "0.2642",
        "0.9596",
        "0.2032",
        "0.4963",
        "0.8454",
        "0.9978",
    ]


def test_the_mixture_of_short_flight_flight_and_people():
    found = pest_loss.within(losing().kernel, [200, 500, 1000, 1200, 2000, 5000, 10000, 20000])
    assert " ".join(f"{one:.3f}" for one in found) == "0.539 0.882 0.944 0.953 0.976 0.990 0.992 0.995"
    assert np.allclose(
        pest_loss.within(losing().kernel, [185, 562, 1120, 4431]), [0.5, 0.9, 0.95, 0.99], atol=1e-3
    )


def test_rings_hold_what_the_kernel_holds():
    mass = pest_loss.ring_mass(losing())
    assert list(mass) == ["core", "watch", "flight", "human"]
    assert sum(mass.values()) == pytest.approx(pest_loss.within(losing().kernel, 20000))


def test_sources_are_joined_as_chances_not_added():
    assert pest_loss.arrival([[0.5, 0.5], [0, 0], [1, 0.3]]).tolist() == [0.75, 0.0, 1.0]


def test_mortality_by_severity():
    assert pest_loss.mortality_of(losing(), "tomicus", "severe").mid == 0.30
    assert pest_loss.mortality_of(losing(), "pine_wilt", "uncontrolled_year").mid == 0.15
    with pytest.raises(KeyError):
        pest_loss.mortality_of(losing(), "dragon", "severe")
    assert all(row.low <= row.mid <= row.high for row in losing().mortality)


def test_what_is_given_off_by_fate():
    fate = {row.fate: row for row in losing().decay}
    assert pest_loss.given_off(100, fate["burned"], 0) == 100
    assert pest_loss.committed(100, fate["snag"]).ten_year_t == pytest.approx(32.968, abs=1e-3)
    assert pest_loss.committed(100, fate["snag"]).gross_t == 100
    assert pest_loss.forgone_sink_t(10, 2.0, 0.35, 5) == 35.0


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1e6), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 50))
def test_a_pest_never_kills_more_than_lives(live, reached, host, mortality, years):
    dead = pest_loss.killed_t(live, reached, host, mortality)
    assert 0 <= dead <= live
    for fate in losing().decay:
        assert 0 <= pest_loss.given_off(dead, fate, years) <= dead
