"""Invariants 2, 9 and 15 as they show in alerts: late news, looks that saw nothing, quiet, backlog."""

import datetime as dt

from judged import START, delivery, hotspot, judge, report
from msgspec.structs import replace

from detectors.region import WORLD
from schemas.observation import Delivery, Pass
from schemas.settings import Settings
from streams.hops.build import build_hops, unsaid
from streams.replay import run, tick

HOUR = 60


def burning(minutes=0, **more):
    """Three strong pixels of one look and a caller: grade III or higher."""
    at = [hotspot(minutes, 0.4 * i, 0.0, frp=80.0, **more) for i in range(4)]
    return [*at, report(minutes + 5, 0.5, 0.1, kind="ground", who="ranger")]


def looked(minutes, *, satellite="NPP/VIIRS", saw=True):
    at = START + dt.timedelta(minutes=minutes)
    return Pass(
        observation_id=f"pass-{satellite}-{minutes}",
        source=satellite,
        observed_at=at,
        received_at=at + dt.timedelta(minutes=30),
        looked=saw,
        west=101.0,
        south=27.0,
        east=103.0,
        north=29.0,
    )


def test_a_lone_hotspot_is_a_task_and_pages_nobody():
    outcome = judge([delivery(hotspot(0))])
    assert [(a.action, a.grade, a.pages) for a in outcome.alerts] == [("new", "task", False)]


def test_a_graded_fire_pages_once_and_a_raise_pages_again():
    first = [delivery(one) for one in burning()]
    outcome = judge(first)
    pages = [a for a in outcome.alerts if a.pages]
    assert pages
    grades = [a.grade for a in pages]
    assert len(set(grades)) == len(grades)


def test_2_an_observation_up_to_a_day_old_pages_at_the_next_tick():
    old = [hotspot(0, 0.4 * i, 0.0, frp=80.0, lag=20 * HOUR) for i in range(12)]
    outcome = judge([delivery(*old)])
    assert [(a.action, a.pages, a.late) for a in outcome.alerts] == [("new", True, False)]


def test_2_an_older_one_is_judged_and_pages_nobody():
    old = [hotspot(0, 0.4 * i, 0.0, frp=80.0, lag=30 * HOUR) for i in range(12)]
    new, close = judge([delivery(*old)]).alerts
    assert (new.action, new.pages, new.late, new.reasons[0].code) == ("new", False, True, "backlog")
    assert close.action == "close"


def test_2_a_week_old_observation_is_too_late_and_kept_as_a_silence():
    outcome = judge([delivery(hotspot(0, lag=8 * 24 * HOUR))])
    assert [s.reason.code for s in outcome.silences.values()] == ["too_late"]
    assert not outcome.incidents


def test_2_a_later_look_that_saw_nothing_keeps_old_evidence_from_paging():
    old = [hotspot(0, 0.4 * i, 0.0, frp=80.0, lag=10 * HOUR) for i in range(12)]
    at = old[0].received_at
    clear = looked(6 * HOUR)
    outcome = judge([delivery(clear, at=at), delivery(*old, at=at)])
    assert [a.pages for a in outcome.alerts] == [False]
    assert outcome.alerts[0].reasons[0].code == "later_look_saw_nothing"


def test_9_a_source_that_could_not_look_says_nothing_about_a_fire():
    old = [hotspot(0, 0.4 * i, 0.0, frp=80.0, lag=10 * HOUR) for i in range(12)]
    blind = looked(6 * HOUR, saw=False)
    outcome = judge([delivery(blind, at=old[0].received_at), delivery(*old)])
    assert [a.pages for a in outcome.alerts] == [True]
    assert outcome.silences[blind.observation_id].reason.rule == "could not look"


def test_15_quiet_says_that_nobody_has_declared_it_out():
    outcome = judge([delivery(one) for one in burning()], end=START + dt.timedelta(hours=30))
    last = outcome.alerts[-1]
    assert last.action == "close"
    assert "未宣布扑灭" in last.description["zh"]
    assert "nobody has declared it out" in last.description["en"]
    assert last.reasons[0].code == "quiet"


def test_evidence_after_quiet_reopens_the_same_alert():
    days = [delivery(one) for one in burning()]
    again = [delivery(one) for one in burning(40 * HOUR)]
    quiet = tick(START + dt.timedelta(hours=35))
    outcome = judge([*days, quiet, *again])
    last = [a for a in outcome.alerts if a.alert_id == outcome.alerts[0].alert_id]
    assert len({a.alert_id for a in outcome.alerts}) == 1
    assert "close" in [a.action for a in last]
    reopened = next(a for a in last if a.reasons[0].code == "reopened")
    assert (reopened.action, reopened.incident_id) == ("new", last[0].incident_id)


def test_6_a_merge_keeps_the_oldest_id_and_every_other_leads_to_it():
    west = delivery(hotspot(0, 0.0, 0.0))
    east = delivery(hotspot(30, 2.6, 0.0))
    bridge = delivery(hotspot(60, 1.3, 0.0))
    outcome = judge([west, east, bridge])
    merged = [one for one in outcome.incidents.values() if one.status == "merged"]
    kept = next(one for one in outcome.incidents.values() if one.status == "open")
    assert [one.merged_into for one in merged] == [kept.incident_id]
    assert kept.opened_at == START
    told = [a for a in outcome.alerts if a.alert_id == kept.incident_id]
    assert {a.legal.starts_at for a in told} == {START}, "whoever is told hears the earliest start"
    assert set(kept.lineage) == {kept.incident_id, merged[0].incident_id}
    ended = [a for a in outcome.alerts if a.action == "close"]
    assert [(a.alert_id, a.reasons[0].code) for a in ended] == [(merged[0].incident_id, "merged_into")]


def test_6_an_older_observation_renames_the_fire_and_its_alert_goes_on():
    outcome = judge(
        [delivery(hotspot(60, 0.5, 0.0)), delivery(hotspot(0, 0.0, 0.0), at=START + dt.timedelta(hours=5))]
    )
    first, second = outcome.alerts
    assert first.alert_id == second.alert_id == first.incident_id
    assert second.incident_id != first.incident_id
    assert outcome.incidents[first.incident_id].merged_into == second.incident_id
    assert second.reasons[0].code == "renamed"


def test_6_two_fires_that_only_nearly_meet_stay_two():
    outcome = judge([delivery(hotspot(0, 0.0, 0.0)), delivery(hotspot(30, 1.6, 0.0))])
    assert sorted(one.status for one in outcome.incidents.values()) == ["open", "open"]


def test_a_worker_back_after_ten_hours_pages_exactly_the_fire_that_still_burns():
    cold = []
    for number in range(40):
        east, north = 6.0 * (number % 8) - 24, 6.0 * (number // 8)
        cold += [hotspot(0, east + 0.4 * i, north + 30, frp=80.0, lag=30) for i in range(12)]
    clear = looked(5 * HOUR)
    hot = [hotspot(9 * HOUR, 0.4 * i, -40.0, frp=80.0, lag=30) for i in range(12)]
    backlog = [delivery(one) for one in cold] + [delivery(clear), delivery(*hot)]
    restart = START + dt.timedelta(hours=10)
    outcome = judge(backlog, outage_s=10.0, origins=2, end=restart)
    pages = [a for a in outcome.alerts if a.pages]
    assert len(pages) == 1
    assert pages[0].observed_at == START + dt.timedelta(hours=9)
    assert {a.reasons[0].code for a in outcome.alerts if not a.pages} == {"later_look_saw_nothing"}


def test_5_whether_news_waits_is_read_in_the_log_and_not_on_the_clock_of_a_restart():
    """A message judged again after a crash must not become another revision under the same number."""
    now = START + dt.timedelta(minutes=30)
    news = delivery(*(hotspot(0, 0.4 * i, 0.0, frp=80.0, lag=30) for i in range(12)))
    issued = {}
    for gap_s in (5, 60):
        before = Delivery(delivery_id="tick", received_at=now - dt.timedelta(seconds=gap_s))
        outcome = judge([before, news], outage_s=10.0, end=now + dt.timedelta(hours=1), restarts=True)
        issued[gap_s] = [alert.issued_at for alert in outcome.alerts if alert.pages]
    assert issued == {5: [now], 60: [now + dt.timedelta(hours=1)]}


def test_a_delivery_with_nothing_in_it_only_lets_time_pass():
    outcome = judge([Delivery(delivery_id="empty", received_at=START)])
    assert not outcome.alerts
    assert not outcome.incidents


def test_1_a_version_with_moved_centres_counts_once_and_pages_nobody():
    first = [hotspot(0, 0.5 * i, 0.0, frp=60.0) for i in range(2)]
    moved = [hotspot(0, 0.5 * i + 0.06, 0.05, frp=60.0, version="2.0", lag=600) for i in range(2)]
    outcome = judge([delivery(*first), delivery(*moved)])
    alone = judge([delivery(*first)])
    assert not [a for a in outcome.alerts if a.pages]
    ours, theirs = (next(iter(o.incidents.values())) for o in (outcome, alone))
    assert ours.probability == theirs.probability
    assert (ours.observation_count, theirs.observation_count) == (4, 2)
    four = judge(
        [
            delivery(*first),
            delivery(*[hotspot(0, 0.5 * i, 0.5, frp=60.0, version="2.0", lag=600) for i in range(2)]),
        ]
    )
    assert next(iter(four.incidents.values())).probability > theirs.probability


def test_1_a_better_version_of_the_same_pixel_refines_without_a_page():
    worse = hotspot(0, frp=5.0, version="2.0URT", lag=5)
    better = hotspot(0, frp=80.0, version="2.0NRT", lag=170)
    outcome = judge([delivery(worse), delivery(better)])
    [incident] = outcome.incidents.values()
    assert incident.frp_mw == 80.0
    assert incident.observation_count == 1
    assert not [a for a in outcome.alerts if a.pages]
    assert [s.reason.code for s in outcome.duplicates] == ["superseded_by"]
    assert judge([delivery(better), delivery(worse)]).incidents[incident.incident_id].frp_mw == 80.0


def test_what_alerts_are_does_not_hang_on_their_being_put_into_words():
    given = [delivery(hotspot(minute, frp=300.0, satellite=one)) for minute, one in ((0, "N20"), (50, "NPP"))]
    said = run(given, Settings()).alerts
    plain = run(given, Settings(), hops=unsaid(build_hops(Settings(), WORLD))).alerts
    assert all(one.headline and one.description for one in said)
    assert plain == [replace(one, headline={}, description={}) for one in said]
