"""Notices that were given up are listed with what hinders a replay, and go out once more under their id."""

from datetime import datetime, timedelta

import pytest
from alerted import a_receiver
from serve_words import NOON, LogInMemory, alerts, make_alert, record

from alerts.escalation import unanswered
from schemas.notice import Due, Notice
from schemas.reason import Reason
from schemas.settings import Settings
from streams.hops.outbox import notice_id

SETTINGS = Settings(receivers=(a_receiver("ranger"), a_receiver("board", public=True)))


def given_up(receiver="ranger", alert_id="fire-1", revision=1, outcome="failed", **fields):
    known = {
        "notice_id": notice_id(receiver, alert_id, revision),
        "channel": "webhook",
        "incident_id": alert_id,
        "action": "new",
        "grade": "III",
        "at": NOON,
        "attempts": 4,
        "reason": Reason(code="gateway_refused", detail="no such number"),
    }
    return Notice(receiver=receiver, alert_id=alert_id, revision=revision, outcome=outcome, **known | fields)


@pytest.fixture
async def house(serve, services_of, store, keys, clock):
    log = LogInMemory()
    client = await serve(services_of(settings=SETTINGS, writer=log))
    secret = keys.create(frozenset({"operator"}), NOON, expires_at=NOON + timedelta(days=9))[1]

    async def ask(path, method="GET"):
        headers = {"Authorization": f"Bearer {secret}"}
        async with client.request(method, path, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    def keep(*notices):
        store.apply([record("notice.v1", 100 + n, one) for n, one in enumerate(notices)])

    ask.log, ask.store, ask.keep, ask.clock = log, store, keep, clock
    return ask


async def replayed(house, notice):
    return await house(f"/v1/given-up/{notice.notice_id}/replay", "POST")


async def test_a_notice_to_a_hopeless_number_is_listed_and_goes_out_again_as_it_was(house):
    alert = make_alert(1, expires_at=NOON + timedelta(days=2))
    house.store.apply(alerts(alert))
    lost, fine = given_up(), given_up(revision=2, outcome="accepted")
    house.keep(lost, fine)
    _, page = await house("/v1/given-up")
    assert [(one["notice"]["notice_id"], one["hindrance"]) for one in page["notices"]] == [
        (lost.notice_id, "")
    ]
    assert (await replayed(house, lost))[0] == 202
    ((_, key, due, _),) = house.log.sent
    assert isinstance(due, Due)
    assert (key, due.receiver, due.alert, due.again) == ("ranger", "ranger", alert, 4)


async def test_what_was_told_in_somebodys_place_is_replayed_in_it_under_the_same_id(house):
    alert = make_alert(1, expires_at=NOON + timedelta(days=2))
    house.store.apply(alerts(alert))
    lost = given_up(notice_id=notice_id("ranger", "fire-1", 1, "second"))
    due = Due(receiver="ranger", due_at=NOON, alert=alert, instead_of="second")
    house.store.apply([record("notice.v1", 50, due)])
    house.keep(lost)
    assert (await replayed(house, lost))[0] == 202
    ((_, _, sent, _),) = house.log.sent
    said = unanswered(sent.alert)
    assert (sent.instead_of, sent.again, said.ref) == ("second", 4, "second")
    assert datetime.fromisoformat(said.detail) == NOON


CASES = {
    "expired at": given_up(alert_id="fire-2"),
    "the alert has ended: close in revision 2": given_up(alert_id="fire-3"),
    "not in the settings": given_up(receiver="gone"),
    "an officer lets out": given_up(receiver="board"),
    "not kept any more": given_up(alert_id="fire-9"),
    "only a revision of an alert": given_up(notice_id="notice_of_a_digest", action="digest"),
    "not given up: accepted": given_up(outcome="accepted"),
}


@pytest.mark.parametrize("why", CASES)
async def test_what_is_over_or_was_never_its_own_is_refused_with_the_reason(house, why):
    day = {"expires_at": NOON + timedelta(days=2)}
    over = make_alert(2, expires_at=NOON - timedelta(seconds=1))
    ended = [make_alert(3, **day), make_alert(3, 2, action="close", **day)]
    house.store.apply(alerts(make_alert(1, **day), over, *ended))
    house.keep(CASES[why])
    status, answer = await replayed(house, CASES[why])
    assert status == 409
    assert why in answer["detail"]
    assert house.log.sent == []
    listed = [one["hindrance"] for one in (await house("/v1/given-up"))[1]["notices"]]
    assert all(why in one for one in listed)


async def test_a_cancel_that_did_not_arrive_may_be_replayed_after_the_end(house):
    cancel = make_alert(3, 2, action="cancel", expires_at=NOON - timedelta(hours=1))
    house.store.apply(alerts(make_alert(3), cancel))
    lost = given_up(alert_id="fire-3", revision=2, action="cancel")
    house.keep(lost)
    assert (await replayed(house, lost))[0] == 202
    assert (await house("/v1/given-up/notice_none/replay", "POST"))[0] == 404
