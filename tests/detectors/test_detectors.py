"""What one observation claims: how sure, where, with which error; or why nothing."""

import datetime as dt
import math

import pytest
from judged import START, hotspot, report

from detectors import DETECTORS
from detectors.hotspot import HOTSPOT, Options, probability_of, sigma_km
from detectors.witness import REPORT, SIGHTING
from detectors.witness import Options as Chances
from schemas.detection import Detection
from schemas.observation import Sighting

LATER = START + dt.timedelta(hours=3)


def sighting(**fields):
    given = {
        "observation_id": "camera-7/1",
        "source": "camera-7",
        "source_class": "video",
        "frame": "wgs84",
        "observed_at": START,
        "station_longitude": 102.1,
        "station_latitude": 28.1,
        "azimuth_deg": 225.0,
        "longitude": 102.0,
        "latitude": 28.0,
    }
    return Sighting(**(given | fields))


def test_every_detector_consumes_a_kind_of_its_own():
    assert len({one.consumes for one in DETECTORS}) == len(DETECTORS)


def test_a_hotspot_claims_a_fire_somewhere_in_its_pixel():
    seen = hotspot(0, scan=0.4)
    claim = HOTSPOT.judge(Options(), seen, LATER)
    assert (claim.longitude, claim.latitude, claim.frp_mw) == (seen.longitude, seen.latitude, 20.0)
    assert (claim.look, claim.received_at) == ("N20/VIIRS", LATER)
    assert claim.probability == pytest.approx(0.15)
    assert claim.sigma_km == pytest.approx(math.hypot(0.4 / math.sqrt(12), 0.07))


def test_the_error_of_a_pixel_is_the_mean_of_both_sides():
    assert sigma_km(1.2, 1.2, 0.0) == pytest.approx(1.2 / math.sqrt(12))
    assert sigma_km(4.8, 2.0, 0.0) == pytest.approx(math.sqrt((4.8**2 + 2.0**2) / 24))
    assert sigma_km(0.0, 0.0, 0.07) == 0.07


def test_the_sources_own_word_moves_the_odds():
    low, nominal, high, unknown = (
        probability_of(Options(), word) for word in ("low", "nominal", "high", "unknown")
    )
    assert low < nominal == unknown < high
    assert low / (1 - low) == pytest.approx(0.3 * 0.15 / 0.85)


@pytest.mark.parametrize("land_type", [1, 2, 3])
def test_what_its_source_calls_static_claims_nothing(land_type):
    reason = HOTSPOT.judge(Options(), hotspot(0, land_type=land_type), LATER)
    assert (reason.code, reason.ref) == ("masked_by", "firms-type")


@pytest.mark.parametrize("land_type", [None, 0])
def test_vegetation_and_unknown_land_claim(land_type):
    assert isinstance(HOTSPOT.judge(Options(), hotspot(0, land_type=land_type), LATER), Detection)


def test_a_report_claims_its_place_with_half_its_radius_as_error():
    claim = REPORT.judge(Chances(), report(5, 0.5, 0.1, radius=800.0, kind="ground"), LATER)
    assert (claim.source_class, claim.probability, claim.sigma_km) == ("ground", 0.5, 0.4)
    assert (claim.detector, claim.scan_km) == ("report", 0.0)


def test_nobody_is_more_exact_than_the_least_radius():
    assert REPORT.judge(Chances(), report(5, radius=1.0), LATER).sigma_km == 0.05
    assert SIGHTING.judge(Chances(), sighting(radius_m=0.0), LATER).sigma_km == 0.05


@pytest.mark.parametrize("saw", ["nothing", "pest"])
def test_a_report_of_no_fire_claims_none_and_says_so(saw):
    reason = REPORT.judge(Chances(), report(5, saw=saw), LATER)
    assert (reason.code, reason.rule) == ("below_threshold", f"saw {saw}")


def test_a_bare_bearing_claims_a_fire_somewhere_in_its_sector():
    claim = SIGHTING.judge(Chances(), sighting(longitude=None, latitude=None), LATER)
    assert (claim.placing.how, claim.placing.bound) == ("nowhere", claim.detection_id)


def test_cameras_on_one_mast_are_one_look_and_a_person_beside_them_another():
    looks = {
        SIGHTING.judge(Chances(), sighting(source=name, mast="ridge-3"), LATER).look
        for name in ("cam-1", "cam-2")
    }
    assert looks == {"video ridge-3"}
    unnamed = [SIGHTING.judge(Chances(), sighting(source=name), LATER).look for name in ("cam-1", "cam-2")]
    assert len(set(unnamed)) == 1
    tower = SIGHTING.judge(Chances(), sighting(source="guard", mast="ridge-3", source_class="tower"), LATER)
    assert tower.look not in looks


def test_what_a_camera_does_not_say_is_taken_from_the_options_and_what_it_says_is_kept():
    silent = SIGHTING.judge(Chances(), sighting(), LATER)
    assert (silent.probability, silent.sigma_km) == (0.3, 0.5)
    said = SIGHTING.judge(Chances(), sighting(probability=0.6, radius_m=400.0), LATER)
    assert (said.probability, said.sigma_km) == (0.6, 0.2)


@pytest.mark.parametrize(("said", "taken"), [(0.0, 0.001), (1.0, 0.999)])
def test_a_camera_that_is_quite_sure_is_believed_almost(said, taken):
    assert SIGHTING.judge(Chances(), sighting(probability=said), LATER).probability == taken
