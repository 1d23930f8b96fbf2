"""Numbers of surveys: what cannot be is refused by whatever way in, and per cent are per cent."""

import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json, structs
from test_pest_table import NOW, parsed

from schemas.codec import decode, encode
from schemas.observation import AnyObservation, PestSurvey
from streams.feeds.pest_columns import WORDS
from streams.ingest.dry_run import dry_run

HEAD = ("调查点", "经度", "纬度", "坐标系", "有害生物", "调查时间", "调查指标", "数值", "面积公顷")
MEASURES = sorted(set(WORDS["measure"].values()) - {"damage_degree"})


def cells(measure="失叶率", value="65", area=""):
    return ["D-1", "107.7", "31.3", "WGS84", "马尾松毛虫", "2026-05-11", measure, value, area]


def sheet(*rows):
    return "\n".join(",".join(row) for row in (HEAD, *rows)).encode()


@pytest.mark.parametrize(
    ("measure", "value", "area", "says"),
    [
        ("失叶率", "250", "", "defoliation_percent 250 is more than 100"),
        ("失叶率", "inf", "", "defoliation_percent inf is no number"),
        ("枯死松树", "nan", "", "dead_pines nan is no number"),
        ("枯死松树", "3.5", "", "dead_pines 3.5 is no whole number"),
        ("变色松树", "0.1", "", "discoloured_trees 0.1 is no whole number"),
        ("虫口密度", "1e9", "", "larvae_per_tree 1e+09 is more than 1000000"),
        ("虫口密度", "-3", "", ">= 0"),
        ("虫口密度", "30%", "", "is no number"),
        ("虫口密度", "35", "inf", "area_ha inf is no number"),
        ("虫口密度", "35", "1e12", "area_ha 1e+12 is more than"),
    ],
)
def test_what_no_survey_finds_is_refused_and_says_why(measure, value, area, says):
    got = parsed(sheet(cells(measure, value, area)))
    assert got.observations == ()
    (bad,) = got.rejected
    assert bad.reason.code == "bad_value"
    assert says in bad.reason.detail


def test_as_ndjson_it_is_refused_too():
    (one,) = parsed(sheet(cells())).observations
    good, bad = encode(one), encode(structs.replace(one, observation_id="x", value=250.0))
    got = parsed(good + b"\n" + bad)
    assert got.observations == (one,)
    assert [(row.line, row.reason.threshold) for row in got.rejected] == [(2, 100.0)]


@given(st.sampled_from(MEASURES), st.floats(allow_nan=True, allow_infinity=True) | st.integers(0, 10**7))
def test_what_is_taken_is_finite_and_can_be_kept_and_read_again(measure, value):
    for one in parsed(sheet(cells(measure, str(value)))).observations:
        assert isinstance(one, PestSurvey)
        assert 0 <= one.value <= (100 if one.measure.endswith("percent") else 10**6)
        assert decode(encode(one), AnyObservation) == one
        assert json.decode(encode(one))["value"] is not None


@pytest.mark.parametrize("value", ["65%", "65 ％", "65"])
def test_a_share_may_carry_its_sign(value):
    (one,) = parsed(sheet(cells(value=value))).observations
    assert one.value == 65.0


def test_trees_may_carry_their_unit():
    (one,) = parsed(sheet(cells("枯死松树", "3株"))).observations
    assert one.value == 3.0


@pytest.mark.parametrize(
    ("kept", "form", "value"), [(0.65, "0%", 65.0), (0.005, "0.0%", 0.5), (65, "0", 65.0)]
)
def test_a_share_that_a_workbook_shows_in_per_cent_is_read_as_shown(kept, form, value):
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.append(cells()[:7])
    book.active["H2"] = kept
    book.active["H2"].number_format = form
    file = io.BytesIO()
    book.save(file)
    (one,) = parsed(file.getvalue()).observations
    assert one.value == value


def test_a_dry_run_names_a_round_with_more_traps_working_than_hang_there():
    head = "诱捕器编号,经度,纬度,坐标系,有害生物,开始时间,检查时间,捕获数,有效诱捕器数,安装诱捕器数"
    rows = [f"T-{n},107.7,31.3,WGS84,松墨天牛,2026-05-04,2026-05-11,50,{n},2" for n in (1, 2, 3)]
    got = dry_run("\n".join([head, *rows]).encode(), NOW)
    assert (got.good, [(one.line, one.reason.code, one.reason.value) for one in got.doubts]) == (
        3,
        [(4, "bad_value", 3)],
    )
