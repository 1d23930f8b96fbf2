"""A picture is given first, named by an observation, and seen by who reads; without it the sighting stays."""

import gzip
import json
from hashlib import sha256

import pytest
import pytest_asyncio
from serve_words import JPEG, NOON

from schemas.codec import decode
from schemas.settings import Kafka
from schemas.topics import OBSERVATION
from streams.engine.logs import close_logs, open_log
from streams.engine.places import topic_name
from streams.engine.writer import EmbeddedWriter
from streams.ingress import Ingress
from streams.pictures import MAX_BYTES, Pictures

KAFKA = Kafka(partitions=1)
NAME = sha256(JPEG).hexdigest()


class Door:
    """A running server over a real log, with one key for each role."""

    def __init__(self, client, services, log):
        self.client, self.keys, self.pictures, self.log = client, services.keys, services.pictures, log

    def key(self, role):
        return {"X-API-Key": self.keys.create(frozenset({role}), NOON)[1]}

    async def give(self, content=JPEG, role="ranger", **headers):
        headers = {"Content-Type": "image/jpeg", **self.key(role), **headers}
        async with self.client.post("/v1/pictures", data=content, headers=headers) as answer:
            return answer.status, await answer.json()

    async def show(self, name=NAME, role="viewer"):
        async with self.client.get(f"/v1/pictures/{name}", headers=self.key(role)) as answer:
            return answer.status, answer.headers, await answer.read()

    async def tell(self, *names, kind="report", **fields):
        said = {"kind": kind, "observation_id": "r-1", "source": "ranger-7", "observed_at": NOON.isoformat()}
        said |= {"source_class": "ground", "frame": "wgs84", "longitude": 102.2, "latitude": 27.9}
        said |= {"pictures": names, **fields}
        async with self.client.post(
            "/v1/observations", data=json.dumps(said), headers=self.key("ingest")
        ) as answer:
            assert answer.status == 202
            assert (await answer.json())["counts"]["accepted"] == 1
        stored = self.log.read(topic_name(KAFKA, OBSERVATION), 0, 0)[-1]
        (kept,) = decode(stored.value, OBSERVATION.value).observations
        return kept


@pytest_asyncio.fixture
async def door(serve, services_of, tmp_path):
    log = open_log(tmp_path / "data", KAFKA)
    writer = EmbeddedWriter(log, KAFKA)
    pictures = Pictures(tmp_path / "pictures")
    services = services_of(ingress=Ingress(writer, pictures=pictures), writer=writer, pictures=pictures)
    yield Door(await serve(services), services, log)
    close_logs()


async def test_a_picture_that_is_given_can_be_seen_as_it_was(door):
    assert await door.give() == (201, {"sha256": NAME})
    assert await door.give(role="ingest") == (201, {"sha256": NAME})
    status, headers, content = await door.show()
    assert (status, content) == (200, JPEG)
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in headers["Cache-Control"]


@pytest.mark.parametrize(
    ("content", "headers", "status", "word"),
    [
        (b"GIF89a" + JPEG, {}, 400, "no JPEG"),
        (JPEG[:-2], {}, 400, "cut off"),
        (b"", {}, 400, "no JPEG"),
        (JPEG, {"Content-Type": "image/png"}, 415, "image/jpeg"),
        (b"\xff\xd8\xff" + bytes(MAX_BYTES - 2) + b"\xff\xd9", {}, 413, "at most"),
        (gzip.compress(bytes(5_000_000)), {"Content-Encoding": "gzip"}, 413, "at most"),
    ],
    ids=["gif", "cut", "empty", "png", "large", "folded"],
)
async def test_what_is_no_small_jpeg_is_refused_and_not_kept(door, content, headers, status, word):
    answered, problem = await door.give(content, **headers)
    assert answered == status
    assert word in problem["detail"]
    assert [path for path in door.pictures.folder.rglob("*") if path.is_file()] == []


async def test_a_full_disk_refuses_pictures_before_it_refuses_sightings(serve, services_of, tmp_path):
    services = services_of(pictures=Pictures(tmp_path / "pictures", room_bytes=2**62))
    status, problem = await Door(await serve(services), services, None).give()
    assert status == 507
    assert "full" in problem["detail"]


@pytest.mark.parametrize("name", ["0" * 64, "..", "%2e%2e%2fkeys.sqlite", NAME.upper(), NAME[:-1]])
async def test_a_name_that_leads_nowhere_is_not_found(door, name):
    await door.give()
    assert (await door.show(name))[0] == 404


async def test_an_observation_that_names_a_kept_picture_is_as_it_was(door):
    await door.give()
    kept = await door.tell(NAME)
    assert kept.pictures == (NAME,)
    assert kept.mended == ()
    assert (await door.tell(NAME, mended=["picture_missing"])).mended == ()


async def test_an_observation_whose_picture_is_missing_is_accepted_and_says_so(door):
    await door.give()
    kept = await door.tell(NAME, "0" * 64, mended=["epoch_time"])
    assert kept.pictures == (NAME, "0" * 64)
    assert kept.mended == ("epoch_time", "picture_missing")
    seen = {"source_class": "tower", "station_longitude": 102.1, "station_latitude": 27.8, "azimuth_deg": 40}
    kept = await door.tell("1" * 64, kind="sighting", observation_id="s-1", **seen)
    assert kept.mended == ("picture_missing",)


async def test_a_server_without_pictures_says_so(serve, services_of):
    services = services_of()
    status, problem = await Door(await serve(services), services, None).give()
    assert (status, problem["detail"]) == (503, "this server keeps no pictures")
