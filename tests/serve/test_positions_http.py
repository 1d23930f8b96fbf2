"""Where people are, handed in over HTTP: written under who handed it in, or refused with a reason."""

import asyncio
from datetime import timedelta

import pytest
from alerted import a_receiver
from serve_words import NOON, LogInMemory

from schemas.codec import encode
from schemas.settings import Settings

HERE = {"receiver": "ranger", "longitude": 102.2, "latitude": 27.8, "radius_m": 300}


@pytest.fixture
async def placed(serve, services_of, keys):
    log = LogInMemory()
    client = await serve(services_of(settings=Settings(receivers=(a_receiver(),)), writer=log))
    secret = keys.create(frozenset({"ranger"}), NOON, expires_at=NOON + timedelta(days=1))[1]

    async def place(body):
        headers = {"Authorization": f"Bearer {secret}"}
        async with client.post("/v1/positions", json=body, headers=headers) as answer:
            return answer.status

    async def in_pieces(body, cut):
        async def pieces():
            yield body[:cut]
            await asyncio.sleep(0.05)
            yield body[cut:]

        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        async with client.post("/v1/positions", data=pieces(), headers=headers) as answer:
            return answer.status

    place.in_pieces = in_pieces
    place.log = log
    return place


async def test_a_place_a_fire_and_that_they_are_back_are_on_the_log(placed):
    for body in (HERE, {"receiver": "ranger", "alert_id": "fire-1"}, {"receiver": "ranger", "back": True}):
        assert await placed(body) == 202
    where, fire, back = [value for _, _, value, _ in placed.log.sent]
    assert (where.longitude, where.latitude, where.radius_m, where.at) == (102.2, 27.8, 300, NOON)
    assert (fire.alert_id, fire.longitude, back.back) == ("fire-1", None, True)
    assert all(one.by and key == one.receiver == "ranger" for _, key, one, _ in placed.log.sent)


async def test_a_place_that_a_slow_network_brings_in_pieces_is_taken(placed):
    for cut in (1, 20, 60):
        assert await placed.in_pieces(encode(HERE), cut) == 202
    assert len(placed.log.sent) == 3


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**HERE, "receiver": "stranger"}, 404),
        ({**HERE, "latitude": None}, 400),
        ({**HERE, "latitude": 127.8}, 400),
        ({**HERE, "radius_m": -1}, 400),
        ({**HERE, "radius_m": 1e9}, 400),
        ({**HERE, "more": 1}, 400),
        ([], 400),
        ({**HERE, "alert_id": "x" * 9000}, 400),
    ],
)
async def test_half_a_position_or_a_strangers_is_refused_and_not_written(placed, body, status):
    assert await placed(body) == status
    assert placed.log.sent == []


async def test_what_the_log_did_not_take_was_not_accepted(placed):
    placed.log.fails = TimeoutError()
    assert await placed(HERE) == 503
