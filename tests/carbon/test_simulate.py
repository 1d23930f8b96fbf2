"""Monte Carlo: the worked means and intervals within 1 %, shared and own errors, seeds, order, CaR95."""

from dataclasses import replace

import numpy as np
import pytest
from carbon_words import TODAY, losing, tables
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as with_fields

from alerts.carbon.draws import beta_shape
from alerts.carbon.exposure import expose
from alerts.carbon.peat_fire import peat_loss
from alerts.carbon.shared_factors import MOST_FACTORS, MOST_GROUPS, beta, draw, triangular
from alerts.carbon.simulate import Options, car95, interval, simulate
from alerts.carbon.stand import stands_of
from alerts.carbon.stock import stock

CROWN = Options(fire_type="crown", draws=200_000)


def certain_area():
    rows = (with_fields(row, cv=1e-9) if row.quantity == "burned_area" else row for row in tables().variation)
    return replace(tables(), variation=tuple(rows))


def pine(litter_t_ha=0.0, area_ha=1000.0):
    """Yunnan pine of 100 m3/ha by one method alone, with nothing on the ground but this litter."""
    stands = stands_of(tables(), area_ha=[area_ha], species=["云南松"], volume_m3_ha=[100.0])
    found = stock(tables(), stands, TODAY)
    pools = found.pools_c_t_ha * np.array([1, 1, 0, 0, 0, 0])
    pools[0, 4] = litter_t_ha * found.carbon_fraction[0]
    return stands, replace(found, pools_c_t_ha=pools, method_low=np.ones(1), method_high=np.ones(1))


def test_worked_stock_of_yunnan_pine():
    exposure = expose(tables(), *pine(area_ha=1.0), np.ones((1, 1)))
    drawn = simulate(certain_area(), losing(), exposure, 42, CROWN).exposed_c_t
    found = interval(drawn)
    assert (found.mean, drawn.std(), found.low, found.high) == pytest.approx(
        (45.79, 9.29, 30.3, 66.5), rel=0.01
    )
    analytic = np.sqrt(0.10**2 + 0.15**2 + 0.08**2 + (0.146 / 1.146 * 0.30) ** 2 + 0.02**2)
    assert f"{analytic:.4f} {analytic * 1.96:.1%}" == "0.2019 39.6%"
    assert drawn.std() / drawn.mean() == pytest.approx(analytic, rel=0.02)


def test_worked_fire_in_100_ha():
    exposure = expose(tables(), *pine(litter_t_ha=8.0), np.full((1, 1), 0.1))
    drawn = simulate(tables(), losing(), exposure, 42, CROWN).co2e_t
    found = interval(drawn)
    assert (found.mean, found.low, found.high) == pytest.approx((6845, 2145, 13474), rel=0.01)
    assert np.median(drawn) == pytest.approx(6513, rel=0.01)


@pytest.mark.parametrize("depth_m", [0.02, 2.0])
def test_the_error_of_soil_is_in_what_is_exposed_and_limits_what_peat_loses(depth_m):
    stands = stands_of(tables(), area_ha=[100.0], cover=["peat"], peat_depth_m=[depth_m])
    drawn = run(stands, np.ones((1, 1)), options=Options(peat_wetness="dry"))
    soil = stock(tables(), stands, TODAY).pools_c_t_ha[0, 5] * 100.0
    assert drawn.exposed_c_t.std() > 0.95 * tables().cv("soil") * soil
    assert (drawn.loss_c_t <= drawn.exposed_c_t).all()


def test_peat_loses_in_the_draws_what_the_worked_layer_loses():
    stands = stands_of(tables(), area_ha=[100.0], cover=["peat"], peat_depth_m=[1.2])
    dry, wet = (run(stands, np.ones((1, 1)), options=Options(peat_wetness=one)) for one in ("dry", "wet"))
    # the mean depths lie 10 cm apart: 81.2 t C/ha, capped at the carbon of the layer
    drained = next(row for row in losing().peat_fires if row.kind == "drained")
    layer = peat_loss(drained, 0.10, 260.0, 0.3123).carbon_t_ha
    assert f"{layer:.1f}" == "81.2"
    assert dry.loss_c_t.mean() - wet.loss_c_t.mean() == pytest.approx(100.0 * layer, rel=0.01)


def test_peat_of_each_stand_is_capped_at_its_own_soil_in_every_draw():
    depths, dry = [2.0, 0.01, 0.06], Options(peat_wetness="dry")
    stands = stands_of(tables(), area_ha=[100.0] * 3, cover=["peat"] * 3, peat_depth_m=depths)
    each = [run(stands.take([one]), np.ones((1, 1)), options=dry) for one in range(3)]
    drawn = run(stands, np.ones((1, 3)), options=dry)
    assert drawn.loss_c_t.mean() == pytest.approx(sum(one.loss_c_t.mean() for one in each), rel=1e-3)
    assert drawn.gases_t["ch4"].mean() == pytest.approx(
        sum(one.gases_t["ch4"].mean() for one in each), rel=0.05
    )
    # one scenario reaches shallow peat alone, the other deep
    apart = run(stands, np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]]), options=dry)
    assert (apart.loss_c_t <= apart.exposed_c_t).all()


def test_beta_shape_and_quantiles():
    a, b = beta_shape(0.45, 0.16)
    assert f"{a:.3f} {b:.3f}" == "3.901 4.767"
    uniform = (np.arange(100_000) + 0.5) / 100_000
    for mean, sd in {(row.canopy, row.canopy_sd) for row in losing().combustion}:
        found = beta(uniform, mean, sd)
        assert (found.mean(), found.std()) == pytest.approx((mean, sd), rel=0.01)
        assert found.min() >= 0
        assert found.max() <= 1
    with pytest.raises(ValueError, match="no beta"):
        beta_shape(0.5, 0.6)


def test_triangular_quantiles():
    uniform = (np.arange(10_000) + 0.5) / 10_000
    found = triangular(uniform, 0.1, 0.3, 0.6)
    assert found.mean() == pytest.approx((0.1 + 0.3 + 0.6) / 3, rel=1e-3)
    assert triangular(uniform, 0.2, 0.2, 0.2).tolist() == [0.2] * 10_000


def mixed(count=40, seed=3):
    dice = np.random.default_rng(seed)
    species = [["云南松", "冷杉", "栎类", "草原", "泥炭", "毛竹", "?"][k] for k in dice.integers(0, 7, count)]
    stands = stands_of(
        tables(), area_ha=dice.uniform(1, 60, count), species=species, cover=["forest"] * count,
        volume_m3_ha=np.where(dice.random(count) < 0.6, dice.uniform(5, 300, count), np.nan),
    )  # fmt: skip
    return stands, dice.random((8, count)) * (dice.random((8, count)) < 0.7)


def run(stands, shares, seed=1, options=None):
    exposure = expose(tables(), stands, stock(tables(), stands, TODAY), shares)
    return simulate(tables(), losing(), exposure, seed, options or Options())


@pytest.mark.parametrize("accounting", ["eq_2_27", "stock_change"])
@pytest.mark.parametrize("severity", [None, "high"])
def test_loss_never_exceeds_stock_in_any_draw(accounting, severity):
    options = Options(accounting=accounting, severity=severity, peat_wetness="dry")
    drawn = run(*mixed(), options=options)
    assert (drawn.loss_c_t <= drawn.exposed_c_t).all()
    assert (drawn.loss_c_t > 0).all()
    assert np.isfinite(drawn.co2e_t).all()


def test_co2_is_the_carbon_lost_by_stock_change_and_less_than_it_by_gas():
    by_stock, by_gas = (run(*mixed(), options=Options(accounting=one)) for one in ("stock_change", "eq_2_27"))
    assert np.allclose(by_stock.gases_t["co2"], by_stock.loss_c_t * 44 / 12)
    assert by_stock.loss_c_t.mean() > by_gas.loss_c_t.mean()
    assert np.allclose(by_stock.gases_t["n2o"], by_gas.gases_t["n2o"])


def test_the_seed_decides_every_draw():
    one, again, other = (run(*mixed(), seed=seed).loss_c_t for seed in (5, 5, 6))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_order_of_stands_changes_nothing():
    stands, shares = mixed()
    order = np.random.default_rng(0).permutation(len(stands))
    straight, turned = run(stands, shares), run(stands.take(order), shares[:, order])
    assert np.allclose(straight.loss_c_t, turned.loss_c_t, rtol=1e-12)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_more_in_reach_is_more_lost(one, other):
    stands, _ = mixed(6)
    small, large = (run(stands, np.full((1, 6), share)).loss_c_t.mean() for share in sorted((one, other)))
    assert small <= large * (1 + 1e-9)


def test_at_most_32_factors_are_drawn_however_many_species_there_are():
    species = [row.species for row in tables().species]
    stands = stands_of(
        tables(), area_ha=np.arange(1.0, 51.0), species=species * 2, volume_m3_ha=[90.0] * 25 + [np.nan] * 25
    )
    drawn = run(stands, np.ones((1, 50)))
    assert drawn.factors <= MOST_FACTORS
    with pytest.raises(ValueError, match="at most"):
        draw(1, MOST_GROUPS + 1, 10)


def test_own_errors_of_stands_in_closed_form_are_those_of_drawing_each():
    count, draws = 60, 40_000
    dice = np.random.default_rng(9)
    stands = stands_of(
        tables(), area_ha=dice.uniform(1, 80, count), species=["云南松"] * count,
        volume_m3_ha=dice.uniform(30, 200, count), is_surveyed=np.zeros(count, bool),
    )  # fmt: skip
    found = stock(tables(), stands, TODAY)
    exposure = expose(tables(), stands, found, np.ones((1, count)))
    mass = found.pools_c_t_ha[:, 0] * found.method_mid * found.area_ha
    sigma2 = np.log1p(found.own_cv**2)
    each = np.exp(dice.standard_normal((draws, count)) * np.sqrt(sigma2) - sigma2 / 2) @ mass
    assert exposure.own_cv[0] == pytest.approx(each.std() / each.mean(), rel=0.02)


def test_car95_is_the_95th_percentile_with_nothing_lost_when_there_is_no_fire():
    dice = np.random.default_rng(2)
    loss = dice.lognormal(3, 1, 200_000)
    for probability in (0.1, 0.4, 0.9, 1.0):
        unconditional = loss * (dice.random(len(loss)) < probability)
        assert car95(loss, probability) == pytest.approx(np.quantile(unconditional, 0.95), rel=0.03)
    assert car95(loss, 0.05) == 0
    assert car95(loss, 0.0) == 0


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_car95_grows_with_the_chance_of_a_fire(one, other):
    loss = np.arange(1000.0)
    low, high = sorted((one, other))
    assert car95(loss, low) <= car95(loss, high) <= loss.max()
