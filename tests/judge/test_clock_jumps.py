"""A worker's clock that leaps ahead and comes back closes nothing, forgets nothing and holds back no page."""

import datetime as dt

import pytest
from judged import START, delivery, hotspot, judge

from schemas.hop import Result
from streams.hops.seen_once import State, sweep
from streams.hops.timekeeping import STANDS
from streams.replay import tick

YEAR = 365 * 1440
OUTAGE_S = 15.0


def patch(minutes, east=0.0, **more):
    return delivery(*(hotspot(minutes, east + 0.4 * i, 0.4 * j, **more) for i in range(3) for j in range(3)))


def at(minutes):
    return tick(START + dt.timedelta(minutes=minutes))


def steady(start, end, leap=None):
    """Ticks of every minute, of which those from `leap[0]` to `leap[1]` say a time a year ahead."""
    for minute in range(start, end):
        yield at(minute + (YEAR if leap and leap[0] <= minute < leap[1] else 0))


def live(leap, **more):
    given = [
        (179.5, patch(0)),
        (400.5, patch(0, 30.0, lag=400)),
        (560.5, patch(380, 0.4, satellite="NPP")),
        *((minute + 0.2, one) for minute, one in zip(range(170, 2400), steady(170, 2400, leap), strict=True)),
    ]
    steps = [one for _, one in sorted(given, key=lambda pair: pair[0])]
    return judge(steps, outage_s=OUTAGE_S * 60, end=START + dt.timedelta(minutes=2401), **more)


def told(outcome):
    return [(one.alert_id, one.action, one.grade, one.pages) for one in outcome.alerts]


def test_a_leap_of_a_year_that_lasts_a_minute_changes_nothing():
    assert told(live((200, 201))) == told(live(None))
    assert [one[1:] for one in told(live(None))][:3] == [
        ("new", "IV", True), ("new", "IV", True), ("upgrade", "III", True)
    ]  # fmt: skip


def test_a_leap_that_stays_for_an_hour_is_believed_and_once_it_is_over_fires_are_told_and_closed_in_time():
    outcome = live((200, 260))
    late = [one for one in outcome.alerts if one.longitude > 102.2]
    assert [(one.action, one.pages) for one in late] == [("new", True), ("close", False)]
    assert late[0].issued_at < START + dt.timedelta(minutes=403)
    assert all(one.status == "closed" for one in outcome.incidents.values())


def test_after_a_real_outage_of_two_days_it_takes_two_minutes_more():
    given = [
        patch(0),
        at(180),
        at(181),
        patch(2 * 1440 + 900, 30.0),
        *(at(3 * 1440 + n / 2) for n in range(6)),
    ]
    outcome = judge(given, outage_s=OUTAGE_S, end=START + dt.timedelta(minutes=3 * 1440 + 3))
    fresh = [one for one in outcome.alerts if one.longitude > 102.2]
    assert [(one.action, one.pages) for one in fresh] == [("new", True)]
    assert fresh[0].issued_at == START + dt.timedelta(days=3) + STANDS


@pytest.mark.parametrize("leap", [(200, 201), (200, 260)])
def test_5_it_outlives_restarts(leap):
    given = [patch(0), *steady(190, 262, leap), patch(300, 0.4, satellite="NPP", lag=10), at(311)]
    end = START + dt.timedelta(minutes=312)
    once = judge(given, outage_s=OUTAGE_S * 60, end=end)
    assert told(judge(given, outage_s=OUTAGE_S * 60, end=end, restarts=True)) == told(once)


def test_what_was_read_is_not_forgotten_for_a_leap_and_sweeping_goes_on_after_it():
    state, result = State(0), Result()
    state.seen["one"] = (START, 1)
    state.keep("s/1", START, ["one"])
    for days in (0.0, 365.0, 0.1, 0.2):
        sweep(10.0, state, START + dt.timedelta(days=days), result)
        assert "one" in state.seen
    for days in (1.0, 1.5, *(0.9 * n for n in range(2, 14))):
        sweep(10.0, state, START + dt.timedelta(days=days), result)
    assert state.seen == {}
