"""The second model of spread: its published run, and that the first one is not far from it in grass."""

import pytest
from carbon_words import spreading
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.carbon import spread
from alerts.carbon.rothermel import SHORT_GRASS, flame_length_m, rate_m_min


@pytest.mark.parametrize(
    ("wind", "slope", "expected"), [(0, 0, "1.404"), (5, 0, "12.63"), (0, 0.3, "6.60"), (5, 0.3, "17.83")]
)
def test_short_grass_at_six_per_cent(wind, slope, expected):
    found = rate_m_min(SHORT_GRASS, 0.06, midflame_km_h=wind, slope_tan=slope)
    assert f"{found:.{len(expected.partition('.')[2])}f}" == expected


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
        ratios.append(ours / rate_m_min(SHORT_GRASS, 0.06, midflame_km_h=wind_km_h))
    assert ratios == pytest.approx([1.78, 0.28], abs=0.01)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 0.2), st.floats(0, 15), st.floats(0, 1))
def test_wind_and_slope_speed_it_and_moisture_puts_it_out(moisture, wind, slope):
    base = rate_m_min(SHORT_GRASS, moisture, midflame_km_h=wind, slope_tan=slope)
    assert base >= 0
    assert rate_m_min(SHORT_GRASS, moisture, midflame_km_h=wind + 1, slope_tan=slope) >= base
    assert rate_m_min(SHORT_GRASS, moisture, midflame_km_h=wind, slope_tan=slope + 0.1) >= base
    assert rate_m_min(SHORT_GRASS, 0.12, midflame_km_h=wind, slope_tan=slope) == pytest.approx(0, abs=1e-6)
