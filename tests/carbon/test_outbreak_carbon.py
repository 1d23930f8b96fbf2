"""An outbreak's carbon from a region: hosts within its rings, emission and when, or why nothing."""

import json

import pytest
import shapely
from alerted import an_alert
from click.testing import CliRunner
from msgspec.structs import replace
from risk_words import every

from alerts.carbon.at_risk import Options
from detectors.region import Layer, Region
from streams.cli import main
from streams.hops.carbon import Assessor
from streams.hops.outbreak_carbon import of_outbreak
from streams.region.demo import demo_folder

NOW = an_alert().issued_at
HERE = shapely.Point(102.205, 27.805)


def region():
    boxes = [shapely.box(102.2 + 0.01 * k, 27.8, 102.21 + 0.01 * k, 27.81) for k in range(2)]
    said = [{"species": "马尾松", "volume_m3_ha": 90.0}, {"species": "杉木", "volume_m3_ha": 90.0}]
    return Region("county", {"stands": Layer.of("stands", boxes, ["a", "b"], ["a", "b"], said)})


def told(shape=HERE, pest="pine_wilt", severity="uncontrolled_year", **more):
    footprint = json.loads(shapely.to_geojson(shape))
    one = replace(an_alert(), kind="outbreak", footprint=footprint, radius_m=100.0)
    return of_outbreak(Assessor(every(), Options(), region()), one, pest, severity, NOW, **more)


def test_an_outbreak_puts_its_hosts_at_risk_and_says_what_is_given_off_when():
    found = told()
    carbon = found.answer.carbon
    assert found.answer.ids == ("stands/a",)
    assert 0 < carbon.low_t < carbon.carbon_t < carbon.high_t < carbon.exposed.high_t
    assert carbon.committed_t == carbon.carbon_t
    assert 0 < carbon.ten_year_t < carbon.committed_t
    assert told(fate="burned").answer.carbon.ten_year_t == carbon.committed_t
    assert told().answer.carbon == carbon


def test_more_trees_infested_is_more_carbon():
    assert told(HERE.buffer(0.003)).answer.carbon.carbon_t > told().answer.carbon.carbon_t


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"pest": "dragon"}, "not_computed"),
        ({"severity": "biblical"}, "not_computed"),
        ({"shape": shapely.Polygon()}, "not_computed"),
        ({"shape": shapely.Point(110, 30)}, "no_carbon_layer"),
        ({"pest": "bamboo_locust", "severity": "severe"}, "no_carbon_layer"),
    ],
    ids=["pest", "severity", "empty", "far away", "no host"],
)
def test_what_nobody_knows_has_a_reason_and_no_zero(given, code):
    carbon = told(**given).answer.carbon
    assert carbon.carbon_t is None
    assert carbon.reason.code == code


def test_the_command_tells_it_and_names_what_it_does_not_know(tmp_path):
    file = tmp_path / "find.geojson"
    file.write_text(shapely.to_geojson(shapely.Point(102.22, 27.79).buffer(0.01)))
    words = ["carbon", "at-risk", "--footprint", str(file), "--region", str(demo_folder())]
    told_text = CliRunner().invoke(main, [*words, "--pest", "tomicus/severe"]).stdout
    assert "committed" in told_text
    assert "given off in ten years" in told_text
    assert "growth not made" in told_text
    unknown = CliRunner().invoke(main, [*words, "--pest", "dragon/severe"]).stdout
    assert unknown == "not known: no mortality is known of dragon, severe\n"
