"""Permits and mapped pushes over HTTP: who may, and what becomes of them."""

import pathlib

import msgspec
import pytest_asyncio
from serve_words import NOON, LogInMemory, get, make_claims, record

from schemas.codec import encode
from schemas.observation import Permit
from schemas.topics import DETECTION
from streams.ingress import Ingress
from streams.maps import load_map
from streams.region import demo_region

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
    assert (one.observation_id, one.contact, one.starts_at.hour) == ("permit/7", "", 1)


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


RING = [[102.2, 27.8], [102.21, 27.8], [102.21, 27.81], [102.2, 27.8]]


def permit(number, *, starts=9, revision=0, **more):
    given = {"frame": "wgs84", "longitude": 102.2, "latitude": 27.9, "radius_m": 300.0, "contact": "Ann"}
    given |= {"purpose": "farm_fire", "number": str(number), "source": "office", "observed_at": NOON}
    times = {"starts_at": NOON.replace(hour=starts), "ends_at": NOON.replace(hour=starts + 2)}
    return Permit(observation_id=f"permit/{number}", revision=revision, **given, **times, **more)


async def test_permits_are_listed_with_their_area_the_last_word_of_each(serve, store):
    area = {"type": "Polygon", "coordinates": [RING]}
    said = [permit(1), permit(2, starts=14, area=area), permit(3), permit(1, revision=2, withdrawn=True)]
    late = permit(1, revision=1)
    for offset, batch in enumerate([said, [late, said[1]]]):
        claims = msgspec.structs.replace(make_claims(), permits=tuple(batch))
        store.apply([record(DETECTION.name, offset, claims)])
    client = await serve(open_reading=True)
    page = await get(client, "/v1/permits")
    assert [one["id"] for one in page["features"]] == ["permit/3", "permit/2", "permit/1"]
    outline, circle = page["features"][1], page["features"][2]
    assert outline["geometry"] == area
    assert circle["geometry"] == {"type": "Point", "coordinates": [102.2, 27.9]}
    assert (circle["properties"]["withdrawn"], circle["properties"]["revision"]) == (True, 2)
    assert "contact" not in circle["properties"], "what comes by the log names nobody"

    async def ids(**asked):
        return [one["id"][-1] for one in (await get(client, "/v1/permits", **asked))["features"]]

    assert await ids(status="given") == ["3", "2"]
    assert await ids(datetime=f"{NOON.replace(hour=10):%Y-%m-%dT%H:%M:%SZ}") == ["3", "1"]
    assert await ids(bbox="102.2029,27.9,102.3,28.0") == ["3", "1"]
    assert await ids(bbox="102.2031,27.9,102.3,28.0") == []
    assert await ids(limit="1") == ["3"]
    second = next(
        one["href"] for one in (await get(client, "/v1/permits", limit="1"))["links"] if one["rel"] == "next"
    )
    assert [one["id"] for one in (await get(client, second))["features"]] == ["permit/2"]


async def test_a_call_that_names_its_place_is_put_there_by_the_names_of_the_region(serve, services_of, keys):
    log = LogInMemory()
    client = await serve(services_of(ingress=Ingress(log), writer=log, region=demo_region()))
    said = {"kind": "report", "source": "12119", "source_class": "public", "saw": "smoke"}
    said |= {"observed_at": NOON, "place_name": "皮家山梁子"}
    secret = keys.create(frozenset({"operator"}), NOON)[1]
    async with client.post("/v1/observations", data=encode(said), headers={"X-API-Key": secret}) as answer:
        assert (await answer.json())["counts"] == {"accepted": 1, "rejected": 0}
    (one,) = kept(log)
    assert one.mended == ("placed_by_name",)
    assert abs(one.longitude - 102.22) < 0.2
