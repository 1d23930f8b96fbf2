"""Where a living fire may be in 1 to 24 hours is served as GeoJSON; what is over or unknown is not."""

import shapely
from serve_words import alerts, get, make_alert

from detectors.region import Layer, Region
from schemas.alert import Carbon
from schemas.weather import Conditions

STAND = Layer.of("stands", [shapely.box(101.5, 27.5, 102.5, 28.5)], ["a"], ["a"], [{"species": "云南松"}])
REGION = Region("county", {"stands": STAND})


def bounds(collection, hours, what):
    mine = (one for one in collection["features"] if one["properties"]["hours"] == hours)
    return next(
        shapely.geometry.shape(one["geometry"]).bounds for one in mine if one["properties"]["what"] == what
    )


async def test_the_reach_of_a_fire_follows_the_weather_its_newest_alert_names(store, serve):
    east, west = (
        Carbon(
            carbon_t=1.0,
            weather=Conditions(wind_ms=12.0, wind_from_deg=deg, temperature_c=25.0, humidity_pct=15.0),
        )
        for deg in (270.0, 90.0)
    )
    store.apply(alerts(make_alert(carbon=west), make_alert(revision=2, carbon=east)))
    client = await serve(open_reading=True, region=REGION)
    found = await get(client, "/v1/incidents/fire-1/reach")
    assert found["incident_id"] == "fire-1"
    assert [one["properties"]["hours"] for one in found["features"]] == [1, 1, 3, 3, 6, 6, 12, 12, 24, 24]
    low, _, high, _ = bounds(found, 6, "likely")
    # the footprint is 0.01 degrees wide around 102 E, and the wind blows eastwards
    assert high - 102.005 > 2 * (101.995 - low) > 0
    for hours in (1, 24):
        inner, outer = (shapely.box(*bounds(found, hours, what)) for what in ("likely", "outermost"))
        assert outer.buffer(1e-4).contains(inner)


async def test_what_is_over_is_unknown_or_has_no_region_has_no_reach(store, serve):
    store.apply(
        alerts(make_alert(1), make_alert(1, 2, action="close"), make_alert(2, kind="outbreak"), make_alert(3))
    )
    client = await serve(open_reading=True, region=REGION)
    asked = {
        one: (await client.get(f"/v1/incidents/{one}/reach")).status for one in ("fire-1", "fire-2", "fire-9")
    }
    assert asked == {"fire-1": 404, "fire-2": 404, "fire-9": 404}
    assert (await client.get("/v1/incidents/fire-3/reach")).status == 200
    nowhere = await serve(open_reading=True)
    assert (await nowhere.get("/v1/incidents/fire-3/reach")).status == 404


async def test_without_a_key_nobody_reads_it(serve):
    assert (await (await serve()).get("/v1/incidents/fire-1/reach")).status == 401
