"""A source silent beyond its rhythm is a loss that people are told of; a scheduled gap is none."""

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import Line, delivery, judge
from lost import (
    CAMERAS,
    HIMAWARI,
    REGION,
    STATION,
    at,
    blind_of,
    expecting,
    frame,
    layer,
    looked,
    passing,
    patrol,
    reading,
    slot,
    told,
)

from detectors.region import Region


def run(deliveries, *lines, **more):
    return judge(deliveries, settings=expecting(*lines), region=REGION, **more)


def test_a_camera_that_falls_silent_is_told_and_its_return_too():
    frames = [looked("cameras-0", minutes) for minutes in (0, 5, 10, *range(60, 100, 5))]
    others = [looked(f"cameras-{n}", minutes) for n in (1, 2) for minutes in range(0, 100, 5)]
    outcome = run(passing(*frames, *others, every=2), CAMERAS)
    (lost,) = blind_of(outcome)
    assert (lost.status, lost.sources, lost.opened_at) == ("closed", ("cameras-0",), at(10))
    opened, ended = [one for one in outcome.alerts if one.kind == "blind"]
    assert (opened.action, opened.grade, opened.pages) == ("new", "IV", True)
    assert at(21) <= opened.issued_at <= at(23)
    assert "cameras 0" in opened.headline["zh"]
    assert "cameras-0" in opened.headline["en"]
    assert (ended.action, ended.reasons[0].code, ended.issued_at) == ("close", "observed_again", at(80))
    assert "恢复" in ended.headline["zh"]
    assert "扑灭" not in ended.description["zh"]


def test_the_reserve_that_nobody_looks_at_is_named_with_its_last_look():
    given = [looked("cameras-0", minutes, box=(101.99, 27.99, 102.01, 28.01)) for minutes in (0, 5)]
    outcome = run(passing(*given, patrol(9), until=40), CAMERAS)
    (reason,) = [one for one in blind_of(outcome)[0].reasons if one.code == "not_observed_since"]
    assert (reason.ref, reason.detail) == ("protected_areas-0", at(9).isoformat())
    (alert,) = [one for one in outcome.alerts if one.sources == ("cameras-0",)]
    assert "protected_areas 0最近一次被观测" in alert.description["zh"]
    assert any(place.layer == "county" for place in alert.places)


def test_a_missing_slot_is_a_loss_and_the_daily_gap_is_none():
    regular = [slot(minutes) for minutes in range(0, 24 * 60, 10) if minutes not in {160, 880}]
    assert blind_of(run(passing(*regular), HIMAWARI)) == []
    missing = [one for one in regular if not at(600) < one.observed_at < at(660)]
    (lost,) = blind_of(run(passing(*missing), HIMAWARI))
    assert (lost.opened_at, lost.status) == (at(600), "closed")
    assert [place.layer for place in lost.places] == ["county"]


def test_a_slot_that_could_not_be_looked_at_is_no_look():
    cloudy = [looked("cameras-0", minutes, looked=False, reason="fog") for minutes in range(10, 60, 5)]
    others = [looked(f"cameras-{n}", minutes) for n in (1, 2) for minutes in range(0, 60, 5)]
    outcome = run(passing(looked("cameras-0", 5), *cloudy, *others, until=60), CAMERAS)
    (lost,) = blind_of(outcome)
    assert (lost.opened_at, lost.reasons[0].code, lost.reasons[0].detail) == (at(5), "waiting_for", "fog")


def test_a_silent_station_a_patrol_heard_once_and_one_never_heard():
    never = {"source": "towers/9", "every_s": 600, "missed": 3}
    men = {"source": "patrol/*", "every_s": 86400, "grace_s": 3600, "missed": 1, "phase_s": 28800}
    given = [reading("sensors-0", minutes) for minutes in (0, 60)]
    outcome = run(passing(*given, patrol(30), until=48 * 60, every=30), STATION, never, men)
    lost = {one.sources[0]: one for one in blind_of(outcome)}
    assert sorted(lost) == ["patrol/7", "sensors-0", "towers/9"]
    first = {one.sources[0]: one.issued_at for one in outcome.alerts if one.action == "new"}
    assert (first["sensors-0"], first["patrol/7"], first["towers/9"]) == (at(211), at(541), at(31))
    assert [one.action for one in outcome.alerts if one.sources == ("sensors-0",)] == ["new", *["update"] * 3]


def test_day_only_cameras_rest_at_night_and_are_missed_in_the_morning():
    # START is midnight UTC, 08:00 in Sichuan: the sun is up until about 11:00 UTC
    frames = [looked("cameras-1", minutes) for minutes in range(0, 11 * 60 + 35, 5)]
    others = [looked(f"cameras-{n}", minutes, lag=0) for n in (0, 2) for minutes in range(0, 26 * 60, 5)]
    outcome = run(passing(*frames, *others, until=26 * 60, every=60), CAMERAS)
    (lost,) = blind_of(outcome)
    (alert,) = [one for one in outcome.alerts if one.action == "new"]
    assert lost.sources == ("cameras-1",)
    assert at(22 * 60) < alert.issued_at < at(25 * 60)


def test_a_camera_of_the_region_that_says_how_often_it_speaks_needs_no_setting():
    cameras = layer("cameras", [shapely.Point(102.0, 28.0)], [{"every_s": 600, "range_km": 8.0}])
    region = Region("own", {"cameras": cameras})
    (lost,) = blind_of(judge(passing(looked("cameras-0", 0), until=60), region=region))
    assert (lost.sources, lost.opened_at, lost.radius_m > 7000) == (("cameras-0",), at(0), True)


def test_forty_cameras_on_one_mast_are_one_loss():
    line = {"source": "mast/*", "every_s": 300, "missed": 2}
    frames = [looked(f"mast/{n}", minutes) for n in range(40) for minutes in (0, 5)]
    frames += [frame(f"mast/{n}", 6, 1, mast="hill", saw="unknown") for n in range(40)]
    outcome = run(passing(*frames, until=60), line)
    (lost,) = blind_of(outcome)
    assert len(lost.sources) == 40
    assert [row[0] for row in told(outcome)] == ["new"]
    assert "40" in next(one for one in outcome.alerts if one.kind == "blind").headline["en"]


def test_nothing_is_held_against_sources_while_we_ourselves_were_away():
    frames = [looked("cameras-0", minutes) for minutes in (0, 5)]
    late = [looked("cameras-0", minutes) for minutes in range(126, 200, 5)]
    only = {"source": "cameras-0", "every_s": 300, "grace_s": 60}
    # nobody said that time passes between minute 6 and 120
    given = [*passing(*frames, every=1), delivery(at=at(120)), *passing(*late, every=1)[126:]]
    assert blind_of(judge(given, settings=expecting(only), outage_s=120.0)) == []
    assert len(blind_of(judge(given, settings=expecting(only)))) == 1


def test_others_on_the_ground_make_it_a_grade_less_grave():
    far = [looked(f"cameras-{n}", minutes) for n in (1, 2) for minutes in range(0, 40, 5)]
    watching = [looked("tower/1", minutes, kind="tower") for minutes in range(0, 40, 10)]
    outcome = run(passing(looked("cameras-0", 0), *far, *watching, until=39), CAMERAS)
    assert [row[:2] for row in told(outcome)] == [("new", "task")]
    assert "seen_by_others" in [one.code for one in blind_of(outcome)[0].reasons]


def test_who_only_watches_is_forgotten_after_forty_days_and_who_is_named_never():
    line = Line(expecting(STATION), REGION, origins=1, outage_s=None, draw=None, restarts=False)
    for one in (patrol(0), reading("sensors-0", 0)):
        line.watch(delivery(one), 0)
    for days in (0, 30, 41, 42):
        line.watch(delivery(at=at(days * 1440 + 5)), 0)
        line.drain_all()
        kept = sorted(key for key in line.rows[1] if key.startswith("s/"))
        assert kept == (["s/patrol/7", "s/sensors-0"] if days < 41 else ["s/sensors-0"])


MINUTES = st.lists(st.integers(0, 300), max_size=12, unique=True)


@settings(max_examples=8)
@given(MINUTES, MINUTES)
def test_restarts_and_repeats_change_nothing_that_is_told(camera, station):
    said = [looked("cameras-0", m) for m in camera] + [reading("sensors-0", m, lag=2) for m in station]
    line = {"source": "cameras-0", "every_s": 1200, "grace_s": 60, "missed": 1}
    given = passing(*said, until=310, every=20)
    one = judge(given, settings=expecting(line, STATION), region=REGION)
    again = judge(given, settings=expecting(line, STATION), region=REGION, restarts=True)
    assert again.alerts == one.alerts
    assert again.incidents == one.incidents
    repeated = [part for whole in given for part in ([whole] * 2 if whole.observations else [whole])]
    assert judge(repeated, settings=expecting(line, STATION), region=REGION).alerts == one.alerts
