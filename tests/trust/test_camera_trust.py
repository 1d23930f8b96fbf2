"""A camera whose picture stands still, and one that has no light to see by."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.trust.camera import Light, Shot, frozen_since, is_blind, sun_elevation_deg

START = datetime(2024, 3, 15, 9, tzinfo=UTC)


def shots(*numbers, every_s=300):
    return [Shot(at=START + timedelta(seconds=every_s * at), number=n) for at, n in enumerate(numbers)]


@pytest.mark.parametrize(
    ("numbers", "minutes"),
    [
        ((1, 2, 3, 4), None),
        ((1, 2, 7, 7, 7, 7), 10),
        ((7, 7, 7), None),
        ((7, 7, 7, 7, 8), None),
        ((0, 0, 0, 0), 0),
    ],
)
def test_the_same_frame_number_for_a_quarter_of_an_hour_is_a_frozen_camera(numbers, minutes):
    since = frozen_since(Light(), shots(*numbers))
    assert since == (None if minutes is None else START + timedelta(minutes=minutes))


def test_a_camera_that_says_no_numbers_is_known_by_its_pictures_or_not_at_all():
    same = [Shot(at=START + timedelta(minutes=5 * at), digest="a" * 64) for at in range(5)]
    assert frozen_since(Light(), same) == START
    assert frozen_since(Light(), [Shot(at=shot.at) for shot in same]) is None


@given(st.permutations(shots(1, 2, 7, 7, 7, 7)))
def test_the_order_of_messages_does_not_matter(given_):
    assert frozen_since(Light(), given_ * 2) == START + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("lon", "lat", "at", "height"),
    [
        (0.0, 0.0, datetime(2024, 3, 20, 12, 7, 30, tzinfo=UTC), 89.8),
        (0.0, 51.48, datetime(2024, 12, 21, 12, 0, tzinfo=UTC), 15.08),
        (0.0, 23.44, datetime(2024, 6, 20, 12, 1, 40, tzinfo=UTC), 90.0),
        (0.0, -90.0, datetime(2024, 12, 21, 9, 20, tzinfo=UTC), 23.44),
        (180.0, 0.0, datetime(2024, 3, 20, 12, 7, 30, tzinfo=UTC), -89.8),
    ],
)
def test_the_sun_stands_where_almanacs_put_it(lon, lat, at, height):
    assert float(sun_elevation_deg(lon, lat, at)) == pytest.approx(height, abs=0.2)


def test_at_xichang_the_equinox_day_is_twelve_hours_long_and_noon_is_after_one_o_clock():
    at = [datetime(2024, 3, 20, tzinfo=UTC) - timedelta(hours=8) + timedelta(minutes=m) for m in range(1440)]
    heights = np.array([float(sun_elevation_deg(102.26, 27.9, one)) for one in at])
    assert abs((heights > -0.833).sum() - 12 * 60 - 8) < 6
    assert abs(int(heights.argmax()) - (12 * 60 + 71 + 7)) < 4


def test_a_day_camera_is_blind_at_night_and_an_infrared_one_is_not():
    night, day = datetime(2024, 3, 15, 16, tzinfo=UTC), datetime(2024, 3, 15, 5, tzinfo=UTC)
    assert is_blind(Light(), "visible", 102.26, 27.9, night)
    assert not is_blind(Light(), "visible", 102.26, 27.9, day)
    assert not is_blind(Light(), "infrared", 102.26, 27.9, night)
    assert not is_blind(Light(), "unknown", 102.26, 27.9, night)


@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(0, 10 * 365 * 24))
def test_the_sun_is_opposite_on_the_other_side_of_the_earth(lon, lat, hours):
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    there = float(sun_elevation_deg(lon + 180.0, -lat, at))
    assert float(sun_elevation_deg(lon, lat, at)) == pytest.approx(-there, abs=1e-6)
