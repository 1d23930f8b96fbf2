from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from hills import NORTH, WEST, ground, hills, some
from hypothesis import given
from hypothesis import strategies as st

from detectors.geodesy import bearing_deg, destination, distance_km
from detectors.region.relief import NODATA
from detectors.sighted import Aim, Look, look_of, spot_of, spots_of
from detectors.witness import Options, judge_sighting
from schemas.detection import Detection
from schemas.observation import Sighting

LEVEL = ground(np.full((700, 700), 1000.0))
HILLY = ground(hills(6))
AT = datetime(2026, 3, 1, 7, tzinfo=UTC)
HERE = (WEST + 0.25, NORTH - 0.25)


def sighting(**said):
    kept = {
        "observation_id": "s1",
        "source": "cam-7",
        "observed_at": AT,
        "source_class": "video",
        "frame": "wgs84",
    }
    return Sighting(**kept, station_longitude=HERE[0], station_latitude=HERE[1], **said)


def test_a_tilted_look_with_the_ground_known_is_a_claim_at_a_place():
    seen = sighting(azimuth_deg=45.0, tilt_deg=-1.0, station_elevation_m=1200.0)
    told = judge_sighting(Options(), seen, AT, spot_of(seen, Aim(), LEVEL))
    assert isinstance(told, Detection)
    away = float(distance_km(*HERE, told.longitude, told.latitude))
    assert away == pytest.approx(12.0, abs=0.1)
    assert float(bearing_deg(*HERE, told.longitude, told.latitude)) == pytest.approx(45.0, abs=0.01)
    # a tenth of a degree of tilt is 1.5 km behind: the radius is two of that
    assert told.sigma_km == pytest.approx(1.5, abs=0.1)


def test_without_the_ground_it_is_a_bearing_as_far_as_the_camera_sees():
    bare = sighting(azimuth_deg=45.0)
    told = judge_sighting(Options(), sighting(azimuth_deg=45.0, tilt_deg=-1.0), AT)
    assert told == judge_sighting(Options(), bare, AT, spot_of(bare, Aim(), LEVEL))
    assert told.placing.how == "nowhere"
    assert (told.placing.sector.near_m, told.placing.sector.far_m) == (0.0, 35_000.0)


def test_a_look_too_flat_for_a_distance_is_a_bearing_between_two_distances():
    given_ = sighting(azimuth_deg=45.0, tilt_deg=-0.6, station_elevation_m=1200.0)
    told = spot_of(given_, Aim(), LEVEL)
    assert told.placing.how == "nowhere"
    assert "too flat" in told.placing.notes[0].rule
    assert 5_000.0 < told.placing.sector.near_m < told.placing.sector.far_m
    assert spot_of(given_, Aim(most_error_m=30_000.0), LEVEL).placing.how == "ground"


def test_many_looks_are_placed_as_each_alone():
    many = [
        msgspec.structs.replace(
            sighting(azimuth_deg=float(turn), tilt_deg=-2.0 - turn / 100.0, station_elevation_m=2900.0),
            observation_id=f"s{turn}",
        )
        for turn in range(0, 360, 15)
    ]
    together = spots_of(many, Aim(), HILLY)
    assert [together[one.observation_id] for one in many] == [spot_of(one, Aim(), HILLY) for one in many]


def test_a_camera_that_says_only_how_it_stood_has_the_width_of_its_picture():
    told = spot_of(sighting(camera_azimuth_deg=350.0, field_of_view_deg=40.0, saw="smoke"), Aim(), None)
    assert (told.placing.sector.azimuth_deg, told.placing.sector.half_angle_deg) == (350.0, 22.0)
    around = spot_of(sighting(saw="smoke"), Aim(), None)
    assert around.placing.sector.half_angle_deg == 180.0
    assert around.placing.sigma_deg is None
    assert around[:2] == pytest.approx(HERE)


HOLE = np.full((700, 700), 1000.0)
HOLE[:, 350:360] = NODATA


@pytest.mark.parametrize(
    ("said", "terrain", "rule"),
    [
        ({"azimuth_deg": 90.0}, LEVEL, "a second bearing or a distance"),
        ({}, LEVEL, "a second bearing or a distance"),
        ({"azimuth_deg": 90.0, "tilt_deg": 2.0}, LEVEL, "heights on the way are not known"),
        ({"azimuth_deg": 270.0, "tilt_deg": -0.05}, LEVEL, "heights on the way are not known"),
        ({"azimuth_deg": 90.0, "tilt_deg": -0.4}, ground(HOLE), "heights on the way are not known"),
        ({"azimuth_deg": 90.0, "tilt_deg": -20.0}, LEVEL, "at the foot of the station"),
    ],
)
def test_a_look_without_a_place_says_what_it_waits_for(said, terrain, rule):
    told = spot_of(sighting(**said), Aim(), terrain).placing
    assert told.how == "nowhere"
    assert rule in told.notes[0].rule


def test_a_look_over_the_skyline_waits_for_a_second_bearing():
    told = spot_of(sighting(azimuth_deg=90.0, tilt_deg=1.0), Aim(reach_m=15_000.0), LEVEL)
    assert told.placing.notes[0].rule == "a second bearing: the look may pass over the skyline"


PICTURE = {"camera_azimuth_deg": 350.0, "field_of_view_deg": 60.0, "box": (0.7, 0.3, 0.8, 0.5)}
OFF_DEG = np.degrees(np.arctan(0.5 * np.tan(np.radians(30.0))))


def test_a_box_in_the_picture_gives_direction_and_tilt_by_its_lower_edge():
    picture = {
        "camera_azimuth_deg": 350.0,
        "field_of_view_deg": 60.0,
        "box": (0.7, 0.3, 0.8, 0.5),
        "azimuth_deg": 1.0,
    }
    look = look_of(sighting(**picture, tilt_deg=-2.0))
    assert look.azimuth_deg == pytest.approx(
        (350.0 + np.degrees(np.arctan(0.5 * np.tan(np.radians(30))))) % 360, abs=0.2
    )
    assert look.tilt_deg == pytest.approx(-2.0, abs=0.15)
    assert look_of(sighting(**picture)).tilt_deg is None
    square = sighting(**picture, tilt_deg=-2.0, picture_width_px=100, picture_height_px=100)
    low = msgspec.structs.replace(square, box=(0.45, 0.5, 0.55, 1.0))
    assert look_of(low).tilt_deg == pytest.approx(-32.0, abs=0.1)


@pytest.mark.parametrize(
    "said", [{"box": (0.8, 0.3, 0.7, 0.5)}, {"field_of_view_deg": 200.0}, {"camera_azimuth_deg": None}]
)
def test_a_box_that_cannot_be_used_leaves_the_bearing(said):
    picture = PICTURE | said
    assert look_of(sighting(**picture, azimuth_deg=12.0)) == Look(12.0, None)
    assert look_of(sighting(**picture)) is None


def test_a_stated_distance_is_a_place_on_the_bearing():
    told = spot_of(sighting(azimuth_deg=90.0, distance_m=8000.0), Aim(), None)
    assert float(distance_km(*HERE, *told[:2])) == pytest.approx(8.0, abs=0.001)
    assert told.radius_m == 1000.0
    far = spot_of(sighting(azimuth_deg=90.0, distance_m=60_000.0, radius_m=500.0), Aim(), None)
    assert far.radius_m == pytest.approx(2 * 60_000 * np.radians(1.0))


@some
@given(st.floats(0, 359.9), st.floats(-10, -0.2), st.floats(-400, 900))
def test_whatever_is_seen_its_place_is_finite_and_on_its_bearing(azimuth, tilt, above):
    seen = sighting(azimuth_deg=azimuth, tilt_deg=tilt, station_elevation_m=2500.0 + above)
    told = spot_of(seen, Aim(), HILLY)
    assert np.isfinite(told[:3]).all()
    if told.placing.how == "ground":
        away = float(distance_km(*HERE, told.longitude, told.latitude))
        there = destination(*HERE, azimuth, away)
        assert float(distance_km(*there, told.longitude, told.latitude)) < 0.01
        assert told.radius_m > 0
        assert told.placing.sector.near_m <= away * 1000.0 <= told.placing.sector.far_m
    else:
        assert told.placing.notes[0].rule
