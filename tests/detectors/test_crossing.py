import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.crossing import Options, placed
from detectors.geodesy import bearing_deg, destination, distance_km
from detectors.sighted import Aim, spot_of
from detectors.tracks import tracks_of
from detectors.witness import Options as Chances
from detectors.witness import judge_report, judge_sighting
from schemas.observation import Report, Sighting

AT = dt.datetime(2024, 3, 1, 7, tzinfo=dt.UTC)
HOME = (102.0, 28.0)


def place(east=0.0, north=0.0):
    away = float(np.hypot(east, north))
    lon, lat = destination(*HOME, float(np.degrees(np.arctan2(east, north))), away)
    return float(lon), float(lat)


def bearing(name, station, *, azimuth=None, target=None, minutes=0.0, frame=0):
    if azimuth is None:
        azimuth = float(bearing_deg(*station, *target)) % 360.0
    seen = Sighting(
        observation_id=f"{name}/{frame}",
        source=name,
        source_class="video",
        frame="wgs84",
        observed_at=AT + dt.timedelta(minutes=minutes),
        station_longitude=station[0],
        station_latitude=station[1],
        azimuth_deg=azimuth % 360.0,
        mast=name,
    )
    return judge_sighting(Chances(), seen, AT, spot_of(seen, Aim(), None))


def said(name, where, minutes=0.0, radius=500.0):
    one = Report(
        observation_id=name,
        source=name,
        source_class="ground",
        frame="wgs84",
        observed_at=AT + dt.timedelta(minutes=minutes),
        longitude=where[0],
        latitude=where[1],
        radius_m=radius,
        saw="smoke",
    )
    return judge_report(Chances(), one, AT)


def run(bearings, claims=(), options=None):
    found = placed(options or Options(), bearings, lambda _: claims)
    return {claim.detection_id: claim for claim in found}


def how(found):
    return {name.split("/")[0]: claim.placing.how for name, claim in found.items()}


WEST, EAST, SOUTH = place(-5.0), place(5.0), place(0.0, -8.0)
FIRE = place(0.0, 8.0)


def test_two_bearings_cross_where_they_meet_with_their_ellipse():
    # baseline 10 km, range 10 km (fire.md's table): 154 by 309 m at one degree
    fire = place(0.0, 8.66)
    found = run([bearing("a", WEST, target=fire), bearing("b", EAST, target=fire)])
    assert set(how(found).values()) == {"crossed"}
    for claim in found.values():
        assert float(distance_km(*fire, claim.longitude, claim.latitude)) < 0.01
        ellipse = claim.placing.ellipse
        assert sorted([ellipse.semi_major_m, ellipse.semi_minor_m]) == pytest.approx([142, 247], rel=0.02)
        assert claim.placing.notes[0].value == pytest.approx(60.0, abs=0.2)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (bearing("b", EAST, target=FIRE, minutes=31), "too late"),
        (bearing("b", place(-4.95), target=FIRE), "one mast"),
        (bearing("b", place(-5.0, -2.0), target=FIRE), "narrow"),
        (bearing("b", EAST, azimuth=135.0), "behind"),
        (bearing("b", place(60.0), target=FIRE), "out of reach"),
    ],
)
def test_what_does_not_cross_stays_a_direction(other, why):
    found = run([bearing("a", WEST, target=FIRE), other])
    assert how(found) == {"a": "nowhere", "b": "nowhere"}, why


def test_thirty_minutes_apart_they_still_cross():
    assert set(
        how(run([bearing("a", WEST, target=FIRE), bearing("b", EAST, target=FIRE, minutes=30)])).values()
    ) == {"crossed"}


def test_a_third_station_tells_fires_from_the_places_where_nothing_burns():
    fires = place(-3.0, 9.0), place(4.0, 11.0)
    seen = [
        bearing(f"{name}{at}", station, target=fire, mast_=None)
        if False
        else bearing(name, station, target=fire, frame=at)
        for name, station in (("a", WEST), ("b", EAST), ("c", SOUTH))
        for at, fire in enumerate(fires)
    ]
    for claim in run(seen).values():
        fire = fires[int(claim.detection_id.split("/")[1])]
        assert claim.placing.how == "crossed"
        assert float(distance_km(*fire, claim.longitude, claim.latitude)) < 0.1


def test_a_bearing_supports_the_nearest_of_the_fires_it_passes_by_and_no_other():
    near, far = said("near", place(0.1, 8.0)), said("far", place(0.9, 16.0))
    (claim,) = run([bearing("a", place(), azimuth=0.0)], [near, far]).values()
    assert (claim.placing.how, claim.placing.track) == ("meets", "near")
    assert (claim.longitude, claim.latitude) == (near.longitude, near.latitude)


@pytest.mark.parametrize(
    "other",
    [
        said("late", place(0.0, 8.0), minutes=12 * 60 + 1),
        said("aside", place(2.0, 8.0)),
        said("behind", place(0.0, -8.0)),
        said("beyond", place(0.0, 37.0)),
    ],
)
def test_a_bearing_supports_nothing_that_it_does_not_pass_by(other):
    (claim,) = run([bearing("a", place(), azimuth=0.0)], [other]).values()
    assert claim.placing.how == "nowhere"


def test_a_station_in_one_direction_is_one_track_and_in_two_directions_two():
    frames = [
        bearing("a", WEST, azimuth=az, minutes=m, frame=m) for m, az in ((0, 359.0), (5, 1.5), (9, 20.0))
    ]
    assert [len(track.claims) for track in tracks_of(Options(), frames)] == [2, 1]
    later = bearing("a", WEST, azimuth=0.0, minutes=130, frame=130)
    assert len(tracks_of(Options(), [*frames, later])) == 3
    bound = {claim.placing.bound for claim in run(frames[:2]).values()}
    assert bound == {"a/0"}


def test_what_parts_again_is_the_direction_that_it_was():
    one, other = bearing("a", WEST, target=FIRE), bearing("b", EAST, target=FIRE)
    crossed = run([one, other])["a/0"]
    assert run([crossed])["a/0"] == run([one])["a/0"] == one


STATIONS = st.tuples(st.floats(-15, 15), st.floats(-15, 15))


@st.composite
def scenes(draw):
    stations = [place(*one) for one in draw(st.lists(STATIONS, min_size=1, max_size=4))]
    fires = [place(*one) for one in draw(st.lists(STATIONS, min_size=1, max_size=2))]
    seen = [
        bearing(f"s{at}", station, target=fire, minutes=draw(st.integers(0, 60)), frame=number)
        for at, station in enumerate(stations)
        for number, fire in enumerate(fires)
        if draw(st.booleans())
    ]
    claims = [said(f"r{at}", fire, minutes=draw(st.integers(-800, 800))) for at, fire in enumerate(fires[:1])]
    return seen, claims[: draw(st.integers(0, 1))]


@settings(max_examples=40, deadline=None)
@given(scenes(), st.randoms(use_true_random=False))
def test_what_comes_of_bearings_depends_on_neither_order_nor_where_they_were_put_before(scene, dice):
    seen, claims = scene
    if not seen:
        return
    first = run(seen, claims)
    shuffled = list(first.values())
    dice.shuffle(shuffled)
    assert run(shuffled, claims) == first
    assert set(first) == {claim.detection_id for claim in seen}
    for claim in seen:
        assert replace(first[claim.detection_id], placing=None).look == claim.look
