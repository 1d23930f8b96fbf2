"""`fenghuo carbon stock` and `at-risk` from files to figures, table, JSON and picture."""

import json
from xml.etree import ElementTree as ET

import pytest
import shapely
from carbon_county import FIRE, built, collection, stand, told
from click.testing import CliRunner
from risk_words import ramp

from alerts.carbon.at_risk import Options
from detectors.region import Region
from streams.cli import main
from streams.commands.carbon_given import assessor_of
from streams.hops.carbon import Assessor


def test_stock_of_a_region_by_layer_and_tier(region):
    code, output = told("stock", region, "--json")
    rows = json.loads(output)["rows"]
    assert code == 0
    assert [(one["layer"], one["tier"], one["features"]) for one in rows] == [
        ("stands", "volume", 1), ("stands", "type_age", 1), ("stands", "type_mean", 1),
    ]  # fmt: skip
    assert rows[0]["area_ha"] == 109.0
    assert rows[1]["area_ha"] == pytest.approx(109.2, rel=0.01)
    assert all(one["low_t"] < one["carbon_t"] < one["high_t"] for one in rows)
    code, output = told("stock", region)
    assert "unverified" in output


def test_what_a_fire_puts_at_risk_as_table_json_and_picture(region, tmp_path):
    fire = tmp_path / "fire.geojson"
    fire.write_text(collection([("f", FIRE, {})]))
    picture = tmp_path / "risk.svg"
    words = ("at-risk", "--footprint", fire, "--region", region, "--wind-ms", 8, "--wind-to", 90)
    words += ("--map", picture)
    code, output = told(*words)
    assert code == 0
    assert "CaR95" in output
    hours = [line.split()[1] for line in output.splitlines() if line.startswith("  in ")]
    assert hours == ["1", "3", "6", "12", "24"]
    drawn = picture.read_text()
    assert drawn.count("<path") > 3
    ET.fromstring(drawn)
    for words_of_legend in (
        ">1 h<",
        ">6 h<",
        "half of the scenarios",
        "burning now",
        "may reach in 6 h",
        "chance that it burns",
        "100 %",
        " m</text>",
    ):
        assert words_of_legend in drawn
    code, output = told(*words, "--json")
    carbon = json.loads(output)
    assert 0 < carbon["low_t"] < carbon["carbon_t"] < carbon["high_t"]
    assert [one["hours"] for one in carbon["reaches"]] == [1, 3, 6, 12, 24]
    assert carbon["reaches"][2]["mean_ha"] == carbon["reach_ha"]
    assert "wind_unknown" not in carbon["cautions"]
    _, output = told(*words[:5], "--wind-ms", 8, "--json")
    turning = json.loads(output)
    assert "wind_unknown" not in turning["cautions"]
    assert "wind_direction_unknown" in turning["cautions"]
    far = tmp_path / "far.geojson"
    far.write_text(shapely.to_geojson(shapely.box(100, 30, 100.01, 30.01)))
    code, output = told("at-risk", "--footprint", far, "--region", region)
    assert (code, output.splitlines()[0]) == (0, "not known: no stand, wetland or grassland within 20 km")
    assert "in 24 h" in output


def test_a_file_that_is_no_geojson_is_one_line(region, tmp_path):
    far_out, around = shapely.Point(1022.2, 27.8), shapely.box(-170, 27, 170, 60)
    for text in (
        "nonsense", "[]", '{"type": "FeatureCollection", "features": []}', '{"geometry": null}',
        *map(shapely.to_geojson, (far_out, around)),
    ):  # fmt: skip
        bad = tmp_path / "bad.geojson"
        bad.write_text(text)
        code, output = told("at-risk", "--footprint", bad, "--region", region)
        assert code == 1
        assert output.startswith("Error: ")
        assert output.count("\n") == 1


def test_what_nobody_knows_is_no_zero_and_a_cover_may_be_a_share(tmp_path):
    layers = {
        "grassland": [("g1", *stand(0, cover=0.74, kind="高寒草甸"))],
        "stands": [("s1", *stand(1, species="桤木", species_code=590, volume_m3_ha=90.0)), ("s2", *stand(2))],
    }
    built(tmp_path, **layers)
    _, output = told("stock", tmp_path / "county", "--json")
    rows = {(one["layer"], one["tier"]): one for one in json.loads(output)["rows"]}
    assert set(rows) == {("grassland", "type_mean"), ("stands", "volume"), ("stands", "unknown")}
    assert rows["grassland", "type_mean"]["carbon_t"] > 0
    assert rows["stands", "unknown"]["carbon_t"] is None
    _, output = told("stock", tmp_path / "county")
    line = next(one for one in output.splitlines() if one.split()[1:2] == ["unknown"])
    assert line.split()[4:6] == ["unknown", "-"]


def test_an_area_of_nothing_is_measured_and_said(tmp_path):
    sown = {"species": "云南松", "volume_m3_ha": 90.0}
    rows = [("s1", *stand(0, area_ha=0.0, **sown)), ("s2", *stand(1, area_ha=50.0, **sown))]
    built(tmp_path, stands=rows)
    (row,) = json.loads(told("stock", tmp_path / "county", "--json")[1])["rows"]
    assert row["area_ha"] == pytest.approx(50.0 + 109.2, rel=0.01)
    (report,) = (tmp_path / "county").glob("*/report.ndjson")
    said = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(one["place_id"], one["outcome"]) for one in said if "area_ha: 0" in one.get("detail", "")] == [
        ("s1", "ambiguous")
    ]


def test_the_slope_of_at_risk_is_that_of_the_ground_unless_it_is_said(region, tmp_path, monkeypatch):
    fire = tmp_path / "fire.geojson"
    fire.write_text(shapely.to_geojson(FIRE))
    words = ("at-risk", "--footprint", fire, "--region", region, "--wind-ms", 3, "--wind-to", 90, "--json")
    known = assessor_of(region, Options())

    def reach(terrain, *more):
        ground = Assessor(known.tables, known.options, Region("county", known.region.layers, terrain=terrain))
        monkeypatch.setattr("streams.commands.carbon.assessor_of", lambda *_: ground)
        carbon = json.loads(told(*words, *more)[1])
        return carbon["reach_ha"], "slope_unknown" in carbon["cautions"]

    level, steep, hole = reach(ramp(0)), reach(ramp(30)), reach(ramp(30, hole=True))
    assert steep[0] > level[0]
    assert (level[1], steep[1], hole[1], reach(None)[1]) == (False, False, True, True)
    # what is said is believed before the elevation model
    assert reach(ramp(30), "--slope", 0, "--upslope", 90) == level


def test_the_commands_are_reached_through_fenghuo():
    shown = CliRunner().invoke(main, ["carbon", "--help"]).output
    assert all(name in shown for name in ("stock", "at-risk", "close-out", "totals", "statement", "verify"))
