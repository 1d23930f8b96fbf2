"""`POST /v1/observations`: answered once, kept once, never over the limit."""

import asyncio
import errno
import gzip
import io
import json
import sqlite3
from datetime import timedelta

import pytest
import pytest_asyncio
from aiokafka.errors import KafkaTimeoutError
from serve_words import NOON, LogInMemory

from streams.engine.log_file import DiskFullError
from streams.ingress import Ingress
from streams.serve.body import MAX_BODY
from streams.serve.store import Store

FIRMS = (
    "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,"
    "bright_t31,frp,daynight\n"
    "27.9,102.2,330.1,1.1,1.0,2026-04-05,{:04d},Terra,MODIS,80,6.1NRT,290.2,15.5,D\n"
)


def report(number=1, **fields):
    settled = {
        "kind": "report",
        "observation_id": f"r-{number}",
        "source": "12119",
        "observed_at": NOON.isoformat(),
        "source_class": "public",
        "frame": "wgs84",
        "longitude": 102.2,
        "latitude": 27.9,
        "saw": "smoke",
    }
    return {**settled, **fields}


class Door:
    """A running server that takes observations in, its log, and a client with an ingest key."""

    def __init__(self, client, log, store, secret):
        self.client, self.log, self.store = client, log, store
        self.headers = {"X-API-Key": secret}

    async def post(self, body, **headers):
        body = io.BytesIO(body) if isinstance(body, bytes) else body
        async with self.client.post(
            "/v1/observations", data=body, headers={**self.headers, **headers}
        ) as answer:
            return answer.status, await answer.json()


@pytest_asyncio.fixture
async def door(serve, services_of, keys):
    log = LogInMemory()
    services = services_of(ingress=Ingress(log), writer=log)
    secret = keys.create(frozenset({"ingest"}), NOON)[1]
    return Door(await serve(services), log, services.store, secret)


def kept(log):
    return sorted(
        one.observation_id for delivery in log.values("observation.v1") for one in delivery.observations
    )


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(report()),
        json.dumps([report(1), report(2)]),
        json.dumps(report(1)) + "\n" + json.dumps(report(2)) + "\n",
        FIRMS.format(1130),
    ],
    ids=["object", "array", "ndjson", "csv"],
)
@pytest.mark.parametrize("packed", [False, True])
async def test_each_form_is_taken_in_and_answered_line_by_line(door, body, packed):
    raw = body.encode("utf-8")
    headers = {"Content-Encoding": "gzip"} if packed else {}
    status, answer = await door.post(gzip.compress(raw) if packed else raw, **headers)
    assert status == 202
    assert {line["outcome"] for line in answer["lines"]} == {"accepted"}
    assert sorted(line["observation_id"] for line in answer["lines"]) == kept(door.log)
    assert answer["counts"] == {"accepted": len(kept(door.log)), "rejected": 0}


async def test_arrival_is_stamped_by_the_server(door):
    await door.post(json.dumps(report(received_at="2020-01-01T00:00:00Z")))
    (delivery,) = door.log.values("observation.v1")
    assert delivery.received_at == NOON


async def test_one_bad_line_does_not_stop_the_others(door):
    lines = [json.dumps(report(1)), '{"kind": "report"', json.dumps(report(3, latitude=99.0))]
    status, answer = await door.post("\n".join([*lines, json.dumps(report(4))]))
    assert status == 202
    assert answer["counts"] == {"accepted": 2, "rejected": 2}
    rejected = [line for line in answer["lines"] if line["outcome"] == "rejected"]
    assert all(line["reason"]["code"] for line in rejected)
    assert len(door.log.values("dead-letter.v1")) == 2


async def test_what_is_no_observation_at_all_is_kept_as_a_dead_letter(door):
    page = b"<html><body>502 Bad Gateway</body></html>"
    status, answer = await door.post(page)
    assert status == 202
    assert answer["counts"]["accepted"] == 0
    (letter,) = door.log.values("dead-letter.v1")
    assert letter.raw == page


async def test_the_same_key_and_body_gets_the_first_answer_again(door, clock):
    body = json.dumps(report())
    first = await door.post(body, **{"Idempotency-Key": "k"})
    assert await door.post(body, **{"Idempotency-Key": "k"}) == first
    assert len(door.log.values("observation.v1")) == 1
    status, answer = await door.post(json.dumps(report(2)), **{"Idempotency-Key": "k"})
    assert (status, answer["status"]) == (422, 422)
    clock.now += timedelta(hours=24)
    assert (await door.post(json.dumps(report(2)), **{"Idempotency-Key": "k"}))[0] == 202


async def test_first_answers_outlive_a_restart(serve, services_of, keys, tmp_path):
    secret = keys.create(frozenset({"ingest"}), NOON)[1]
    log, answers = LogInMemory(), []
    for _ in range(2):
        store = Store(tmp_path / "other" / "history.sqlite")
        client = await serve(services_of(ingress=Ingress(log), writer=log, store=store))
        answers.append(
            await Door(client, log, store, secret).post(json.dumps(report()), **{"Idempotency-Key": "k"})
        )
        await client.close()
        store.close()
    assert answers[0] == answers[1]
    assert len(log.values("observation.v1")) == 1


async def test_the_same_key_at_once_is_taken_in_once(door):
    body = json.dumps(report())
    answers = await asyncio.gather(*(door.post(body, **{"Idempotency-Key": "k"}) for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)
    assert len(door.log.values("observation.v1")) == 1


async def test_another_client_with_the_same_key_is_another(door, keys):
    other = {"X-API-Key": keys.create(frozenset({"ingest"}), NOON)[1], "Idempotency-Key": "k"}
    assert (await door.post(json.dumps(report(1)), **{"Idempotency-Key": "k"}))[0] == 202
    assert (await door.post(json.dumps(report(2)), **other))[0] == 202
    assert kept(door.log) == ["12119~r-1", "12119~r-2"]


async def test_a_key_too_long_is_refused(door):
    assert (await door.post(b"{}", **{"Idempotency-Key": "k" * 300}))[0] == 400


async def pieces(total):
    for _ in range(total // 65536 + 1):
        yield b"x" * 65536


@pytest.mark.parametrize("form", ["length told", "in chunks", "gzip bomb", "gzip file", "gzip file in parts"])
async def test_over_the_limit_is_refused_with_one_dead_letter(door, form):
    bomb = gzip.compress(b"0" * (20 * MAX_BODY))
    assert len(bomb) < MAX_BODY
    body, headers = {
        "length told": (b"x" * (MAX_BODY + 1), {}),
        "in chunks": (pieces(MAX_BODY + 1), {}),
        "gzip bomb": (bomb, {"Content-Encoding": "gzip"}),
        "gzip file": (bomb, {}),
        "gzip file in parts": (gzip.compress(b"0" * MAX_BODY) + gzip.compress(b"0" * MAX_BODY), {}),
    }[form]
    status, answer = await door.post(body, **headers)
    assert (status, answer["status"]) == (413, 413)
    (letter,) = door.log.values("dead-letter.v1")
    assert letter.reason.code == "too_large"
    assert letter.length > MAX_BODY
    assert not door.log.values("observation.v1")
    assert (await door.post(json.dumps(report())))[0] == 202


async def test_just_at_the_limit_is_taken(door):
    line = json.dumps(report()).encode()
    status, _ = await door.post(line + b" " * (MAX_BODY - len(line)))
    assert status == 202
    assert kept(door.log) == ["12119~r-1"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (DiskFullError("nothing was written"), 507),
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (KafkaTimeoutError(), 503),
        (sqlite3.OperationalError("database is locked"), 503),
    ],
)
async def test_what_the_log_does_not_have_is_not_answered_202(door, fault, status):
    door.log.fails = fault
    body, key = json.dumps(report()), {"Idempotency-Key": "k"}
    assert (await door.post(body, **key))[0] == status
    door.log.fails = None
    assert (await door.post(body, **key))[0] == 202
    assert kept(door.log) == ["12119~r-1"]


async def test_bodies_that_are_not_what_they_say(door):
    assert (await door.post(b"\x00not gzip", **{"Content-Encoding": "gzip"}))[0] == 400
    assert (await door.post(b"{}", **{"Content-Encoding": "compress"}))[0] == 415
    cut = gzip.compress(json.dumps(report()).encode())[:-12]
    assert (await door.post(cut, **{"Content-Encoding": "gzip"}))[0] in {202, 400}
    assert not kept(door.log)


async def test_a_server_without_ingress_says_so(serve, keys):
    client = await serve()
    door = Door(client, None, None, keys.create(frozenset({"ingest"}), NOON)[1])
    assert (await door.post(b"{}"))[0] == 503
