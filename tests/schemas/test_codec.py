import json

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import values_of

from schemas.codec import Unreadable, decode, encode, packed, unpacked
from schemas.export import json_schemas, kinds_of
from schemas.observation import AnyObservation
from schemas.settings import Settings
from schemas.topics import TOPICS

KINDS = [kind for topic in TOPICS for kind in kinds_of(topic.value)] + [Settings]
SCHEMAS = json_schemas()
some = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@some
@given(st.data())
def test_encode_then_decode_is_identity(kind, data):
    value = data.draw(values_of(kind))
    raw = encode(value)
    assert decode(raw, kind) == value
    assert encode(decode(raw, kind)) == raw
    assert unpacked(packed(value), kind) == value
    assert encode(unpacked(packed(value), kind)) == raw


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
@settings(some, max_examples=15)
@given(st.data())
def test_every_value_keeps_to_its_exported_schema(topic, data):
    value = data.draw(values_of(topic.value))
    jsonschema.Draft202012Validator(SCHEMAS[topic.name]).validate(json.loads(encode(value)))


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
@settings(some, max_examples=150)
@given(
    st.binary(max_size=64)
    | st.text(max_size=32).map(lambda text: json.dumps({"v": text, "at": text}).encode())
)
def test_random_bytes_never_raise(topic, raw):
    decode(raw, topic.value)
    unpacked(raw, topic.value)


@some
@given(values_of(AnyObservation), st.data())
def test_a_damaged_message_never_raises(value, data):
    raw = bytearray(encode(value))
    for _ in range(3):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    decode(bytes(raw), AnyObservation)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        None,
        b"\xff\xfe",
        b"{",
        b"null",
        b"[" * 100_000,
        b'{"kind":"hotspot"}',
        b'{"kind":"dragon"}',
        b"NaN",
        b"{}" * 2,
    ],
    ids=lambda raw: repr(raw)[:20],
)
def test_bytes_that_are_no_observation_become_unreadable_with_a_reason(raw):
    value = decode(raw, AnyObservation)
    assert isinstance(value, Unreadable)
    assert value.why
    assert value.raw == (raw or b"")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("longitude", 181),
        ("latitude", 102.2),
        ("observed_at", "2020-03-30T08:10:00"),
        ("frp_mw", 0),
        ("observation_id", ""),
    ],
)
def test_an_impossible_value_is_refused_with_its_path(field, value):
    good = {
        "kind": "hotspot",
        "observation_id": "a",
        "source": "N20/VIIRS",
        "observed_at": "2020-03-30T08:10:00Z",
        "longitude": 102.0,
        "latitude": 27.0,
        "satellite": "N20",
        "instrument": "VIIRS",
        "scan_km": 0.4,
        "track_km": 0.4,
        "confidence": "low",
    }
    assert not isinstance(decode(json.dumps(good).encode(), AnyObservation), Unreadable)
    refused = decode(json.dumps({**good, field: value}).encode(), AnyObservation)
    assert isinstance(refused, Unreadable)
    assert f"$.{field}" in refused.why
