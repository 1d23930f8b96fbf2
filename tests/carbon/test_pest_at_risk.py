"""Carbon that an outbreak puts at risk: rings, hosts, mortality, and what dead wood gives off."""

import numpy as np
import pytest
import shapely
from carbon_words import TODAY, losing
from msgspec.structs import replace
from risk_words import PLANE, every, feature

from alerts.carbon.adding import shares_of, united
from alerts.carbon.at_risk import Fire, Options, at_risk
from alerts.carbon.caution import Caution
from alerts.carbon.ground import ground_of
from alerts.carbon.pest_at_risk import Outbreak, infested, pest_at_risk, reached
from alerts.carbon.pest_loss import mortality_of, mortality_row, ring_mass
from alerts.carbon.scenario import Drivers


def pine(name, west, **said):
    return feature(name, (west, -20, west + 40, 20), **{"species": "马尾松", "volume_m3_ha": 100.0, **said})


def outbreak(**fields):
    given = {"sources": infested([[0.0, 0.0]], 60.0), "pest": "pine_wilt", "severity": "uncontrolled_year"}
    return Outbreak(**{**given, "probability": 1.0, "seed": 3, **fields})


def risk(features, **fields):
    return pest_at_risk(every(), ground_of(every().stock, features, PLANE), outbreak(**fields), TODAY)


def test_what_is_infested_is_reached_and_each_ring_has_its_mass():
    mass = ring_mass(losing())
    boxes = np.array([shapely.box(x, -20, x + 40, 20) for x in (-20, 150, 900, 4000, 15000, 9e4)], object)
    found = reached(losing(), boxes, infested([[0.0, 0.0]], 60.0))
    assert found == pytest.approx([1.0, mass["core"], mass["watch"], mass["flight"], mass["human"], 0.0])
    two = reached(losing(), boxes[2:3], infested([[0.0, 0.0], [10.0, 0.0]], 60.0))
    assert two[0] == pytest.approx(1 - (1 - mass["watch"]) ** 2)


def test_the_loss_of_an_infested_stand_is_its_live_carbon_by_mortality():
    found = risk([pine("a", -20)])
    carbon = found.answer.carbon
    live = 0.16 * (30.54 + 52.06 / 2) / 2
    assert carbon.exposed.mean_t == pytest.approx(live, rel=0.02)
    assert carbon.carbon_t == pytest.approx(live * 0.2, rel=0.03)
    assert carbon.low_t < carbon.carbon_t < carbon.high_t < carbon.exposed.high_t
    assert found.gross_t == carbon.carbon_t
    assert found.ten_year_t / found.gross_t == pytest.approx(1 - np.exp(-0.4), rel=1e-4)
    assert risk([pine("a", -20)], fate="burned").ten_year_t == found.gross_t


def test_a_managed_forest_lost_less_than_the_interval_of_an_uncontrolled_year_but_more_than_its_dead_stems():
    # Moso county: pine wilt took 1.99 of 31.9 t C/ha, 6.2 %, where 1.46 % of the stems had died
    measured_t, stock_t, dead_stems = 1.99, 31.9, 0.0146
    pines = pine("a", -20, volume_m3_ha=stock_t / ((0.3054 + 0.5206 / 2) / 2))
    carbon = risk([pines]).answer.carbon
    per_ha = carbon.exposed.mean_t / 0.16
    assert per_ha == pytest.approx(stock_t, rel=0.02)
    row = mortality_of(losing(), "pine_wilt", "uncontrolled_year")
    assert dead_stems < row.low < measured_t / stock_t < carbon.low_t / carbon.exposed.mean_t
    # where dead pines are felled at once the middle of an uncontrolled year is three times too much
    assert carbon.carbon_t / carbon.exposed.mean_t == pytest.approx(3.2 * measured_t / stock_t, rel=0.05)


def test_what_is_no_host_is_not_at_risk_and_no_host_at_all_is_a_reason():
    fir = pine("b", 20, species="杉木")
    alone, beside = (risk(rows).answer for rows in ([pine("a", -20)], [pine("a", -20), fir]))
    assert beside.ids == ("stands/a",)
    assert beside.carbon.carbon_t == pytest.approx(alone.carbon.carbon_t)
    none = risk([pine("b", 20, species="杉木")]).answer.carbon
    assert none.carbon_t is None
    assert none.reason.code == "no_carbon_layer"


def test_what_falls_to_each_stand_adds_up_and_fire_and_pest_together_take_no_more_than_it_holds():
    rows = [pine("a", -20), pine("b", 20), pine("c", 400)]
    pest = risk(rows, severity="cumulative_3_to_5_years").answer
    assert pest.loss_t.sum() == pytest.approx(pest.carbon.carbon_t, rel=1e-4)
    assert pest.exposed_t.sum() == pytest.approx(pest.carbon.exposed.mean_t, rel=1e-4)
    assert pest.loss_t[0] > pest.loss_t[2] > 0
    shape = shapely.box(-500, -500, 1000, 500)
    fire = at_risk(
        every(), ground_of(every().stock, rows, PLANE), Fire(shape, 1.0, 5, Drivers()), TODAY,
        Options(severity="high"), shapes=np.array([shape], object),
    )  # fmt: skip
    each = [*shares_of("F1", fire), *shares_of("P1", pest)]
    for stand, one in united(each).items():
        mine = [share for share in each if share.stand_id == stand]
        assert [share.incident_id for share in mine] == ["F1", "P1"]
        assert max(share.loss_t for share in mine) < one.loss_t < sum(share.loss_t for share in mine)
        assert one.loss_t <= one.exposed_t <= mine[0].stock_t * (1 + 1e-12)


def test_bamboo_and_grassland_have_pests_of_their_own():
    bamboo = risk([feature("b", (-20, -20, 20, 20), species="毛竹")], pest="bamboo_locust", severity="severe")
    assert bamboo.answer.carbon.carbon_t > 0
    grass = [feature("g", (-20, -20, 20, 20), layer="grassland")]
    assert risk(grass, pest="grassland_pest", severity="harm").answer.carbon.carbon_t > 0


def test_a_pest_that_no_table_knows_is_refused_and_what_is_unverified_is_said():
    with pytest.raises(KeyError):
        risk([pine("a", -20)], pest="dragon")
    assert Caution.UNVERIFIED.name.lower() in risk([pine("a", -20)]).answer.carbon.cautions


def test_car95_follows_the_probability_of_the_outbreak():
    sure, unlikely = (risk([pine("a", -20)], probability=p).answer.carbon for p in (1.0, 0.04))
    assert sure.car95_t > sure.carbon_t
    assert unlikely.car95_t == 0
    assert unlikely.carbon_t == sure.carbon_t


def test_every_figure_of_an_outbreak_carries_tier_parameters_pools_and_set_of_potentials():
    carbon = risk([pine("a", -20), pine("b", 20, volume_m3_ha=None, age_a=30.0)]).answer.carbon
    assert set(carbon.tiers_ha) == {"volume", "type_age"}
    assert (carbon.unit, carbon.gwp_set, carbon.pools, carbon.stands) == ("t C", "AR6", ("agb", "bgb"), 2)
    assert carbon.parameters
    assert carbon.co2e.mean_t == pytest.approx(carbon.committed_t * 44 / 12, rel=1e-5)
    assert carbon.co2e.low_t == pytest.approx(carbon.low_t * 44 / 12, rel=1e-5)


def test_growth_that_a_pest_takes_stands_apart_by_year_and_is_unknown_where_nobody_knows():
    beetles = risk([pine("a", -20)], pest="tomicus", severity="severe").answer.carbon
    host_ha = 0.16 * 0.7
    assert (beetles.forgone.low_t, beetles.forgone.mean_t, beetles.forgone.high_t) == pytest.approx(
        (host_ha * 0.5 * 0.35, host_ha * 1.75 * 0.35, host_ha * 3.0 * 0.35), rel=1e-3
    )
    without = replace(beetles, forgone=None)
    assert (
        risk([pine("a", -20)], pest="tomicus", severity="severe").answer.carbon.carbon_t == without.carbon_t
    )
    assert risk([pine("a", -20)]).answer.carbon.forgone is None
    assert (beetles.pest, beetles.severity, beetles.fate) == ("tomicus", "severe", "snag")


def test_what_is_over_reached_nothing_beyond():
    rows = [pine("a", -20), pine("c", 400)]
    open_one, over = (risk(rows, is_over=done).answer for done in (False, True))
    assert (open_one.ids, over.ids) == (("stands/a", "stands/c"), ("stands/a",))
    assert over.carbon.carbon_t < open_one.carbon.carbon_t


def test_a_species_has_the_mortality_of_its_kind_by_grade():
    known = {(row.pest, row.severity) for row in losing().mortality}
    for kind in losing().pest_kinds:
        for grade in ("I", "II", "III", "IV", "task"):
            assert mortality_row(losing(), kind.species, grade) in known, (kind.species, grade)
    assert mortality_row(losing(), "tomicus YUNNANENSIS", "III") == ("tomicus", "moderate")
    assert mortality_row(losing(), "Mikania micrantha", "I") == ("", "")
