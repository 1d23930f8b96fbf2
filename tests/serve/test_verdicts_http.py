"""Verdicts handed in over HTTP: signed by whom they may, found by any name, written once or not at all."""

from datetime import timedelta

import pytest
import pytest_asyncio
from alerted import a_receiver
from serve_words import NOON, LogInMemory, alerts, make_alert, make_incident, record

from schemas.settings import Settings
from schemas.topics import INCIDENT

GIVEN = {"incident_id": "fire-1", "code": 0, "author": "Li"}
SIGNED = {**GIVEN, "code": 3, "level": "county", "text": "straw"}


@pytest_asyncio.fixture
async def given(serve, services_of, store, keys):
    store.apply(alerts(make_alert(1)))
    store.apply([record(INCIDENT.name, 0, make_incident("fire-1"))])
    merged = make_incident("fire-0", 2, status="merged", merged_into="fire-1")
    store.apply([record(INCIDENT.name, 1, merged)])
    log = LogInMemory()
    client = await serve(services_of(settings=Settings(receivers=(a_receiver(),)), writer=log))

    async def give(body, role="operator", path="/v1/verdicts", **headers):
        secret = keys.create(frozenset({role}), NOON, expires_at=NOON + timedelta(days=1))[1]
        give.secret = headers.pop("secret", secret)
        headers = {"Authorization": f"Bearer {give.secret}", **headers}
        async with client.post(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    give.log = log
    return give


def written(log):
    return [one for delivery in log.values("observation.v1") for one in delivery.verdicts]


async def test_a_verdict_is_in_the_one_ordered_log_with_its_author_and_time(given):
    status, answer = await given(GIVEN, role="ranger")
    (one,) = written(given.log)
    assert (status, answer["known"], answer["verdict_id"]) == (202, True, one.verdict_id)
    assert (one.incident_id, one.code, one.level, one.author) == ("fire-1", 0, "field", "Li")
    assert (one.at, one.received_at, one.outcome) == (NOON, NOON, "given")


@pytest.mark.parametrize("name", ["fire-1", "fire-0", "A001", "a001"])
async def test_it_finds_the_incident_by_any_name(given, name):
    assert (await given({**GIVEN, "incident_id": name}))[1]["incident_id"] == "fire-1"


async def test_an_unknown_incident_is_taken_in_and_said_to_be_unknown(given):
    assert (await given({**GIVEN, "incident_id": "fire-9"}))[1]["known"] is False
    assert written(given.log)[0].incident_id == "fire-9"


@pytest.mark.parametrize(
    ("body", "role", "status"),
    [
        (SIGNED, "ranger", 403),
        ({**SIGNED, "text": " "}, "operator", 422),
        (GIVEN, "viewer", 403),
        (GIVEN, "ingest", 403),
        ({**GIVEN, "author": ""}, "operator", 400),
        ({**GIVEN, "code": 11}, "operator", 400),
        ({**GIVEN, "more": 1}, "operator", 400),
        ({"code": 0, "author": "Li"}, "operator", 400),
        ([], "operator", 400),
        ({**GIVEN, "text": "x" * 20_000}, "operator", 400),
        ({**GIVEN, "at": "2026-04-05T13:00:00Z"}, "operator", 422),
        ({**GIVEN, "at": "1999-04-05T13:00:00Z"}, "operator", 422),
    ],
)
async def test_what_cannot_be_is_refused_and_not_written(given, body, role, status):
    assert (await given(body, role=role))[0] == status
    assert given.log.sent == []


async def test_the_same_key_and_body_get_the_first_answer_and_another_body_is_refused(given):
    first = await given(SIGNED, **{"Idempotency-Key": "k"})
    secret = given.secret
    assert await given(SIGNED, secret=secret, **{"Idempotency-Key": "k"}) == first
    assert (await given(GIVEN, secret=secret, **{"Idempotency-Key": "k"}))[0] == 422
    assert len(written(given.log)) == 1


async def test_what_the_log_did_not_take_was_not_accepted(given):
    given.log.fails = TimeoutError()
    assert (await given(GIVEN))[0] == 503


async def test_an_answer_with_a_code_is_evidence_from_the_spot_under_the_receivers_name(given):
    body = {"receiver": "ranger", "alert_id": "fire-1", "code": 9}
    assert (await given(body, path="/v1/answers"))[0] == 202
    (one,) = written(given.log)
    assert (one.author, one.level, one.code, one.incident_id) == ("ranger", "field", 9, "fire-1")
    assert [name for name, *_ in given.log.sent] == ["notice.v1", "observation.v1"]
