"""The one way in: every row of a payload is answered, on its line and in its order."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import decode
from schemas.settings import Kafka
from schemas.topics import DEAD_LETTER, OBSERVATION
from streams.engine.logs import close_logs, open_log
from streams.engine.places import topic_name
from streams.engine.writer import EmbeddedWriter
from streams.ingress import Ingress

KAFKA = Kafka(partitions=2)
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
HEAD = "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,"
HEAD += "bright_ti5,frp,daynight"


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """A real log: what is accepted is read back from it."""
    yield open_log(tmp_path_factory.mktemp("data"), KAFKA)
    close_logs()


def added(log, topic, ends):
    """Return what stands in a topic from `ends` on, decoded."""
    name = topic_name(KAFKA, topic)
    raw = [one.value for part, end in ends.items() for one in log.read(name, part, end)]
    return [decode(one, topic.value) for one in raw]


def ends_of(log, topic):
    name = topic_name(KAFKA, topic)
    return {part: log.end(name, part) for part in range(log.partitions(name))}


async def accept(log, payload):
    before = {topic.name: ends_of(log, topic) for topic in (OBSERVATION, DEAD_LETTER)}
    ingress = Ingress(EmbeddedWriter(log, KAFKA))
    answer = await ingress.accept(payload, feed="http", source_name="http/k", received_at=NOW)
    deliveries = added(log, OBSERVATION, before[OBSERVATION.name])
    observations = [one for delivery in deliveries for one in delivery.observations]
    return answer, observations, added(log, DEAD_LETTER, before[DEAD_LETTER.name])


def row(number, good):
    lat = 28.1 if good else 128.1
    return f"{lat},{101 + number / 1000:.3f},330,0.4,0.4,2026-11-21,45,N20,VIIRS,n,2.0NRT,290,5,N"


def report(number, good):
    said = {"kind": "report", "observation_id": f"r-{number}", "source": "12119", "source_class": "public"}
    said |= {"observed_at": "2026-11-21T02:20:00Z", "longitude": 101.2, "latitude": 30.1}
    return json.dumps(said | ({"frame": "wgs84"} if good else {}))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["good", "bad", "blank"]), min_size=1, max_size=30), st.booleans())
async def test_every_row_is_answered_on_its_line_in_the_order_of_the_payload(log, rows, as_csv):
    made = row if as_csv else report
    lines = ["" if kind == "blank" else made(number, kind == "good") for number, kind in enumerate(rows)]
    payload = "\n".join([*([HEAD] if as_csv else [report("first", good=True)]), *lines]).encode()
    answer, observations, letters = await accept(log, payload)
    wanted = [] if as_csv else [(1, "accepted")]
    words = {"good": "accepted", "bad": "rejected"}
    wanted += [(number, words[kind]) for number, kind in enumerate(rows, 2) if kind != "blank"]
    assert [(line["line"], line["outcome"]) for line in answer.lines] == wanted
    accepted = [line["observation_id"] for line in answer.lines if line["outcome"] == "accepted"]
    assert sorted(accepted) == sorted(one.observation_id for one in observations)
    if not as_csv:
        assert accepted == [
            "12119~r-first",
            *(f"12119~r-{n}" for n, kind in enumerate(rows) if kind == "good"),
        ]
    assert len(letters) == answer.counts["rejected"] == sum(kind == "bad" for kind in rows)


async def test_what_is_lost_at_the_end_has_no_line_and_comes_last(log):
    folded = gzip.compress("\n".join(report(n, good=n % 3 > 0) for n in range(3000)).encode())
    answer, observations, letters = await accept(log, folded[: len(folded) // 2])
    assert observations
    numbers = [line["line"] for line in answer.lines]
    assert numbers[:-1] == list(range(1, len(numbers)))
    assert numbers[-1] is None
    assert answer.lines[-1]["reason"]["code"] == "unreadable"
    assert [letter.position for letter in letters].count("end") == 1


async def test_a_document_that_breaks_off_is_answered_up_to_the_break(log):
    text = "[" + ", ".join(report(n, good=True) for n in range(3)) + ', {"kind": "rep'
    answer, _, letters = await accept(log, text.encode())
    assert [line["line"] for line in answer.lines] == [1, 2, 3, None]
    assert letters[0].position == "end"


async def test_a_payload_that_cannot_be_read_is_one_rejection_and_one_letter(log):
    answer, observations, letters = await accept(log, b"\x00\x01 no data")
    assert observations == []
    assert [(line["line"], line["outcome"]) for line in answer.lines] == [(None, "rejected")]
    assert answer.counts == {"accepted": 0, "rejected": 1}
    assert letters[0].raw == b"\x00\x01 no data"
