"""Carbon at risk of one fire, from layers to the figures of an alert."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from carbon_words import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as with_fields
from risk_words import PLANE, every, feature

from alerts.carbon.at_risk import Fire, Options, at_risk, beside, in_reach
from alerts.carbon.caution import words
from alerts.carbon.ground import ground_of
from alerts.carbon.scenario import Drivers
from alerts.carbon.stock import stock
from alerts.carbon.stocked import TIERS

WINDY = Drivers(
    temperature_c=25, humidity_pct=20, wind_ms=8, wind_to_deg=90, slope_deg=10, upslope_deg=90, fuel="oak"
)


def pines(count=6):
    return [
        feature(f"s{k}", (400 * k, -300, 400 * k + 400, 300), species="云南松", volume_m3_ha=100.0)
        for k in range(count)
    ]


def burning(**fields):
    given = {"shape": shapely.box(0, -50, 100, 50), "probability": 0.8, "seed": 7, "drivers": WINDY}
    return Fire(**{**given, **fields})


def answer(features, fire=None, options=None):
    fire, options = fire or burning(), options or Options()
    shapes, cautions = in_reach(every(), fire, options)
    ground = ground_of(every().stock, features, PLANE)
    return at_risk(every(), ground, fire, TODAY, options, shapes=shapes, cautions=cautions)


def test_every_figure_says_what_it_is():
    carbon = answer(pines()).carbon
    assert 0 < carbon.low_t < carbon.carbon_t < carbon.high_t <= carbon.exposed.high_t
    assert carbon.expected_t == pytest.approx(0.8 * carbon.carbon_t, rel=1e-4)
    assert carbon.carbon_t < carbon.car95_t <= carbon.high_t
    assert carbon.co2e.mean_t > carbon.carbon_t
    assert set(carbon.gases_t) == {"co2", "co", "ch4", "n2o", "nox"}
    assert carbon.pools == ("agb", "bgb", "understorey", "litter", "soil")
    assert (carbon.unit, carbon.gwp_set, carbon.accounting) == ("t C", "AR6", "eq_2_27")
    assert (carbon.horizon_h, carbon.draws, carbon.seed) == (6.0, 10_000, "0000000000000007")
    assert carbon.cautions == ("unverified",)
    assert carbon.parameters == every().version
    assert set(carbon.tiers_ha) == {"volume"}
    # one hectare: trees in the middle of two methods, what lies on the ground, soil
    live = (45.79 + 26.03) / 2 + (0.49 + 0.57 + 0.79 + 0.41) / 2
    assert carbon.standing_t == pytest.approx(live + (8.35 + 2.14) / 2 + (216.50 + 179.19) / 2, rel=1e-3)


def test_what_falls_to_each_stand_adds_up_to_the_whole():
    found = answer(pines())
    assert found.loss_t.sum() == pytest.approx(found.carbon.carbon_t, rel=1e-4)
    assert found.exposed_t.sum() == pytest.approx(found.carbon.exposed.mean_t, rel=1e-4)
    assert found.ids[0] == "stands/s0"
    assert (found.loss_t <= found.exposed_t).all()


def test_what_says_how_it_burns_is_said_to_be_unverified_or_overdue_too():
    spruce = [feature("s", (0, -300, 400, 300), species="云杉", age_a=50.0, origin="natural")]
    said = {one: answer(spruce, options=Options(severity=one)).carbon for one in (None, "high")}
    assert said[None].cautions == ("unverified", "no_volume")
    # stock and mapped severity were both read in their public sources
    assert said["high"].cautions == ("no_volume",)


def test_a_fire_over_nothing_is_null_with_a_reason_and_not_zero():
    for features in ([], [feature("lake", (0, -300, 400, 300), layer="wetland", kind="lake")],
                     [feature("far", (9e4, 0, 9.1e4, 400), species="云南松")],
                     [feature("riddle", (0, -300, 400, 300))]):  # fmt: skip
        carbon = answer(features).carbon
        assert carbon.carbon_t is None
        assert carbon.reason.code == "no_carbon_layer"


def test_ground_that_no_layer_knows_is_named():
    carbon = answer([*pines(1), feature("riddle", (400, -300, 800, 300))]).carbon
    assert carbon.unknown_ha > 0
    assert carbon.tiers_ha["unknown"] > 0
    assert {"nothing_known_there", "unknown_cover"} <= set(carbon.cautions)


@pytest.mark.parametrize(
    ("said", "tier"),
    [
        ({"species": "桤木", "species_code": "590", "volume_m3_ha": 90.0}, "volume"),
        ({"species_code": 230.0, "volume_m3_ha": 90.0}, "volume"),
        ({"species": "dragon tree", "volume_m3_ha": 90.0}, "ipcc"),
        ({"species": "dragon tree"}, "ipcc"),
        ({"volume_m3_ha": 90.0}, "ipcc"),
        ({"species": "毛竹", "volume_m3_ha": 90.0}, "type_mean"),
        ({"species": "水域"}, "unknown"),
        ({"species": "云南松", "cover": "riddle"}, "type_mean"),
        ({"layer": "grassland", "cover": "0.82", "kind": "草原"}, "type_mean"),
        ({"layer": "grassland", "cover": 0.82}, "type_mean"),
        ({"layer": "wetland", "cover": "riddle", "kind": "沼泽"}, "type_mean"),
    ],
)
def test_the_best_word_of_a_feature_decides_its_tier(said, tier):
    ground = ground_of(every().stock, [feature("s", (0, -300, 400, 300), **said)], PLANE)
    held = stock(every().stock, ground.stands, TODAY)
    assert TIERS[held.tier[0]] == tier
    assert (words(held.cautions[0]).count("unknown_species") == 1) == (tier == "ipcc")


def test_missing_wind_and_volume_are_said():
    carbon = answer([feature("s", (0, -300, 400, 300), species="云南松")], burning(drivers=Drivers())).carbon
    assert {"wind_unknown", "weather_unknown", "slope_unknown", "no_volume", "no_age"} <= set(carbon.cautions)
    assert set(carbon.tiers_ha) == {"type_mean"}


def test_layers_that_overlap_count_once():
    stand = feature("a", (0, -300, 400, 300), species="云南松", volume_m3_ha=100.0)
    around = feature("g", (-5000, -5000, 5000, 5000), layer="grassland")
    alone, both = (ground_of(every().stock, one, PLANE) for one in ([stand], [around, stand]))
    assert both.ids == ("stands/a", "grassland/g")
    assert shapely.area(shapely.union_all(both.areas)) == pytest.approx(1e8)
    assert both.stands.area_ha.sum() == pytest.approx(1e4)
    assert both.stands.area_ha[0] == pytest.approx(alone.stands.area_ha[0])
    twice = ground_of(every().stock, [stand, replace(stand, feature_id="b")], PLANE)
    assert twice.stands.area_ha.tolist() == pytest.approx([24.0, 0.0])


def test_order_of_features_changes_nothing():
    features = [*pines(), feature("g", (-3000, -3000, 5000, 3000), layer="grassland")]
    turned = [features[k] for k in (3, 6, 0, 5, 1, 4, 2)]
    assert answer(features).carbon == answer(turned).carbon


def test_a_report_without_extent_starts_somewhere_within_its_radius():
    sharp, vague = (answer(pines(), burning(radius_m=radius)).carbon for radius in (1.0, 900.0))
    assert vague.exposed.high_t > sharp.exposed.mean_t
    again = answer(pines(), burning(radius_m=900.0)).carbon
    assert again == vague


@settings(max_examples=8, deadline=None)
@given(st.floats(0.0, 1.0), st.integers(0, 2**63))
def test_a_figure_is_the_same_on_replay_and_car95_never_beyond_the_stock(probability, seed):
    fire = burning(probability=probability, seed=seed)
    one, again = (answer(pines(3), fire).carbon for _ in range(2))
    assert one == again
    assert 0 <= one.car95_t <= one.exposed.high_t * 2
    assert one.carbon_t <= one.exposed.mean_t
    assert np.isfinite([one.carbon_t, one.low_t, one.high_t, one.co2e.mean_t]).all()


def test_radiative_energy_stands_beside_the_figures_and_changes_none():
    first = answer(pines()).carbon
    second = beside(every().loss, first, 1.08e6)
    said = second.radiative
    assert (said.mean_t, said.low_t, said.high_t) == pytest.approx((624, 407, 1322), rel=2e-3)
    assert with_fields(second, radiative=None) == first
    assert beside(every().loss, first, None) == first
    none = answer([]).carbon
    assert beside(every().loss, none, 1e6) == none


def test_an_alert_says_what_peat_was_taken_to_be_and_too_wet_peat_does_not_burn():
    bog = [feature("b", (-500, -500, 1500, 500), layer="wetland", kind="泥炭", peat_depth_m=1.2)]
    said = {
        given: answer(bog, options=Options(peat_wetness="dry", peat_moisture_pct=given)).carbon
        for given in (None, 25.9, 32.7)
    }
    assert [one.peat for one in said.values()] == ["dry", "dry", "too_wet"]
    assert said[None].carbon_t == said[25.9].carbon_t
    # what is left is the vegetation
    assert said[32.7].carbon_t < 0.2 * said[None].carbon_t
    assert answer(bog).carbon.peat == "unknown"
    assert answer(pines()).carbon.peat == ""


def test_looks_too_far_apart_are_said_beside_radiative_power_and_where_there_is_no_figure_of_it():
    first = answer(pines()).carbon
    for energy in (1.08e6, None):
        assert beside(every().loss, first, energy, undersampled=True).undersampled
        assert not beside(every().loss, first, energy).undersampled
