"""What sources are known to send wrong, each by its name: mended with a note, or refused with a reason."""

import json
from datetime import UTC, datetime

import pytest

from streams.feeds import read
from streams.feeds.base import Limits
from streams.feeds.mapping import read_mapped
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


def taken(kind, **fields):
    parsed = read(json.dumps({**kind, **fields}).encode(), LIMITS)
    (one,) = [*parsed.observations, *(row.reason for row in parsed.rejected)]
    return one


def test_azimuth_400_is_refused():
    why = taken(CAMERA, azimuth_deg=400)
    assert (why.code, why.rule, why.value, why.threshold) == ("bad_value", "azimuth_deg", 400.0, 360.0)


def test_a_field_of_view_of_0_is_unknown_and_the_bearing_stays():
    seen = taken(CAMERA, field_of_view_deg=0)
    assert (seen.field_of_view_deg, seen.azimuth_deg, seen.mended) == (None, 45.0, ("field_of_view_unknown",))


def test_a_camera_without_a_position_is_refused():
    why = taken(CAMERA, station_longitude=None, station_latitude=None)
    assert (why.code, why.ref) == ("bad_position", "camera/12")


@pytest.mark.parametrize("box", [[1.2, 0.1, 1.5, 0.4], [-0.4, 0.1, 0.2, 0.4], [4000, 10, 4200, 60]])
def test_a_box_outside_the_picture_is_refused(box):
    why = taken(CAMERA, box=box, picture_width_px=1920, picture_height_px=1080)
    assert (why.code, why.rule) == ("bad_value", "box")


def test_a_vendor_s_heartbeat_that_poses_as_an_alarm_is_refused():
    bare = {name: what for name, what in CAMERA.items() if name not in {"azimuth_deg", "saw"}}
    assert taken(bare).rule == "says nothing"
    assert taken({**bare, "saw": "unknown"}).rule == "says nothing"
    assert taken(bare, probability=0.6).rule == "says nothing", "vendors give heartbeats a priority too"


@pytest.mark.parametrize("declared", ["GB2312", "gbk", "GB18030", "UTF-8"])
def test_xml_in_gb2312_is_read_whatever_its_name_for_it(root, declared):
    text = f"""<?xml version="1.0" encoding="{declared}"?><Notify><CmdType>Alarm</CmdType><SN>1</SN>
        <DeviceID>51340100001320000017</DeviceID><AlarmTime>2024-03-15T17:05:00</AlarmTime>
        <AlarmDescription>疑似烟雾</AlarmDescription><Info><AlarmType>6</AlarmType></Info></Notify>"""
    coded = text.encode("utf-8" if declared == "UTF-8" else "gb2312")
    given = load_map(root / "tests" / "feeds" / "maps" / "gb28181.toml")
    assert read_mapped(given, coded, LIMITS).observations[0].text == "疑似烟雾"


@pytest.mark.parametrize(("value", "celsius"), [(294.65, 21.5), (233.15, -40.0), (21.5, 21.5)])
def test_kelvin_for_celsius_is_mended_with_a_note(value, celsius):
    said = taken(SENSOR, value=value)
    assert said.value == pytest.approx(celsius)
    assert said.mended == (() if value == celsius else ("kelvin_to_celsius",))


def test_a_clock_an_hour_ahead_is_refused_and_one_an_hour_behind_is_read():
    ahead = taken(CAMERA, observed_at="2026-06-01T01:00:00Z")
    assert (ahead.code, ahead.value, ahead.ref) == ("bad_time", 3600.0, "camera/12")
    assert taken(CAMERA, observed_at="2026-05-31T23:00:00Z").observed_at.hour == 23


@pytest.mark.parametrize("opened", [b"[", b'{"a":', b'[{"a":', b'[\n{"kind": [\n'])
def test_json_nested_without_end_is_refused_by_whatever_feed_looks_at_it(opened):
    parsed = read(opened * 20_000, LIMITS)
    assert not parsed.observations
    assert parsed.refused is not None or parsed.rejected
