"""MQTT over TLS with user and password, against a broker from the shelf on loopback."""

import asyncio
import contextlib
import gc
import logging
import subprocess

import paho.mqtt.publish as publishing
import pytest
import pytest_asyncio
from amqtt.broker import Broker as SmallBroker
from closing import held_port
from needed import program
from pwdlib.hashers.argon2 import Argon2Hasher
from test_mqtt import Log

from streams.ingest.mqtt import Broker, Subscriber
from streams.ingest.secret import Secret

USER, PASSWORD = "sensors", "pass-word"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    made = [program("openssl", "makes the certificate"), "req", "-x509", "-newkey", "ec"]
    made += ["-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert]
    subprocess.run(made, check=True, capture_output=True, timeout=120)
    return cert, key


class Small:
    """A broker that wants TLS, a user and a password; it says what it still waits to have acknowledged."""

    def __init__(self, port, cert, broker):
        self.port, self.cert, self.broker = port, cert, broker

    def unacknowledged(self):
        session, _ = self.broker._sessions["fenghuo-tls"]  # noqa: SLF001 - nothing else of it tells
        return session.inflight_out_count

    async def publish(self, *payloads):
        many = [("fire/cam-1", payload, 1, False) for payload in payloads]
        more = {"auth": {"username": USER, "password": PASSWORD}, "tls": {"ca_certs": str(self.cert)}}
        await asyncio.to_thread(publishing.multiple, many, hostname="127.0.0.1", port=self.port, **more)


@pytest_asyncio.fixture
async def small(certificate, tmp_path):
    cert, key = certificate
    users = tmp_path / "users"
    users.write_text(
        f"{USER}:{Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)}\n", encoding="ascii"
    )
    port = held_port()
    listener = {"type": "tcp", "bind": f"127.0.0.1:{port}", "ssl": True, "certfile": cert, "keyfile": key}
    plugins = {"amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(users)}}
    broker = SmallBroker({"listeners": {"default": listener}, "plugins": plugins})
    await broker.start()
    try:
        yield Small(port, cert, broker)
    finally:
        await broker.shutdown()


@contextlib.asynccontextmanager
async def subscribed(small, log, *, password=PASSWORD, ca_file=None):
    secret = Secret(password)
    given = {"client_id": "fenghuo-tls", "topics": ("fire/#",), "username": USER, "password": secret}
    broker = Broker.of(
        f"mqtts://127.0.0.1:{small.port}", ca_file=str(small.cert) if ca_file is None else ca_file, **given
    )
    subscriber = Subscriber(broker, log)
    task = asyncio.create_task(subscriber.run())
    try:
        yield subscriber
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_over_tls_with_a_password_a_message_is_acknowledged_once_the_log_has_it(small):
    log = Log(stuck=[b"1"])
    async with subscribed(small, log) as subscriber:
        for _ in range(600):
            if subscriber.connection:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.2)
        await small.publish(b"0", b"1")
        await log.until(1)
        await asyncio.sleep(0.3)
        assert log.taken == [b"0"]
        assert small.unacknowledged() == 1


# the client leaves the socket of a handshake that failed to be collected
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("password", "ca_file", "words"),
    [("wrong", None, "refuses us"), (PASSWORD, "", "not reached, tried again: [SSL: CERTIFICATE_VERIFY")],
)
async def test_a_wrong_password_and_a_certificate_nobody_vouches_for_let_nothing_through(
    small, caplog, password, ca_file, words
):
    caplog.set_level(logging.WARNING, "streams.ingest.mqtt")
    log = Log()
    async with subscribed(small, log, password=password, ca_file=ca_file) as subscriber:
        async with asyncio.timeout(60):
            while not any(words in one.getMessage() for one in caplog.records):  # noqa: ASYNC110 - it is said
                await asyncio.sleep(0.05)
        await small.publish(b"0")
        await asyncio.sleep(0.2)
        assert (subscriber.connection, log.taken) == (0, [])
    assert PASSWORD not in caplog.text
    gc.collect()
