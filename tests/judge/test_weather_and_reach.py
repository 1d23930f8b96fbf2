"""Stations feed the carbon of alerts and the reach within the hour; without a region there is no reach."""

import json
from datetime import timedelta

import pytest
import shapely
from judged import START, delivery, hotspot, judge, report

from detectors.region import WORLD, Layer, Region
from schemas.observation import Reading
from schemas.settings import Settings

SETTINGS = Settings(carbon={"scenarios": 4})


def region():
    box = shapely.box(101.8, 27.8, 102.2, 28.2)
    stands = Layer.of("stands", [box], ["a"], ["a"], [{"species": "云南松", "volume_m3_ha": 90.0}])
    return Region("county", {"stands": stands})


def station(minutes, quantity, value, *, lon=102.05):
    at = START + timedelta(minutes=minutes)
    return Reading(
        observation_id=f"s1/{quantity}/{minutes}", source="s1", frame="wgs84", observed_at=at,
        received_at=at + timedelta(minutes=1), longitude=lon, latitude=28.0, quantity=quantity, value=value,
    )  # fmt: skip


def weather(*, wind_from_deg=270.0):
    return [
        station(0, "temperature_c", 25.0), station(0, "relative_humidity_percent", 15.0),
        station(0, "wind_speed_ms", 12.0), station(0, "wind_direction_deg", wind_from_deg),
    ]  # fmt: skip


def told(*readings, where=None, fire=None, **more):
    fire = fire or report(5)
    return judge([*(delivery(one) for one in readings), delivery(fire)], settings=SETTINGS,
                 region=where or region(), **more)  # fmt: skip


def reach_of(outcome):
    alert = next(one for one in outcome.alerts if one.action == "new")
    return alert, shapely.from_geojson(json.dumps(alert.reach_1h))


def test_a_station_drives_the_fire_and_nobody_is_told_of_the_station():
    still, calm = reach_of(told())
    blown, east = reach_of(told(*weather()))
    assert {"wind_unknown", "weather_unknown"} <= set(still.carbon.cautions)
    assert not {"wind_unknown", "weather_unknown"} & set(blown.carbon.cautions)
    assert blown.carbon.reach_ha > 2 * still.carbon.reach_ha
    # a west wind carries it east; pieces may land 2.5 km off all around
    assert east.bounds[2] - 102.0 > 1.3 * (102.0 - east.bounds[0])
    assert calm.contains(shapely.Point(102.0, 28.0))
    silent = [one for one in told(*weather()).silences.values() if "s1/" in one.observation_id]
    assert {one.reason.code for one in silent} == {"weather"}


def test_the_reach_holds_the_fire_and_is_small_enough_for_a_message():
    pixels = [hotspot(5, east=0.3 * k) for k in range(6)]
    outcome = judge(
        [*(delivery(one) for one in weather()), delivery(*pixels)], settings=SETTINGS, region=region()
    )
    alert, reach = reach_of(outcome)
    assert reach.is_valid
    assert reach.buffer(1e-5).covers(shapely.from_geojson(json.dumps(alert.footprint)))
    assert len(json.dumps(alert.reach_1h)) < 8000
    (incident,) = [one for one in outcome.incidents.values() if one.status == "open"]
    assert incident.reach_1h == alert.reach_1h


def test_where_no_region_says_how_it_spreads_there_is_no_reach():
    outcome = told(*weather(), where=WORLD)
    assert {one.reach_1h for one in outcome.alerts} == {None}
    assert {one.reach_1h for one in outcome.incidents.values()} == {None}


def test_an_end_has_no_reach():
    outcome = told(*weather(), end=START + timedelta(days=3))
    assert outcome.alerts[-1].action in {"close", "expire"}
    assert outcome.alerts[-1].reach_1h is None


@pytest.mark.parametrize("origins", [1, 4])
def test_restarts_and_partitions_change_no_figure(origins):
    plain = told(*weather())
    restarted = told(*weather(), origins=origins, restarts=True)
    assert [one.carbon for one in restarted.alerts] == [one.carbon for one in plain.alerts]
    assert [one.reach_1h for one in restarted.alerts] == [one.reach_1h for one in plain.alerts]


def test_a_station_beyond_the_border_speaks_and_a_late_reading_does_not():
    inside = Layer.of("boundary", [shapely.box(101.9, 27.9, 102.04, 28.1)], ["b"], ["b"])
    small = Region("county", region().layers, boundary=inside)
    alert, _ = reach_of(told(*weather(), where=small))
    assert "wind_unknown" not in alert.carbon.cautions
    old = [station(-60 * 24 * 9, "wind_speed_ms", 12.0)]
    outcome = judge([delivery(*old, at=START), delivery(report(5))], settings=SETTINGS, region=small)
    assert {one.reason.code for one in outcome.silences.values()} == {"too_late"}
