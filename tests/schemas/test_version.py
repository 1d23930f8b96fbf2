"""Every message and every line of a file says its version; a later one is refused, not half understood."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import values_of

from alerts.policy import Told
from schemas.codec import Unreadable, decode, encode
from schemas.export import json_schemas, kinds_of
from schemas.observation import AnyObservation, Delivery, Report
from schemas.settings import Settings
from schemas.topics import TOPICS
from streams import feeds
from streams.hops.outbox import Pending

MESSAGES = [kind for topic in TOPICS for kind in kinds_of(topic.value)]
LINES = [*kinds_of(AnyObservation), Settings, Told, Pending]
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize("kind", MESSAGES + LINES, ids=lambda kind: kind.__name__)
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_the_version_is_always_written_and_a_later_one_refused(kind, data):
    value = data.draw(values_of(kind))
    fields = json.loads(encode(value))
    assert fields["v"] == 1
    later = decode(json.dumps({**fields, "v": 2}).encode(), kind)
    assert isinstance(later, Unreadable)
    assert "later format" in later.why
    assert "up to 1" in later.why
    del fields["v"]
    assert decode(json.dumps(fields).encode(), kind) == value


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_schema_knows_the_version(topic):
    schema = json_schemas()[topic.name]
    for kind in kinds_of(topic.value):
        field = schema["$defs"][kind.__name__]["properties"]["v"]
        assert (field["minimum"], field["maximum"]) == (1, 1)


def test_a_later_observation_inside_a_delivery_is_refused_in_the_same_words():
    report = {
        "kind": "report",
        "observation_id": "a",
        "source": "12119",
        "observed_at": "2026-11-22T00:00:00Z",
    }
    report |= {"source_class": "public", "frame": "wgs84", "longitude": 101, "latitude": 28, "v": 2}
    batch = {"delivery_id": "d", "received_at": "2026-11-22T00:00:00Z", "observations": [report]}
    refused = decode(json.dumps(batch).encode(), Delivery)
    assert isinstance(refused, Unreadable)
    assert "later format" in refused.why


def test_a_line_of_a_later_format_is_rejected_and_its_neighbour_read():
    line = {"kind": "report", "source": "12119", "observed_at": "2026-11-21T00:00:00Z"}
    line |= {"source_class": "public", "frame": "wgs84", "longitude": 101, "latitude": 28}
    text = "\n".join(json.dumps(line | more) for more in ({}, {"v": 1}, {"v": 2}))
    parsed = feeds.read(text.encode(), feeds.Limits(NOW))
    assert [type(one) for one in parsed.observations] == [Report, Report]
    # The version is not what a report says: with it or without, it is the same report.
    assert len({one.observation_id for one in parsed.observations}) == 1
    assert [(row.line, row.reason.code) for row in parsed.rejected] == [(3, "bad_value")]
    assert "later format" in parsed.rejected[0].reason.detail
