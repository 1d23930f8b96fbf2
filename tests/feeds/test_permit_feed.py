"""Permits as offices write them, and what is refused."""

import datetime as dt
import json

import pytest

from schemas.codec import encode
from streams.feeds import Limits, read
from streams.feeds.permits import read_permits, without_permits

NOW = dt.datetime(2026, 2, 9, 4, tzinfo=dt.UTC)
ZONE = "Asia/Shanghai"
TABLE = (
    "许可编号,用途,开始时间,结束时间,负责人,电话,经度,纬度,半径,坐标系,风速上限,撤销\n"
    "2026-017,计划烧除,2026-02-10 09:00,2026/02/10 17:00,吉木,13900000000,102.21,27.80,600,cgcs2000,5,\n"
    "2026-018,炼山,2026-02-10 09:00,2026-02-10 17:00,阿木,,102.21,27.80,600,cgcs2000,,是\n"
)


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_an_office_is_read_in_its_own_words_and_times(coding):
    parsed = read_permits(ZONE, TABLE.encode(coding), Limits(NOW))
    assert not parsed.rejected
    one, gone = parsed.observations
    assert (one.observation_id, one.purpose, one.contact) == ("permit/2026-017", "planned_burn", "吉木")
    assert (one.starts_at, one.ends_at) == (
        dt.datetime(2026, 2, 10, 1, tzinfo=dt.UTC),
        dt.datetime(2026, 2, 10, 9, tzinfo=dt.UTC),
    )
    assert (one.wind_limit_ms, one.radius_m, one.withdrawn, one.revision) == (5.0, 600.0, False, 0)
    assert (gone.withdrawn, gone.wind_limit_ms, gone.revision) == (True, None, 1000)


RING = [[102.2, 27.8], [102.21, 27.8], [102.21, 27.81], [102.2, 27.8]]
CROSSED = [[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]
GIVEN = {
    "kind": "permit",
    "source": "office",
    "observed_at": "2026-02-01T00:00:00Z",
    "frame": "wgs84",
    "purpose": "hill_burn",
    "contact": "x",
    "starts_at": "2026-02-10T01:00:00+00:00",
    "ends_at": "2026-02-10T09:00:00+08:00",
    "area": {"type": "Polygon", "coordinates": [RING]},
}


def said(**more):
    fields = {**GIVEN, "ends_at": "2026-02-10T18:00:00+08:00", **more}
    known = {name: value for name, value in fields.items() if value is not None}
    return read_permits(ZONE, json.dumps(known).encode(), Limits(NOW))


def test_an_outline_has_a_middle_inside_it_and_is_turned_into_wgs84():
    (one,) = said().observations
    assert 102.2 < one.longitude < 102.21
    (moved,) = said(frame="gcj02").observations
    shift = moved.area["coordinates"][0][0][0] - 102.2
    assert 0.0005 < abs(shift) < 0.01
    assert moved.frame == "wgs84"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"area": {"type": "Point", "coordinates": [102.2, 27.8]}}, "bad_value"),
        (
            {"area": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}},
            "bad_value",
        ),
        ({"area": {"type": "Polygon", "coordinates": [[[0, 0], [3, 0], [3, 3], [0, 0]]]}}, "bad_position"),
        ({"area": "somewhere"}, "bad_value"),
        ({"area": None}, "bad_value"),
        ({"ends_at": "2026-02-10T01:00:00Z"}, "bad_value"),
        ({"ends_at": "2027-03-10T01:00:00Z"}, "bad_value"),
        ({"ends_at": "2026-02-10T09:00:00"}, "bad_value"),
        ({"purpose": "barbecue"}, "bad_value"),
        ({"contact": None}, "missing_column"),
        ({"frame": None}, "no_frame"),
        ({"kind": "report", "source_class": "public", "longitude": 1.0, "latitude": 1.0}, "bad_value"),
    ],
)
def test_what_is_no_permit_is_refused_with_its_reason(more, code):
    parsed = said(**more)
    assert not parsed.observations
    assert parsed.rejected[0].reason.code == code


def test_a_table_that_lacks_a_column_is_refused_whole_and_says_how_it_may_be_headed():
    refused = read_permits(ZONE, b"number,purpose\n1,x\n", Limits(NOW)).refused
    assert refused.code == "missing_column"
    assert refused.detail == "no column starts_at (开始时间), ends_at (结束时间), contact (负责人)"


def test_a_row_is_named_by_its_line_of_the_file_as_a_spreadsheet_counts():
    head, good, gone = TABLE.splitlines()
    bad = good.replace("02-10 09:00", "13-10 09:00")
    parsed = read_permits(ZONE, f"{head}\n{good}\n\n{bad}\n{gone}".encode(), Limits(NOW))
    assert parsed.lines == (2, 5)
    assert [one.line for one in parsed.rejected] == [4]


def test_a_cell_of_any_length_is_refused_and_stops_nothing():
    long = TABLE.replace("吉木", "x" * 200_000)
    assert read_permits(ZONE, long.encode(), Limits(NOW)).refused.code == "unreadable"


def test_the_archive_reads_a_permit_back_and_the_door_of_observations_refuses_it():
    (one,) = said().observations
    parsed = read(encode(one), Limits(NOW))
    assert parsed.observations == (one,)
    shut = without_permits(parsed)
    assert not shut.observations
    assert "/v1/permits" in shut.rejected[0].reason.detail
