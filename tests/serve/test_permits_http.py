"""Permits and mapped pushes over HTTP: who may, and what becomes of them."""

import pathlib

import pytest_asyncio
from serve_words import NOON, LogInMemory

from schemas.codec import encode
from streams.ingress import Ingress
from streams.maps import load_map

MAPS = pathlib.Path(__file__).resolve().parents[1] / "feeds" / "maps"
CSV = (
    "number,purpose,starts_at,ends_at,contact,longitude,latitude,radius_m,frame\n"
    "7,farm_fire,2026-04-06 09:00,2026-04-06 12:00,Ann,102.2,27.9,300,wgs84\n"
    "8,farm_fire,2026-04-06 09:00,2026-04-06 08:00,Ann,102.2,27.9,300,wgs84\n"
)
ALARM = """<?xml version="1.0" encoding="GB2312"?>
<Notify><CmdType>Alarm</CmdType><SN>7</SN><DeviceID>51340100001320000017</DeviceID>
<AlarmPriority>1</AlarmPriority><AlarmTime>2026-04-05T19:50:00</AlarmTime><AlarmMethod>5</AlarmMethod>
<AlarmDescription>疑似烟雾</AlarmDescription><Info><AlarmType>6</AlarmType></Info></Notify>""".encode(
    "gb2312"
)


@pytest_asyncio.fixture
async def door(serve, services_of, keys):
    log = LogInMemory()
    maps = {"camera-wall": load_map(MAPS / "gb28181.toml")}
    client = await serve(services_of(ingress=Ingress(log), writer=log, maps=maps))

    secrets = {role: keys.create(frozenset({role}), NOON)[1] for role in ("operator", "ingest")}

    async def post(path, body, role="operator", **headers):
        secret = secrets[role]
        async with client.post(path, data=body, headers={"X-API-Key": secret, **headers}) as answer:
            return answer.status, await answer.json()

    return post, log


def kept(log):
    return [one for delivery in log.values("observation.v1") for one in delivery.observations]


async def test_an_operator_hands_a_table_of_permits_in_and_hears_of_each_row(door):
    post, log = door
    status, answer = await post("/v1/permits", CSV)
    assert (status, answer["counts"]) == (202, {"accepted": 1, "rejected": 1})
    (one,) = kept(log)
    assert (one.observation_id, one.contact, one.starts_at.hour) == ("permit/7", "Ann", 1)


async def test_nobody_else_does_not_even_by_the_door_of_observations(door):
    post, log = door
    assert (await post("/v1/permits", CSV, role="ingest"))[0] == 403
    await post("/v1/permits", CSV)
    (one,) = kept(log)
    status, answer = await post("/v1/observations", encode(one), role="ingest")
    assert (status, answer["counts"]["accepted"]) == (202, 0)
    assert len(kept(log)) == 1


async def test_a_push_is_read_by_the_mapping_that_the_settings_name(door):
    post, log = door
    status, answer = await post("/v1/observations?map=camera-wall", ALARM, role="ingest")
    assert (status, answer["counts"]) == (202, {"accepted": 1, "rejected": 0})
    (one,) = kept(log)
    assert (one.source_class, one.saw, one.text) == ("video", "smoke", "疑似烟雾")
    assert (await post("/v1/observations?map=other", ALARM, role="ingest"))[0] == 404
    # without its mapping nobody knows what it is
    assert (await post("/v1/observations", ALARM, role="ingest"))[1]["counts"]["rejected"] == 1


async def test_one_idempotency_key_is_one_body_read_in_one_way(door):
    post, _ = door
    key = {"Idempotency-Key": "k"}
    first = await post("/v1/permits", CSV, **key)
    assert first[0] == 202
    assert await post("/v1/permits", CSV, **key) == first
    assert (await post("/v1/observations", CSV, **key))[0] == 422
