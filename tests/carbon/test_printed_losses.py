"""Parameters of fire, peat and pests as their sources print them, row by row."""

import numpy as np
import pytest
from carbon_words import losing, numbers, pairs, spreading

from alerts.carbon import spread

EMISSION = """grassland 1613/95 65/20 2.3/0.9 0.21/0.10 3.9/2.4
tropical_forest 1580/90 104/20 6.8/2.0 0.20 1.6/0.7
extratropical_forest 1569/131 107/37 4.7/1.9 0.26/0.07 3.0/1.4
residues 1515/177 92/84 2.7 0.07 2.5/1.0"""

FUEL_PRODUCTS = """temperate_wildfire 19.8/6.3 temperate_all 50.4/53.7 boreal_wildfire 52.8/48.4
boreal_surface 21.6 boreal_crown 25.1 shrubland 14.3/9.0 savanna_grassland_late 10.0/10.1 grassland 4.1/3.1
tundra 10 peatland 41/1.4"""

BURNS = """conifer crown - .45/.16
shrub any - .72/.25
grass any - .77/.26
wetland any - .50/.20
broadleaf - low .218/.048
broadleaf - moderate_low .330/.053
broadleaf - moderate_high .458/.062
broadleaf - high .812/.088
conifer - low .440/.039
conifer - moderate_low .573/.045
conifer - moderate_high .727/.054
conifer - high .963/.079"""

KILLS = """pine_wilt uncontrolled_year .05/.15/.40
tomicus light 0/.01/.03
tomicus moderate .01/.05/.15
tomicus severe .10/.30/.60
defoliator light 0/0/0
defoliator severe .03/.10/.30
bamboo_locust severe .05/.15/.40"""

FUELS = """needle_litter 0.8 litter_0_4cm 1.2 litter_4_9cm 0.7 litter_9_12cm 0.4 sedge_dwarf_birch 1.8
pasture 2.0 pine_forest 1.0"""


def test_grams_of_gas_by_fuel():
    for line in EMISSION.splitlines():
        fuel, *said = line.split()
        rows = losing().factors(fuel)
        for gas, one in zip(("co2", "co", "ch4", "n2o", "nox"), said, strict=True):
            told = [rows[gas].g_kg] + ([] if rows[gas].sd_g_kg is None else [rows[gas].sd_g_kg])
            assert told == numbers(one), (fuel, gas)
    assert losing().factors("extratropical_forest")["pm25"].g_kg == 9
    assert losing().warming("AR5") == {"co2": 1, "ch4": 28, "n2o": 265}
    assert losing().warming("AR6") == {"co2": 1, "ch4": 27, "n2o": 273}


def test_what_burns_of_what_stands():
    for line in BURNS.splitlines():
        kind, fire, severity, said = line.split()
        row = losing().burns(kind, "unknown" if fire == "-" else fire, None if severity == "-" else severity)
        assert [row.canopy, row.canopy_sd] == numbers(said), line
    found = {row.vegetation: row for row in losing().fuel_products}
    for name, said in pairs(FUEL_PRODUCTS):
        told = [found[name].product_t_ha] + ([] if found[name].sd_t_ha is None else [found[name].sd_t_ha])
        assert told == numbers(said), name


def test_peat_burns_as_deep_as_it_is_dry():
    depths = {row.wetness: (row.low_m, row.depth_m, row.high_m) for row in losing().burn_depths}
    assert (depths["wet"][1], depths["moist"][1], depths["dry"]) == (0.0, 0.03, (0.02, 0.10, 0.20))
    fires = {row.kind: row for row in losing().peat_fires}
    drained, tropical = fires["drained"], fires["tropical"]
    assert (drained.mass_t_ha, drained.co2c_g_kg, drained.co2c_sd_g_kg) == (336, 362, 41)
    assert (drained.ch4_g_kg, drained.ch4_sd_g_kg, fires["undrained"].mass_t_ha) == (9, 4, 66)
    assert (tropical.mass_t_ha, tropical.co2c_g_kg) == (353, 464)
    # sod is stable above 30 % of moisture: dry meadow 32.7 %, degraded 25.9 %
    assert losing().constant("smoulder_moisture") == 30


def test_what_a_pest_kills_and_how_dead_wood_decays():
    rows = {(row.pest, row.severity): row for row in losing().mortality}
    for line in KILLS.splitlines():
        pest, severity, said = line.split()
        row = rows[pest, severity]
        assert [row.low, row.mid, row.high] == numbers(said), line
    tomicus = [rows["tomicus", severity].growth_loss_low for severity in ("light", "moderate", "severe")]
    assert tomicus == [0.05, 0.15, 0.35]
    eaten = [rows["defoliator", severity] for severity in ("light", "moderate", "severe")]
    assert [(row.growth_loss_low, row.growth_loss_high) for row in eaten] == [
        (0.05, 0.15),
        (0.15, 0.4),
        (0.4, 0.8),
    ]
    assert rows["bamboo_locust", "severe"].growth_loss_low == 0.8
    assert (rows["grassland_pest", "harm"].mid, rows["grassland_pest", "severe"].mid) == (0.3, 0.6)
    decay = {row.fate: row.rate_per_year for row in losing().decay}
    assert decay == {"burned": None, "snag": 0.04, "down": 0.08, "down_subtropical": 0.10}


def test_radiative_energy_and_mass():
    names = ("biomass_per_energy", "biomass_per_energy_low", "biomass_per_energy_high")
    assert [losing().constant(name) for name in names] == [0.368, 0.24, 0.78]
    # 4.18 and 1.29 MJ/kg in the laboratory
    assert [f"{1 / losing().constant(name):.1f}" for name in names[1:]] == ["4.2", "1.3"]


def test_fuels_and_the_downhill_half_of_the_printed_slopes():
    assert {row.fuel: row.factor for row in spreading().fuels} == {
        name: float(one) for name, one in pairs(FUELS)
    }
    down = [spread.slope_factor_printed(spreading(), one) for one in range(-40, 1, 5)]
    assert down == [0.07, 0.13, 0.21, 0.32, 0.46, 0.63, 0.83, 0.90, 1.00]
    # downhill the formula is up to a third below the table
    formula = spread.slope_factor(spreading(), np.arange(-40, 1, 5))
    assert (formula / np.array(down) - 1).min() == pytest.approx(-0.25, abs=0.02)
