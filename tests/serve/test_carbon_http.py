"""What is at risk is served by level as JSON, CSV and GeoJSON; close-outs come with the skill."""

import csv
import io
from datetime import timedelta

import pytest
import shapely
from serve_words import NOON, get

from detectors.region import Layer, Region
from schemas.carbon import CarbonTotal, CloseOut
from schemas.codec import encode
from streams.serve.store import Record

COUNTY = Layer.of("county", [shapely.box(102, 27, 103, 28)], ["C1"], ["西县"])
REGION = Region("county", {"county": COUNTY})


def total(key="C1", *, minutes=0, level="county", loss=12.5, incidents=2):
    return CarbonTotal(
        at=NOON + timedelta(minutes=minutes), level=level, key=key, name="西县" if key else "",
        exposed_t=30.0, loss_t=loss, low_t=5.0, high_t=25.0, stands=3, incidents=incidents,
    )  # fmt: skip


def closed(one="F20260301-AAAAAAAA", *, realised=10.0):
    return CloseOut(
        incident_id=one, closed_at=NOON, exposed_t=100.0, forecast_t=12.0, low_t=5.0, high_t=25.0,
        realised_t=realised, error_t=2.0, is_within=True, perimeter="pixels",
    )  # fmt: skip


def keep(store, *messages):
    store.apply([Record("carbon.v1", 0, at, b"", encode(one)) for at, one in enumerate(messages)])


async def test_the_newest_total_of_each_key_is_served_and_what_is_over_is_not(store, serve):
    keep(
        store,
        total(minutes=5, loss=20.0),
        total(minutes=0),
        total("C2", incidents=1),
        total("C2", minutes=9, loss=0.0, incidents=0),
        total("", loss=1.0),
    )
    client = await serve(open_reading=True, region=REGION)
    said = await get(client, "/v1/carbon")
    assert (said["by"], said["unit"]) == ("county", "t C")
    assert [(one["key"], one["loss_t"]) for one in said["totals"]] == [("", 1.0), ("C1", 20.0)]
    text = await (await client.get("/v1/carbon?by=county&format=csv")).text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["key"], row["name"], row["loss_t_c"], row["low_t_c"]) for row in rows] == [
        ("", "", "1", "5"),
        ("C1", "西县", "20", "5"),
    ]
    shapes = await get(client, "/v1/carbon?by=county&format=geojson")
    assert [one["geometry"] is None for one in shapes["features"]] == [True, False]
    assert (await get(client, "/v1/carbon?by=day"))["totals"] == []


async def test_close_outs_come_with_the_skill_of_the_forecasts(store, serve):
    keep(store, closed(), closed("F20260301-BBBBBBBB", realised=40.0), closed())
    said = await get(await serve(open_reading=True), "/v1/carbon?by=close_out")
    assert [one["realised_t"] for one in said["records"]] == [10.0, 40.0]
    assert said["skill"]["incidents"] == 2
    assert said["skill"]["bias"] == pytest.approx(24 / 50 - 1)


@pytest.mark.parametrize("query", ["by=galaxy", "format=xml", "by=close_out&format=csv"])
async def test_what_cannot_be_asked_is_said(serve, query):
    client = await serve(open_reading=True)
    assert (await client.get(f"/v1/carbon?{query}")).status == 400


async def test_without_a_key_nobody_reads_it(serve):
    assert (await (await serve()).get("/v1/carbon")).status == 401
