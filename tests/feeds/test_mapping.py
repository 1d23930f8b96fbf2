"""Other platforms' pushes through a mapping: paths, units, codes, frames, zones, encodings, stations."""

import gzip
import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from detectors.datum import to_wgs84
from streams.commands.ingest import command
from streams.feeds.base import Limits
from streams.feeds.mapping import read_mapped
from streams.feeds.records import LARGEST_XML, records_of
from streams.maps import MapError, load_map

LIMITS = Limits(datetime(2026, 6, 1, tzinfo=UTC))
ALARM = """<?xml version="1.0" encoding="GB2312"?>
<Notify>
 <CmdType>Alarm</CmdType><SN>17</SN><DeviceID>51340100001320000017</DeviceID>
 <AlarmPriority>1</AlarmPriority><AlarmMethod>5</AlarmMethod><AlarmTime>2024-03-15T17:05:00</AlarmTime>
 <AlarmDescription>泸山北坡发现烟雾</AlarmDescription><Info><AlarmType>6</AlarmType></Info>
</Notify>"""


@pytest.fixture
def maps(root):
    return lambda name: load_map(root / "tests" / "feeds" / "maps" / f"{name}.toml")


def codes(parsed):
    return [(row.line, row.reason.code) for row in parsed.rejected]


def test_a_gb_t_28181_alarm_in_gb2312_has_the_place_of_its_camera(maps):
    parsed = read_mapped(maps("gb28181"), ALARM.encode("gb2312"), LIMITS)
    (seen,) = parsed.observations
    assert (seen.observation_id, seen.source) == (
        "camera/51340100001320000017~gb/51340100001320000017/17/2024-03-15T17:05:00",
        "camera/51340100001320000017",
    )
    assert seen.observed_at == datetime(2024, 3, 15, 9, 5, tzinfo=UTC)
    assert (seen.saw, seen.text, seen.probability, seen.mast) == ("smoke", "泸山北坡发现烟雾", 0.6, "lushan")
    assert (seen.station_longitude, seen.station_elevation_m) == (102.2644, 2310.0)
    assert read_mapped(maps("gb28181"), ALARM.encode("gb2312"), LIMITS) == parsed


def test_two_alarms_without_a_number_are_not_taken_for_one(maps):
    unnumbered = ALARM.replace("<SN>17</SN>", "")
    other = unnumbered.replace("烟雾", "明火")
    ids = {
        read_mapped(maps("gb28181"), body.encode("gb2312"), LIMITS).observations[0].observation_id
        for body in (unnumbered, other)
    }
    assert len(ids) == 2


def test_a_heartbeat_is_skipped_and_a_camera_nobody_knows_is_refused(maps):
    beat = ALARM.replace(">Alarm<", ">Keepalive<").encode("gb18030")
    parsed = read_mapped(maps("gb28181"), beat, LIMITS)
    assert (parsed.rows, parsed.skipped, parsed.refused) == (0, 1, None)
    broken = ALARM.replace("<AlarmMethod>5", "<AlarmMethod>2").encode("gb18030")
    assert read_mapped(maps("gb28181"), broken, LIMITS).skipped == 1, "a full disk is no fire"
    unknown = ALARM.replace("0017</DeviceID>", "0018</DeviceID>").encode("gb18030")
    assert codes(read_mapped(maps("gb28181"), unknown, LIMITS)) == [(1, "bad_position")]


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a>" * 100 + b"</a>" * 100,
        b"<a><b></a>",
        b"<a>&b;</a>",
        b"\xff\xfe\x00",
        b"",
        b"<a>" + b"x" * LARGEST_XML + b"</a>",
    ],
)
def test_xml_that_could_harm_is_refused(body, maps):
    assert read_mapped(maps("gb28181"), body, LIMITS).refused is not None


def test_a_json_push_in_other_frames_codes_and_units(maps):
    push = {"code": 0, "data": {"alarms": [
        {"id": 9, "eventType": 1, "alarmTime": "2024年03月15日 17:05:00", "distance": 3.2,
         "camera": {"code": "XC-7", "lng": "102.2659", "lat": "27.8911"},
         "ptz": {"p": -45, "t": -2.5, "fov": 0},
         "rect": [192, 108, 384, 216], "w": 1920, "h": 1080, "rtsp": "rtsp://10.0.0.7/1",
         "fire": {"lng": 102.2859, "lat": 27.9011, "r": 300}},
        {"id": 10, "eventType": "heartbeat"},
        {"id": 11, "eventType": 2, "alarmTime": "2024年03月15日 17:05:00", "ptz": {"p": 400},
         "camera": {"code": "XC-7", "lng": "102.2659", "lat": "27.8911"}},
        {"id": 12, "eventType": 2, "alarmTime": "gestern", "camera": {"lng": 1, "lat": 2}},
    ]}}  # fmt: skip
    parsed = read_mapped(maps("platform"), json.dumps(push).encode("gb18030"), LIMITS)
    (seen,) = parsed.observations
    assert (seen.observation_id, seen.source, seen.saw) == ("camera/XC-7~county/9", "camera/XC-7", "smoke")
    assert (seen.azimuth_deg, seen.tilt_deg, seen.field_of_view_deg) == (315.0, -2.5, None)
    assert (seen.distance_m, seen.box) == (3200.0, (0.1, 0.1, 0.2, 0.2))
    assert (seen.longitude, seen.latitude) == to_wgs84("gcj02", 102.2859, 27.9011)
    assert seen.observed_at == datetime(2024, 3, 15, 9, 5, tzinfo=UTC)
    assert (parsed.skipped, codes(parsed)) == (1, [(3, "bad_value"), (4, "bad_value")])


def test_a_table_in_gb18030_with_semicolons(maps):
    table = "护林员;时间;经度;纬度;精度;情况;小地名\n阿木;2024/03/15 17:05;102.28;27.90;无;烟;马鞍山\n"
    table += "阿木;2024/03/15 18:05;102.28;27.90;15;正常;\n阿木;2024/03/15 18:05;102.28\n"
    parsed = read_mapped(maps("rangers"), table.encode("gb18030"), LIMITS)
    smoke, well = parsed.observations
    assert (smoke.source, smoke.saw, smoke.place_name, smoke.radius_m) == (
        "patrol/阿木",
        "smoke",
        "马鞍山",
        200.0,
    )
    assert (well.saw, well.radius_m, well.place_name) == ("nothing", 15.0, "")
    assert (smoke.longitude, smoke.latitude) == to_wgs84("bd09", 102.28, 27.90)
    assert (parsed.lines, codes(parsed)) == ((2, 3), [(4, "missing_column")])


def of_quantity(parsed, quantity):
    return [one.value for one in parsed.observations if one.quantity == quantity]


def test_real_stations_of_fems_in_kelvin_and_metres_of_rain(shared_data, root, tmp_path):
    for name in ("fems_stations.csv", "fems_weather_obs.csv"):
        (tmp_path / name).write_bytes((shared_data / "sensors" / name).read_bytes())
    (tmp_path / "fems.toml").write_bytes((root / "tests/feeds/maps/fems.toml").read_bytes())
    data = (tmp_path / "fems_weather_obs.csv").read_bytes()
    parsed = read_mapped(load_map(tmp_path / "fems.toml"), data, LIMITS)
    rows = data.decode().splitlines()[1:]
    assert parsed.skipped == sum(",true," in row for row in rows)
    assert (parsed.rejected, parsed.refused) == ((), None)
    first = parsed.observations[0]
    assert (first.source, first.quantity, first.value) == ("fems/43809", "temperature_c", 14.4444444444)
    assert (first.longitude, first.station_elevation_m) == (-122.172607421875, 791.8704)
    assert parsed.observations[1].value == 31.0
    said = [row.split(",") for row in rows if ",false," in row]
    assert of_quantity(parsed, "temperature_c") == pytest.approx([float(row[-1]) for row in said], abs=0.006)
    assert of_quantity(parsed, "precipitation_mm") == pytest.approx([float(row[5]) * 1000 for row in said])


def test_a_real_year_of_three_airports_with_a_tenth_of_the_pressures_missing(shared_data, maps):
    data = gzip.decompress((shared_data / "sensors" / "nyc_weather_2013.csv.gz").read_bytes())
    lines = data.splitlines()[:6001]
    parsed = read_mapped(maps("nyc"), b"\n".join(lines), LIMITS)
    cells = [line.decode().split(",") for line in lines[1:]]
    found = Counter(one.quantity for one in parsed.observations)
    assert found["pressure_hpa"] == sum(row[12] != "NA" for row in cells) < 6000
    assert found["temperature_c"] == sum(row[5] != "NA" for row in cells)
    assert of_quantity(parsed, "temperature_c")[0] == pytest.approx(3.9)
    assert of_quantity(parsed, "wind_speed_ms")[0] == pytest.approx(4.63, abs=0.001)
    assert of_quantity(parsed, "visibility_km")[0] == pytest.approx(16.09344)
    (storm,) = parsed.rejected
    assert b",1048.36058," in storm.raw, "1,048 miles an hour stand in the real table"
    assert (storm.line, storm.reason.code, storm.reason.threshold) == (1011, "bad_value", 115.0)


def test_a_real_sensor_vendor_s_answer(shared_data, maps):
    parsed = read_mapped(maps("n5"), (shared_data / "sensors" / "n5_data.json").read_bytes(), LIMITS)
    assert [(one.quantity, one.value) for one in parsed.observations[:5]] == [
        ("temperature_c", 25.1), ("relative_humidity_percent", 55.8), ("pressure_hpa", 967.0),
        ("air_quality_index", 2.0), ("battery_percent", 100.0),
    ]  # fmt: skip
    assert len(parsed.observations) == 10


@pytest.mark.parametrize("name", ["gb28181", "platform", "rangers", "nyc", "n5"])
@given(noise=st.binary(max_size=120))
def test_no_bytes_raise(name, noise, root):
    given_ = load_map(root / "tests" / "feeds" / "maps" / f"{name}.toml")
    for data in (noise, ALARM.encode() + noise, b'{"data": {"alarms": [1, {"id": {}}]}}' + noise):
        read_mapped(given_, data, LIMITS)


def test_xml_names_are_free_of_their_namespaces_and_repeats_are_lists():
    body = b'<e:a xmlns:e="urn:x" id="7"><e:b>1</e:b><e:b>2</e:b></e:a>'
    assert records_of("xml", body, "")[0][2] == {"@id": "7", "b": ["1", "2"]}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"lushan"', '"lushan', "line"),
        ("[fields]\n", "[fields]\ncolour = { path = 'x' }\n", "fields.colour is no field of sighting"),
        ("Asia/Shanghai", "Asia/Chengdu", "zone Asia/Chengdu is not known"),
        ('kind = "sighting"', 'kind = "event"', "kind"),
        ("[stations]\n", '[stations]\nfile = "gone.csv"\n', "No such file"),
        ('path = "Longitude"', 'path = "Longitude", unit = "furlong"', "furlong"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_with_file_and_place(root, tmp_path, old, new, words):
    text = (root / "tests" / "feeds" / "maps" / "gb28181.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "m.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(MapError, match=words):
        load_map(tmp_path / "m.toml")


def test_check_prints_what_is_made_and_hands_nothing_in(root, tmp_path):
    (tmp_path / "sample.xml").write_bytes(ALARM.encode("gb2312"))
    words = ["map", str(root / "tests/feeds/maps/gb28181.toml"), "--check", str(tmp_path / "sample.xml")]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["source"] == "camera/51340100001320000017"
    assert "1 made, 0 refused, 0 skipped" in done.stderr
    (tmp_path / "sample.xml").write_bytes(ALARM.replace("0017</D", "0018</D").encode("gb2312"))
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 1
    assert "bad_position" in done.stderr


def test_files_of_a_folder_are_handed_in_as_our_observations(root, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.xml").write_bytes(ALARM.encode("gb2312"))
    words = ["map", str(root / "tests/feeds/maps/gb28181.toml"), str(tmp_path / "in"), "--once", "--json"]
    words += ["--broker", "embedded://", "--data-dir", str(tmp_path / "data"), "--look", "0.05"]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout.splitlines()[-1]) == {"one.xml": {"accepted": 1, "rejected": 0}}
    assert (tmp_path / "in" / "done" / "one.xml").exists()
