"""`fenghuo pests` judges tables, says suspected and to be verified, and sends nothing."""

import json

import pytest
import shapely
from click.testing import CliRunner

from alerts.outbreak import faults
from detectors.region import Layer, Region
from schemas.settings import Settings
from streams.commands.pests import command
from streams.jurisdiction import in_force
from streams.region import write_region

WORDS = in_force(Settings()).words["zh"]
HEADER = "调查点,经度,纬度,坐标系,有害生物,调查时间,调查指标,数值,虫态,小班号"
ROWS = [
    "D-1,107.70,31.30,WGS84,马尾松毛虫,2026-05-11,虫口密度,31,幼虫,12-3",
    "D-2,107.71,31.30,WGS84,马尾松毛虫,2026-05-12,虫口密度,15,幼虫,12-4",
    "D-3,107.90,31.30,WGS84,马尾松毛虫,2026-05-12,虫口密度,2,幼虫,14-1",
    "D-4,107.90,31.30,WGS84,马尾松毛虫,2026-05-12,虫口密度,-2,幼虫,14-2",
]
LAB = "L-1,107.7,31.3,WGS84,松材线虫病,2026-05-11,阳性,S-9,12-3"


@pytest.fixture
def survey(tmp_path):
    file = tmp_path / "survey.csv"
    file.write_text("\n".join([HEADER, *ROWS]), encoding="gb18030")
    return str(file)


def run(*words):
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    return done.output


def test_two_neighbouring_surveys_are_one_suspected_outbreak(survey):
    shown = run(survey, "--at", "2026-05-20")
    first = shown.splitlines()[0]
    assert first.startswith("II  疑似马尾松毛虫")
    assert faults(WORDS, first) == ()
    assert "1 outbreaks suspected; no sign: 1 occurrence; 1 bad rows" in shown
    assert f"{survey}:5: bad_value" in shown


def test_as_json_nothing_is_lost(survey):
    got = json.loads(run(survey, "--at", "2026-05-20", "--json"))
    assert [one["grade"] for one in got["outbreaks"]] == ["II"]
    assert len(got["outbreaks"][0]["observation_ids"]) == 2
    assert (len(got["unjudged"]), got["bad_rows"]) == (1, 1)
    assert [(one["line"], one["reason"]["code"]) for one in got["rejected"]] == [(5, "bad_value")]


def test_a_file_of_no_known_form_fails_with_its_reason(tmp_path):
    file = tmp_path / "garbage.csv"
    file.write_text("garbage\n", encoding="utf-8")
    done = CliRunner().invoke(command, [str(file)])
    assert done.exit_code == 1
    assert f"nothing readable: {file}: unreadable text of no format" in done.output


def test_before_the_survey_there_is_no_sign(survey):
    assert "0 outbreaks suspected; no sign: none" in run(survey, "--at", "2026-05-01")


def test_a_positive_is_red_and_is_not_announced(tmp_path):
    file = tmp_path / "lab.csv"
    file.write_text(
        f"调查点,经度,纬度,坐标系,有害生物,采样时间,检测结果,样品编号,小班号\n{LAB}\n", encoding="utf-8"
    )
    shown = run(str(file), "--at", "2026-05-20")
    assert shown.startswith("I  疑似松材线虫")
    assert faults(WORDS, shown) == ()
    assert "lab_positive" in shown


def test_a_day_that_is_none_is_refused(survey):
    done = CliRunner().invoke(command, [survey, "--at", "yesterday"])
    assert done.exit_code == 2
    assert "2026-06-01" in done.output


AREAS = {"city": ("5117", "达州市"), "county": ("511722", "宣汉县"), "township": ("511722100", "甲镇")}


@pytest.fixture
def region(tmp_path):
    box = shapely.box(107.5, 31.0, 108.0, 31.6)
    layers = {layer: Layer.of(layer, [box], [code], [name]) for layer, (code, name) in AREAS.items()}
    write_region(tmp_path / "region", Region("one", layers))
    return str(tmp_path / "region")


def test_with_a_region_the_list_and_the_record_are_known(tmp_path, region):
    head = "调查点,经度,纬度,坐标系,有害生物,采样时间,检测结果,样品编号,小班号"
    file = tmp_path / "lab.csv"
    file.write_text(f"{head}\n{LAB}\n", encoding="utf-8")
    day = ("--at", "2026-05-20")
    assert "new_unit: county" in run(str(file), *day)
    assert "new_unit: township" in run(str(file), *day, "--region", region)
    on_record = ("--township", "甲镇", "--unit", "12-3")
    assert "known_unit" in run(str(file), *day, "--region", region, *on_record)
    settings = tmp_path / "own.toml"
    settings.write_text('[outbreak.recorded]\ntownships = ["甲镇"]\n', encoding="utf-8")
    shown = run(str(file), *day, "--region", region, "--settings", str(settings))
    assert "new_unit: sub-compartment" in shown


def test_a_number_that_may_be_of_two_townships_is_refused(survey):
    done = CliRunner().invoke(command, [survey, "--township", "a", "--township", "b", "--unit", "12"])
    assert done.exit_code == 1
    assert "a/12, b/12" in done.output


def test_days_are_those_of_the_zone_and_words_those_of_the_settings(survey, tmp_path):
    assert "2026-05-11 – 2026-05-12" in run(survey, "--at", "2026-05-20")
    assert "1 outbreaks suspected; no sign: none" in run(survey, "--at", "2026-05-11")
    settings = tmp_path / "abroad.toml"
    settings.write_text('jurisdiction = "generic-en"\n', encoding="utf-8")
    shown = run(survey, "--at", "2026-05-20", "--settings", str(settings))
    first = shown.splitlines()[0]
    assert "Dendrolimus punctatus" in first
    assert first.isascii() or not any("\u4e00" <= one <= "\u9fff" for one in first)
