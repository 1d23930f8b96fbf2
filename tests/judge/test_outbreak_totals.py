"""An outbreak's alert carries carbon by its pest; what everybody may know of is in the live totals."""

import datetime as dt

import pytest
import shapely
from pested import NOW, lab, survey, told

from alerts.carbon.at_risk import Options
from detectors.region import Layer, Region
from schemas.carbon import CarbonTotal, CloseOut
from schemas.observation import Report
from schemas.settings import Settings
from streams.carbon_statement import sources
from streams.carbon_totals import totals
from streams.hops.carbon import Assessor
from streams.tables import load_tables

DAY = dt.timedelta(days=1)
CATERPILLAR = "Dendrolimus punctatus"
SETTINGS = Settings(carbon={"scenarios": 4, "horizon_h": 1.0})


def region():
    boxes = [shapely.box(106.99 + 0.02 * k, 30.99, 107.01 + 0.02 * k, 31.01) for k in range(2)]
    said = [
        {"species": "马尾松", "volume_m3_ha": 90.0, "owner": "国有"},
        {"species": "杉木", "volume_m3_ha": 90.0},
    ]
    county = Layer.of("county", [shapely.box(106.5, 30.5, 107.5, 31.5)], ["C1"], ["甲县"])
    return Region(
        "county", {"stands": Layer.of("stands", boxes, ["a", "b"], ["a", "b"], said), "county": county}
    )


REGION = region()


def eaten(**fields):
    return survey(species=CATERPILLAR, measure="defoliation_percent", value=80.0, **fields)


def smoke(at=NOW):
    return Report(
        observation_id="report-1", source="12119", source_class="public", frame="wgs84", observed_at=at,
        received_at=at, longitude=107.0, latitude=31.0, radius_m=300.0, saw="smoke",
    )  # fmt: skip


def last(outcome):
    said = {(one.level, one.key): one for one in outcome.carbon if isinstance(one, CarbonTotal)}
    return {place: one for place, one in said.items() if one.incidents}


def test_a_caterpillar_is_in_every_total_beside_a_fire_and_the_two_are_united():
    outcome = told([eaten(), smoke()], SETTINGS, REGION)
    pest, fire = (next(one for one in outcome.alerts if one.kind == kind) for kind in ("outbreak", "fire"))
    assert (pest.carbon.pest, pest.carbon.severity, pest.audience) == ("defoliator", "severe", "")
    assert 0 < pest.carbon.low_t < pest.carbon.carbon_t < pest.carbon.high_t
    assert pest.carbon.forgone.mean_t > 0
    said = last(outcome)
    each = [said["incident", one.incident_id].loss_t for one in (pest, fire)]
    whole = said["total", ""]
    assert max(each) < whole.loss_t < sum(each)
    assert whole.low_t <= whole.loss_t <= whole.high_t <= whole.exposed_t
    assert (whole.incidents, whole.gwp_set) == (2, "AR6")
    for level in ("stand", "owner", "county"):
        parts = [one.loss_t for (name, _), one in said.items() if name == level]
        assert sum(parts) == pytest.approx(whole.loss_t, rel=1e-4), level


def test_live_totals_of_outbreaks_are_those_computed_from_their_alerts():
    outcome = told([eaten(), smoke()], SETTINGS, REGION)
    assessor = Assessor(load_tables().carbon, Options(scenarios=4, horizon_h=1.0), REGION)
    given = sources(outcome.alerts, NOW - DAY, NOW + 30 * DAY)
    for level in ("total", "incident", "stand", "owner", "county"):
        again = {one.key: one.loss_t for one in totals(assessor, given, level, "Asia/Shanghai")}
        live = {key: one.loss_t for (name, key), one in last(outcome).items() if name == level}
        assert live == pytest.approx(again, rel=1e-4), level


def test_a_quarantine_pest_has_its_figure_in_its_alert_and_in_no_total():
    outcome = told([lab()], SETTINGS, REGION)
    (alert,) = outcome.alerts
    assert alert.audience == "quarantine"
    assert (alert.carbon.pest, alert.carbon.severity) == ("pine_wilt", "uncontrolled_year")
    assert alert.carbon.carbon_t > 0
    assert outcome.carbon == []


def test_a_pest_of_which_no_mortality_is_known_says_so():
    (alert,) = told([survey(species="Hyphantria cunea", measure="defoliation_percent", value=80.0)],
                    SETTINGS, REGION).alerts  # fmt: skip
    assert alert.carbon.carbon_t is None
    assert alert.carbon.reason.detail == "no mortality is known of Hyphantria cunea"


def test_an_outbreak_that_is_over_leaves_the_totals_and_nobody_claims_to_know_what_died():
    later = smoke(NOW + 900 * DAY)
    outcome = told([eaten(), later], SETTINGS, REGION)
    first = next(one for one in outcome.alerts if one.kind == "outbreak")
    assert ("incident", first.incident_id) not in last(outcome)
    closed = [
        one for one in outcome.carbon if isinstance(one, CloseOut) and one.incident_id == first.incident_id
    ]
    assert [(one.forecast_t, one.realised_t, one.why) for one in closed] == [
        (first.carbon.carbon_t, None, "what the pest killed was not surveyed")
    ]
