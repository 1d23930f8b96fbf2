"""Answers handed in over HTTP: checked, written under the receiver's key, and never half taken."""

import pytest
from alerted import a_receiver
from serve_words import LogInMemory, alerts, make_alert

from schemas.settings import Settings

GIVEN = {"receiver": "ranger", "alert_id": "fire-1"}


@pytest.fixture
async def asked(serve, services_of, store, keys):
    store.apply(alerts(make_alert(1)))
    log = LogInMemory()
    services = services_of(settings=Settings(receivers=(a_receiver(),)), writer=log)
    client = await serve(services)
    from datetime import timedelta

    from serve_words import NOON

    secret = keys.create(frozenset({"operator"}), NOON, expires_at=NOON + timedelta(days=1))[1]

    async def ask(body):
        headers = {"Authorization": f"Bearer {secret}"}
        async with client.post("/v1/answers", json=body, headers=headers) as answer:
            return answer.status

    ask.log = log
    return ask


async def test_an_answer_is_on_the_log_under_its_receiver_with_who_handed_it_in(asked):
    assert await asked(GIVEN) == 202
    ((name, key, said, _),) = asked.log.sent
    assert (name, key) == ("notice.v1", "ranger")
    assert (said.receiver, said.alert_id, bool(said.by)) == ("ranger", "fire-1", True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**GIVEN, "receiver": "stranger"}, 404),
        ({**GIVEN, "alert_id": "fire-9"}, 404),
        ({"receiver": "ranger"}, 400),
        ({**GIVEN, "more": 1}, 400),
        ([], 400),
        ({**GIVEN, "alert_id": "x" * 9000}, 400),
    ],
)
async def test_what_cannot_be_is_refused_and_not_written(asked, body, status):
    assert await asked(body) == status
    assert asked.log.sent == []


async def test_what_the_log_did_not_take_was_not_accepted(asked):
    asked.log.fails = TimeoutError()
    assert await asked(GIVEN) == 503
