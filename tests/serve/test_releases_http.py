"""What officers let out: who answers for it, what may not be, and a feed of nothing else."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from alerted import a_receiver
from serve_words import NOON, LogInMemory, alerts, make_alert

from schemas.codec import encode
from schemas.reason import Reason
from schemas.settings import Settings
from streams.serve.store import Record

SETTINGS = Settings(issuer="西昌市森防办", receivers=(a_receiver("board", public=True), a_receiver()))
GIVEN = {"alert_id": "fire-1", "revision": 1, "author": "值班员甲", "text": "县政府同意发布"}
ATOM = "{http://www.w3.org/2005/Atom}"
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


@pytest.fixture
async def house(serve, services_of, store, keys):
    first = make_alert(1, status="Actual")
    store.apply([*alerts(first, make_alert(2, status="Actual"))])
    log = LogInMemory()
    services = services_of(settings=SETTINGS, writer=log)
    client = await serve(services)
    secret = keys.create(frozenset({"operator"}), NOON, expires_at=NOON + timedelta(days=1))[1]

    async def ask(path, body=None):
        method = "GET" if body is None else "POST"
        headers = {"Authorization": f"Bearer {secret}"}
        async with client.request(method, path, json=body, headers=headers) as answer:
            return answer.status, await answer.text()

    ask.log, ask.store, ask.services = log, store, services
    return ask


def kept(house):
    """Read what was written into the history, as the consumer does."""
    rows = [
        Record(name, 0, 10 + n, b"k", encode(value)) for n, (name, _, value, _) in enumerate(house.log.sent)
    ]
    house.store.apply(rows)


def entries(text):
    return [one.find(f"{ATOM}link").get("href") for one in ET.fromstring(text).iter(f"{ATOM}entry")]


async def test_the_feed_shows_what_was_let_out_and_nothing_else_and_then_its_end(house):
    assert entries((await house("/v1/public/alerts.atom"))[1]) == []
    assert (await house("/v1/public/alerts/fire-1.cap"))[0] == 404
    assert await house("/v1/releases", GIVEN) == (202, '{"accepted":true,"receivers":["board"]}')
    assert [(key, one.receiver, one.author, bool(one.by)) for _, key, one, _ in house.log.sent] == [
        ("public", "", "值班员甲", True),
        ("board", "board", "值班员甲", True),
    ]
    kept(house)
    (link,) = entries((await house("/v1/public/alerts.atom"))[1])
    assert link.endswith("/v1/public/alerts/fire-1.cap?revision=1")
    status, text = await house("/v1/public/alerts/fire-1.cap?revision=1")
    assert (status, ET.fromstring(text).findtext(f"{CAP}scope")) == (200, "Public")
    assert (await house("/v1/public/alerts/fire-2.cap"))[0] == 404
    reasons = (Reason(code="withdrawn"),)
    later = [
        make_alert(1, 2, action="upgrade", grade="I", reasons=reasons),
        make_alert(1, 3, action="cancel", reasons=reasons),
    ]
    house.store.apply([Record("alert.v1", 1, n, b"k", encode(one)) for n, one in enumerate(later)])
    (link,) = entries((await house("/v1/public/alerts.atom"))[1])
    assert link.endswith("revision=3")
    assert (await house("/v1/public/alerts/fire-1.cap?revision=2"))[0] == 404, "a raise was not let out"


@pytest.mark.parametrize(
    ("fields", "settings", "why"),
    [
        ({"kind": "outbreak"}, {}, "only alerts of fire"),
        ({"status": "Test"}, {}, "a drill"),
        ({"grade": "task"}, {}, "a task"),
        ({"action": "close"}, {}, "it has ended"),
        ({}, {"issuer": ""}, "no `issuer`"),
    ],
)
async def test_what_may_not_be_let_out_is_refused_with_a_reason(house, fields, settings, why):
    from msgspec.structs import replace

    object.__setattr__(house.services, "settings", replace(SETTINGS, **settings))
    house.store.apply([Record("alert.v1", 2, 0, b"k", encode(make_alert(3, **fields)))])
    status, text = await house("/v1/releases", {**GIVEN, "alert_id": "fire-3"})
    assert (status, why in text) == (409, True)
    assert house.log.sent == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**GIVEN, "alert_id": "fire-9"}, 404),
        ({**GIVEN, "revision": 2}, 409),
        ({**GIVEN, "author": ""}, 400),
        ({**GIVEN, "more": 1}, 400),
        ([], 400),
    ],
)
async def test_a_release_of_nothing_of_an_old_revision_or_by_nobody_is_refused(house, body, status):
    assert (await house("/v1/releases", body))[0] == status
    assert house.log.sent == []


async def test_what_the_log_did_not_take_was_not_let_out(house):
    house.log.fails = TimeoutError()
    assert (await house("/v1/releases", GIVEN))[0] == 503
