"""`GET /v1/alerts/stream`: no gap, no repeat."""

import asyncio
import json
import random

from serve_words import NOON, alerts, make_alert

from streams.serve.broadcast import QUEUE_LENGTH, Broadcast, Listener


async def read_events(response, most=None):
    """Yield (id, alert) of a stream until it ends."""
    number = None
    count = 0
    async for line in response.content:
        text = line.decode("utf-8").rstrip("\n")
        if text.startswith("id: "):
            number = int(text[4:])
        elif text.startswith("data: "):
            yield number, json.loads(text[6:])
            count += 1
            if count == most:
                return


def publish(services, *values, start=0):
    news = services.store.apply(alerts(*values, start=start))
    services.broadcast.publish((sequence, body) for sequence, body, _ in news.alerts)


async def someone_listens(services):
    while not services.broadcast.listeners:  # noqa: ASYNC110 - the server has no event for tests
        await asyncio.sleep(0.01)


async def test_from_the_beginning_then_live(serve, services_of):
    services = services_of(open_reading=True)
    publish(services, make_alert(1), make_alert(2))
    client = await serve(services)
    async with client.get("/v1/alerts/stream?after=0") as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Accel-Buffering"] == "no"
        events = read_events(response)
        assert [(await anext(events))[0] for _ in range(2)] == [1, 2]
        publish(services, make_alert(3), start=2)
        number, alert = await anext(events)
        assert number == 3
        assert alert["alert_id"] == "fire-3"


async def test_without_a_position_only_what_is_new(serve, services_of):
    services = services_of(open_reading=True)
    publish(services, make_alert(1))
    client = await serve(services)
    async with client.get("/v1/alerts/stream") as response:
        await response.content.readuntil(b"\n\n")
        await someone_listens(services)
        publish(services, make_alert(2), start=1)
        assert (await anext(read_events(response)))[0] == 2


async def test_resumes_under_disconnects_and_writes_without_gap_or_repeat(serve, services_of):
    services = services_of(open_reading=True)
    client = await serve(services)
    total, dice = 600, random.Random(7)

    async def write():
        for number in range(total):
            news = await asyncio.to_thread(services.store.apply, alerts(make_alert(number), start=number))
            services.broadcast.publish((sequence, body) for sequence, body, _ in news.alerts)
            if number % 10 == 0:
                await asyncio.sleep(0.005)

    async def listen():
        seen = []
        while len(seen) < total:
            header = {"Last-Event-ID": str(seen[-1] if seen else 0)}
            async with client.get("/v1/alerts/stream", headers=header) as response:
                async for number, _ in read_events(response, min(dice.randint(1, 60), total - len(seen))):
                    seen.append(number)
                response.close()
        return seen

    writing = asyncio.create_task(write())
    listeners = await asyncio.wait_for(asyncio.gather(*(listen() for _ in range(4))), 60)
    await writing
    assert all(seen == list(range(1, total + 1)) for seen in listeners)


async def test_a_number_of_another_history_gets_everything(serve, services_of):
    services = services_of(open_reading=True)
    publish(services, make_alert(1))
    client = await serve(services)
    async with client.get("/v1/alerts/stream", headers={"Last-Event-ID": "5000"}) as response:
        assert (await anext(read_events(response)))[0] == 1


async def test_a_bad_position_is_refused(serve):
    client = await serve(open_reading=True)
    for bad in ("-1", "x", "9" * 30, "１"):
        async with client.get("/v1/alerts/stream", params={"after": bad}) as response:
            assert response.status == 400
            assert response.content_type == "application/problem+json"


async def test_a_silent_stream_is_kept_alive(serve):
    client = await serve(open_reading=True, heartbeat_s=0.05)
    async with client.get("/v1/alerts/stream") as response:
        assert await response.content.readuntil(b"\n\n") == b"retry: 2000\n\n"
        assert (await asyncio.wait_for(response.content.readuntil(b"\n\n"), 60)).startswith(b":")


async def test_who_is_let_in_no_more_hears_no_more_and_the_others_go_on(serve, services_of, keys):
    services = services_of(heartbeat_s=0.05)
    client = await serve(services)
    (gone, one), (_, two) = (keys.create(frozenset({"viewer"}), NOON) for _ in range(2))
    streams = [
        await client.get("/v1/alerts/stream?after=0", headers={"X-API-Key": secret}) for secret in (one, two)
    ]
    keys.revoke(gone.key_id, NOON)
    ended = [event async for event in read_events(streams[0])]
    publish(services, make_alert(1))
    assert ended == []
    assert [number async for number, _ in read_events(streams[1], most=1)] == [1]
    for stream in streams:
        stream.close()


def test_who_lags_is_let_go():
    hung_up = []
    broadcast = Broadcast()
    slow = broadcast.join(lambda: hung_up.append("slow"))
    for number in range(QUEUE_LENGTH):
        broadcast.publish([(number, b"{}")])
    assert not hung_up
    assert broadcast.publish([(QUEUE_LENGTH, b"{}")]) == 1
    assert hung_up == ["slow"]
    assert slow not in broadcast.listeners
    assert isinstance(slow, Listener)


async def test_a_client_that_does_not_read_is_closed_and_loses_nothing(serve, services_of):
    services = services_of(open_reading=True)
    client = await serve(services)
    long = make_alert(1, description={"zh": "火" * 4000})
    async with client.get("/v1/alerts/stream") as stalled:
        await someone_listens(services)
        start = 0
        while services.broadcast.listeners and start < 20_000:
            publish(
                services,
                *(make_alert(start + at, description=long.description) for at in range(200)),
                start=start,
            )
            start += 200
            await asyncio.sleep(0)
        assert not services.broadcast.listeners
        stalled.close()
    async with client.get(f"/v1/alerts/stream?after={start - 5}") as response:
        events = read_events(response)
        assert [(await anext(events))[0] for _ in range(5)] == list(range(start - 4, start + 1))


async def test_stopping_the_server_ends_the_streams(serve, services_of):
    services = services_of(open_reading=True)
    client = await serve(services)
    async with client.get("/v1/alerts/stream") as response:
        await someone_listens(services)
        services.broadcast.close()
        await asyncio.wait_for(response.content.read(), 5)
    assert not services.broadcast.listeners
