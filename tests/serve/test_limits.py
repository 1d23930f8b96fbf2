"""How much is answered, where the audit log goes as it is made, and how it is pruned and still verified."""

import asyncio
import contextlib
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge
from serve_words import NOON, LogInMemory

from schemas.desk_settings import DeskSettings
from schemas.settings import Settings
from streams.ingress import Ingress
from streams.serve.audit import live
from streams.serve.audit.chain import first_broken
from streams.serve.books import forget_people, passing_on
from streams.serve.limits import Buckets

FEW = DeskSettings(writes_per_min=10, reads_per_min=60, ingest_per_min=60)


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.floats(0, 30)), max_size=80))
def test_nobody_gets_more_than_a_minutes_worth_and_what_has_flowed_in_since(steps):
    buckets, now, let, begun = Buckets(FEW), NOON, {"a": 0, "b": 0}, NOON
    for who, pause in steps:
        now += timedelta(seconds=pause)
        wait = buckets.wait_s("write", who, now)
        if wait == 0.0:
            let[who] += 1
        else:
            assert buckets.wait_s("write", who, now + timedelta(seconds=wait + 1e-3)) == 0.0
            now += timedelta(seconds=wait + 1e-3)
            let[who] += 1
        assert let[who] <= 10 + (now - begun).total_seconds() / 6.0 + 1e-6


async def test_too_many_writes_are_refused_with_when_to_come_again_and_ingest_has_its_own(
    serve, services_of, keys, clock
):
    log = LogInMemory()
    services = services_of(writer=log, ingress=Ingress(log), settings=Settings(desk=FEW))
    client = await serve(services)
    one, two = ({"X-API-Key": keys.create(frozenset({"operator"}), NOON)[1]} for _ in range(2))
    for number in range(11):
        async with client.post("/v1/acts", json={}, headers=one) as answer:
            assert answer.status == (400 if number < 10 else 429)
    assert answer.headers["Retry-After"] == "6"
    async with client.post("/v1/acts", json={}, headers=two) as answer:
        assert answer.status == 400
    async with client.post("/v1/observations", data=b"[]", headers=one) as answer:
        assert answer.status == 202
    async with client.get("/v1/about", headers=one) as answer:
        assert answer.status == 200
    clock.now += timedelta(seconds=6)
    async with client.post("/v1/acts", json={}, headers=one) as answer:
        assert answer.status == 400
    assert b'fenghuo_limited_total{kind="write"} 1.0' in services.metrics.text()


def entries(trail, count, start=NOON):
    for number in range(count):
        trail.add(start + timedelta(days=number), who="user/li", what="POST /v1/acts", status=202)


def test_the_pruned_log_is_still_verified_and_says_in_its_chain_what_went(trail, services_of, clock):
    entries(trail, 5)
    clock.now = NOON + timedelta(days=182)
    services = services_of(settings=Settings(desk=DeskSettings(audit_days=180)))
    assert forget_people(services) == 0
    number, seal = trail.anchor()
    left = list(trail.entries())
    assert [one.number for one in left] == [3, 4, 5, 6]
    assert left[-1].detail == f"up to entry 2, seal {seal}"
    assert first_broken(left, seal, number + 1) is None
    assert first_broken(left) == 1
    assert trail.prune(NOON - timedelta(days=1)) is None
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"audit_days": 179}, DeskSettings)
    with pytest.raises(Exception, match="append only"):
        trail._db.execute("DELETE FROM entry")  # noqa: SLF001 - the file itself is asked
    clock.now += timedelta(days=3000)
    forget_people(services)
    assert [one.number for one in trail.entries()] == [6, 7]


def live_of(trail, where):
    registry = CollectorRegistry()
    return live.Live(trail, where, Counter("l", "l", registry=registry), Gauge("b", "b", registry=registry))


@contextlib.asynccontextmanager
async def followed(one):
    task = asyncio.create_task(one.follow())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(live, "AGAIN_S", 0.01)


async def frames(reader, count):
    found = []
    for _ in range(count):
        length = int(await asyncio.wait_for(reader.readuntil(b" "), 60))
        found.append((await asyncio.wait_for(reader.readexactly(length), 10)).decode())
    return found


async def test_entries_go_over_tcp_also_after_the_log_server_was_away(trail):
    got: asyncio.Queue = asyncio.Queue()

    async def serve(reader, writer):
        await got.put((reader, writer))

    entries(trail, 3)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    one = live_of(trail, f"tcp://127.0.0.1:{port}")
    async with followed(one):
        reader, writer = await asyncio.wait_for(got.get(), 10)
        lines = await frames(reader, 3)
        assert [f'number="{n}"' in text for n, text in enumerate(lines, 1)] == [True] * 3
        assert lines[0].startswith("<109>1 2026-04-05T12:00:00.000Z ")
        # what was not noted as sent when the connection broke is sent again: never lost, seldom twice
        writer.close()
        reader, writer = await asyncio.wait_for(got.get(), 10)
        entries(trail, 1, NOON + timedelta(days=9))
        while 'number="4"' not in (await frames(reader, 1))[0]:
            pass
        writer.close()
        await writer.wait_closed()
    server.close()
    assert one.lost._value.get() == 0  # noqa: SLF001 - what the metric counts


async def test_what_was_pruned_before_it_was_sent_is_counted_as_lost_and_udp_takes_the_rest(trail):
    entries(trail, 4)
    trail.prune(NOON + timedelta(days=2))
    got: asyncio.Queue = asyncio.Queue()

    class Taken(asyncio.DatagramProtocol):
        def datagram_received(self, data, _):
            got.put_nowait(data.decode())

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Taken, local_addr=("127.0.0.1", 0))
    one = live_of(trail, f"udp://127.0.0.1:{transport.get_extra_info('sockname')[1]}")
    async with followed(one):
        lines = [await asyncio.wait_for(got.get(), 10) for _ in range(2)]
    transport.close()
    assert ['number="3"' in lines[0], 'number="4"' in lines[1]] == [True, True]
    assert one.lost._value.get() == 2  # noqa: SLF001 - what the metric counts


def test_without_a_log_server_nothing_is_followed(services_of):
    assert passing_on(services_of()) == ()
    (one,) = passing_on(services_of(settings=Settings(desk=DeskSettings(syslog="udp://log:514"))))
    assert (one.way, one.host, one.port) == ("udp", "log", 514)
