"""Catches by week: whatever came in what order, changed or dropped, the table is that of what stands."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pested import quiet, trap

from detectors.pests.count import Options, catch_of
from detectors.pests.ledger import MONDAY, WEEK, Ledger, week_of
from detectors.pests.table import tabulate
from schemas.observation import Delivery
from streams.recorded import deliveries
from streams.rounds import in_rounds

CATCHES = [catch_of(Options(), one) for one in quiet(traps=4, weeks=6)]
FIRST = min(week_of(one.ended_at) for one in CATCHES) - 1


def same(ledger, catches, weeks=8):
    """The ledger's table is that of these, of two that tell one visit the larger."""
    last = {(one.trap, one.ended_at): one for one in sorted(catches, key=lambda one: one.count)}
    catches = list(last.values())
    want = tabulate(
        sorted(catches, key=lambda one: (one.ended_at, one.observation_id)), MONDAY + WEEK * FIRST, weeks
    )
    got = ledger.table(FIRST, weeks)
    assert got.traps == want.traps
    for name in ("caught", "trap_days", "at_least"):
        np.testing.assert_array_equal(getattr(got, name), getattr(want, name))


@given(st.permutations(CATCHES), st.data())
@settings(max_examples=25, deadline=None)
def test_the_table_is_that_of_what_stands(catches, data):
    ledger = Ledger.of(catches)
    ledger.table(FIRST, 8)
    gone = data.draw(st.sets(st.sampled_from([one.observation_id for one in CATCHES]), max_size=3))
    moved = data.draw(st.sampled_from(CATCHES))
    for name in gone:
        ledger.drop(name)
    later = replace(moved, ended_at=moved.ended_at + WEEK, count=99, trap_days=3.3)
    ledger.put(later)
    stand = [one for one in CATCHES if one.observation_id not in {*gone, moved.observation_id}]
    same(ledger, [*stand, later])


def rows_of(messages):
    return [row for one in messages for row in one.observations]


def test_a_round_goes_through_as_one_message_in_the_same_order():
    rows = [trap(number, ago) for ago in (1, 0) for number in range(7)]
    given_ = deliveries(rows)
    found = list(in_rounds(given_))
    assert len(given_) == 14
    assert [len(one.observations) for one in found] == [7, 7]
    assert [row for one in found for row in one.observations] == [
        r for one in given_ for r in one.observations
    ]


def test_what_is_no_round_stands_alone():
    at = trap(1, 0).received_at
    tick = Delivery(delivery_id="tick", received_at=at)
    given_ = [*deliveries([trap(1, 0)]), tick, *deliveries([trap(2, 0)])]
    assert list(in_rounds(given_)) == given_
