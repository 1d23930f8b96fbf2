"""Invariant 13 at the doors: a quarantine find is absent for whoever lacks the mark, in every form."""

import pytest
from serve_words import NOON, LogInMemory, make_alert, make_incident, record

from schemas.notice import Notice
from schemas.pest import Pest
from schemas.topics import ALERT, INCIDENT, NOTICE

PEST = {
    "kind": "outbreak",
    "audience": "quarantine",
    "pest": Pest(species="Bursaphelenchus xylophilus", chinese="松材线虫", is_quarantine=True),
}
NAME = "P20260405-ABCDEFGH"
ALERT_ = make_alert(alert_id=NAME, incident_id=NAME, **PEST)


@pytest.fixture(autouse=True)
def _kept(store):
    store.apply([
        record(ALERT.name, 0, ALERT_),
        record(INCIDENT.name, 0, make_incident(NAME, **PEST)),
        record(ALERT.name, 1, make_alert(1)),
    ])  # fmt: skip


async def texts(client, headers):
    """What each door answers: status and body."""
    paths = (
        "/v1/alerts",
        "/v1/alerts.atom",
        "/v1/incidents",
        f"/v1/alerts/{NAME}",
        f"/v1/alerts/{NAME}.cap",
        f"/v1/alerts/{NAME}.geojson",
        f"/v1/incidents/{NAME}",
        f"/v1/explain/{NAME}",
    )
    found = {}
    for path in paths:
        answer = await client.get(path, headers=headers)
        found[path] = (answer.status, await answer.text())
    return found


async def streamed(client, headers):
    async with client.get("/v1/alerts/stream?after=0", headers=headers) as answer:
        read = b""
        while b"fire-1" not in read:
            read += await answer.content.readany()
    return read.decode()


def bearer(keys, *roles):
    _, secret = keys.create(frozenset(roles), NOON)
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("roles", [(), ("viewer",), ("operator",), ("admin",)])
async def test_13_without_the_mark_it_is_nowhere(serve, keys, roles):
    client = await serve(open_reading=not roles)
    headers = bearer(keys, *roles) if roles else {}
    for path, (status, text) in (await texts(client, headers)).items():
        assert NAME not in text, path
        assert status == (404 if NAME in path else 200), path
    assert NAME not in await streamed(client, headers)


@pytest.mark.parametrize(("roles", "sees"), [(("operator",), False), (("operator", "quarantine"), True)])
async def test_13_nor_among_notices_given_up_nor_in_a_handover(serve, services_of, store, keys, roles, sees):  # noqa: PLR0917 - what pytest gives
    lost = Notice(
        notice_id="notice_1", receiver="ranger", channel="webhook", alert_id=NAME, incident_id=NAME,
        revision=1, action="new", grade="I", outcome="failed", at=NOON, attempts=4,
    )  # fmt: skip
    store.apply([record(NOTICE.name, 0, lost)])
    client, headers = await serve(services_of(writer=LogInMemory())), bearer(keys, *roles)
    async with client.get("/v1/given-up", headers=headers) as answer:
        assert (NAME in await answer.text()) is sees
    async with client.post("/v1/given-up/notice_1/replay", headers=headers) as answer:
        assert (answer.status == 404) is not sees
    async with client.post("/v1/handovers", headers=headers, json={"text": "夜班"}) as answer:
        told = (await answer.json())["body"]["told"]
    assert sum(told.values()) == 1, "whoever takes over reads it, with the mark or without"


async def test_13_with_the_mark_it_is_everywhere(serve, keys):
    client = await serve()
    headers = bearer(keys, "viewer", "quarantine")
    for path, (status, text) in (await texts(client, headers)).items():
        assert (status, NAME in text) == (200, True), path
    assert NAME in await streamed(client, headers)


async def test_the_form_of_a_trap_round_is_given(serve, keys):
    client = await serve()
    answer = await client.get("/v1/traps/template", headers=bearer(keys, "ingest"))
    assert answer.status == 200
    assert (await answer.read()).startswith(b"\xef\xbb\xbf")
    assert (await client.get("/v1/traps/template")).status == 401
