"""A position off a Chinese web map without its frame is refused, and the reason says how to label it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.datum import to_bd09, to_gcj02
from streams.feeds import Limits, read
from streams.feeds.web_map import advice, web_maps

NOW = Limits(datetime(2026, 6, 1, tzinfo=UTC))
XICHANG = (102.2644, 27.8945)
REPORT = {
    "kind": "report", "source": "12119", "source_class": "public", "observed_at": "2025-03-02T06:20:00Z",
    "longitude": XICHANG[0], "latitude": XICHANG[1], "saw": "smoke",
}  # fmt: skip
SIGHTING = {
    "kind": "sighting", "source": "cam-1", "source_class": "video", "observed_at": "2025-03-02T06:20:00Z",
    "station_longitude": XICHANG[0], "station_latitude": XICHANG[1], "azimuth_deg": 20.0, "saw": "smoke",
}  # fmt: skip
NAMED = [
    ({"text": "https://uri.amap.com/marker?position=102.2659,27.8911&name=fire"}, "gcj02", "Amap"),
    ({"text": "位置 https://surl.amap.com/abc123"}, "gcj02", "Amap"),
    ({"url": "androidamap://viewMap?lat=27.89&lon=102.26"}, "gcj02", "Amap"),
    ({"url": "iosamap://path"}, "gcj02", "Amap"),
    ({"text": "高德地图 102.2659,27.8911"}, "gcj02", "Amap"),
    ({"gaode_location": "102.2659,27.8911"}, "gcj02", "Amap"),
    ({"place_name": "https://j.map.baidu.com/4b/xyz"}, "bd09", "Baidu"),
    ({"link": {"href": "http://api.map.baidu.com/marker?location=27.9,102.3"}}, "bd09", "Baidu"),
    ({"coord_type": "bd09ll"}, "bd09", "Baidu"),
    ({"text": "百度地图定位"}, "bd09", "Baidu"),
    ({"links": ["https://apis.map.qq.com/uri/v1/marker?marker=coord:27.89,102.26"]}, "gcj02", "Tencent"),
    ({"text": "来自腾讯地图"}, "gcj02", "Tencent"),
    ({"source": "wechat/office"}, "gcj02", "WeChat"),
    ({"coord_type": "GCJ-02"}, "gcj02", "GCJ-02"),
    ({"text": "天地图"}, "cgcs2000", "Tianditu"),
]


def refused(payload):
    parsed = read(json.dumps(payload, ensure_ascii=False).encode(), NOW)
    assert parsed.observations == ()
    (row,) = parsed.rejected
    return row.reason


@pytest.mark.parametrize("base", [REPORT, SIGHTING], ids=["report", "sighting"])
@pytest.mark.parametrize(("said", "frame", "name"), NAMED)
def test_an_unlabelled_position_off_a_web_map_is_refused_with_its_likely_datum(base, said, frame, name):
    reason = refused(base | said)
    assert reason.code == "no_frame"
    assert f"names {name}" in reason.detail
    assert f'label it "frame": "{frame}"' in reason.detail
    assert reason.detail.isascii()


@pytest.mark.parametrize("base", [REPORT, SIGHTING], ids=["report", "sighting"])
def test_without_any_map_it_is_refused_all_the_same(base):
    assert refused(base).detail == "frame must be wgs84, cgcs2000, gcj02 or bd09"


def test_two_maps_leave_the_choice_to_the_sender():
    reason = refused(REPORT | {"text": "amap.com, map.baidu.com"})
    assert "names Amap, Baidu: likely gcj02 or bd09" in reason.detail


@pytest.mark.parametrize(("frame", "there"), [("gcj02", to_gcj02), ("bd09", to_bd09)])
@pytest.mark.parametrize("said", [{"text": "https://uri.amap.com/x"}, {"text": "map.baidu.com"}])
def test_labelled_as_the_reason_says_it_is_taken_and_moved(frame, there, said):
    lon, lat = (float(value) for value in there(*XICHANG))
    parsed = read(
        json.dumps(REPORT | said | {"frame": frame, "longitude": lon, "latitude": lat}).encode(), NOW
    )
    (report,) = parsed.observations
    assert (report.longitude, report.latitude) == pytest.approx(XICHANG, abs=1e-7)
    assert report.mended == (f"{frame}_to_wgs84",)


@pytest.mark.parametrize(
    "text", ["a campfire on the heliport", "examapping", "the map shows Xichang", "QQ群里说有烟", "bd", "02"]
)
def test_ordinary_words_name_no_map(text):
    assert web_maps({"text": text}) == ()


@given(
    st.recursive(st.text() | st.integers() | st.none(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_whatever_a_payload_holds_the_search_ends_and_says_a_sentence_or_nothing(payload):
    assert advice(payload) == "" or advice(payload).startswith("the payload names ")


def test_a_payload_that_is_nested_without_end_is_read_to_a_depth():
    deep = {"text": "amap.com"}
    for _ in range(50):
        deep = {"more": deep}
    assert web_maps(deep) == ()
