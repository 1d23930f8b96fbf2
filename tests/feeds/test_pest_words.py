"""What foresters write into trap tables, and how a refusal speaks to them; JSON with those columns."""

import json

import pytest
from test_pest_table import GOOD, parsed, row, table


def test_ndjson_with_chinese_columns_reads_like_the_sheet():
    header, *cells = [
        line.split(",") for line in table(GOOD, row(catch="-1")).decode("utf-8-sig").splitlines()
    ]
    objects = [dict(zip(header, one, strict=True)) for one in cells]
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in objects)
    for data in (lines.encode(), lines.encode("gb18030"), json.dumps(objects).encode()):
        got = parsed(data)
        assert got.observations == parsed(table(GOOD)).observations
        assert [(one.line, one.reason.code) for one in got.rejected] == [(2, "bad_value")]
    broken = parsed(lines.encode() + b"\n[1, 2]\n{\n")
    assert [one.line for one in broken.rejected] == [2, 3, 4]


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"lon": "107°43'19.56\"", "lat": "北31度21分4.32秒"}, "longitude", 107.7221),
        ({"lon": "107°43.326′"}, "longitude", 107.7221),
        ({"catch": "6只"}, "catch", 6.0),
        ({"catch": "1，024 头"}, "catch", 1024.0),
    ],
)
def test_what_foresters_write_is_read(cells, field, value):
    (one,) = parsed(table(row(**cells))).observations
    assert getattr(one, field) == pytest.approx(value, abs=1e-5)


@pytest.mark.parametrize(
    ("cells", "code", "says"),
    [
        (
            {"end": "5月11日"},
            "bad_time",
            "检查时间 (observed_at): '5月11日' is no time; write 2026-05-11 09:30",
        ),
        ({"frame": "西安80"}, "no_frame", "坐标系 (frame): '西安80': say WGS84"),
        ({"frame": ""}, "no_frame", "坐标系 (frame) is empty: say WGS84"),
        ({"trap": "合计"}, "bad_value", "row of sums"),
        ({"lon": "107°93'19\""}, "bad_value", "longitude"),
    ],
)
def test_what_confuses_foresters_is_said_in_their_columns(cells, code, says):
    (bad,) = parsed(table(row(**cells))).rejected
    assert bad.reason.code == code
    assert says in bad.reason.detail


def test_a_density_per_square_metre_is_not_one_per_tree():
    head = "调查点,经度,纬度,坐标系,有害生物,调查时间,调查指标,数值,草地类型\n"
    body = "红原1村,102.5,32.8,CGCS2000,草原毛虫,2026-05-11,虫口密度（头/m2）,40,天然草地\n"
    wrong = "红原2村,102.5,32.8,CGCS2000,高原鼠兔,2026-05-11,有效洞口数,200,\n"
    got = parsed((head + body + wrong).encode())
    (one,) = got.observations
    assert (one.measure, one.grassland) == ("insects_per_m2", "natural")
    assert "nearest: 有效洞口数每公顷" in got.rejected[0].reason.detail
