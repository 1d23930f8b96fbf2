"""The log server over TLS: lines behind their length to whom the authority vouches for, nothing to others."""

import asyncio
import logging
import ssl
import subprocess
from datetime import timedelta

import pytest
from needed import program
from prometheus_client import CollectorRegistry, Counter, Gauge
from serve_words import NOON

from schemas.desk_settings import DeskSettings
from schemas.settings import Settings
from streams.bench.waiting import until
from streams.config import ConfigError
from streams.serve.audit import live
from streams.serve.audit.tls import context_of
from streams.serve.books import passing_on

EC = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    """An authority, a log server and a client that it vouches for, and a server that it does not."""
    folder, openssl = tmp_path_factory.mktemp("pki"), program("openssl", "makes the certificates")

    def made(name, names, signer=()):
        files = ["-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"]
        command = [openssl, "req", *EC, "-subj", f"/CN={name}", *names, *signer, *files]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    made("ca", [])
    here = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE"]
    signer = ["-CA", folder / "ca.pem", "-CAkey", folder / "ca.key"]
    made("log", here, signer)
    made("us", here, signer)
    made("stranger", here)
    made("elsewhere", ["-addext", "subjectAltName=DNS:elsewhere"], signer)
    return folder


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(live, "AGAIN_S", 0.01)


class LogServer:
    """A TLS listener that keeps what whole frames it was sent."""

    def __init__(self, pki, name, *, asks=False):
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(pki / f"{name}.pem", pki / f"{name}.key")
        if asks:
            self.context.load_verify_locations(pki / "ca.pem")
            self.context.verify_mode = ssl.CERT_REQUIRED
        self.lines, self.tries = asyncio.Queue(), asyncio.Queue()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._read, "127.0.0.1", 0, ssl=self.context)
        self.where = f"tls://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def _read(self, reader, writer):
        try:
            while True:
                length = int(await reader.readuntil(b" "))
                self.lines.put_nowait((await reader.readexactly(length)).decode())
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            writer.close()

    async def __aexit__(self, *_):
        self.server.close()


def follower(trail, desk):
    registry = CollectorRegistry()
    lost, behind = Counter("l", "l", registry=registry), Gauge("b", "b", registry=registry)
    return live.Live(trail, desk.syslog, lost, behind, context_of(desk))


def entries(trail, count):
    for number in range(count):
        trail.add(NOON + timedelta(days=number), who="user/李", what="POST /v1/acts", status=202, detail="甲")


@pytest.mark.parametrize("asks", [False, True])
async def test_entries_go_over_tls_to_whom_the_authority_vouches_for(trail, pki, asks):
    ours = {"syslog_cert_file": str(pki / "us.pem"), "syslog_key_file": str(pki / "us.key")} if asks else {}
    entries(trail, 2)
    async with LogServer(pki, "log", asks=asks) as server:
        desk = DeskSettings(syslog=server.where, syslog_ca_file=str(pki / "ca.pem"), **ours)
        task = asyncio.create_task(follower(trail, desk).follow())
        lines = [await asyncio.wait_for(server.lines.get(), 10) for _ in range(2)]
        trail.add(NOON, who="key/1", what="DELETE /v1/keys/{key_id}", status=200)
        lines.append(await asyncio.wait_for(server.lines.get(), 10))
        assert await until(lambda: trail.sent() == 3, 10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert [f'number="{n}"' in text for n, text in enumerate(lines, 1)] == [True] * 3
    assert lines[0].startswith("<109>1 2026-04-05T12:00:00.000Z ")
    assert lines[0].endswith("POST /v1/acts 202 甲")


@pytest.mark.parametrize(
    ("name", "why"), [("stranger", "self-signed certificate"), ("elsewhere", "IP address mismatch")]
)
async def test_a_log_server_that_nobody_vouches_for_gets_nothing_and_the_log_says_why(
    trail, pki, caplog, name, why
):
    entries(trail, 1)
    with caplog.at_level(logging.WARNING, logger=live.__name__):
        async with LogServer(pki, name) as server:
            desk = DeskSettings(syslog=server.where, syslog_ca_file=str(pki / "ca.pem"))
            task = asyncio.create_task(follower(trail, desk).follow())
            assert await until(lambda: len(caplog.records) >= 2, 10)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert server.lines.empty()
    assert why in caplog.text
    assert trail.sent() == 0


TLS = {"syslog": "tls://log:6514"}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({**TLS, "syslog_ca_file": "none.pem"}, r"\$\.desk\.syslog_ca_file: .*: no such file"),
        ({**TLS, "syslog_ca_file": "ca.key"}, "no PEM certificates in it"),
        ({**TLS, "syslog_cert_file": "us.pem"}, "go together"),
        ({**TLS, "syslog_cert_file": "us.pem", "syslog_key_file": "log.key"}, "no pair of PEM files"),
        ({"syslog": "tcp://log:514", "syslog_ca_file": "ca.pem"}, "does nothing"),
    ],
)
def test_files_that_cannot_be_used_are_refused_at_start_with_their_setting(services_of, pki, more, why):
    given = {name: value if name == "syslog" else str(pki / value) for name, value in more.items()}
    with pytest.raises(ConfigError, match=why):
        passing_on(services_of(settings=Settings(desk=DeskSettings(**given))))
