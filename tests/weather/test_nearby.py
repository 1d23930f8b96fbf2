"""Weather between stations: between its neighbours, cooler higher up, unknown where nobody is near."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.fire_weather.nearby import Options, Stations, interpolate, temperature
from detectors.geodesy import distance_km


def stations(*rows):
    lon, lat, high = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return Stations(lon=lon, lat=lat, elevation_m=high)


THREE = stations((102.0, 28.0, 1500.0), (102.3, 28.0, 2500.0), (102.0, 28.4, 3500.0))


def test_at_a_station_it_is_nearly_the_station():
    made = interpolate(Options(), THREE, [20.0, 10.0, 0.0], 102.0, 28.0)
    assert made.value[0] == pytest.approx(20.0, abs=0.05)
    assert (made.stations[0], made.nearest_km[0]) == (3, 0.0)


def test_a_thousand_metres_up_it_is_six_and_a_half_degrees_cooler():
    alone = stations((102.0, 28.0, 1500.0))
    made = temperature(Options(), alone, [20.0], [102.1, 102.1], [28.0, 28.0], [1500.0, 2500.0])
    assert made.value.tolist() == pytest.approx([20.0, 13.5])


def test_nobody_near_enough_is_unknown_and_no_zero():
    made = interpolate(Options(reach_km=50.0), THREE, [20.0, 10.0, 0.0], [110.0, 102.0], [28.0, 28.0])
    assert math.isnan(made.value[0])
    assert made.stations.tolist() == [0, 3]
    assert np.isnan(interpolate(Options(), THREE, [np.nan] * 3, 102.0, 28.0).value[0])
    assert np.isnan(temperature(Options(), THREE, [1.0, 2.0, 3.0], 102.0, 28.0, np.nan).value[0])
    nobody = Stations(lon=np.empty(0), lat=np.empty(0), elevation_m=np.empty(0))
    assert np.isnan(interpolate(Options(), nobody, [], 102.0, 28.0).value[0])


def test_a_station_that_says_nothing_or_has_no_height_leaves_it_to_the_others():
    made = interpolate(Options(), THREE, [np.nan, 10.0, 10.0], 102.0, 28.0)
    assert (made.value[0], made.stations[0]) == (pytest.approx(10.0), 2)
    unknown = stations((102.0, 28.0, np.nan), (102.3, 28.0, 2500.0))
    made = temperature(Options(), unknown, [99.0, 10.0], 102.0, 28.0, 2500.0)
    assert made.value[0] == pytest.approx(10.0)


ROW = st.tuples(st.floats(101, 103), st.floats(27, 29), st.floats(0, 5000), st.floats(-30, 40))
ROWS = st.lists(ROW, min_size=1, max_size=6)


@given(ROWS, st.floats(101, 103), st.floats(27, 29))
def test_it_lies_between_the_values_used_and_agrees_with_one_by_one(rows, lon, lat):
    values = [row[3] for row in rows]
    made = interpolate(Options(), stations(*(row[:3] for row in rows)), values, lon, lat)
    near = sorted((float(distance_km(lon, lat, row[0], row[1])), at) for at, row in enumerate(rows))
    used = [(km, values[at]) for km, at in near if km <= 80.0][:4]
    if not used:
        assert np.isnan(made.value[0])
        return
    weights = [1 / max(km, 0.5) ** 2 for km, _ in used]
    alone = sum(w * value for w, (_, value) in zip(weights, used, strict=True)) / sum(weights)
    low, high = min(value for _, value in used), max(value for _, value in used)
    assert low - 1e-9 <= made.value[0] <= high + 1e-9
    assert made.value[0] == pytest.approx(alone, abs=1e-9)


@given(ROWS, st.floats(0, 2000))
def test_raising_all_the_ground_changes_nothing(rows, rise):
    low = stations(*(row[:3] for row in rows))
    high = Stations(lon=low.lon, lat=low.lat, elevation_m=low.elevation_m + rise)
    values = [row[3] for row in rows]
    one = temperature(Options(), low, values, 102.0, 28.0, 1000.0).value
    two = temperature(Options(), high, values, 102.0, 28.0, 1000.0 + rise).value
    assert one == pytest.approx(two, abs=1e-9, nan_ok=True)
