"""What foresters write into trap tables, and how a refusal speaks to them; JSON with those columns."""

import io
import json
from typing import get_args

import openpyxl
import pytest
from test_pest_table import GOOD, parsed, row, table

from detectors.pests.law import occurrence
from schemas.units import Measure
from streams.feeds.pest_columns import WORDS
from streams.pest_tables import load_rules


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


SURVEY = "调查点,经度,纬度,坐标系,有害生物,调查时间,调查指标,数值\n"
SPOT = "D-1,107.7,31.3,WGS84,{},2026-05-11,"


def surveyed(species, cells, header=SURVEY):
    got = parsed((header + SPOT.format(species) + cells).encode())
    if got.rejected:
        return got.rejected[0].reason
    (one,) = got.observations
    return one.measure, one.value


@pytest.mark.parametrize(
    ("word", "degree"), [("轻", 1), ("中度", 2), ("重", 3), ("Severe", 3), ("2", 2), ("无", 0)]
)
def test_a_degree_of_damage_is_read_by_its_word_as_a_measure_or_as_a_column(word, degree):
    assert surveyed("马尾松毛虫", f"受害程度,{word}") == ("damage_degree", degree)
    columns = "调查点,经度,纬度,坐标系,有害生物,调查时间,危害程度\n"
    assert surveyed("马尾松毛虫", word, columns) == ("damage_degree", degree)
    found, why = occurrence(load_rules().occurrence, "Dendrolimus punctatus", "damage_degree", "", degree)
    assert found == ("none", "light", "moderate", "severe")[degree]
    assert (why.code, why.rule) == ("occurrence", f"{found}, as the survey says")


@pytest.mark.parametrize("value", ["30", "很重", "-1", "2.5"])
def test_another_word_for_a_degree_is_refused_with_those_that_are(value):
    why = surveyed("马尾松毛虫", f"被害程度,{value}")
    assert why.code == "bad_value"
    assert "轻、轻度" in why.detail


def test_a_degree_beside_another_measure_is_kept_as_a_remark():
    head = SURVEY.replace("数值", "数值,危害程度")
    (one,) = parsed((head + SPOT.format("马尾松毛虫") + "幼虫数每株,14,中").encode()).observations
    assert (one.measure, one.value, one.text) == ("larvae_per_tree", 14, "危害程度: 中")


def test_every_measure_has_a_chinese_word_and_ten_square_centimetres_are_no_square_metre():
    measures = set(get_args(get_args(Measure)[0]))
    assert measures == set(WORDS["measure"].values())
    for word in ("若虫数每10平方厘米", "nymphs_per_10_cm2", "虫口密度（头/10cm2）"):
        assert surveyed("日本松干蚧", f"{word},7") == ("nymphs_per_10_cm2", 7)


def test_every_sheet_that_names_its_columns_is_read_and_any_other_refused_by_its_name():
    header, *cells = (
        line.split(",") for line in table(row(), row(trap="XH-2", catch="-1")).decode().splitlines()
    )
    book = openpyxl.Workbook()
    book.active.title = "五月"
    for name, rows in {"五月": [header, cells[0]], "六月": [header, *cells], "说明": [["填表说明"]]}.items():
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        for one in rows:
            sheet.append(one)
    file = io.BytesIO()
    book.save(file)
    got = parsed(file.getvalue())
    assert [(one.source, line) for one, line in zip(got.observations, got.lines, strict=True)] == [
        ("XH-001", 2),
        ("XH-001", 2),
    ]
    assert [(one.line, one.reason.code) for one in got.rejected] == [(3, "bad_value"), (1, "missing_column")]
    assert ["六月" in got.rejected[0].reason.detail, "说明" in got.rejected[1].reason.detail] == [True, True]


def test_words_of_the_schema_are_taken_with_their_underscores():
    (one,) = parsed(table(row(status="lure_expired"))).observations
    assert one.status == "lure_expired"
    for word in WORDS["measure"].values():
        assert surveyed("日本松干蚧", f"{word},3") == (word, 3)
