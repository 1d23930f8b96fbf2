"""Reach at 1, 3, 6, 12, 24 hours: nested, half of the scenarios counted by points, first hour as told."""

import itertools
import json

import numpy as np
import pytest
import shapely
from alerted import an_alert
from carbon_words import spreading
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from risk_words import every

from alerts.carbon.at_risk import Fire, Options
from alerts.carbon.horizons import horizons, reached_by_half
from alerts.carbon.reach import HORIZONS_H, probability_of_reach, reach
from alerts.carbon.scenario import Drivers, scenarios
from detectors.region import Layer, Region
from streams.hops.carbon import Assessor
from streams.hops.further import further

WINDY = Drivers(temperature_c=25, humidity_pct=20, wind_ms=8, wind_to_deg=90, slope_deg=10, upslope_deg=60)
FIRE = Fire(shapely.box(-50, -50, 50, 50), 1.0, 7, WINDY)


def test_each_horizon_holds_the_one_before_and_half_of_the_scenarios_lie_in_all_of_them():
    found = horizons(spreading(), FIRE)
    assert tuple(one.hours for one in found) == HORIZONS_H == (1.0, 3.0, 6.0, 12.0, 24.0)
    for one in found:
        assert one.least_ha < one.mean_ha < one.most_ha
        assert one.outermost.buffer(6).contains(one.likely)
        assert one.likely.contains(FIRE.shape.buffer(-6))
    for before, after in itertools.pairwise(found):
        assert before.mean_ha < after.mean_ha
        assert after.likely.buffer(6).contains(before.likely)
        assert after.outermost.buffer(6).contains(before.outermost)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.floats(1, 12))
def test_what_half_of_the_scenarios_reach_is_what_points_counted_one_by_one_say(seed, hours):
    chance = scenarios(spreading(), WINDY, seed, 9)
    shapes = reach(spreading(), FIRE.shape, chance, horizons_h=(hours,))
    half = reached_by_half(shapes[:, 0])
    box = shapely.bounds(shapely.union_all(shapes))
    points = np.random.default_rng(seed).uniform(box[:2], box[2:], (300, 2))
    counted = probability_of_reach(points, shapes)[:, 0] >= 0.5
    inside = shapely.contains_xy(half, *points.T)
    # a point on an edge may fall either way
    clear = shapely.distance(shapely.boundary(half), shapely.points(points)) > 0.01
    assert (counted == inside)[clear].all()


def test_a_barrier_holds_every_horizon_on_its_side():
    wall = shapely.box(300, -40_000, 340, 40_000)
    free, held = (horizons(spreading(), FIRE, barriers, (1.0, 3.0)) for barriers in (None, wall))
    assert free[1].mean_ha > held[1].mean_ha
    assert free[1].likely.bounds[2] > 340
    assert held[1].likely.bounds[2] <= 300 + 5


def region():
    stand = Layer.of("stands", [shapely.box(102.1, 27.7, 102.3, 27.9)], ["a"], ["a"], [{"species": "云南松"}])
    return Region("county", {"stands": stand})


def fire_alert(**fields):
    footprint = json.loads(shapely.to_geojson(shapely.box(102.202, 27.802, 102.204, 27.804)))
    return replace(an_alert(), footprint=footprint, area_ha=4.0, **fields)


def test_the_first_hour_is_what_the_alert_tells_and_nobody_knows_more_than_the_region():
    assessor = Assessor(every(), Options(), region())
    found = further(assessor, fire_alert(), WINDY)
    said = [(one["properties"]["hours"], one["properties"]["what"]) for one in found["features"]]
    assert said == [(hours, what) for hours in HORIZONS_H for what in ("likely", "outermost")]
    assert found["features"][1]["geometry"] == assessor.soon(fire_alert(), WINDY)
    assert found == further(assessor, fire_alert(), WINDY)
    assert further(Assessor(every(), Options(), Region("nowhere", {})), fire_alert(), WINDY) is None
    assert further(assessor, fire_alert(kind="outbreak"), WINDY) is None


@pytest.mark.parametrize("shape", [shapely.Polygon(), shapely.MultiPolygon([])])
def test_an_empty_footprint_reaches_nothing_that_is_known(shape):
    empty = replace(fire_alert(), footprint=json.loads(shapely.to_geojson(shape)))
    assert further(Assessor(every(), Options(), region()), empty, WINDY) is None
