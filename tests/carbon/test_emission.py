"""What a fire emits: worked values to their digits, one way of accounting, peat never beyond its carbon."""

import numpy as np
import pytest
from carbon_words import losing, stocked, tables
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.carbon import emission, peat_fire, radiative


def factors(fuel="extratropical_forest"):
    return {gas: row.g_kg for gas, row in losing().factors(fuel).items()}


def peat_of(kind):
    return next(row for row in losing().peat_fires if row.kind == kind)


def soil():
    return tables().constant("peat_bulk_density"), tables().constant("peat_carbon_fraction")


def pine_t():
    """Dry matter above ground in 100 ha of Yunnan pine with 100 m3/ha."""
    found = stocked(area_ha=[100.0], species=["云南松"], volume_m3_ha=[100.0])
    return found.pools_c_t_ha[0, 0] / found.carbon_fraction[0] * 100.0


def printed(gases, *digits):
    return [f"{gases[gas]:.{places}f}" for gas, places in digits]


def test_worked_fire_in_100_ha_of_yunnan_pine():
    gases = emission.gases_t(pine_t(), losing().burns("conifer", "crown").canopy, factors())
    said = printed(gases, ("co2", 1), ("ch4", 3), ("n2o", 4), ("co", 1), ("nox", 2))
    assert said == ["5521.1", "16.539", "0.9149", "376.5", "10.56"]
    assert f"{emission.co2e_t(gases, losing().warming('AR6')):.1f}" == "6217.5"
    assert f"{emission.co2e_t(gases, losing().warming('AR5')):.1f}" == "6226.7"
    of_project = emission.project_co2e_t(gases, losing().warming("AR6"))
    assert of_project == pytest.approx(16.539 * 27 + 0.9149 * 273, rel=1e-4)


def test_worked_fire_with_litter_and_the_factor_of_felled_forest():
    gases = emission.gases_t(pine_t() + 800.0, 0.51, factors())
    assert printed(gases, ("co2", 1), ("ch4", 3), ("n2o", 4)) == ["6897.5", "20.662", "1.1430"]
    assert f"{emission.co2e_t(gases, losing().warming('AR6')):.1f}" == "7767.4"


def test_co2_comes_from_one_way_of_accounting():
    whole = emission.stock_change_co2_t(100, 78.2, 0.146, 0.511, 1.0)
    assert whole == pytest.approx(4579.3 * 44 / 12, rel=1e-4)
    by_stock = emission.fire_gases_t("stock_change", 7820, 0.45, factors(), whole)
    by_gas = emission.fire_gases_t("eq_2_27", 7820, 0.45, factors())
    assert by_stock["co2"] == whole
    assert by_stock["ch4"] == by_gas["ch4"]
    with pytest.raises(ValueError, match="never from both"):
        emission.fire_gases_t("eq_2_27", 7820, 0.45, factors(), whole)
    with pytest.raises(ValueError, match="needs the CO2"):
        emission.fire_gases_t("stock_change", 7820, 0.45, factors())


def test_a_fuel_consumption_is_not_multiplied_again():
    product = next(row for row in losing().fuel_products if row.vegetation == "temperate_wildfire")
    found = emission.product_gases_t(10, product.product_t_ha, factors())
    assert found["co2"] == pytest.approx(19.8 * 10 * 1.569)
    with pytest.raises(ValueError, match="already holds"):
        emission.product_gases_t(10, product.product_t_ha, factors(), combustion=0.45)


def test_a_set_of_warming_potentials_is_named_or_refused():
    with pytest.raises(KeyError, match="AR9"):
        losing().warming("AR9")
    with pytest.raises(KeyError, match="straw"):
        losing().factors("straw")


def test_severity_decides_before_the_type_of_fire():
    assert losing().burns("conifer", "surface", "high").canopy == 0.963
    assert losing().burns("broadleaf", "unknown", "low").canopy == 0.218
    assert losing().burns("conifer", "surface").canopy < 0.05
    assert losing().burns("grass", "crown").canopy == 0.77


@pytest.mark.parametrize(
    ("kind", "co2", "ch4", "co2e"), [("drained", "446.0", "3.02", "82"), ("undrained", "87.6", "0.59", "16")]
)
def test_peat_of_unknown_depth_by_the_wetlands_supplement(kind, co2, ch4, co2e):
    found = peat_fire.unmeasured(peat_of(kind))
    said = (f"{found.co2_t_ha:.1f}", f"{found.ch4_t_ha:.2f}", f"{found.ch4_t_ha * 27:.0f}")
    assert said == (co2, ch4, co2e)


def test_ten_centimetres_of_swamp_sod_are_capped_at_their_carbon():
    found = peat_fire.peat_loss(peat_of("drained"), 0.10, *soil())
    assert (f"{found.carbon_t_ha:.1f}", f"{found.co2_t_ha:.1f}") == ("81.2", "297.7")
    assert found.capped
    uncapped = 260 * 0.362 * 44 / 12
    assert f"{uncapped:.1f}" == "345.1"


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 3), st.floats(0, 900), st.floats(20, 900), st.floats(0.01, 0.6))
def test_peat_never_loses_more_than_the_soil_held(depth, stock, density, carbon):
    found = peat_fire.peat_loss(peat_of("drained"), depth, density, carbon, stock)
    limit = min(stock, 10 * density * carbon * depth)
    assert 0 <= found.carbon_t_ha <= limit * (1 + 1e-12)
    assert found.co2_t_ha <= limit * 44 / 12 * (1 + 1e-12)
    assert found.ch4_t_ha * 12 / 16 <= limit * (1 + 1e-12)


def test_wet_sod_does_not_burn_and_unknown_wetness_has_its_own_depth():
    # dry meadow of Zoige holds 32.7 %, a degraded one 25.9 %
    said = [peat_fire.peat_of(losing(), "dry", moisture) for moisture in (None, 25.9, 30.0, 32.7)]
    assert said == ["dry", "dry", "too_wet", "too_wet"]
    assert peat_fire.burn_depths(losing(), "dry") == (0.02, 0.10, 0.20)
    assert peat_fire.burn_depths(losing(), "too_wet") == (0, 0, 0)
    assert peat_fire.burn_depths(losing(), "unknown") == (0.0, 0.05, 0.20)


def test_radiated_50_mw_for_6_hours():
    energy, undersampled = radiative.radiative_energy_mj(losing(), [0, 6], [50, 50])
    assert (energy, undersampled) == (1.08e6, False)
    found = radiative.radiated(losing(), energy)
    assert (f"{found.dry_t:.0f}", f"{found.dry_t * 1.569:.0f}") == ("397", "624")
    assert (found.low_t / found.dry_t, found.high_t / found.dry_t) == pytest.approx((0.652, 2.12), abs=1e-3)


def test_long_gaps_between_looks_are_left_out_and_said():
    assert radiative.radiative_energy_mj(losing(), [0, 1, 12], [10, 10, 10]) == (36000.0, True)
    assert radiative.radiative_energy_mj(losing(), [0], [10]) == (0.0, True)


def test_burned_area_is_at_most_the_perimeter():
    assert radiative.burned_area_ha(losing(), 5.0, 100) == 5.0
    assert radiative.burned_area_ha(losing(), 500.0, 10) == pytest.approx(70.3, abs=0.02)


def test_every_emission_factor_with_an_error_is_larger_than_it():
    assert all(row.sd_g_kg is None or row.sd_g_kg < row.g_kg for row in losing().emission_factors)
    assert np.isfinite([row.g_kg for row in losing().emission_factors]).all()
