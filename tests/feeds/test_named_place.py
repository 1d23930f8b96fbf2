"""A report by the name of its place has a position and a radius, or a reason why it has none."""

import json
from datetime import UTC, datetime

import pytest

from detectors.region.place_names import FoundName
from streams.feeds import read
from streams.feeds.base import Limits

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CALL = {
    "kind": "report", "source": "12119", "source_class": "public", "saw": "smoke",
    "observed_at": "2026-04-05T06:50:00Z",
}  # fmt: skip


def place(name, lon, *, radius_m=None, match="exact"):
    return FoundName(
        place_id=name, name=name, latin="", kind=None, longitude=lon, latitude=28.0, radius_m=radius_m,
        match=match, distance_m=None,
    )  # fmt: skip


KNOWN = {
    "马鞍山": [place("马鞍山", 102.1, radius_m=600.0), place("马鞍山村", 102.2, match="prefix")],
    "立尔村": [place("立尔村", 101.2)],
    "长板桥": [place("长板桥", 102.1), place("长板桥", 102.3)],
    "坡": [place("西安坡", 102.1, match="fragment")],
}


def told(**fields):
    limits = Limits(NOW, lambda text: KNOWN.get(text, []))
    parsed = read(json.dumps({**CALL, **fields}).encode(), limits)
    (one,) = [*parsed.observations, *(row.reason for row in parsed.rejected)]
    return one


@pytest.mark.parametrize(
    ("name", "stated", "radius_m"),
    [
        ("马鞍山", None, 600.0),
        (" 马鞍山 ", 1500.0, 1500.0),
        ("马鞍山", 10.0, 600.0),
        ("立尔村", None, 2000.0),
    ],
)
def test_it_stands_where_its_name_does_as_wide_as_what_bears_it(name, stated, radius_m):
    one = told(place_name=name, **({} if stated is None else {"radius_m": stated}))
    assert (one.latitude, one.radius_m, one.frame) == (28.0, radius_m, "wgs84")
    assert one.mended == ("placed_by_name",)


def test_a_stated_position_is_never_moved_to_a_name():
    one = told(place_name="马鞍山", longitude=103.0, latitude=29.0, frame="wgs84")
    assert (one.longitude, one.radius_m, one.mended) == (103.0, 500.0, ())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("长板桥", "2 places bear this name: 长板桥 102.1000"),
        ("坡", "no place of this"),
        ("皮家山", "no place of this"),
    ],
)
def test_a_name_that_several_bear_or_nobody_knows_is_no_place(name, words):
    why = told(place_name=name)
    assert (why.code, why.rule, why.ref) == ("bad_position", f"place_name {name}", "12119")
    assert words in why.detail


def test_without_a_region_or_a_name_a_report_without_a_position_is_refused_as_before():
    parsed = read(json.dumps({**CALL, "place_name": "马鞍山"}).encode(), Limits(NOW))
    assert [row.reason.code for row in parsed.rejected] == ["bad_position"]
    assert told(place_name=" ").code == "bad_position"
