"""Over HTTP: who observes, what is lost, and since when nobody looked at a protected area."""

import json

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from judged import judge
from lost import CAMERAS, REGION, at, expecting, looked, passing

from schemas.codec import encode
from schemas.detection import Claims, Presence
from streams.metrics import Metrics
from streams.serve.broadcast import Broadcast
from streams.serve.keys import Keys
from streams.serve.server import create_server
from streams.serve.services import Services
from streams.serve.store import Record, Store


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "history.sqlite")
    yield store
    store.close()


@pytest_asyncio.fixture
async def client(store, tmp_path):
    keys = Keys(tmp_path / "keys.sqlite")
    services = Services(
        store=store,
        broadcast=Broadcast(),
        keys=keys,
        settings=expecting(CAMERAS),
        metrics=Metrics(),
        region=REGION,
        open_reading=True,
        clock=lambda: at(60),
    )
    client = TestClient(TestServer(create_server(services), host="127.0.0.1"))
    await client.start_server()
    yield client
    await client.close()
    keys.close()


def claims(*heard):
    return encode(Claims(origin=0, origins=1, received_at=at(1), heard=heard))


def camera(source, looked_at, **more):
    return Presence(source=source, source_class="video", looked_at=looked_at, **more)


async def test_areas_and_sources_are_told_with_their_last_look(client, store):
    frames = [camera("cameras-0", at(minutes)) for minutes in (5, 40, 20)]
    messages = [claims(one) for one in frames] + [
        claims(camera("other", at(50), longitude=99.0, latitude=20.0))
    ]
    store.apply(Record("detection.v1", 0, n, b"k", raw) for n, raw in enumerate(messages))
    answer = await (await client.get("/v1/observed")).json()
    areas = {one["place_id"]: one["not_observed_since"] for one in answer["protected_areas"]}
    assert areas == {"protected_areas-0": at(40).strftime("%Y-%m-%dT%H:%M:%SZ"), "protected_areas-1": None}
    assert answer["protected_areas"][0]["place_id"] == "protected_areas-1"
    expected = {one["source"]: one["is_expected"] for one in answer["sources"]}
    assert expected == {"cameras-0": True, "other": False}
    assert answer["lost"] == []


async def test_what_is_lost_is_on_the_page_in_the_list_and_in_the_metrics(client, store):
    outcome = judge(passing(looked("cameras-0", 0), until=55), settings=expecting(CAMERAS), region=REGION)
    raws = [encode(one) for one in outcome.incidents.values() if one.kind == "blind"]
    store.apply(Record("incident.v1", 0, n, b"k", raw) for n, raw in enumerate(raws))
    answer = await (await client.get("/v1/observed")).json()
    assert ["cameras-0"] in [one["sources"] for one in answer["lost"]]
    about = await (await client.get("/v1/about")).json()
    assert {"warning": "blind", "source": "cameras-0"} in about["warnings"]
    text = await (await client.get("/metrics")).text()
    assert f"fenghuo_blind_incidents {float(len(raws))}" in text
    assert json.dumps(answer)
