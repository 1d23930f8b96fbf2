"""Invariant 7: a mask cannot hide a real fire."""

import datetime as dt
import random

import pytest
from judged import delivery, hotspot, judge, living, report

DAY = 1440
WORKS = [
    hotspot(day * DAY + 700, 0.1 * (day % 3), 0.05, satellite="Aqua", scan=1.0, frp=12.0 + day % 5)
    for day in range(0, 120, 8)
]


def tasks_after(outcome, day):
    limit = WORKS[0].observed_at + dt.timedelta(days=day)
    return [a for a in outcome.alerts if a.action == "new" and a.issued_at > limit]


def test_7_a_place_hot_on_ten_days_over_three_months_is_masked():
    outcome = judge([delivery(one) for one in WORKS])
    masked = [s for s in outcome.silences.values() if s.reason.code == "masked_by"]
    assert len(masked) == len(WORKS) - 10
    assert not tasks_after(outcome, 9 * 8 + 1)


def test_7_nine_days_are_not_enough():
    outcome = judge([delivery(one) for one in WORKS[:9]])
    assert not outcome.silences
    assert len([a for a in outcome.alerts if a.action == "new"]) == 9


def test_7_ten_days_within_two_months_are_not_enough():
    near = [hotspot(day * DAY, 0.0, 0.0, satellite="Aqua", scan=1.0) for day in range(0, 59, 5)]
    assert not judge([delivery(one) for one in near]).silences


def test_7_a_masked_place_opens_when_its_baseline_is_exceeded():
    strong = hotspot(121 * DAY, 0.1, 0.05, satellite="Aqua", scan=1.0, frp=400.0)
    outcome = judge([delivery(one) for one in [*WORKS, strong]])
    assert strong.observation_id not in outcome.silences
    assert any(one.observation_count == 1 and one.frp_mw == 400.0 for one in outcome.incidents.values())


@pytest.mark.parametrize("before", [True, False])
def test_7_a_second_kind_of_source_opens_a_masked_place_whichever_comes_first(before):
    weak = hotspot(121 * DAY, 0.1, 0.05, satellite="Aqua", scan=1.0, frp=12.0)
    call = report(121 * DAY + 30, 0.2, 0.1)
    pair = [delivery(call), delivery(weak)] if before else [delivery(weak), delivery(call)]
    outcome = judge([*[delivery(one) for one in WORKS], *pair])
    assert weak.observation_id not in outcome.silences
    assert any({"12119", "Aqua/MODIS"} <= set(one.sources) for one in outcome.incidents.values())


def test_7_a_mask_without_a_hit_for_a_year_is_off():
    later = hotspot(500 * DAY, 0.1, 0.05, satellite="Aqua", scan=1.0, frp=12.0)
    outcome = judge([delivery(one) for one in [*WORKS, later]])
    assert later.observation_id not in outcome.silences


def test_2_masks_do_not_depend_on_the_order_of_arrival():
    days = [delivery(one) for one in WORKS]
    fires = [delivery(hotspot(d * DAY, 2.5, 0.4, frp=30.0)) for d in (70, 81, 100)]
    spill = [
        delivery(hotspot(d * 8 * DAY + 700, 1.0, 0.3, satellite="Aqua", scan=1.0, frp=5.0)) for d in (11, 13)
    ]
    given = [*days, *fires, *spill]
    end = max(one.received_at for one in given)
    straight = judge(given, end=end)
    for seed in range(12):
        shuffled = given[:]
        random.Random(seed).shuffle(shuffled)
        assert living(judge(shuffled, end=end)) == living(straight)
