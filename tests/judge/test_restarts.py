"""Invariant 5, the pure half: a state opened from its rows after every message says what it said before."""

import datetime as dt

from hypothesis import HealthCheck, given, settings
from judged import START, delivery, hotspot, judge, report
from test_invariants import OBSERVATIONS
from test_static_heat import WORKS

END = START + dt.timedelta(days=6, hours=12)


def said(outcome):
    return outcome.alerts, sorted(outcome.incidents.items()), outcome.silences


@given(OBSERVATIONS)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_5_restarted_before_every_message_it_says_the_same(observations):
    given_ = [delivery(one) for one in observations]
    assert said(judge(given_, end=END, ticks=True)) == said(judge(given_, end=END, ticks=True, restarts=True))


def test_5_masks_outlive_a_restart():
    given_ = [delivery(one) for one in WORKS]
    assert said(judge(given_, restarts=True)) == said(judge(given_))


def test_5_a_raise_that_was_held_outlives_a_restart():
    first = delivery(hotspot(0, frp=80.0))
    late = delivery(*[hotspot(0, 0.3 + 0.4 * i, 0.0, frp=80.0, lag=8 * 60) for i in range(12)])
    unbroken, broken = judge([first, late]), judge([first, late], restarts=True)
    assert [a.action for a in unbroken.alerts if a.pages] == ["upgrade"]
    assert broken.alerts == unbroken.alerts
    assert judge([first, delivery(report(10, 0.1, 0.1)), late], restarts=True).alerts
