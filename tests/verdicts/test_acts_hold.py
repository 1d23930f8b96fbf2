"""What operators did goes on holding: under a flood of acts, while the fire grows; slips do not."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, report

from schemas.act import DeclareOut, EnterFigures, Merge, Relabel, Relocate, Split
from schemas.observation import Delivery
from schemas.settings import Setting
from streams.hops.standing import MOST_ACTS, remembered
from streams.replay import tick
from streams.said import delivered

FIRE = [hotspot(0, 0.4 * i, 0.4 * j) for i in range(3) for j in range(3)]
(ONE,) = (one.incident_id for one in judge([delivery(*FIRE)]).incidents.values())


def act(kind, minutes, incident_id=ONE, number=1, outcome="given", **fields):
    at = START + dt.timedelta(minutes=minutes)
    settled = {"author": "duty-1", "at": at, "received_at": at, "outcome": outcome}
    return kind(act_id=f"a-{kind.__name__}-{number}", incident_id=incident_id, **settled, **fields)


def to_and_fro(count=50):
    lands = ["forest", "grassland"]
    return [act(Relabel, 300 + n, number=n, land=lands[n % 2]) for n in range(count)]


def done(*steps, **more):
    steps = [one if hasattr(one, "delivery_id") else delivered(one) for one in steps]
    return judge(sorted(steps, key=lambda one: one.received_at), ticks=True, **more)


@pytest.mark.parametrize("restarts", [False, True])
def test_what_was_entered_and_declared_stays_however_often_the_land_is_relabelled_after_it(restarts):
    said = [
        act(EnterFigures, 200, number=1, deaths=3, area_ha=5.0),
        act(EnterFigures, 201, number=2, area_ha=120.0),
        act(Relocate, 210, frame="wgs84", longitude=102.02, latitude=28.0),
        act(DeclareOut, 220),
    ]
    outcome = done(delivery(*FIRE), *said, *to_and_fro(), restarts=restarts)
    one = outcome.incidents[ONE]
    assert (one.status, one.longitude) == ("closed", 102.02)
    assert (one.entered.deaths, one.entered.area_ha, one.entered.land) == (3, 120.0, "grassland")
    assert [alert.action for alert in outcome.alerts if alert.pages] == ["new"]


def test_of_more_acts_than_can_wait_for_an_incident_the_oldest_are_refused_with_the_reason():
    said = [
        act(DeclareOut, 200 + n, incident_id="P20200101-QQQQQQQQ", number=n) for n in range(MOST_ACTS + 3)
    ]
    last = {one.act_id: one for one in done(delivery(*FIRE), *said).acts}
    refused = [one.reason.code for one in last.values() if one.outcome == "refused"]
    assert (len(last), refused) == (MOST_ACTS + 3, ["no_room"] * 3)
    assert {last[one.act_id].outcome for one in said[3:]} == {"waiting"}


WHEN = {"minutes": st.integers(0, 999), "number": st.integers(0, 999), "outcome": st.just("applied")}
ACTS = st.one_of(
    st.builds(act, st.just(Relabel), land=st.just("forest"), **WHEN),
    st.builds(
        act,
        st.just(EnterFigures),
        deaths=st.none() | st.integers(0, 9),
        area_ha=st.none() | st.just(2.0),
        **WHEN,
    ),
    st.builds(act, st.just(DeclareOut), **WHEN),
)


@given(st.lists(ACTS, min_size=MOST_ACTS, max_size=90, unique_by=lambda one: one.act_id), st.randoms())
@settings(max_examples=25, deadline=None)
def test_what_is_remembered_is_the_same_in_any_order_one_by_one_and_is_bounded(acts, dice):
    kept: list = []
    dice.shuffle(acts)
    for one in acts:
        kept = remembered([*kept, one])
    assert kept == remembered(acts)
    assert len(kept) <= MOST_ACTS + 8
    by_time = sorted(acts, key=lambda one: (one.at, one.act_id))
    for name in ("deaths", "area_ha"):
        told = [getattr(one, name) for one in by_time if getattr(one, name, None) is not None]
        assert [getattr(one, name) for one in kept if getattr(one, name, None) is not None][-1:] == told[-1:]


def test_two_fires_that_began_a_hundred_kilometres_apart_are_not_merged_by_a_slip_of_the_hand():
    far, near = delivery(hotspot(3, 100.0)), delivery(hotspot(3, 40.0))
    (other,), (beside,) = (
        [one.incident_id for one in judge([fire]).incidents.values()] for fire in (far, near)
    )
    outcome = done(
        delivery(*FIRE),
        far,
        near,
        act(Merge, 300, other_id=other),
        act(Merge, 310, number=2, other_id=beside),
    )
    refused, merged = outcome.acts
    assert (refused.outcome, refused.reason.code, merged.outcome) == ("refused", "too_far_apart", "applied")
    assert (round(refused.reason.value), refused.reason.threshold, refused.reason.unit) == (100, 50.0, "km")
    assert outcome.incidents[other].status == "open"
    assert outcome.incidents[beside].merged_into == ONE
    # how far is a setting, and a document sets it while all goes on
    text = "[judge]\nmerge_km = 30.0\n"
    at = START + dt.timedelta(minutes=305)
    said = {"author": "duty-1", "reason": "slips", "effective_at": at, "received_at": at}
    nearer = Delivery(
        delivery_id="s", received_at=at, settings=(Setting(name="default", version=1, document=text, **said),)
    )
    kept = done(delivery(*FIRE), near, nearer, act(Merge, 310, other_id=beside)).acts[-1]
    assert (kept.outcome, kept.reason.threshold) == ("refused", 30.0)


def test_a_corrected_fire_that_grows_is_told_as_far_as_it_was_seen_after_the_correction():
    moved = act(Relocate, 190, frame="wgs84", longitude=102.0, latitude=28.0, radius_m=200.0)
    same = delivery(*(hotspot(300, 0.4 * i, 0.4, satellite="NPP") for i in range(3)))
    grown = delivery(*(hotspot(400, 1.0 * i, 0.4, satellite="N21") for i in range(11)))
    still = done(delivery(*FIRE), moved, same).incidents[ONE]
    assert (still.longitude, still.radius_m) == (102.0, 200.0)
    for steps in ([same, grown], [grown, same]):
        one = done(delivery(*FIRE), moved, *steps).incidents[ONE]
        assert (one.longitude, one.latitude) == (102.0, 28.0)
        assert one.radius_m == pytest.approx(10_300, abs=100)


def test_a_pixel_that_was_already_far_from_the_corrected_place_widens_nothing_when_it_comes_again():
    moved = act(Relocate, 190, frame="wgs84", longitude=102.05, latitude=28.0, radius_m=200.0)
    again = delivery(*(hotspot(300, 0.4 * i, 0.4 * j, satellite="NPP") for i in range(3) for j in range(3)))
    caller = delivery(report(301, 4.9, 0.1, radius=100.0))
    one = done(delivery(*FIRE), moved, again, caller).incidents[ONE]
    assert (one.longitude, one.radius_m) == (102.05, 200.0)


def test_what_waited_and_is_refused_is_said_once_and_not_at_every_tick():
    hours = [tick(START + dt.timedelta(hours=hour)) for hour in range(6, 12)]
    split = act(Split, 300, observation_ids=("never-came",))
    (lost,) = judge([delivery(hotspot(400, 100.0))]).incidents
    merge = act(Merge, 301, other_id=lost)
    later = [
        delivery(hotspot(400 + n, 100.0 + n / 10), at=START + dt.timedelta(hours=12 + n)) for n in range(4)
    ]
    outcome = done(delivery(*FIRE), split, merge, *hours, *later)
    said = [(type(one).__name__, one.outcome) for one in outcome.acts]
    assert sorted(said) == [(kind, how) for kind in ("Merge", "Split") for how in ("refused", "waiting")]


def test_a_mistyped_position_moves_no_fire_to_another_prefecture():
    far = act(Relocate, 200, frame="wgs84", longitude=104.0, latitude=28.0)
    near = act(Relocate, 190, number=2, frame="wgs84", longitude=102.3, latitude=28.0)
    outcome = done(delivery(*FIRE), near, far)
    assert [(one.outcome, one.reason and one.reason.code) for one in outcome.acts] == [
        ("applied", None),
        ("refused", "too_far_apart"),
    ]
    assert outcome.incidents[ONE].longitude == 102.3
    assert len(outcome.alerts) == 2
