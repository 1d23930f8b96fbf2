"""A message is acknowledged only after the log has it: kept to against a small real broker on loopback."""

import asyncio
import contextlib

import paho.mqtt.publish as publishing
import pytest
from amqtt.broker import Broker as SmallBroker
from closing import held_port
from keeping_broker import keeping_broker

from streams.ingest.mqtt import BadAddress, Broker, Subscriber
from streams.ingest.post import NotTaken, NotWanted, Taken
from streams.ingest.secret import Secret


@contextlib.asynccontextmanager
async def small_broker(port):
    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
    broker = SmallBroker(config)
    await broker.start()
    try:
        yield
    finally:
        await broker.shutdown()


async def publish(port, *payloads, topic="fire/cam-1"):
    many = [(topic, payload, 1, False) for payload in payloads]
    await asyncio.to_thread(publishing.multiple, many, hostname="127.0.0.1", port=port)


class Log:
    """A way in that notes what it took; `stuck` are payloads at which it hangs, as a crash would."""

    def __init__(self, *, stuck=(), fails=()):
        self.taken, self.stuck, self.fails = [], set(stuck), list(fails)
        self.more = asyncio.Event()

    async def __call__(self, payload, _key):
        if payload in self.stuck:
            await asyncio.Event().wait()
        if self.fails:
            raise self.fails.pop(0)
        self.taken.append(payload)
        self.more.set()
        return Taken(1, 0)

    async def until(self, count):
        async with asyncio.timeout(60):
            while len(self.taken) < count:
                self.more.clear()
                await self.more.wait()


@contextlib.asynccontextmanager
async def subscribed(port, log, sleep=asyncio.sleep):
    broker = Broker.of(f"mqtt://127.0.0.1:{port}", client_id="fenghuo-test", topics=("fire/#",))
    subscriber = Subscriber(broker, log, sleep=sleep)
    task = asyncio.create_task(subscriber.run())
    try:
        for _ in range(600):
            if subscriber.connection:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.2)
        yield subscriber
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def acknowledged(broker, count):
    """Wait until the broker has so many acknowledgements, and a moment for those that should not come."""
    for _ in range(1000):
        if len(broker.acked) >= count:
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)


async def test_what_was_not_in_the_log_at_a_crash_comes_again_and_what_was_does_not():
    port = held_port()
    async with keeping_broker(port) as broker:
        first = Log(stuck=[b"2"])
        async with subscribed(port, first):
            for payload in (b"0", b"1", b"2", b"3"):
                await broker.publish(payload)
            await first.until(2)
            await acknowledged(broker, 2)
        assert broker.acked == [b"0", b"1"]
        second = Log()
        async with subscribed(port, second):
            await second.until(2)
            await acknowledged(broker, 4)
        assert second.taken == [b"2", b"3"]
        assert broker.acked == [b"0", b"1", b"2", b"3"]
        assert (b"2", True) in broker.sent


async def test_a_broker_from_the_shelf_hands_on_what_is_published():
    port = held_port()
    async with small_broker(port):
        log = Log()
        async with subscribed(port, log):
            await publish(port, b"0", b"1")
            await log.until(2)
        assert log.taken == [b"0", b"1"]


async def test_a_log_that_does_not_answer_is_tried_until_it_does():
    port, waited = held_port(), []

    async def sleep(seconds):
        waited.append(seconds)

    async with small_broker(port):
        log = Log(fails=[NotTaken("no answer"), NotTaken("no answer"), NotWanted("415")])
        async with subscribed(port, log, sleep):
            await publish(port, b"poison", b"good")
            await log.until(1)
    assert log.taken == [b"good"]
    assert len(waited) == 2


async def test_an_acknowledgement_of_an_earlier_connection_is_left_out():
    broker = Broker(host="127.0.0.1", port=1, tls=False, client_id="c", topics=("t",))
    subscriber = Subscriber(broker, Log())
    acked = []

    class Client:
        def ack(self, mid, _qos):
            acked.append(mid)

        def connect_async(self, *_):
            pass

        def loop_start(self):
            pass

        loop_stop = disconnect = loop_start

    class Message:
        topic, payload, qos = "t", b"x", 1

        def __init__(self, mid):
            self.mid = mid

    subscriber.client = lambda _: Client()
    subscriber.connection = 2
    for number, mid in ((1, 7), (2, 8)):
        subscriber.waiting.put_nowait((number, Message(mid)))
    task = asyncio.create_task(subscriber.run())
    await asyncio.sleep(0.05)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert acked == [8]


@pytest.mark.parametrize(
    "url", ["http://host", "mqtt://", "mqtt://host/path", "mqtt://me:secret@host", "mqtt://host:99999"]
)
def test_an_address_that_cannot_be_used_is_refused(url):
    with pytest.raises(BadAddress) as refused:
        Broker.of(url, client_id="c", topics=("t",))
    assert "me:secret" not in str(refused.value)


def test_tls_has_its_own_port_and_a_password_is_never_shown():
    broker = Broker.of(
        "mqtts://host", client_id="c", topics=("t",), username="u", password=Secret("pass-word")
    )
    assert (broker.port, broker.tls) == (8883, True)
    assert "pass-word" not in repr(broker)
