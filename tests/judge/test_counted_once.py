"""What is of one look counts once: copies of a pass, pixels of a pass, and cameras on one mast."""

import datetime as dt

import msgspec
import pytest
from judged import START, delivery, hotspot, judge
from lost import frame

from schemas.observation import Sighting

END = START + dt.timedelta(hours=9)


def fire(*observations):
    given = sorted((delivery(one) for one in observations), key=lambda one: one.received_at)
    (one,) = [one for one in judge(given, end=END).incidents.values() if one.status == "open"]
    return one


URT = hotspot(0, version="2.0URT", lag=1)
NRT = hotspot(0, version="2.0NRT", lag=170)
MOVED = hotspot(0, 0.004, version="2.0NRT", lag=170)
BESIDE = hotspot(0, 0.4)
LATER = hotspot(100)


def test_urt_and_nrt_of_one_pass_are_one_observation():
    one, both = fire(URT), fire(URT, NRT)
    assert (both.observation_count, both.look_count) == (1, 1)
    assert both.probability == one.probability
    assert fire(NRT, msgspec.structs.replace(URT, received_at=NRT.received_at)).probability == one.probability


def test_a_copy_whose_centre_moved_is_a_second_observation_and_no_second_look():
    one, both = fire(URT), fire(URT, MOVED)
    assert (both.observation_count, both.look_count) == (2, 1)
    assert both.probability == one.probability


def test_two_pixels_of_a_pass_weigh_less_than_two_passes():
    one, pixels, passes = fire(URT), fire(URT, BESIDE), fire(URT, LATER)
    assert (pixels.observation_count, pixels.look_count) == (2, 1)
    assert passes.look_count == 2
    assert one.probability <= pixels.probability < passes.probability


CAMERAS = [frame(f"cam/{n}", n / 10, None) for n in range(40)]


def on(mast, one: Sighting, east=0.0):
    return msgspec.structs.replace(one, mast=mast, station_longitude=one.station_longitude + east)


@pytest.mark.parametrize(("mast", "count"), [("hill", 2), ("hill", 40), ("", 40)])
def test_cameras_on_one_mast_are_one_look_however_many_whether_it_has_a_name_or_not(mast, count):
    single, many = fire(on(mast, CAMERAS[0])), fire(*(on(mast, one) for one in CAMERAS[:count]))
    assert (many.observation_count, many.look_count) == (count, 1)
    assert many.probability == single.probability


def test_cameras_on_two_masts_are_two_looks():
    one, two = on("hill", CAMERAS[0]), on("ridge", CAMERAS[1], 0.02)
    assert fire(one, two).look_count == 2
    assert fire(one, two).probability > fire(one).probability
