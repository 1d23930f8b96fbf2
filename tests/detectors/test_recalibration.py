"""Proposals from verdicts: worked by hand, careful with few looks, blind to order."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.recalibration import LANDS, Found, recalibrated
from streams.tables import load_tables

TABLE = load_tables().evidence


def looks(count, land, was_fire, source="satellite"):
    """So many looks by day."""
    return [Found(source=source, land=land, is_day=True, was_fire=was_fire)] * count


def proposals(found):
    report = recalibrated(TABLE.version, TABLE.surroundings, found)
    assert (report.version, report.status, report.looks) == (TABLE.version, "proposed", len(found))
    return {(one.source, one.land, one.is_day): one for one in report.proposals}


def test_a_ratio_worked_by_hand():
    found = looks(30, "forest", True) + looks(10, "grassland", True)
    found += looks(40, "forest", False) + looks(120, "settlement", False)
    one = proposals(found)["satellite", "forest", True]
    of_fires, of_others = 30.5 / (40 + 6), 40.5 / (160 + 6)
    assert (one.fires, one.others) == (30, 40)
    assert one.ratio == pytest.approx(of_fires / of_others, abs=1e-4)
    spread = 1.959964 * math.sqrt(1 / 30.5 - 1 / 46 + 1 / 40.5 - 1 / 166)
    assert one.low == pytest.approx(one.ratio * math.exp(-spread), rel=1e-3)
    assert one.high == pytest.approx(one.ratio * math.exp(spread), rel=1e-3)
    assert (one.in_force, one.differs) == (1.3, True)


def test_an_empty_cell_says_little_and_differs_from_nothing():
    one = proposals(looks(3, "forest", True) + looks(20, "settlement", False))["satellite", "wetland", False]
    assert (one.fires, one.others) == (0, 0)
    assert one.low < 1.0 < one.high
    assert not one.differs


def test_every_source_has_all_its_cells_and_another_ones_looks_change_nothing():
    own = looks(5, "forest", True) + looks(9, "facility", False)
    alone = proposals(own)
    both = proposals(own + looks(7, "forest", False, source="video"))
    assert len(alone) == 2 * len(LANDS)
    assert {key: both[key] for key in alone} == alone
    assert len(both) == 4 * len(LANDS)


def test_no_verdicts_no_proposals():
    assert proposals([]) == {}


FOUND = st.lists(
    st.builds(
        Found, source=st.sampled_from(["satellite", "video"]), land=st.sampled_from(LANDS),
        is_day=st.booleans(), was_fire=st.booleans(),
    ), max_size=40,
)  # fmt: skip


@given(FOUND, st.randoms())
def test_intervals_hold_their_ratio_and_order_plays_no_part(found, dice):
    expected = proposals(found)
    dice.shuffle(found)
    assert proposals(found) == expected
    for one in expected.values():
        assert 0.0 < one.low <= one.ratio <= one.high
        assert one.differs is not (one.low <= one.in_force <= one.high) or one.in_force in {one.low, one.high}


@given(FOUND, st.sampled_from(LANDS), st.booleans())
def test_one_more_fire_in_a_cell_never_lowers_its_ratio(found, land, is_day):
    more = [*found, Found(source="satellite", land=land, is_day=is_day, was_fire=True)]
    before = proposals(found).get(("satellite", land, is_day))
    after = proposals(more)["satellite", land, is_day]
    assert before is None or after.ratio >= before.ratio
