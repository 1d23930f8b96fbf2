"""Cameras, towers and sensors as they are: angles, boxes, units and heartbeats, mended or refused."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from streams.feeds import read
from streams.feeds.base import Limits
from streams.feeds.mapping import read_mapped
from streams.feeds.readings import LIMITS as POSSIBLE
from streams.feeds.units import UNITS, converted, unit_named, unit_of
from streams.maps import load_map

LIMITS = Limits(datetime(2026, 6, 1, tzinfo=UTC))
CAMERA = {
    "kind": "sighting", "source": "camera/12", "source_class": "video", "frame": "wgs84",
    "observed_at": "2026-04-05T06:50:00Z", "station_longitude": 102.26, "station_latitude": 27.85,
    "azimuth_deg": 45.0, "saw": "smoke",
}  # fmt: skip
SENSOR = {
    "kind": "reading", "source": "station/7", "frame": "wgs84", "observed_at": "2026-04-05T06:50:00Z",
    "longitude": 102.26, "latitude": 27.85, "quantity": "temperature_c", "value": 21.5,
}  # fmt: skip


def taken(given_, **fields):
    parsed = read(json.dumps({**given_, **fields}).encode(), LIMITS)
    (one,) = parsed.observations or [row.reason for row in parsed.rejected]
    return one


@pytest.mark.parametrize(
    ("fields", "name", "value", "mended"),
    [
        ({"azimuth_deg": 360}, "azimuth_deg", 0.0, ("azimuth_deg_360",)),
        ({"azimuth_deg": 360.5}, "azimuth_deg", 0.5, ("azimuth_deg_360",)),
        ({"azimuth_deg": -45}, "azimuth_deg", 315.0, ("azimuth_deg_negative",)),
        ({"field_of_view_deg": 0}, "field_of_view_deg", None, ("field_of_view_unknown",)),
        ({"box": [0.1, 0.2, 1.01, 0.4]}, "box", (0.1, 0.2, 1.0, 0.4), ("box_clipped",)),
        (
            {"box": [192, 108, 384, 216], "picture_width_px": 1920, "picture_height_px": 1080},
            "box",
            (0.1, 0.1, 0.2, 0.2),
            ("box_in_pixels",),
        ),
    ],
)
def test_what_cameras_get_wrong_is_mended_with_a_note(fields, name, value, mended):
    seen = taken(CAMERA, **fields)
    assert (getattr(seen, name), seen.mended) == (value, mended)


@pytest.mark.parametrize(
    ("fields", "code", "value"),
    [
        ({"azimuth_deg": 400}, "bad_value", 400.0),
        ({"azimuth_deg": 361}, "bad_value", 361.0),
        ({"azimuth_deg": -181}, "bad_value", -181.0),
        ({"field_of_view_deg": -4}, "bad_value", -4.0),
        ({"field_of_view_deg": 361}, "bad_value", 361.0),
        ({"box": [0.1, 0.2, 1.4, 0.4]}, "bad_value", None),
        ({"box": [192, 108, 384, 216]}, "bad_value", None),
        ({"box": [0.4, 0.2, 0.2, 0.4]}, "bad_value", None),
        ({"box": [0.4, 0.2, 0.5]}, "bad_value", None),
        ({"station_longitude": None}, "bad_position", None),
        ({"station_latitude": None, "station_longitude": None}, "bad_position", None),
        ({"azimuth_deg": None, "saw": "unknown"}, "bad_value", None),
        ({"observed_at": "2026-06-01T01:00:00Z"}, "bad_time", 3600.0),
        ({"tilt_deg": 95}, "bad_value", None),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(fields, code, value):
    reason = taken(CAMERA, **fields)
    assert (reason.code, reason.value) == (code, value)


def test_everything_a_camera_can_say_is_kept():
    said = {
        "station_elevation_m": 2310.0, "mast": "lushan", "preset": "7", "camera_azimuth_deg": 40.0,
        "tilt_deg": -2.5, "field_of_view_deg": 54.0, "box": [0.1, 0.2, 0.3, 0.4], "picture_width_px": 1920,
        "picture_height_px": 1080, "frame_number": 0, "band": "infrared", "live_url": "rtsp://10.1.1.1/7",
    }  # fmt: skip
    seen = json.loads(encode(taken(CAMERA, **said)))
    assert {name: seen[name] for name in said} == said
    assert "mended" not in seen


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "ours", "mended"),
    [
        ("temperature_c", 294.65, None, 21.5, ("kelvin_to_celsius",)),
        ("temperature_c", 294.65, "K", 21.5, ("k_to_c",)),
        ("temperature_c", 70.7, "°F", 21.5, ("f_to_c",)),
        ("temperature_c", 21.5, "℃", 21.5, ()),
        ("wind_speed_ms", 10, "mph", 4.4704, ("mph_to_ms",)),
        ("precipitation_mm", 0.1, "in", 2.54, ("in_to_mm",)),
        ("pressure_hpa", 96700, None, 967.0, ("pascal_to_hectopascal",)),
        ("relative_humidity_percent", 0.31, "1", 31.0, ("1_to_%",)),
        ("gas_ppm", 1e6, None, 1e6, ()),
    ],
)
def test_units_become_ours(quantity, value, unit, ours, mended):
    given_ = {"quantity": quantity, "value": value} | ({} if unit is None else {"unit": unit})
    reading = taken(SENSOR, **given_)
    assert (reading.value, reading.mended) == (ours, mended)


@pytest.mark.parametrize(
    "fields",
    [
        {"value": -999},
        {"value": 400.0},
        {"value": 21.5, "unit": "mm"},
        {"value": 21.5, "unit": "furlong"},
        {"quantity": "relative_humidity_percent", "value": -1},
        {"quantity": "wind_direction_deg", "value": 999},
    ],
)
def test_a_value_that_cannot_be_is_refused_and_is_no_zero(fields):
    assert taken(SENSOR, **fields).code == "bad_value"


@given(st.sampled_from(sorted(POSSIBLE)), st.data())
def test_whatever_unit_a_possible_value_comes_in_it_is_the_same_value(quantity, data):
    low, high = POSSIBLE[quantity]
    value, ours = data.draw(st.floats(low, high)), unit_of(quantity)
    same = [name for name, unit in UNITS.items() if unit.dimension == UNITS[ours].dimension]
    name = data.draw(st.sampled_from(same))
    there = converted(value, ours, name)
    back = converted(there, name, ours)
    assert back == pytest.approx(value, rel=1e-9, abs=1e-6)
    assert unit_named(name) == name


def test_a_patrol_that_checks_in_says_so():
    said = {k: v for k, v in SENSOR.items() if k not in ("quantity", "value")}
    one = taken(said, kind="report", source_class="ground", saw="nothing", check_in=True)
    assert one.check_in


def test_the_751_real_cameras_without_a_position_are_refused_and_the_others_read(shared_data, root):
    table = (shared_data / "cameras" / "alertcalifornia_cameras.csv").read_bytes()
    given_ = load_map(root / "tests" / "feeds" / "maps" / "alertcalifornia.toml")
    parsed = read_mapped(given_, table, LIMITS)
    assert (parsed.rows, len(parsed.observations)) == (1955, 1197)
    # seven with a position never had a picture
    assert Counter(row.reason.code for row in parsed.rejected) == {"bad_position": 751, "bad_time": 7}
    assert sum("azimuth_deg_360" in one.mended for one in parsed.observations) == 6
