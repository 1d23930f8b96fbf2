"""Columns become attributes by the names that Chinese inventories use, in our units, and doubt is said."""

import math

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from region_files import feature, made, square, written

from streams.region.build.admin import level_of
from streams.region.build.known import codes, layers, plain, with_unit
from streams.region.build.mapping import From, Mapper
from streams.region.build.source import SourceError
from streams.region.build.stands import Reading

HECTARES = (
    abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(shapely.box(102, 27, 102.01, 27.01))[0]) / 1e4
)
"""Area of the squares below, by the geodesic routines of pyproj: about 110 ha."""


def stands(tmp_path, *rows, **labels):
    features = [feature(square(102 + n * 0.02, size=0.01), str(n), **row) for n, row in enumerate(rows)]
    return made(tmp_path, "stands", written(tmp_path / "in.geojson", *features), **labels)


def test_the_fields_of_a_sub_compartment_form_are_known(tmp_path):
    row = {
        "优势树种": "230", "公顷蓄积": 121.5, "小班面积": 100.0, "平均年龄": 32, "起源": 23, "林班": 7,
        "小班": "012", "林木权属": "国有", "郁闭度": 0.7, "地类": "乔木林地", "可燃物类型": "易燃",
    }  # fmt: skip
    found = stands(tmp_path, row)
    assert found.row("0") == {
        "species": "云南松", "species_code": "230", "volume_m3_ha": 121.5, "area_ha": 100.0, "age_a": 32.0,
        "origin": "飞播", "compartment": "7", "subcompartment": "012", "owner": "国有", "canopy_cover": 0.7,
        "land_class": "乔木林地", "fuel_class": "易燃",
    }  # fmt: skip
    assert found.layer.names() == ["7林班012小班"]
    assert found.said() == []


def test_the_abbreviations_of_the_one_map_are_known_whatever_their_case(tmp_path):
    row = {
        "YOU_SHI_SZ": 110, "HUO_LMGQXJ": "299.7", "mian_ji": 105.5, "PINGJUN_NL": "135", "QI_YUAN": "10",
        "Lin_Ban": "3", "XIAO_BAN": "5", "LD_QS": 20, "YU_BI_DU": "0.8", "DI_LEI": "0111",
    }  # fmt: skip
    got = stands(tmp_path, row).row("0")
    assert (got["species"], got["volume_m3_ha"], got["age_a"], got["area_ha"]) == (
        "冷杉",
        299.7,
        135.0,
        105.5,
    )
    assert (got["origin"], got["owner"], got["canopy_cover"], got["land_class"]) == (
        "天然",
        "集体",
        0.8,
        "0111",
    )


def test_volume_of_the_stand_becomes_volume_per_hectare(tmp_path):
    assert stands(tmp_path, {"小班蓄积": 12150, "面积": 100}).row("0")["volume_m3_ha"] == 121.5
    assert stands(tmp_path, {"亩蓄积": 8.0}).row("0")["volume_m3_ha"] == 120.0
    impossible = stands(tmp_path, {"小班蓄积": 1215000, "面积": 100})
    assert "volume_m3_ha" not in impossible.row("0")
    assert impossible.said("ambiguous") == [(1, "bad_value")]
    without = stands(tmp_path, {"小班蓄积": 12150}).row("0")
    assert without["area_ha"] == pytest.approx(HECTARES, rel=1e-4)
    assert without["volume_m3_ha"] == pytest.approx(12150 / HECTARES, rel=1e-4)


@pytest.mark.parametrize("name", ["面积（亩）", "面积(亩)", "面积_亩", "MIAN_JI_亩", "小班面积 [亩]"])
def test_a_unit_in_the_name_comes_first(tmp_path, name):
    assert stands(tmp_path, {name: 1500}).row("0")["area_ha"] == pytest.approx(100.0)


def test_areas_that_are_fifteen_times_the_outlines_are_mu(tmp_path):
    found = stands(tmp_path, *({"面积": 15 * HECTARES * (1 + n / 100)} for n in range(9)))
    assert found.row("0")["area_ha"] == pytest.approx(HECTARES, rel=1e-4)
    assert "taken as 亩" in found.remarks()["reading"]
    few = stands(tmp_path, {"面积": 15 * HECTARES})
    assert few.row("0")["area_ha"] == pytest.approx(15 * HECTARES)
    doubt = stands(tmp_path, *({"面积": 4 * HECTARES} for _ in range(9)))
    assert "in which unit" in doubt.remarks()["reading"]


def reading_of(values, areas):
    reading = Reading()
    got = reading.volume(np.array(values, dtype=float), "?", np.array(areas, dtype=float))
    return got, dict(reading.remarks)["reading"]


def test_a_bare_volume_is_read_as_what_varies_less_and_that_is_said():
    areas = np.array([2, 5, 9, 14, 20, 33, 41, 60.0])
    stock = np.array([90, 110, 120, 100, 95, 130, 105, 115.0])
    got, said = reading_of(stock * areas, areas)
    assert got == pytest.approx(stock)
    assert "m³ of the stand, divided by its area" in said
    got, said = reading_of(stock, areas)
    assert got == pytest.approx(stock)
    assert "m³ per hectare" in said


def test_a_bare_volume_of_few_rows_is_told_by_what_is_possible():
    assert reading_of([12000.0], [100.0])[0] == pytest.approx([120.0])
    assert reading_of([120.0], [300.0])[0] == pytest.approx([120.0])
    got, said = reading_of([120.0], [10.0])
    assert got == pytest.approx([12.0])
    assert "too few rows to tell" in said


def test_bad_values_are_left_unknown_with_their_row_and_the_rest_of_the_row_is_kept(tmp_path):
    rows = [
        {"age_a": "about 30", "species": "云南松"},
        {"age_a": -3, "canopy_cover": 7, "species": "  "},
        {"age_a": "", "volume_m3_ha": 1e9, "illustrative": "maybe"},
        {"age_a": "41", "illustrative": "是"},
    ]
    found = stands(tmp_path, *rows)
    assert found.said("ambiguous") == [(row, "bad_value") for row in (1, 2, 2, 3, 3)]
    details = [line.detail for line in found.lines if line.code == "bad_value"]
    assert "age_a: 'about 30' is no number" in details
    assert "canopy_cover: 7 is out of range" in details
    assert [found.row(str(n)).get("age_a") for n in range(4)] == [None, None, None, 41.0]
    assert found.row("0")["species"] == "云南松"
    assert found.row("3")["illustrative"] is True
    assert found.counts.ambiguous == 3


def test_a_code_that_is_not_known_names_no_species_and_is_kept_as_code(tmp_path):
    found = stands(tmp_path, {"优势树种": 999}, {"优势树种": 550}, {"优势树种": "杂灌"})
    assert found.said("ambiguous") == [(1, "bad_value")]
    got = [(found.row(str(n)).get("species"), found.row(str(n)).get("species_code")) for n in range(3)]
    assert got == [(None, "999"), ("桉树", "550"), ("杂灌", None)]


def test_two_columns_for_one_attribute_and_unknown_ones_are_reported_and_kept(tmp_path):
    found = stands(
        tmp_path, {"树种": "栎类", "优势树种": "云南松", "备注": " 陡坡 ", "n": 3, "tags": ["a", "b"]}
    )
    assert found.row("0")["species"] == "云南松"
    assert found.row("0")["树种"] == "栎类"
    assert found.row("0")["备注"] == "陡坡"
    assert (found.row("0")["n"], found.row("0")["tags"]) == (3, ["a", "b"])
    assert "树种 is species too; 优势树种 is taken" in found.remarks()["column_twice"]
    assert found.remarks()["column"].endswith("备注, n, tags")
    plainly = stands(tmp_path, {"备注": "x"}, keep_others=False)
    assert "备注" not in plainly.row("0")


def test_a_column_map_comes_before_the_names_that_are_known(tmp_path):
    columns = {"volume_m3_ha": From(column="XJ", unit="m3"), "species": "种", "owner": ""}
    row = {"XJ": 5000, "公顷蓄积": 1, "种": "桦木", "树种": "no", "权属": "国有", "面积": 50}
    got = stands(tmp_path, row, columns=columns).row("0")
    assert (got["volume_m3_ha"], got["species"]) == (100.0, "桦木")
    assert "owner" not in got
    assert got["权属"] == "国有"


def test_a_column_map_that_names_nothing_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"no column XJ, which the column map names"):
        stands(tmp_path, {"a": 1}, columns={"volume_m3_ha": "XJ"})
    with pytest.raises(SourceError, match=r"no attribute of this layer: volum; it has .*volume_m3_ha"):
        stands(tmp_path, {"a": 1}, columns={"volum": "a"})


def test_dates_are_dates_and_nothing_else(tmp_path):
    days = [
        "2018-03-01",
        "2018/3/1",
        "20180301",
        "2018年3月1日",
        "2018-03-01T08:00:00Z",
        "2018-13-01",
        "soon",
    ]
    rows = [feature(square(102 + n * 0.2), str(n), first_seen=day) for n, day in enumerate(days)]
    found = made(tmp_path, "static_sources", written(tmp_path / "in.geojson", *rows))
    got = [found.row(str(n)).get("first_seen") for n in range(len(days))]
    assert got == ["2018-03-01"] * 5 + [None, None]
    assert found.said("ambiguous") == [(6, "bad_value"), (7, "bad_value")]


LEVELS = {
    "51": "province", "510000": "province", "5134": "city", "513400": "city", "513401": "county",
    "513401100": "township", "513401100000": "township", "513401000000": "county", "513401100201": None,
    "": None, "5134011": None,
}  # fmt: skip


@pytest.mark.parametrize("code", LEVELS)
def test_the_level_of_an_area_is_told_by_its_code(code):
    assert level_of(code) == LEVELS[code]


def test_administrative_areas_are_split_by_level_or_by_code(tmp_path):
    rows = [
        feature(square(102, size=1), 行政区划代码=510000, 名称="四川省"),
        feature(square(102, size=0.5), 行政区划代码="513400", 名称="凉山州", 省="四川省"),
        feature(square(102, size=0.2), 行政区划代码="513401", 名称="西昌市", 市="凉山州"),
        feature(square(102, size=0.1), "jj", 级别="乡", 名称="经久乡", 县="西昌市"),
        feature(square(102, size=0.1), 名称="无码"),
    ]
    found = made(tmp_path, "admin", written(tmp_path / "in.geojson", *rows))
    names = {name: layer.names() for name, layer in found.region.layers.items()}
    assert names == {"province": ["四川省"], "city": ["凉山州"], "county": ["西昌市"], "township": ["经久乡"]}
    assert found.said("dropped") == [(5, "no_level")]
    assert found.region.layers["county"].ids() == ["513401"]
    assert found.region.layers["city"].attributes(0)["province"] == "四川省"
    (chain,) = found.region.chain([102.05], [27.05])
    assert [area.name for area in chain] == ["四川省", "凉山州", "西昌市", "经久乡"]


def test_every_table_is_whole():
    for name, layer in layers().items():
        for attribute, column in layer.columns.items():
            assert plain(attribute) in {plain(word) for one in column.spellings for word in one.names}, (
                name,
                attribute,
            )
            assert column.codes is None or column.codes in codes()
            assert all(one.source for one in column.spellings if one.status == "from memory"), (
                name,
                attribute,
            )
    assert codes()["species"].names["590"] == "其它软阔"
    assert len(codes()["species"].names) == 18


def test_no_name_stands_for_two_attributes_of_a_layer():
    for layer in layers().values():
        each = [
            {plain(word) for one in column.spellings for word in one.names}
            for column in layer.columns.values()
        ]
        words = [word for names in each for word in names]
        twice = {word for word in words if words.count(word) > 1}
        assert twice <= {"name", "名称", "mc"}, twice


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("面积蓄树种龄_ (（亩ha）)m3", min_size=1, max_size=6), max_size=8, unique=True))
def test_every_column_is_taken_or_kept_and_none_is_both(names):
    mapper = Mapper(layers()["stands"], {})
    mapper.learn(names)
    taken = [one.column for one in mapper.taken.values()]
    assert sorted([*taken, *mapper.others]) == sorted(names)
    assert not set(mapper.others.values()) & layers()["stands"].columns.keys()


def test_units_are_found_in_names():
    assert with_unit("面积（亩）") == ("面积", "mu")
    assert with_unit("area_ha") == ("area", "ha")
    assert with_unit("蓄积(m³/hm²)")[1] == "m3/ha"
    assert with_unit("林班") == ("林班", None)
    assert math.isclose(15 * layers()["stands"].columns["area_ha"].most / 15, 1e6)
