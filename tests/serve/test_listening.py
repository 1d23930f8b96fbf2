"""Where the server listens, and when it refuses to."""

import ssl
import subprocess

import aiohttp
import pytest
from needed import program
from serve_words import NOON

from streams.serve.listening import Listening, ListeningError, listening, networks


async def test_listening_elsewhere_needs_tls_or_a_proxy(tmp_path):
    for host in ("0.0.0.0", "::", "192.0.2.1", "fenghuo.example"):
        with pytest.raises(ListeningError, match="tls-cert"):
            Listening(host=host).check()
        Listening(host=host, trusted_proxy=networks(("192.0.2.7",))).check()
    for host in ("127.0.0.1", "::1", "localhost", "127.9.9.9"):
        Listening(host=host).check()
    with pytest.raises(ListeningError, match="together"):
        Listening(tls_cert=tmp_path / "cert.pem").check()
    with pytest.raises(ListeningError, match="cannot use"):
        Listening(tls_cert=tmp_path / "cert.pem", tls_key=tmp_path / "key.pem").context()
    with pytest.raises(ListeningError, match="address or a network"):
        networks(("proxy",))


async def test_a_taken_port_is_told_in_one_line(services_of):
    async with listening(services_of(), Listening(port=0)) as url:
        port = int(url.rstrip("/").rpartition(":")[2])
        with pytest.raises(ListeningError, match=f"127.0.0.1:{port}"):
            async with listening(services_of(), Listening(port=port)):
                pass


@pytest.fixture
def certificate(tmp_path):
    openssl = program("openssl", "makes the certificate")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        *subject,
    ]
    subprocess.run([*made, "-keyout", key, "-out", cert], check=True, capture_output=True, timeout=60)
    return cert, key


async def test_with_a_certificate_it_speaks_tls_only(services_of, keys, certificate):
    cert, key = certificate
    trust = ssl.create_default_context(cafile=cert)
    where = Listening(port=0, tls_cert=cert, tls_key=key)
    async with listening(services_of(), where) as url, aiohttp.ClientSession() as client:
        assert url.startswith("https://127.0.0.1:")
        body = {"key": keys.create(frozenset({"viewer"}), NOON)[1]}
        async with client.post(url + "v1/session", json=body, ssl=trust) as answer:
            assert "Secure" in answer.headers["Set-Cookie"]
        with pytest.raises(aiohttp.ClientError):
            await client.get(url.replace("https", "http") + "livez")
