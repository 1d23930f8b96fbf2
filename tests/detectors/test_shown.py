"""A claim carries what a person may look at, and nothing where there is nothing."""

from datetime import UTC, datetime

import pytest

from detectors.shown import shown_of
from detectors.witness import Options, judge_report, judge_sighting
from schemas.observation import Report, Sighting

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ("a" * 64, "b" * 64)
BOX = (0.1, 0.2, 0.3, 0.4)


def seen(**said):
    return Sighting(
        observation_id="s1",
        source="cam",
        observed_at=NOON,
        source_class="video",
        frame="wgs84",
        station_longitude=102.0,
        station_latitude=28.0,
        **said,
    )


def claim_of(one):
    judge = judge_report if isinstance(one, Report) else judge_sighting
    return judge(Options(), one, NOON)


def test_pictures_the_box_and_the_live_address_go_with_the_claim():
    url = "https://cam.intra/7"
    shown = claim_of(seen(azimuth_deg=217.0, pictures=NAMES, box=BOX, live_url=url)).shown
    assert (shown.pictures, shown.box, shown.live_url) == (NAMES, BOX, url)
    assert (shown.longitude, shown.azimuth_deg) == (None, None), "its sector tells"


def test_where_no_sector_tells_the_station_and_the_direction_stand_there():
    claim = claim_of(seen(azimuth_deg=217.0, distance_m=4000.0))
    assert claim.placing is None
    assert (claim.shown.longitude, claim.shown.latitude, claim.shown.azimuth_deg) == (102.0, 28.0, 217.0)


@pytest.mark.parametrize(
    "one", [seen(azimuth_deg=217.0), seen(azimuth_deg=217.0, box=BOX), seen(longitude=102.1, latitude=28.1)]
)
def test_where_there_is_nothing_to_look_at_nothing_is_carried(one):
    claim = claim_of(one)
    assert claim.shown is None
    assert shown_of(one, claim.placing) is None


def test_a_report_carries_its_pictures():
    fields = {"observation_id": "r", "source": "patrol", "observed_at": NOON, "source_class": "ground"}
    said = Report(**fields, frame="wgs84", longitude=102.0, latitude=28.0, pictures=NAMES)
    assert claim_of(said).shown.pictures == NAMES
