"""How many examples a property draws is what this run asks for."""

import examples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("asked", "share", "drawn"),
    [
        (100, 0.5, 50),
        (60, 0.5, 30),
        (40, 0.5, 25),
        (25, 0.5, 25),
        (8, 0.5, 8),
        (40, 1.0, 40),
        (40, 10.0, 400),
    ],
)
def test_half_are_drawn_where_every_commit_is_tried_but_never_too_few(asked, share, drawn):
    assert examples.how_many(asked, share) == drawn


def test_a_property_draws_as_many_as_it_is_told():
    seen = []

    @settings(max_examples=60, database=None)
    @given(st.integers(0, 10**9))
    def tried(number):
        seen.append(number)

    examples.draw([tried, tried])
    tried()
    assert len(seen) == examples.how_many(60, examples.SHARES[examples.HOW])


def test_what_is_no_property_stays_as_it_is():
    def plain():
        """Do nothing."""

    examples.draw([plain])
    assert not hasattr(plain, examples.SETTINGS)
