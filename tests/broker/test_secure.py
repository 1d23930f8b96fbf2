"""The options of streams.kafka.security against a broker that asks for TLS, SCRAM and PLAIN."""

import subprocess
import threading

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth
from needed import program

from deploy.kafka.broker import Broker
from schemas.settings import Kafka
from streams.kafka.admin import ClusterError, connect
from streams.kafka.names import wanted
from streams.kafka.security import security

PASSWORD = "feng-huo-2020"
LOGIN = {"FENGHUO_KAFKA_USERNAME": "fenghuo-worker", "FENGHUO_KAFKA_PASSWORD": PASSWORD}
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
PLAIN = f'org.apache.kafka.common.security.plain.PlainLoginModule required user_fenghuo-worker="{PASSWORD}";'


def certificate(folder, name, authority=None):
    """Make `name`.pem (key and certificate) for 127.0.0.1, signed by `authority` or by itself."""
    key, cert = folder / f"{name}.key", folder / f"{name}.crt"
    signer = ["-CA", folder / f"{authority}.crt", "-CAkey", folder / f"{authority}.key"] if authority else []
    names = ["-subj", f"/CN={name}"]
    if authority:
        names += ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]
    kind = ["-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command = ["openssl", "req", "-x509", *kind, *names, *signer, "-keyout", key, "-out", cert]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    (folder / f"{name}.pem").write_bytes(key.read_bytes() + cert.read_bytes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    program("openssl", "makes the certificates")
    folder = tmp_path_factory.mktemp("tls")
    certificate(folder, "authority")
    for name in ("broker", "client"):
        certificate(folder, name, "authority")
    certificate(folder, "stranger")
    return folder


@pytest.fixture(scope="module")
def secure(kafka_node, folder, tmp_path_factory):
    """A broker of its own, with a listener for every protocol; TLS clients must show a certificate."""
    extra = {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "broker.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(folder / "authority.crt"),
        "listener.name.ssl.ssl.client.auth": "required",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
    }
    for listener in ("sasl_plaintext", "sasl_ssl"):
        extra[f"listener.name.{listener}.plain.sasl.jaas.config"] = PLAIN
        for kind in ("256", "512"):
            extra[f"listener.name.{listener}.scram-sha-{kind}.sasl.jaas.config"] = SCRAM
    listeners = dict.fromkeys(("SSL", "SASL_PLAINTEXT", "SASL_SSL"), 0)
    scram = {"fenghuo-worker": PASSWORD}
    data = tmp_path_factory.mktemp("secure")
    assert kafka_node.pid
    with Broker(data, extra=extra, scram=scram, listeners=listeners) as broker:
        yield broker


def settings(folder, word, mechanism=""):
    files = {"ca_file": str(folder / "authority.crt")} if word.endswith("ssl") else {}
    if word == "ssl":
        files |= {"cert_file": str(folder / "client.crt"), "key_file": str(folder / "client.key")}
    return Kafka(
        prefix=f"{word}.{mechanism}.", partitions=1, security=word, sasl_mechanism=mechanism, **files
    )


@pytest.mark.parametrize(
    ("word", "mechanism"),
    [
        ("ssl", ""),
        ("sasl_ssl", "SCRAM-SHA-512"),
        ("sasl_ssl", "SCRAM-SHA-256"),
        ("sasl_ssl", "PLAIN"),
        ("sasl_plaintext", "SCRAM-SHA-256"),
        ("sasl_plaintext", "PLAIN"),
    ],
)
async def test_all_three_clients_work_with_the_same_settings(secure, folder, caplog, word, mechanism):
    caplog.set_level("DEBUG")
    kafka = settings(folder, word, mechanism)
    place = secure.address(word.upper())
    told = security(kafka, [place], LOGIN)
    topic = wanted(kafka)[0]
    with connect([place], told) as client:
        client.create_topics({topic.name: {"num_partitions": 1, "replication_factor": 1}})
        client.wait_for_topics([topic.name])
    # Faust makes its clients from its credentials in this function; then it is aiokafka alone.
    options = credentials_to_aiokafka_auth(told.credentials())
    async with AIOKafkaProducer(bootstrap_servers=place, **options) as producer:
        await producer.send_and_wait(topic.name, "烽火".encode())
    consumer = AIOKafkaConsumer(
        topic.name, bootstrap_servers=place, auto_offset_reset="earliest", **told.options()
    )
    async with consumer:
        assert (await consumer.getone()).value.decode() == "烽火"
    assert not [line for line in caplog.text.splitlines() if PASSWORD in line]


async def test_a_wrong_password_is_refused_and_shown_nowhere(secure, folder, caplog):
    caplog.set_level("DEBUG")
    place = secure.address("SASL_SSL")
    wrong = LOGIN | {"FENGHUO_KAFKA_PASSWORD": "wrong-secret"}
    told = security(settings(folder, "sasl_ssl", "SCRAM-SHA-512"), [place], wrong)
    producer = AIOKafkaProducer(bootstrap_servers=place, **told.options())
    with pytest.raises(KafkaError) as refused:
        await producer.start()
    await producer.stop()
    assert "wrong-secret" not in f"{refused.value!r}{caplog.text}"


async def test_a_broker_of_an_unknown_authority_is_refused(secure, folder):
    place = secure.address("SASL_SSL")
    kafka = Kafka(security="sasl_ssl", sasl_mechanism="SCRAM-SHA-512", ca_file=str(folder / "stranger.crt"))
    producer = AIOKafkaProducer(bootstrap_servers=place, **security(kafka, [place], LOGIN).options())
    with pytest.raises(KafkaError):
        await producer.start()
    await producer.stop()


def test_topics_says_in_one_line_that_the_login_failed_and_leaves_nothing_behind(secure, folder):
    place = secure.address("SASL_PLAINTEXT")
    wrong = LOGIN | {"FENGHUO_KAFKA_PASSWORD": "wrong-secret"}
    told = security(settings(folder, "sasl_plaintext", "SCRAM-SHA-256"), [place], wrong)
    threads = threading.active_count()
    with pytest.raises(ClusterError) as refused, connect([place], told) as client:
        client.list_topics()
    assert threading.active_count() == threads
    assert "let no SASL_PLAINTEXT SCRAM-SHA-256 client in" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "wrong-secret" not in str(refused.value)
