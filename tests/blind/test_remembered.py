"""What sources said before decides how far they are believed: sequences, frozen pictures, stuck sensors."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import Line, delivery, judge
from lost import CAMERAS, REGION, at, blind_of, expecting, frame, looked, passing, reading

from schemas.settings import Settings
from streams.replay import tick


def claimed(observations, *, restarts=False, settings=None):
    """Ids that were claimed a fire, and the last reason of those that were not."""
    line = Line(settings or Settings(), REGION, origins=1, outage_s=None, draw=None, restarts=restarts)
    claims = {}
    for one in observations:
        line.watch(one, 0)
        for claim in line.queues[0].popleft().detections:
            claims[claim.observation_id] = claim
    return claims, {name: silence.reason for name, silence in line.outcome.silences.items()}


def frames(*minutes, source="camera/1", azimuth=40.0, **more):
    return [frame(source, m, int(m * 60), azimuth=azimuth, **more) for m in minutes]


def clear(*minutes, source="camera/1"):
    return [looked(source, m, lag=0, digest=f"picture {m}") for m in minutes]


def test_a_flash_waits_and_three_of_five_frames_count_with_those_that_waited():
    flash, _ = claimed([delivery(*frames(0)), *(delivery(one) for one in clear(1, 2, 3, 4))])
    assert flash == {}
    given = [delivery(one) for one in (*frames(0), *clear(1), *frames(2, 3))]
    claims, silent = claimed(given)
    assert sorted(claims) == ["camera/1/0", "camera/1/2", "camera/1/3"]
    assert not {"camera/1/0", "camera/1/2"} & set(silent)
    _, waiting = claimed(given[:3])
    assert {waiting[name].code for name in ("camera/1/0", "camera/1/2")} == {"waiting_for"}


def test_other_directions_and_other_cameras_make_no_sequence():
    apart = [delivery(*frames(n, azimuth=n * 30.0)) for n in range(4)]
    others = [delivery(*frames(n, source=f"camera/{n}")) for n in range(4)]
    assert claimed([*apart, *others])[0] == {}


def test_a_sequence_goes_on_over_a_pause_beyond_the_frames_that_are_kept():
    begun = [delivery(one) for one in frames(0, 1, 2)]
    pause = [delivery(one) for one in clear(*(3 + n / 4 for n in range(90)))]
    claims, _ = claimed([*begun, *pause, delivery(*frames(27))])
    assert "camera/1/27" in claims
    later, _ = claimed([*begun, *pause, delivery(*frames(60))])
    assert "camera/1/60" not in later


BOX = (0.4, 0.5, 0.45, 0.55)


@pytest.mark.parametrize("said", [{"box": BOX}, {"box": BOX, "azimuth": None}, {"source": "bare/1"}])
def test_frames_without_a_number_wait_for_others_too_unless_they_are_settled(said):
    bare = Settings(detectors={"sighting": {"sequence": {"frames": ["bare/*"]}}})
    source = {"source": "camera/1", "azimuth": 40.0, **said}
    every = [frame(minutes=m, number=None, **source) for m in (0, 1, 2)]
    flash, silent = claimed([delivery(one) for one in every[:2]], settings=bare)
    assert (flash, {one.code for one in silent.values()}) == ({}, {"waiting_for"})
    assert len(claimed([delivery(one) for one in every], settings=bare)[0]) == 3
    settled = frame(minutes=0, number=None, settled=True, **source)
    assert len(claimed([delivery(settled)], settings=bare)[0]) == 1


def test_a_cloud_is_no_sign_of_the_smoke_before_it():
    clouds = [frame("camera/1", m, m, box=(0.1, 0.2, 0.7, 0.6)) for m in (0, 1, 2)]
    claims, _ = claimed([delivery(one) for one in [*clouds, frame("camera/1", 3, 3, box=BOX)]])
    assert claims == {}


def test_what_a_platform_settled_already_counts_alone_and_a_cloud_does_not():
    alone = frame("camera/1", 0, None)
    cloud = frame("camera/2", 0, None, box=(0.1, 0.2, 0.7, 0.6))
    claims, silent = claimed([delivery(alone), delivery(cloud)])
    assert list(claims) == ["camera/1/0"]
    assert (silent["camera/2/0"].code, silent["camera/2/0"].rule) == ("below_threshold", "box too wide")


def test_a_frozen_camera_claims_nothing_and_is_a_loss():
    moving = [looked("cameras-0", m, lag=0, digest=f"{m}") for m in range(0, 30, 5)]
    frozen = [looked("cameras-0", m, lag=0, digest="same") for m in range(30, 90, 5)]
    others = [looked(f"cameras-{n}", m, lag=0) for n in (1, 2) for m in range(0, 90, 5)]
    outcome = judge(passing(*moving, *frozen, *others), settings=expecting(CAMERAS), region=REGION)
    (lost,) = blind_of(outcome)
    assert (lost.sources, lost.reasons[0].code, lost.opened_at) == (("cameras-0",), "frozen", at(40))
    alert = next(one for one in outcome.alerts if one.kind == "blind")
    assert "画面冻结" in alert.description["zh"]
    smoke = [frame("camera/1", m, 7) for m in range(0, 60, 3)]
    claims, silent = claimed([delivery(one) for one in smoke])
    assert max(int(name.split("/")[2]) for name in claims) == 12
    assert silent["camera/1/57"].code == "frozen"


def test_a_camera_without_infrared_sees_nothing_at_night():
    # midnight UTC is morning in Sichuan, 14:00 UTC is night there
    day, night = frame("camera/1", 60, None, band="visible"), frame("camera/1", 840, None, band="visible")
    claims, silent = claimed([delivery(day), delivery(night)])
    assert list(claims) == ["camera/1/60"]
    assert silent["camera/1/840"].code == "dark"


def test_weather_makes_no_fire_and_smoke_or_a_tripped_line_does():
    said = [
        reading("station/1", 0, 39.0),
        reading("station/1", 1, 8.0, quantity="smoke_percent_per_m"),
        reading("line/1", 2, 1.0, quantity="line_trip_count"),
        reading("line/1", 3, 0.0, quantity="line_trip_count"),
    ]
    claims, silent = claimed([delivery(one) for one in said])
    assert {name: one.source_class for name, one in claims.items()} == {
        "station/1/smoke_percent_per_m/1": "sensor",
        "line/1/line_trip_count/2": "sensor",
    }
    codes = {name: reason.code for name, reason in silent.items()}
    assert codes == {"station/1/temperature_c/0": "weather", "line/1/line_trip_count/3": "below_threshold"}
    incidents = judge([delivery(one) for one in said]).incidents.values()
    assert {one.grade for one in incidents} == {"task"}


DUST = "pm2_5_ugm3"


def days_of(value, count=10):
    wave = [0.1, -0.1, 0.2, 0.0, -0.2]
    return [reading("s", 1440 * day, value + wave[day % 5], quantity=DUST) for day in range(count)]


def test_far_above_the_usual_of_its_own_station_and_hour_is_a_claim():
    def after(minutes, value):
        return claimed(
            [delivery(one) for one in [*days_of(40.0), reading("s", minutes, value, quantity=DUST)]]
        )

    claims, _ = after(14400, 400.0)
    assert [one.reason for one in claims.values()] == ["unusual"]
    claims, silent = after(14400, 60.0)
    assert (claims, silent[f"s/{DUST}/14400"].code) == ({}, "usual")
    # another hour has no past: unknown is not usual
    claims, silent = after(14460, 400.0)
    assert (claims, silent[f"s/{DUST}/14460"].code) == ({}, "below_threshold")


@pytest.mark.parametrize(("value", "code"), [(31.4, "stuck"), (0.0, "weather")])
def test_a_sensor_stuck_at_one_value_is_not_believed_where_that_value_is_no_rest(value, code):
    quantity = "temperature_c" if value else "precipitation_mm"
    said = [reading("s", m, value, quantity=quantity) for m in range(0, 500, 30)]
    _, silent = claimed([delivery(one) for one in said])
    assert [silent[one.observation_id].code for one in said[:3]] == ["weather"] * 3
    assert silent[said[-1].observation_id].code == code


def test_a_stuck_station_is_a_loss_when_it_is_expected():
    moving = [reading("sensors-0", m, 20 + m / 100) for m in range(0, 120, 30)]
    stuck = [reading("sensors-0", m, 25.0) for m in range(120, 1000, 30)]
    line = {"source": "sensors-0", "every_s": 1800, "missed": 3}
    (lost,) = blind_of(judge(passing(*moving, *stuck), settings=expecting(line), region=REGION))
    assert (lost.reasons[0].code, lost.status) == ("stuck", "open")


ORDER = st.permutations(range(12))


@settings(max_examples=15)
@given(ORDER, st.booleans())
def test_any_order_and_restarts_end_in_the_same_claims(order, restarts):
    shown = [0, 1, 4, 5, 6, 9]
    every = [frames(n)[0] if n in shown else clear(n)[0] for n in range(12)]
    now = at(30)
    straight, _ = claimed([delivery(one, at=now) for one in every])
    mixed, _ = claimed([delivery(every[n], at=now) for n in order], restarts=restarts)
    assert mixed == straight
    assert len(straight) == 6


def test_what_nothing_touches_is_forgotten():
    line = Line(Settings(), REGION, origins=1, outage_s=None, draw=None, restarts=False)
    line.watch(delivery(frames(0)[0]), 0)
    assert any(key.startswith("m/sighting/camera/1/") for key in line.rows[0])
    for hours in (0, 2):
        # a leap alone may be that of a wrong clock
        line.watch(tick(at(0) + dt.timedelta(days=41, hours=hours)), 0)
    assert line.rows[0] == {}
