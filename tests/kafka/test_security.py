"""Every client is told the same; what cannot be is refused in one line; no secret shows."""

import ssl
import subprocess

import faust
import pytest
from needed import program

from schemas.settings import Kafka
from streams.config import ConfigError
from streams.kafka.security import Secret, brokers, security

LOGIN = {"FENGHUO_KAFKA_USERNAME": "fenghuo-worker", "FENGHUO_KAFKA_PASSWORD": "geheim-烽火"}
NEAR = ["127.0.0.1:9092"]
FAR = ["kafka.example.org:9092"]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A certificate and two keys: its own, and one behind a passphrase."""
    program("openssl", "makes the certificate")
    folder = tmp_path_factory.mktemp("pem")
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "2"]
    for key, extra in (("key.pem", ["-nodes"]), ("locked.pem", ["-passout", "pass:x"])):
        names = ["-keyout", folder / key, "-out", folder / f"{key}.cert", "-subj", "/CN=127.0.0.1"]
        subprocess.run([*make, *extra, *names], check=True, capture_output=True, timeout=120)
    return folder


def test_plaintext_needs_nothing():
    told = security(Kafka(), FAR, {})
    assert told.options() == {"security_protocol": "PLAINTEXT"}
    assert told.credentials() is None


def test_tls_checks_the_broker_by_name_and_shows_our_certificate(pair):
    kafka = Kafka(
        security="ssl",
        ca_file=str(pair / "key.pem.cert"),
        cert_file=str(pair / "key.pem.cert"),
        key_file=str(pair / "key.pem"),
    )
    told = security(kafka, FAR, {})
    context = told.options()["ssl_context"]
    assert told.protocol == "SSL"
    assert context.check_hostname
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert isinstance(told.credentials(), faust.SSLCredentials)
    assert told.credentials().context is context


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "scram-sha-512"])
@pytest.mark.parametrize("word", ["sasl_plaintext", "SASL_SSL"])
def test_sasl_is_the_same_for_every_client(word, mechanism):
    told = security(Kafka(security=word, sasl_mechanism=mechanism), NEAR, LOGIN)
    options = told.options()
    assert options["security_protocol"] == word.upper()
    assert options["sasl_mechanism"] == mechanism.upper()
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == tuple(LOGIN.values())
    credentials = told.credentials()
    assert credentials.protocol.value == word.upper()
    assert credentials.mechanism.value == mechanism.upper()
    assert (credentials.username, credentials.password) == tuple(LOGIN.values())
    assert (credentials.ssl_context is None) == (word == "sasl_plaintext")


def test_no_secret_in_a_repr_of_anything_a_client_gets():
    told = security(Kafka(security="sasl_ssl", sasl_mechanism="PLAIN"), FAR, LOGIN)
    sasl = told.credentials()
    shown = f"{told!r} {told} {told.options()!r} {told.options()} {sasl!r} {vars(sasl)}"
    assert LOGIN["FENGHUO_KAFKA_PASSWORD"] not in shown
    assert "'…'" in shown
    assert Secret("x") == "x"


@pytest.mark.parametrize(
    ("settings", "environ", "told"),
    [
        ({"security": "tls"}, {}, "\\$.kafka.security: 'tls' is none of"),
        ({"security": "sasl_sl"}, {}, "did you mean sasl_ssl"),
        ({"security": "sasl_ssl"}, LOGIN, "\\$.kafka.sasl_mechanism: nothing is none of"),
        ({"security": "sasl_ssl", "sasl_mechanism": "SCRAM-SHA-521"}, LOGIN, "did you mean SCRAM-SHA-512"),
        ({"security": "ssl", "sasl_mechanism": "PLAIN"}, LOGIN, "PLAIN does nothing with security = 'ssl'"),
        ({"security": "sasl_ssl", "sasl_mechanism": "PLAIN"}, {}, "FENGHUO_KAFKA_USERNAME: not set"),
        (
            {"security": "sasl_ssl", "sasl_mechanism": "PLAIN"},
            {"FENGHUO_KAFKA_USERNAME": "u", "FENGHUO_KAFKA_PASSWORD": ""},
            "FENGHUO_KAFKA_PASSWORD: not set",
        ),
        (
            {"security": "sasl_plaintext", "sasl_mechanism": "PLAIN"},
            LOGIN,
            "shows the password to the network",
        ),
        ({"ca_file": "ca.pem"}, {}, "\\$.kafka.ca_file: does nothing with security = 'plaintext'"),
        ({"security": "ssl", "ca_file": "/nowhere/ca.pem"}, {}, "/nowhere/ca.pem: no such file"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(settings, environ, told):
    with pytest.raises(ConfigError, match=told) as refused:
        security(Kafka(**settings), FAR, environ)
    assert "\n" not in str(refused.value)
    assert LOGIN["FENGHUO_KAFKA_PASSWORD"] not in str(refused.value)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"cert_file": "key.pem.cert"}, "go together"),
        ({"key_file": "key.pem"}, "go together"),
        ({"ca_file": "key.pem"}, "no PEM certificates in it"),
        ({"cert_file": "key.pem.cert", "key_file": "locked.pem"}, "without passphrase"),
        ({"cert_file": "locked.pem.cert", "key_file": "key.pem"}, "no pair"),
    ],
)
def test_bad_certificate_files_are_named(pair, files, told):
    kafka = Kafka(security="ssl", **{name: str(pair / path) for name, path in files.items()})
    with pytest.raises(ConfigError, match=told):
        security(kafka, FAR, {})


@pytest.mark.parametrize(
    ("url", "places"),
    [
        ("kafka://127.0.0.1:9092", ["127.0.0.1:9092"]),
        ("kafka://a:1,b:2", ["a:1", "b:2"]),
        ("kafka://a:1;kafka://b", ["a:1", "b:9092"]),
        ("kafka://[::1]:9093", ["[::1]:9093"]),
        ("kafka://[::1]", ["[::1]:9092"]),
    ],
)
def test_brokers_of_an_address(url, places):
    assert brokers(url) == places


@pytest.mark.parametrize(
    "url", ["", "kafka://", "embedded://x", "kafka://a:b", "kafka://u:p@a:1", "kafka://a:1/x"]
)
def test_an_address_that_is_none_is_refused_without_repeating_a_password(url):
    with pytest.raises(ConfigError, match="--broker") as refused:
        brokers(url)
    assert "u:p" not in str(refused.value)
