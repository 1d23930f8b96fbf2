"""Acts handed in over HTTP: by operators alone, names and frames resolved, written once or not at all."""

from datetime import timedelta

import pytest
import pytest_asyncio
from serve_words import NOON, LogInMemory, make_incident, record

from schemas.act import DeclareOut
from schemas.verdict import Verdict
from streams.serve.history import incident_story
from streams.serve.timeline_csv import timeline_csv

GIVEN = {"act": "merge", "incident_id": "fire-1", "other_id": "fire-2", "author": "Li"}


@pytest_asyncio.fixture
async def given(serve, services_of, store, keys):
    store.apply(
        [record("incident.v1", at, make_incident(f"fire-{at}", short_code=f"A00{at}")) for at in (1, 2)]
    )
    log = LogInMemory()
    client = await serve(services_of(writer=log))

    async def give(body, role="operator"):
        secret = keys.create(frozenset({role}), NOON, expires_at=NOON + timedelta(days=1))[1]
        async with client.post("/v1/acts", json=body, headers={"X-API-Key": secret}) as answer:
            return answer.status, await answer.json()

    give.log = log
    return give


def written(log):
    return [one for delivery in log.values("observation.v1") for one in delivery.acts]


async def test_an_act_is_in_the_one_ordered_log_with_its_author_and_time(given):
    status, answer = await given({**GIVEN, "other_id": "A002"})
    (one,) = written(given.log)
    assert (status, answer["known"], answer["act_id"]) == (202, True, one.act_id)
    assert (one.other_id, one.author, one.at, one.received_at) == ("fire-2", "Li", NOON, NOON)


async def test_a_place_off_a_web_map_is_brought_to_wgs_84(given):
    body = {"act": "relocate", "incident_id": "fire-1", "author": "Li", "frame": "gcj02"}
    assert (await given({**body, "longitude": 102.265893, "latitude": 27.891064}))[0] == 202
    (one,) = written(given.log)
    assert one.frame == "wgs84"
    assert (one.longitude, one.latitude) == pytest.approx((102.2644, 27.8945), abs=2e-6)


@pytest.mark.parametrize(
    ("body", "role", "status"),
    [
        (GIVEN, "ranger", 403),
        (GIVEN, "viewer", 403),
        ({**GIVEN, "other_id": "fire-1"}, "operator", 422),
        ({**GIVEN, "at": "2026-04-05T13:00:00Z"}, "operator", 422),
        ({**GIVEN, "author": ""}, "operator", 400),
        ({**GIVEN, "act": "burn"}, "operator", 400),
        ({"act": "split", "incident_id": "fire-1", "author": "Li", "observation_ids": []}, "operator", 400),
        ({"act": "figures", "incident_id": "fire-1", "author": "Li", "deaths": -1}, "operator", 400),
        ([], "operator", 400),
    ],
)
async def test_what_cannot_be_is_refused_and_not_written(given, body, role, status):
    assert (await given(body, role=role))[0] == status
    assert given.log.sent == []


async def test_what_the_log_did_not_take_was_not_accepted(given):
    given.log.fails = TimeoutError()
    assert (await given(GIVEN))[0] == 503


def out(at=NOON, **fields):
    settled = {"act_id": "a:1", "incident_id": "fire-1", "author": "Li", "at": at, "received_at": at}
    return DeclareOut(**{**settled, "outcome": "applied", "applied_to": "fire-1", **fields})


async def test_what_was_said_is_in_the_story_and_can_be_taken_back_for_half_an_hour(given, store, clock):
    undo = {"act": "undo", "incident_id": "x", "author": "Li", "of": "a:1"}
    assert (await given(undo))[0] == 422, "nothing of this id is known yet"
    store.apply([record("act.v1", 0, out(outcome="waiting", applied_to=""))])
    store.apply([record("act.v1", 1, out())])
    said = Verdict(
        verdict_id="v:1", incident_id="fire-1", code=9, level="city", author="Li", at=NOON, text="=1"
    )
    store.apply([record("verdict.v1", 0, said), record("act.v1", 2, out(act_id="a:2", outcome="undone"))])
    story = incident_story(store, "fire-1")
    told = [(one["what"], one[one["what"]].get("outcome")) for one in story["timeline"]]
    assert sorted(told, key=str) == [
        ("act", "applied"), ("act", "undone"), ("revision", None), ("verdict", "given"),
    ]  # fmt: skip
    assert "verdict 9" in timeline_csv(story)
    assert "'=" in timeline_csv(story)
    assert (await given({**undo, "of": "a:2"}))[0] == 422
    clock.now = NOON + timedelta(minutes=30)
    status, answer = await given(undo)
    assert (status, answer["incident_id"]) == (202, "fire-1")
    (one,) = written(given.log)
    assert (one.of, one.incident_id, one.author) == ("a:1", "fire-1", "Li")
    clock.now = NOON + timedelta(minutes=31)
    status, answer = await given(undo)
    assert status == 422
    assert "too_late" in answer["detail"]


@pytest.mark.parametrize(
    ("hours", "text", "status"), [(1, "crews are there", 202), (25, "x", 422), (-1, "x", 422), (1, " ", 422)]
)
async def test_a_silence_has_a_reason_and_ends_within_a_day(given, hours, text, status):
    until = (NOON + timedelta(hours=hours)).isoformat()
    body = {"act": "silence", "incident_id": "fire-1", "author": "Li", "until": until, "text": text}
    assert (await given(body))[0] == status


@pytest.mark.parametrize(("kind", "act", "status"), [
    ("outbreak", {"act": "reopen"}, 202), ("outbreak", {"act": "out"}, 422),
    ("blind", {"act": "reopen"}, 422),
])  # fmt: skip
async def test_what_is_done_to_fires_alone_is_refused_at_once_of_anything_else(
    given, store, kind, act, status
):
    store.apply([record("incident.v1", 9, make_incident("P-1", kind=kind, short_code="P001"))])
    assert (await given({"incident_id": "P-1", "author": "Li", **act}))[0] == status
    assert len(written(given.log)) == (status == 202)


async def test_an_answer_on_an_outbreak_is_taken_back_within_half_an_hour(given, store, clock):
    said = Verdict(
        verdict_id="v:9", incident_id="P-1", code=6, level="county", author="Li", at=NOON, received_at=NOON,
        outcome="applied", applied_to="P-1",
    )  # fmt: skip
    store.apply([record("incident.v1", 9, make_incident("P-1", kind="outbreak", short_code="P001"))])
    store.apply([record("verdict.v1", 9, said)])
    undo = {"act": "undo", "incident_id": "P-1", "author": "Wang", "of": "v:9"}
    status, answer = await given(undo)
    assert (status, answer["incident_id"]) == (202, "P-1")
    (one,) = written(given.log)
    assert (one.of, one.incident_id, one.author) == ("v:9", "P-1", "Wang")
    clock.now = NOON + timedelta(minutes=31)
    assert (await given(undo))[0] == 422
