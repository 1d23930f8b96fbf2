"""Accounts of `fenghuo carbon` from files to figures: a statement and its proof, totals, close-outs."""

import json
from datetime import timedelta

import msgspec
import pytest
import shapely
from alerted import an_alert
from carbon_county import FIRE, NOW, told, told_alerts
from msgspec.structs import replace

from alerts.carbon.statement import Statement, sealed
from schemas.alert import Alert, Carbon, Range
from schemas.codec import encode
from schemas.reason import Reason


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
    assert "holds; fires and outbreaks: 2; " in output
    out.write_text(out.read_text().replace('"loss_t": ', '"loss_t": 1', 1))
    code, output = told("verify", out, "--region", region)
    assert code == 1
    assert "does not have the hash" in output
    # whoever changes a figure and the hash with it is found all the same
    for name in (
        "total",
        "lines",
        "stock_t",
        "options",
        "parameters",
        "region",
        "notice",
        "project_name",
        "to_at",
    ):
        resealed = sealed(_broken(msgspec.json.decode(json.dumps(said), type=Statement), name))
        out.write_bytes(encode(resealed))
        assert told("verify", out, "--region", region)[0] == 1, name


def test_what_was_taken_back_or_went_on_in_another_alert_is_in_no_account(region, tmp_path):
    file = told_alerts(tmp_path)
    told_before = file.read_bytes()
    first = msgspec.json.decode(told_before.splitlines()[0], type=Alert)
    ends = {
        "cancelled": replace(first, revision=3, action="cancel"),
        "merged": replace(first, revision=3, action="close", reasons=(Reason(code="merged_into", ref="F2"),)),
        "closed": replace(first, revision=3, action="close", reasons=(Reason(code="quiet"),)),
        "again": replace(first, revision=1, action="cancel"),
    }
    counted = {}
    for name, end in ends.items():
        file.write_bytes(told_before + b"\n" + encode(end))
        rows = json.loads(
            told("totals", file, "--region", region, "--by", "incident", "--to", "2026-12-31", "--json")[1]
        )
        counted[name] = [one["key"] for one in rows]
    assert counted == {"cancelled": ["F2"], "merged": ["F2"], "closed": ["F1", "F2"], "again": ["F1", "F2"]}
    # an alert that goes on under an older incident is that one fire
    file.write_bytes(told_before + b"\n" + encode(replace(first, incident_id="F0", revision=3)))
    rows = json.loads(
        told("totals", file, "--region", region, "--by", "incident", "--to", "2026-12-31", "--json")[1]
    )
    assert [one["key"] for one in rows] == ["F0", "F2"]


def _broken(whole, name):
    broken = {
        "total": replace(whole.total, loss_t=whole.total.loss_t * 2),
        "lines": whole.lines[:1],
        "options": replace(whole.options, severity="high"),
        "stock_t": whole.stock_t + 1,
        "to_at": whole.from_at + timedelta(days=1),
    }
    return replace(whole, **{name: broken.get(name, "else")})


@pytest.mark.parametrize("level", ["incident", "stand", "owner", "project", "county", "day"])
def test_totals_add_up_by_every_level(region, tmp_path, level):
    file = told_alerts(tmp_path)
    code, output = told("totals", file, "--region", region, "--by", level)
    assert code == 0
    head, *rows = (line.split(",") for line in output.splitlines())
    assert head[:7] == ["level", "key", "name", "exposed_t_c", "loss_t_c", "low_t_c", "high_t_c"]
    said = [dict(zip(head[7:], row[7:], strict=True)) for row in rows]
    assert all("soil" in one["pools"] and "unverified" in one["cautions"].split() for one in said)
    assert all(one["tiers"] and one["parameters"] and one["gwp_set"] == "AR6" for one in said)
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
    assert {one["properties"]["parameters"] for one in features} == {said[0]["parameters"]}
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


def test_every_command_counts_as_the_settings_say(region, tmp_path):
    fire, file, settings = tmp_path / "fire.geojson", told_alerts(tmp_path), tmp_path / "settings.toml"
    fire.write_text(shapely.to_geojson(FIRE))
    settings.write_text(
        '[carbon]\nhorizon_h = 1.0\naccounting = "stock_change"\ngwp_set = "AR5"\nscenarios = 8\n'
    )
    with_them = ("--region", region, "--settings", settings)
    words = ("at-risk", "--footprint", fire, *with_them, "--json")
    carbon = json.loads(told(*words)[1])
    assert (carbon["horizon_h"], carbon["accounting"], carbon["gwp_set"]) == (1.0, "stock_change", "AR5")
    assert json.loads(told(*words, "--horizon-h", 3)[1])["horizon_h"] == 3.0
    shorter, longer = (
        json.loads(told("totals", file, *more, "--json")[1]) for more in (with_them, with_them[:2])
    )
    assert shorter[0]["loss_t"] < longer[0]["loss_t"]
    span = ("--project", "P1", "--from", "2026-01-01", "--to", "2027-01-01")
    said = json.loads(told("statement", file, *with_them, *span)[1])
    assert said["options"]["horizon_h"] == 1.0
    forecast = Carbon(
        carbon_t=900.0, low_t=1.0, high_t=5000.0, exposed=Range(mean_t=4000, low_t=1000, high_t=9000)
    )
    file.write_bytes(encode(replace(an_alert(), incident_id="F1", carbon=forecast, issued_at=NOW)))
    closing = ("close-out", file, "--incident", "F1", "--perimeter", fire)
    by_change, by_gas = (
        json.loads(told(*closing, *more)[1])["record"]["realised_t"] for more in (with_them, with_them[:2])
    )
    # stock change counts the roots of what burnt as lost
    assert by_change > by_gas
    settings.write_text("[carbon]\nhorizont_h = 1.0\n")
    code, output = told(*words)
    assert (code, output.count("\n")) == (1, 1)
    assert "did you mean" in output or "horizont_h" in output


def test_a_project_that_is_not_there_is_one_line(region, tmp_path):
    words = ("--project", "P9", "--region", region, "--from", "2026-01-01", "--to", "2027-01-01")
    code, output = told("statement", told_alerts(tmp_path), *words)
    assert (code, output) == (1, "Error: no project 'P9'; known are P1\n")
