"""Sensors of LoRaWAN and SensorThings and a camera's own push, each through its mapping."""

import json
from datetime import UTC, datetime

from streams.feeds.base import Limits
from streams.feeds.mapping import read_mapped
from streams.maps import load_map

LIMITS = Limits(datetime(2026, 6, 1, tzinfo=UTC))
UPLINK = {
    "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
    "time": "2026-04-05T06:50:00.123456+00:00",
    "deviceInfo": {"devEui": "24e124136b502217", "deviceName": "ridge 7"},
    "fCnt": 21,
    "object": {"temperature": 21.5, "humidity": 12.0, "battery": 88},
}
ALERT = """<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">
<ipAddress>10.0.0.7</ipAddress><macAddress>44:19:b6:01:02:03</macAddress><channelID>1</channelID>
<dateTime>2026-04-05T14:50:00+08:00</dateTime><eventType>{what}</eventType><eventState>{state}</eventState>
<PTZ><azimuth>-12.5</azimuth></PTZ></EventNotificationAlert>"""


def mapped(root, name, body):
    return read_mapped(load_map(root / "tests" / "feeds" / "maps" / f"{name}.toml"), body, LIMITS)


def test_an_uplink_gives_a_reading_for_each_quantity_it_carries(root):
    parsed = mapped(root, "chirpstack", json.dumps(UPLINK).encode())
    assert [(one.quantity, one.value, one.source) for one in parsed.observations] == [
        ("temperature_c", 21.5, "lorawan/24e124136b502217"),
        ("relative_humidity_percent", 12.0, "lorawan/24e124136b502217"),
    ]
    assert parsed.observations[0].longitude == 102.2644


def test_the_same_uplink_through_two_gateways_is_the_same_observation(root):
    other = json.dumps(UPLINK | {"rxInfo": [{"gatewayId": "b"}]}).encode()
    ids = [
        {one.observation_id for one in mapped(root, "chirpstack", body).observations}
        for body in (json.dumps(UPLINK).encode(), other)
    ]
    assert ids[0] == ids[1]


def test_an_uplink_without_its_time_is_refused_and_not_dated_by_us(root):
    parsed = mapped(root, "chirpstack", json.dumps(UPLINK | {"time": None}).encode())
    assert {row.reason.code for row in parsed.rejected} == {"bad_time"}
    parsed = mapped(root, "chirpstack", json.dumps(UPLINK | {"object": {}}).encode())
    assert (parsed.rows, parsed.skipped) == (0, 1)


def test_observations_of_a_sensorthings_server(root):
    listed = {
        "value": [
            {"@iot.id": 17, "phenomenonTime": "2026-04-05T06:50:00Z", "result": 294.65,
             "Datastream": {"name": "ridge 7"},
             "FeatureOfInterest": {"feature": {"type": "Point", "coordinates": [102.26, 27.89]}}},
            {"@iot.id": 18, "phenomenonTime": "2026-04-05T07:00:00Z", "result": None,
             "Datastream": {"name": "ridge 7"},
             "FeatureOfInterest": {"feature": {"type": "Point", "coordinates": [102.26, 27.89]}}},
        ]
    }  # fmt: skip
    parsed = mapped(root, "sensorthings", json.dumps(listed).encode())
    (one,) = parsed.observations
    assert (one.observation_id, one.value, one.mended) == (
        "sta/ridge 7~sta/county/17",
        21.5,
        ("kelvin_to_celsius",),
    )
    assert [(row.line, row.reason.code) for row in parsed.rejected] == [(2, "missing_column")]


def test_a_camera_s_own_push_and_its_idle_beat(root):
    (seen,) = mapped(
        root, "hikvision", ALERT.format(what="smokeDetection", state="active").encode()
    ).observations
    assert (seen.saw, seen.azimuth_deg, seen.source) == ("smoke", 347.5, "camera/44:19:b6:01:02:03")
    assert seen.observed_at == datetime(2026, 4, 5, 6, 50, tzinfo=UTC)
    for what, state in (("videoloss", "inactive"), ("smokeDetection", "inactive"), ("videoloss", "active")):
        assert mapped(root, "hikvision", ALERT.format(what=what, state=state).encode()).skipped == 1
