"""`fenghuo carbon` from files to figures: stock, what a fire puts at risk, a statement and its proof."""

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import msgspec
import pytest
import shapely
from alerted import an_alert
from click.testing import CliRunner
from msgspec.structs import replace

from alerts.carbon.statement import Statement, sealed
from schemas.alert import Carbon, Range
from schemas.codec import encode
from streams.cli import main
from streams.commands.carbon import command

FIRE = shapely.box(102.201, 27.801, 102.203, 27.803)


def collection(rows):
    features = [
        {
            "type": "Feature",
            "id": one,
            "properties": {"id": one, "name": one, **said},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for one, shape, said in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def stand(column, **said):
    return shapely.box(102.2 + 0.01 * column, 27.8, 102.21 + 0.01 * column, 27.81), said


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """A county with three stands and a project, built as an office would."""
    folder = tmp_path_factory.mktemp("region")
    stands = [
        ("s1", *stand(0, species="云南松", volume_m3_ha=120.0, area_ha=109.0)),
        ("s2", *stand(1, species="230", age_a=30.0, origin="人工")),
        ("s3", *stand(2, species="栎类")),
    ]
    projects = [("P1", shapely.box(102.2, 27.8, 102.215, 27.81), {})]
    words = ["region", "build", str(folder / "county")]
    for name, rows in (("stands", stands), ("carbon_projects", projects)):
        file = folder / f"{name}.geojson"
        file.write_text(collection(rows))
        words += ["--layer", f"{name}={file}"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return folder / "county"


def told(*words):
    result = CliRunner().invoke(command, [str(word) for word in words])
    return result.exit_code, result.output


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
    drawn = picture.read_text()
    assert drawn.count("<path") > 3
    ET.fromstring(drawn)
    for words_of_legend in ("burning now", "may reach in 6 h", "chance that it burns", "100 %", " m</text>"):
        assert words_of_legend in drawn
    code, output = told(*words, "--json")
    carbon = json.loads(output)
    assert 0 < carbon["low_t"] < carbon["carbon_t"] < carbon["high_t"]
    assert "wind_unknown" not in carbon["cautions"]
    _, output = told(*words[:5], "--wind-ms", 8, "--json")
    turning = json.loads(output)
    assert "wind_unknown" not in turning["cautions"]
    assert "wind_direction_unknown" in turning["cautions"]
    far = tmp_path / "far.geojson"
    far.write_text(shapely.to_geojson(shapely.box(100, 30, 100.01, 30.01)))
    code, output = told("at-risk", "--footprint", far, "--region", region)
    assert (code, output) == (0, "not known: no stand, wetland or grassland within 20 km\n")


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


NOW = datetime(2026, 3, 1, tzinfo=UTC)


def told_alerts(tmp_path):
    base = replace(
        an_alert(),
        footprint=json.loads(shapely.to_geojson(FIRE)),
        area_ha=4.0,
        issued_at=NOW,
        longitude=102.2,
        latitude=27.8,
    )
    rows = [
        replace(base, incident_id="F1", alert_id="F1", revision=1),
        replace(base, incident_id="F1", alert_id="F1", revision=2, probability=0.9),
        replace(base, incident_id="F2", alert_id="F2", revision=1),
        replace(base, incident_id="F3", alert_id="F3", revision=1, issued_at=NOW + timedelta(days=400)),
    ]
    file = tmp_path / "alerts.ndjson"
    file.write_bytes(b"\n".join(encode(one) for one in rows))
    return file


def test_a_statement_can_be_computed_again_and_a_changed_one_is_found(region, tmp_path):
    out = tmp_path / "statement.json"
    words = ("--project", "P1", "--region", region, "--from", "2026-01-01", "--to", "2027-01-01")
    words += ("--out", out)
    assert told("statement", told_alerts(tmp_path), *words) == (0, "")
    said = json.loads(out.read_text())
    assert said["notice"] == "not a credit or verified reversal figure"
    assert [(one["incident_id"], one["revision"]) for one in said["lines"]] == [("F1", 2), ("F2", 1)]
    each = [one["in_project"]["loss_t"] for one in said["lines"]]
    assert max(each) <= said["total"]["loss_t"] <= sum(each)
    assert said["total"]["loss_t"] <= said["total"]["exposed_t"] <= said["stock_t"]
    assert said["share_of_stock"] == pytest.approx(said["total"]["loss_t"] / said["stock_t"])
    code, output = told("verify", out, "--region", region)
    assert code == 0
    assert "holds; 2 fires" in output
    out.write_text(out.read_text().replace('"loss_t": ', '"loss_t": 1', 1))
    code, output = told("verify", out, "--region", region)
    assert code == 1
    assert "does not have the hash" in output
    # whoever changes a figure and the hash with it is found all the same
    for name in ("total", "lines", "stock_t", "options", "parameters", "region", "notice"):
        resealed = sealed(_broken(msgspec.json.decode(json.dumps(said), type=Statement), name))
        out.write_bytes(encode(resealed))
        assert told("verify", out, "--region", region)[0] == 1, name


def _broken(whole, name):
    broken = {
        "total": replace(whole.total, loss_t=whole.total.loss_t * 2),
        "lines": whole.lines[:1],
        "options": replace(whole.options, severity="high"),
        "stock_t": whole.stock_t + 1,
    }
    return replace(whole, **{name: broken.get(name, "else")})


@pytest.mark.parametrize("level", ["incident", "stand", "owner", "project", "county", "day"])
def test_totals_add_up_by_every_level(region, tmp_path, level):
    file = told_alerts(tmp_path)
    code, output = told("totals", file, "--region", region, "--by", level)
    assert code == 0
    head, *rows = (line.split(",") for line in output.splitlines())
    assert head == ["level", "key", "name", "exposed_t_c", "loss_t_c", "low_t_c", "high_t_c"]
    assert rows
    _, stands = told("totals", file, "--region", region, "--by", "stand")
    whole = sum(float(line.split(",")[4]) for line in stands.splitlines()[1:])
    summed = sum(float(row[4]) for row in rows)
    if level in {"incident", "day"}:
        assert summed > whole
    else:
        assert summed == pytest.approx(whole, rel=1e-4)
    code, output = told("totals", file, "--region", region, "--by", level, "--format", "geojson")
    features = json.loads(output)["features"]
    assert [one["id"] for one in features] == [row[1] for row in rows]
    is_drawn = level in {"stand", "project"}
    assert all((one["geometry"] is not None) == (is_drawn and one["id"] != "") for one in features)


def test_a_fire_that_is_over_scores_its_forecast(region, tmp_path):
    perimeter = tmp_path / "final.geojson"
    perimeter.write_text(shapely.to_geojson(FIRE))
    file = tmp_path / "alerts.ndjson"
    exposed = Range(mean_t=4000, low_t=1000, high_t=9000)
    forecast = Carbon(carbon_t=900.0, low_t=1.0, high_t=5000.0, exposed=exposed)
    file.write_bytes(encode(replace(an_alert(), incident_id="F1", carbon=forecast, issued_at=NOW)))
    words = ("close-out", file, "--incident", "F1", "--perimeter", perimeter, "--region", region)
    code, output = told(*words)
    record, scored = json.loads(output)["record"], json.loads(output)["skill"]
    assert code == 0
    assert 0 < record["realised_t"] < record["exposed_t"]
    assert record["error_t"] == pytest.approx(900 - record["realised_t"])
    assert (scored["incidents"], scored["within"]) == (1, 1.0)
    _, severe = told(*words, "--severity", "high")
    assert json.loads(severe)["record"]["realised_t"] > record["realised_t"]
    assert (json.loads(severe)["record"]["severity"], record["severity"]) == ("high", "")
    perimeter.write_text(shapely.to_geojson(shapely.Point(102.202, 27.802)))
    nothing = json.loads(told(*words)[1])["record"]
    assert nothing["realised_t"] is None
    assert nothing["why"]
    assert told("close-out", file, "--incident", "F9", *words[4:])[0] == 1


def test_a_forecast_of_nothing_is_a_forecast_and_is_scored(region, tmp_path):
    perimeter, file = tmp_path / "final.geojson", tmp_path / "alerts.ndjson"
    perimeter.write_text(shapely.to_geojson(FIRE))
    nothing = Carbon(carbon_t=0.0, low_t=0.0, high_t=0.0, exposed=Range(mean_t=0, low_t=0, high_t=0))
    file.write_bytes(encode(replace(an_alert(), incident_id="F1", carbon=nothing, issued_at=NOW)))
    code, output = told("close-out", file, "--incident", "F1", "--perimeter", perimeter, "--region", region)
    assert code == 0
    record = json.loads(output)["record"]
    assert (record["forecast_t"], record["is_within"]) == (0.0, False)
    assert record["error_t"] == -record["realised_t"] < 0


def test_lines_that_are_no_alerts_and_times_that_end_before_they_begin_are_one_line(region, tmp_path):
    file, perimeter = tmp_path / "alerts.ndjson", tmp_path / "final.geojson"
    perimeter.write_text(shapely.to_geojson(FIRE))
    good = encode(an_alert())
    closing = ("close-out", file, "--incident", "F1", "--perimeter", perimeter, "--region", region)
    span = ("--project", "P1", "--region", region, "--from", "2026-01-01", "--to")
    for words in (closing, ("totals", file, "--region", region), ("statement", file, *span, "2027-01-01")):
        file.write_bytes(good + b"\n{torn\n")
        code, output = told(*words)
        assert (code, output.count("\n")) == (1, 1)
        assert output.startswith(f"Error: {file}, line 2: no alert: ")
    file.write_bytes(good)
    code, output = told("statement", file, *span, "2025-01-01")
    assert code == 2
    assert "is not before --to" in output
    for zone in ("Mars/Olympus", "../etc", ""):
        code, output = told("totals", file, "--region", region, "--by", "day", "--zone", zone)
        assert code == 2
        assert output.endswith(f"--zone {zone}: no time zone of that name\n")


def test_what_nobody_knows_is_no_zero_and_a_cover_may_be_a_share(tmp_path):
    layers = {
        "grassland": [("g1", *stand(0, cover=0.74, kind="高寒草甸"))],
        "stands": [("s1", *stand(1, species="桤木", species_code=590, volume_m3_ha=90.0)), ("s2", *stand(2))],
    }
    words = ["region", "build", str(tmp_path / "county")]
    for name, rows in layers.items():
        file = tmp_path / f"{name}.geojson"
        file.write_text(collection(rows))
        words += ["--layer", f"{name}={file}"]
    assert CliRunner().invoke(main, words).exit_code == 0
    _, output = told("stock", tmp_path / "county", "--json")
    rows = {(one["layer"], one["tier"]): one for one in json.loads(output)["rows"]}
    assert set(rows) == {("grassland", "type_mean"), ("stands", "volume"), ("stands", "unknown")}
    assert rows["grassland", "type_mean"]["carbon_t"] > 0
    assert rows["stands", "unknown"]["carbon_t"] is None
    _, output = told("stock", tmp_path / "county")
    line = next(one for one in output.splitlines() if one.split()[1:2] == ["unknown"])
    assert line.split()[4:6] == ["unknown", "-"]


def test_a_project_that_is_not_there_is_one_line(region, tmp_path):
    words = ("--project", "P9", "--region", region, "--from", "2026-01-01", "--to", "2027-01-01")
    code, output = told("statement", told_alerts(tmp_path), *words)
    assert (code, output) == (1, "Error: no project 'P9'; known are P1\n")


def test_the_commands_are_reached_through_fenghuo():
    shown = CliRunner().invoke(main, ["carbon", "--help"]).output
    assert all(name in shown for name in ("stock", "at-risk", "close-out", "totals", "statement", "verify"))
