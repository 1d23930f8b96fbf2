"""Carbon of an incident from a region: terrain, fuel, and whatever a footprint may look like."""

import json

import numpy as np
import pytest
import shapely
from alerted import an_alert
from msgspec.structs import replace
from risk_words import every, ramp

from alerts.carbon.at_risk import Options
from alerts.carbon.scenario import Drivers
from detectors.region import Layer, Region
from detectors.region.incline import slope_of
from streams.carbon_picture import picture
from streams.hops.carbon import Assessor

NOW = an_alert().issued_at


def region(terrain=None, **more):
    boxes = [shapely.box(102.2 + 0.01 * k, 27.8, 102.21 + 0.01 * k, 27.81) for k in range(2)]
    said = [{"species": "云南松", "volume_m3_ha": 90.0}, {"species": "草地"}]
    layers = {"stands": Layer.of("stands", boxes, ["a", "b"], ["a", "b"], said), **more}
    return Region("county", layers, terrain=terrain)


def carbon(footprint, area_ha=2.0, where=None, **fields):
    assessor = Assessor(every(), Options(scenarios=4), where or region())
    geometry = json.loads(shapely.to_geojson(footprint))
    return assessor.of(replace(an_alert(), footprint=geometry, area_ha=area_ha, **fields), NOW).carbon


FIRE = shapely.box(102.202, 27.802, 102.204, 27.804)


def test_what_grows_there_is_the_fuel_and_pixels_are_an_upper_bound():
    found = carbon(FIRE)
    assert "fuel_unknown" not in found.cautions
    assert "extent_is_pixels" in found.cautions
    assert "fuel_unknown" in carbon(shapely.box(102.19, 27.802, 102.195, 27.804)).cautions
    assert "extent_is_pixels" not in carbon(FIRE, area_ha=None, radius_m=300.0).cautions


def test_the_ground_says_how_steep_it_is_and_holes_are_not_level():
    slope, upslope = slope_of(ramp(20), FIRE)
    assert slope == pytest.approx(np.degrees(np.arctan(20 / 98.4)), rel=0.02)
    assert upslope == pytest.approx(90, abs=0.5)
    assert slope_of(ramp(0), FIRE)[0] == 0
    assert slope_of(ramp(20, hole=True), FIRE) == (None, None)
    assert slope_of(None, FIRE) == (None, None)
    steep, unknown = carbon(FIRE, where=region(ramp(20))), carbon(FIRE, where=region(ramp(20, hole=True)))
    assert "slope_unknown" not in steep.cautions
    assert "slope_unknown" in unknown.cautions


def test_a_barrier_of_the_region_holds_the_fire():
    wall = shapely.LineString([(102.2055, 27.79), (102.2055, 27.82)])
    ring = shapely.box(102.2015, 27.8015, 102.2045, 27.8045).exterior
    free, held = (
        carbon(FIRE, where=region(barriers=Layer.of("barriers", [line], ["w"], ["w"])))
        for line in (wall, ring)
    )
    assert held.reach_ha < free.reach_ha
    assert held.carbon_t < free.carbon_t


def test_the_picture_of_a_fire_that_a_barrier_holds_shows_it_held():
    ring = shapely.box(102.2015, 27.8015, 102.2045, 27.8045).exterior
    drawn = {}
    for name, more in (("free", {}), ("held", {"barriers": Layer.of("barriers", [ring], ["w"], ["w"])})):
        assessor = Assessor(every(), Options(scenarios=4, horizon_h=24.0), region(**more))
        incident = replace(an_alert(), footprint=json.loads(shapely.to_geojson(FIRE)), area_ha=2.0)
        drawn[name] = picture(assessor, *assessor.fire_of(incident, Drivers(wind_ms=2.0, wind_to_deg=90.0)))
    assert ("stands/b" in drawn["free"], "stands/b" in drawn["held"]) == (True, False)


def test_a_figure_that_rests_on_a_spread_from_memory_says_so_and_when_it_is_overdue():
    boxes, said = (
        [shapely.box(102.2, 27.8, 102.21, 27.81)],
        [{"species": "云杉", "age_a": 50.0, "origin": "天然"}],
    )
    spruce = region(stands=Layer.of("stands", boxes, ["a"], ["a"], said))
    assessor = Assessor(every(), Options(scenarios=4, severity="high"), spruce)
    incident = replace(an_alert(), footprint=json.loads(shapely.to_geojson(FIRE)), area_ha=2.0)
    now, later = (assessor.of(incident, NOW.replace(year=year)).carbon.cautions for year in (2026, 2028))
    assert ("unverified" in now, "overdue" in now, "overdue" in later) == (True, False, True)


def test_water_and_a_wide_road_hold_a_fire_and_a_road_of_unknown_width_does_not():
    ring = shapely.box(102.2015, 27.8015, 102.2045, 27.8045).exterior
    moat = ring.buffer(0.0002)
    free = carbon(FIRE)
    lake = Layer.of("wetland", [moat], ["l"], ["l"], [{"kind": "湖泊"}])
    marsh = Layer.of("wetland", [moat], ["l"], ["l"], [{"kind": "沼泽"}])
    assert carbon(FIRE, where=region(wetland=lake)).reach_ha < free.reach_ha
    assert carbon(FIRE, where=region(wetland=marsh)).reach_ha == free.reach_ha
    for said, holds in (({"width_m": 24.0}, True), ({"width_m": 4.0}, False), ({"width_m": None}, False)):
        road = Layer.of("roads", [ring], ["r"], ["r"], [said])
        assert (carbon(FIRE, where=region(roads=road)).reach_ha < free.reach_ha) == holds, said


@pytest.mark.parametrize(
    "footprint",
    [
        shapely.Polygon(),
        shapely.MultiPolygon([shapely.box(-180, 10, -179.9, 10.1), shapely.box(179.9, 10, 180, 10.1)]),
        shapely.Point(102.203, 27.803),
        shapely.Polygon([(102.2, 27.8), (102.21, 27.81), (102.21, 27.8), (102.2, 27.81)]),
        shapely.box(0, 89.9, 0.1, 90),
    ],
    ids=["empty", "antimeridian", "point", "bow tie", "pole"],
)
def test_no_footprint_stops_the_line(footprint):
    found = carbon(footprint)
    assert (found.carbon_t is None) == (found.reason is not None)
    assert found.carbon_t is None or found.carbon_t >= 0


def test_an_outbreak_has_no_figure_yet_and_says_so():
    assert carbon(FIRE, kind="outbreak").reason.code == "not_computed"
