"""Over HTTP: documents are published to every partition, near misses are listed, a shadow is shown."""

from datetime import timedelta

import pytest
import pytest_asyncio
from judged import START, delivery, hotspot, judge
from serve_words import NOON, LogInMemory, record

from schemas.codec import encode
from schemas.detection import Claims, Detection, Shown
from schemas.reason import Reason, Silence
from schemas.settings import Kafka, Setting, Settings
from schemas.topics import ALERT, INCIDENT, OBSERVATION
from streams.engine.reader import Read
from streams.metrics import Metrics
from streams.said import with_said
from streams.tuning.shadow import Shadow
from streams.tuning.shadowing import FILE, Shadowing

FLOOR = "[grade]\ntask = 0.1\n"
SIGNED = {"author": "Li Ming", "reason": "straw"}
WEAK = [delivery(hotspot(60 * k, east=20.0 * k, frp=4.0 if k % 2 else 60.0)) for k in range(6)]


@pytest_asyncio.fixture
async def asked(serve, services_of, keys, tmp_path):
    log = LogInMemory()
    settled = Settings(kafka=Kafka(partitions=3))
    client = await serve(services_of(writer=log, settings=settled, documents=tmp_path / "settings"))

    async def ask(method, path, body=None, role="operator"):
        secret = keys.create(frozenset({role}), NOON, expires_at=NOON + timedelta(days=1))[1]
        async with client.request(method, path, json=body, headers={"X-API-Key": secret}) as answer:
            return answer.status, await answer.json(content_type=None)

    ask.log = log
    return ask


async def test_a_document_goes_to_every_partition_and_into_the_history(asked):
    status, entry = await asked("PUT", "/v1/settings", {"document": FLOOR, **SIGNED})
    assert (status, entry["version"], entry["author"]) == (202, 1, "Li Ming")
    sent = [(partition, value) for name, _, value, partition in asked.log.sent if name == "observation.v1"]
    assert sorted(partition for partition, _ in sent) == [0, 1, 2]
    assert len({encode(value.settings[0]) for _, value in sent}) == 1
    assert sent[0][1].settings[0].effective_at == NOON + timedelta(seconds=30)
    _, shown = await asked("GET", "/v1/settings", role="auditor")
    assert [each["version"] for each in shown["history"]] == [1]
    _, back = await asked("PUT", "/v1/settings", {"back_to": 1, **SIGNED})
    # it begins no sooner than the first: of what would be in force by then it changes nothing
    assert (back["version"], back["back_to"], back["changes"]) == (2, 1, [])
    assert [one["path"] for one in entry["changes"]] == ["grade.task"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"document": "[grade]\ntsk = 1", **SIGNED}, 422),
        ({"document": "[grade]\ntask_protected = 0.2", **SIGNED}, 422),
        ({"document": FLOOR, "author": "", "reason": ""}, 422),
        ({"document": FLOOR, **SIGNED, "effective_at": "2020-01-01T00:00:00Z"}, 422),
        ({"dokument": FLOOR}, 400),
    ],
)
async def test_a_bad_document_is_refused_and_nothing_is_written(asked, body, status):
    assert (await asked("PUT", "/v1/settings", body))[0] == status
    assert asked.log.sent == []


async def test_a_viewer_publishes_nothing(asked):
    assert (await asked("PUT", "/v1/settings", {"document": FLOOR, **SIGNED}, role="viewer"))[0] == 403


async def test_the_nearest_misses_come_first_with_their_place(asked, store, clock):
    clock.now = START + timedelta(days=1)
    outcome = judge(WEAK, settings=Settings(grade={"task": 0.4}))
    quiet = [record("silence.v1", k, one) for k, one in enumerate(outcome.silences.values(), 1)]
    store.apply(quiet)
    status, found = await asked("GET", "/v1/nearest?hours=168")
    lacks = [one["lacks"] for one in found["nearest"]]
    assert (status, len(lacks)) == (200, 6)
    assert lacks == sorted(lacks)
    assert lacks[0] < lacks[-1]
    assert (await asked("GET", "/v1/nearest?hours=0"))[0] == 400


async def test_a_miss_shows_the_pictures_of_its_claim_and_else_the_county_of_its_silence(asked, store, clock):
    clock.now = NOON
    lacking = Reason(code="below_threshold", rule="grade.task", value=0.1, threshold=0.2)
    seen = Detection(
        detection_id="cam/1", detector="sighting", kind="fire", observation_id="cam/1", source="cam",
        source_class="video", look="cam", observed_at=NOON, received_at=NOON, longitude=101.0, latitude=28.0,
        sigma_km=0.5, probability=0.1, shown=Shown(pictures=("a" * 64,)),
    )  # fmt: skip
    claims = Claims(origin=0, origins=1, received_at=NOON, detections=(seen,))
    quiet = [
        Silence(
            observation_id=name,
            outcome="silent",
            stage="observe",
            at=NOON,
            reason=lacking,
            county="513401",
            source=name[:-2],
            longitude=102.5,
            latitude=27.5,
        )
        for name in ("cam/1", "sensor/1")
    ]
    store.apply(
        [record("detection.v1", 1, claims), *(record("silence.v1", k, one) for k, one in enumerate(quiet, 1))]
    )
    _, found = await asked("GET", "/v1/nearest")
    told = {one["observation_id"]: one for one in found["nearest"]}
    assert (told["cam/1"]["pictures"], told["cam/1"]["source"]) == (["a" * 64], "cam")
    assert (told["sensor/1"]["pictures"], told["sensor/1"]["county"]) == ([], "513401")
    assert (told["sensor/1"]["longitude"], told["sensor/1"]["source"]) == (102.5, "sensor")
    assert (told["cam/1"]["longitude"], told["cam/1"]["county"]) == (101.0, "513401")


async def test_constants_are_shown_with_their_source_and_no_document_sets_them(asked):
    status, found = await asked("GET", "/v1/settings/data?table=data.gwp", role="auditor")
    assert status == 200
    assert {one["path"].split(".")[1].split("[")[0] for one in found["data"]} == {"gwp"}
    assert all(one["source"] and one["version"] for one in found["data"])
    assert (await asked("GET", "/v1/settings/data?table=data.nothing"))[0] == 404


async def test_without_a_candidate_no_shadow_is_shown(asked):
    assert await asked("GET", "/v1/shadow") == (200, {"shadow": None})


def test_a_shadow_judges_the_same_log_tells_nobody_and_is_compared():
    live, shadow = judge(WEAK), Shadow(Settings(grade={"task": 0.1}), judged_region(), 1)
    # a document that is published meanwhile is not laid over the candidate
    published = Setting(name="default", version=1, document="[grade]\ntask = 0.0\n", effective_at=START,
                        received_at=START, **SIGNED)  # fmt: skip
    for k, one in enumerate(with_said(WEAK, [published])):
        shadow.take(Read(OBSERVATION.name, 0, k, b"", encode(one)))
    for topic, values in ((INCIDENT, live.incidents.values()), (ALERT, live.alerts)):
        for k, one in enumerate(values):
            shadow.take(Read(topic.name, 0, k, b"", encode(one)))
    shadow.take(Read(ALERT.name, 0, 99, b"", b"{"))
    found = shadow.compared("UTC")
    assert (found.before.told, found.after.told) == (6, 3)
    assert found.counts["lost"] == 3
    assert Shadow(Settings(), judged_region(), 1).compared("UTC") is None


def judged_region():
    from detectors.region import WORLD

    return WORLD


def test_the_file_says_which_candidate_runs(tmp_path, caplog):
    folder = tmp_path / "settings"
    folder.mkdir()
    told = Shadowing(Settings(), judged_region(), "embedded://", tmp_path, Metrics())
    assert told.look() is None
    (folder / FILE).write_text(FLOOR)
    first = told.look()
    assert first.settings.grade == {"task": 0.1}
    assert (told.look(), told.running, told.changed()) == (None, first, False)
    (folder / FILE).write_text("[grade]\ntsk = 1")
    assert told.changed()
    assert told.look() is None
    assert "cannot be used" in caplog.text
    (folder / FILE).unlink()
    told.look()
    assert told.running is None
