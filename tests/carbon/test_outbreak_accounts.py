"""Outbreaks in every account: totals with fires, roll-ups, statement and proof, close-out, by its pest."""

import json

import pytest
import shapely
from alerted import an_alert
from carbon_county import NOW, told, told_alerts
from msgspec.structs import replace

from alerts.carbon.at_risk import Options
from schemas.codec import encode
from streams.commands.carbon_given import assessor_of
from streams.hops.outbreak_carbon import of_outbreak

PINES = shapely.box(102.2, 27.8, 102.206, 27.806)
SPAN = ("--from", "2026-01-01", "--to", "2027-01-01")


def an_outbreak(region, **more):
    one = replace(
        an_alert(), incident_id="P1", alert_id="P1", revision=1, kind="outbreak", issued_at=NOW,
        radius_m=50.0, footprint=json.loads(shapely.to_geojson(PINES)), **more,
    )  # fmt: skip
    found = of_outbreak(assessor_of(region, Options()), one, "pine_wilt", "uncontrolled_year", NOW)
    return replace(one, carbon=found.answer.carbon)


@pytest.fixture
def files(region, tmp_path):
    """Alerts of fires alone, of an outbreak alone, and of both."""
    fires, pest, both = told_alerts(tmp_path), tmp_path / "pest.ndjson", tmp_path / "both.ndjson"
    pest.write_bytes(encode(an_outbreak(region)))
    both.write_bytes(fires.read_bytes() + b"\n" + pest.read_bytes())
    return fires, pest, both


def sums(region, file, level):
    code, output = told("totals", file, "--region", region, "--by", level, "--to", "2026-12-31", "--json")
    assert code == 0, output
    return {one["key"]: one["loss_t"] for one in json.loads(output)}


def test_fire_and_outbreak_are_united_by_stand_and_every_level_adds_up(region, files):
    fires, pest, both = (sums(region, file, "stand") for file in files)
    assert set(pest) <= set(both)
    for stand, lost in both.items():
        each = [one.get(stand, 0.0) for one in (fires, pest)]
        assert max(each) - 1e-9 <= lost <= sum(each) + 1e-9
    assert both["stands/s1"] < fires["stands/s1"] + pest["stands/s1"]
    whole = sum(both.values())
    for level in ("total", "owner", "project", "county"):
        assert sum(sums(region, files[2], level).values()) == pytest.approx(whole), level
    assert set(sums(region, files[2], "incident")) == {"F1", "F2", "P1"}
    alone = sums(region, files[1], "total")[""]
    assert alone == pytest.approx(an_outbreak(region).carbon.carbon_t, rel=1e-3)


def test_a_statement_with_an_outbreak_names_its_pest_and_can_be_computed_again(region, files, tmp_path):
    out = tmp_path / "statement.json"
    words = ("--project", "P1", "--region", region, *SPAN, "--out", out)
    assert told("statement", files[2], *words) == (0, "")
    lines = {one["incident_id"]: one for one in json.loads(out.read_text())["lines"]}
    assert set(lines) == {"F1", "F2", "P1"}
    said = [lines["P1"][name] for name in ("kind", "pest", "severity", "fate")]
    assert said == ["outbreak", "pine_wilt", "uncontrolled_year", "snag"]
    assert lines["F1"]["pest"] == ""
    assert told("verify", out, "--region", region)[0] == 0
    # another pest is another figure, and is found out
    out.write_text(out.read_text().replace('"uncontrolled_year"', '"cumulative_3_to_5_years"'))
    assert told("verify", out, "--region", region)[0] == 1


def test_an_outbreak_that_is_over_is_scored_by_what_was_surveyed(region, files, tmp_path):
    perimeter = tmp_path / "died.geojson"
    perimeter.write_text(shapely.to_geojson(PINES))
    words = ("close-out", files[1], "--incident", "P1", "--perimeter", perimeter, "--region", region)
    record = json.loads(told(*words)[1])["record"]
    forecast = an_outbreak(region).carbon
    assert (record["forecast_t"], record["severity"]) == (forecast.carbon_t, "uncontrolled_year")
    # of the rings nothing counts any more
    assert 0 < record["realised_t"] < record["forecast_t"]
    worse = json.loads(told(*words, "--pest", "pine_wilt/cumulative_3_to_5_years")[1])["record"]
    assert worse["realised_t"] > 2 * record["realised_t"]
    assert worse["severity"] == "cumulative_3_to_5_years"
    unknown = json.loads(told(*words, "--pest", "dragon/severe")[1])["record"]
    assert (unknown["realised_t"], unknown["why"]) == (None, "no mortality is known of dragon, severe")


def test_an_outbreak_whose_alert_names_no_pest_has_no_share_and_stops_nobody(region, files, tmp_path):
    file = tmp_path / "old.ndjson"
    bare = an_outbreak(region)
    file.write_bytes(encode(replace(bare, carbon=replace(bare.carbon, pest="", severity=""))))
    assert sums(region, file, "stand") == {}
    file.write_bytes(files[0].read_bytes() + b"\n" + file.read_bytes())
    assert sums(region, file, "stand") == sums(region, files[0], "stand")
