"""The second model of spread: its published runs, and that the first one is not far from it in grass."""

import pytest
from carbon_words import spreading, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.carbon import spread
from alerts.carbon.provenance import rows_of
from alerts.carbon.rothermel import FuelClass, Moisture, flame_length_m, rate_m_min

DRY = Moisture(0.06, 0.07, 0.08, 0.60, 0.90)
PUBLISHED = """FM1 1.404 12.63 6.60 18.88
FM9 0.280 1.45 0.683 1.94
GR2 0.469 6.07 2.01 7.97
TL8 0.253 1.16 0.569 1.54"""


def fuel(model):
    return [row for row in rows_of(texts()["fuel_models.csv"], FuelClass) if row.model == model]


@pytest.mark.parametrize("line", PUBLISHED.splitlines())
def test_four_fuel_models_at_6_7_and_8_per_cent_still_windy_steep_and_both(line):
    model, *expected = line.split()
    ways = ((0, 0), (5, 0), (0, 0.3), (5, 0.3))
    found = [rate_m_min(fuel(model), DRY, midflame_km_h=wind, slope_tan=tan) for wind, tan in ways]
    assert [
        f"{one:.{len(said.partition('.')[2])}f}" for one, said in zip(found, expected, strict=True)
    ] == expected


def test_factors_of_wind_and_slope_are_added():
    still, blown, steep = (
        rate_m_min(fuel("FM1"), DRY, midflame_km_h=wind, slope_tan=tan)
        for wind, tan in ((0, 0), (5, 0), (0, 0.3))
    )
    assert f"{blown + steep - still:.2f}" == "17.83"


def test_flame_length():
    assert flame_length_m(500.0) == pytest.approx(1.35, abs=0.01)


def test_beside_it_the_chinese_model_is_quick_in_still_air_and_slow_in_wind():
    tables = spreading()
    ratios = []
    for wind_km_h in (0.0, 5.0):
        # 6 % of moisture is about what dead grass holds at 25 degrees and 20 % humidity
        force = spread.wind_force(tables, wind_km_h / 3.6 / 0.4)
        still = float(spread.initial_rate(tables, 25, force, 20)) * tables.fuel_under("pasture").factor
        ours = still * float(spread.wind_factor(tables, wind_km_h / 3.6))
        ratios.append(ours / rate_m_min(fuel("FM1"), DRY, midflame_km_h=wind_km_h))
    assert ratios == pytest.approx([1.78, 0.28], abs=0.01)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["FM1", "FM9", "GR2", "TL8"]), st.floats(0, 0.4), st.floats(0.3, 3), st.floats(0, 15),
    st.floats(0, 1),
)  # fmt: skip
def test_wind_and_slope_speed_it_and_moisture_puts_it_out(model, dead, live, wind, slope):
    wet = Moisture(dead, dead, dead, live, live)
    base = rate_m_min(fuel(model), wet, midflame_km_h=wind, slope_tan=slope)
    assert base >= 0
    assert rate_m_min(fuel(model), wet, midflame_km_h=wind + 1, slope_tan=slope) >= base
    assert rate_m_min(fuel(model), wet, midflame_km_h=wind, slope_tan=slope + 0.1) >= base
    soaked = Moisture(0.5, 0.5, 0.5, 4.0, 4.0)
    assert rate_m_min(fuel(model), soaked, midflame_km_h=wind, slope_tan=slope) == pytest.approx(0, abs=1e-6)
