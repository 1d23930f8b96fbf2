"""Name and telephone of who answers for a permitted burn: at which door, for whom, and until when."""

import base64
import datetime as dt
import io
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, Line, delivery, hotspot, judge
from msgspec.structs import replace
from serve_words import LogInMemory, alerts, make_claims, make_letter, record
from test_13_every_door import PATHS, QUERIES, pairs

from detectors.region import WORLD
from schemas.codec import encode
from schemas.observation import Permit
from schemas.settings import Settings
from schemas.topics import DEAD_LETTER, DETECTION, INCIDENT, OBSERVATION
from streams.archiving import Keeping, _keep
from streams.engine.reader import Read
from streams.ingress import Ingress
from streams.replay import tick
from streams.serve.desk.people import keep_people, people
from streams.serve.routes import ROUTES
from streams.serve.unnaming import unname
from streams.unnamed import covered, without_numbers

WHO, PHONE, SITE = "吉木拉惹", "13987654321", "0834-3217654"
SECRETS = (WHO, PHONE, SITE, SITE.replace("-", ""), "3217654")
HOURS = dt.timedelta(hours=1)
AREA = {
    "type": "Polygon",
    "coordinates": [[[101.98, 27.98], [102.02, 27.98], [102.02, 28.02], [101.98, 28.02], [101.98, 27.98]]],
}


def permit(number, **more):
    given = {"source": "office", "observed_at": START - HOURS, "frame": "wgs84", "longitude": 102.0}
    given |= {"latitude": 28.0, "area": AREA, "number": number, "purpose": "planned_burn", "contact": WHO}
    given |= {"starts_at": START, "ends_at": START + 8 * HOURS, "phone": PHONE, "text": f"现场 {SITE}"}
    return Permit(observation_id=f"permit/{number}", **{**given, **more})


TABLE = f"用途,开始时间,负责人,电话\n炼山,2024-03-01,{WHO},{PHONE}\n"
BAD = {**msgspec.to_builtins(permit("9")), "kind": "permit", "ends_at": "never"}


def told_in(text):
    """The secrets in what was read, also in the bytes of letters and of a Word document."""
    for raw in re.findall(r'"raw":\s?"([A-Za-z0-9+/=]+)"', text):
        text += base64.b64decode(raw).decode("utf-8", "replace")
    return [one for one in SECRETS if one in text or json.dumps(one)[1:-1] in text]


def as_older_software(one, **more):
    """What older software told: with the contact in its reason."""
    said = {**msgspec.to_builtins(one), **more}
    for reason in said["reasons"]:
        if reason["code"].startswith("permit"):
            reason["detail"] = f"{WHO} {PHONE}"
    return encode(said)


BURNS = [hotspot(60, 0.4 * (k % 4), 0.4 * (k // 4), frp=60.0, lag=30) for k in range(12)]
FOREIGN = permit("1", received_at=START)
"""A permit that comes over Kafka as another program wrote it."""


@pytest.fixture
def world(services_of, store, clock):
    """A server at which permits were handed in well and badly; beside it what older software kept."""
    clock.now, log = START - HOURS, LogInMemory()
    services = services_of(ingress=Ingress(log), writer=log, heartbeat_s=0.02)
    outcome = judge([delivery(FOREIGN), *map(delivery, BURNS)])
    (fire,) = [one for one in outcome.incidents.values() if one.status != "merged"]
    foreign = replace(make_claims(), permits=(permit("3"),))
    letters = [make_letter(f"old-{at}", raw) for at, raw in enumerate((encode(permit("4")), TABLE.encode()))]
    named = [as_older_software(outcome.alerts[-1], revision=revision) for revision in (90, 91)]
    store.apply(
        [
            *alerts(*outcome.alerts, named[0]),
            record(INCIDENT.name, 0, as_older_software(fire)),
            record(DETECTION.name, 0, foreign),
            *[record(DEAD_LETTER.name, at, one) for at, one in enumerate(letters)],
        ]
    )
    assert not told_in(b"".join(body for (body,) in store.read("SELECT body FROM permit")).decode())
    # rows as the older program left them
    store.write("UPDATE alert_revision SET body = ? WHERE revision = 90", (named[0],))
    store.write("UPDATE permit SET body = ?", (encode(permit("3")),))
    store.write("UPDATE dead_letter SET body = ? WHERE letter_id = 'old-0'", (encode(letters[0]),))
    assert unname(services) == 3
    assert unname(services) == 0
    return services, log, fire, outcome


async def walk(client, headers, names):
    """Yield every GET door with all that it answers of the fire, its alert and the letters."""
    for route in ROUTES:
        if route.method != "GET" or route.path == "/{path:.*}":
            continue
        paths = [route.path]
        for part in re.findall(r"\{([^}]+)\}", route.path):
            paths = [
                path.replace(f"{{{part}}}", quote(one, safe=""))
                for path in paths
                for one in names.get(part) or [one for one, _ in pairs(PATHS[part])]
            ]
        asked = [{name: one} for name in route.query for one, _ in pairs(QUERIES[name]) if name in SEEN]
        for path in paths:
            for query in [{}, *asked]:
                async with client.get(path, params=query, headers=headers) as answer:
                    if answer.content_type == "text/event-stream":
                        yield route.path, (await answer.content.readuntil(b"still here")).decode()
                    else:
                        yield route.path, text_of(await answer.read())


SEEN = {"format", "form", "lang", "stage", "by", "after", "revision", "limit"}
"""Parts of a query that change how something is shown, not what."""


def text_of(body):
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as whole:
        return "".join(whole.read(name).decode("utf-8", "replace") for name in whole.namelist())


@pytest.fixture
async def house(world, serve, keys, clock):
    """Its doors, once permits were handed in well and badly: what asks for JSON, what walks, and the rest."""
    services, log, fire, outcome = world
    client = await serve(services)
    roles = {
        "viewer": {"viewer", "ranger", "auditor"},
        "operator": {"operator", "auditor"},
        "ingest": {"ingest"},
    }
    secrets = {name: keys.create(frozenset(held), START)[1] for name, held in roles.items()}
    headers = {name: {"Authorization": f"Bearer {one}"} for name, one in secrets.items()}

    async def hand_in(path, body, role="operator"):
        async with client.post(path, data=body, headers=headers[role]) as answer:
            assert answer.status == 202, await answer.text()
            assert not told_in(await answer.text())

    await hand_in("/v1/permits", encode(permit("1")))
    tables = [TABLE.encode(one) for one in ("utf-8", "gb18030", "utf-16")]
    for body in (encode(BAD), encode(BAD)[:-40], *tables):
        await hand_in("/v1/permits", body)
        await hand_in("/v1/observations", body, "ingest")
    for body in (f"姓名,手机\n{WHO},{PHONE}\n".encode(), encode({"contact": WHO, "tel": PHONE})):
        await hand_in("/v1/permits", body)
    await hand_in("/v1/observations", encode(permit("8")), "ingest")
    (one,) = log.values("observation.v1")
    services.store.apply([record(DETECTION.name, 1, replace(make_claims(), permits=one.observations))])
    letters = log.values("dead-letter.v1")
    services.store.apply([record(DEAD_LETTER.name, 10 + at, one) for at, one in enumerate(letters)])
    alert_id = outcome.alerts[-1].alert_id
    names = {
        "alert_id": [alert_id + end for end in ("", ".json", ".geojson", ".cap")],
        "incident_id": [fire.incident_id, f"{fire.incident_id}.csv"],
        "what": [fire.incident_id, "permit/1", BURNS[0].observation_id],
        "letter_id": ["old-0", "old-1", *(one.letter_id for one in letters)],
    }

    async def telling(role):
        told = [(path, told_in(text)) async for path, text in walk(client, headers[role], names)]
        assert len(told) > 100
        return {(path, word) for path, words in told for word in words}

    async def permits(role):
        async with client.get("/v1/permits", headers=headers[role]) as answer:
            page = await answer.json(content_type=None)
        return {one["id"]: one["properties"] for one in page["features"]}

    clock.now = START + 2 * HOURS
    return services, log, telling, permits


async def test_only_who_may_read_numbers_reads_them_at_one_door_and_after_the_date_nobody(house, clock):
    services, log, telling, permits = house
    assert not told_in(encode([[value for _, _, value, _ in log.sent]]).decode())
    assert log.values("observation.v1")[0].observations[0].mended == ("person_withheld",)
    assert {*await permits("operator")} == {"permit/1", "permit/3"}
    assert await telling("viewer") == set()
    assert await telling("operator") == {("/v1/permits", one) for one in (WHO, PHONE, SITE, "3217654")}
    clock.now = permit("1").ends_at + services.settings.desk.permits_days * 24 * HOURS + HOURS
    assert await telling("operator") == set()
    assert {*await permits("operator")} == {"permit/1", "permit/3"}


async def test_who_may_not_read_numbers_reads_the_first_letter_and_a_masked_one(house):
    services, *_, permits = house
    services.store.write("UPDATE permit SET body = ? WHERE permit_id = 'permit/3'", (encode(permit("3")),))
    for said in (await permits("viewer")).values():
        assert (said["contact"], said["phone"]) == ("吉", "139****4321")
        assert said["text"] == "现场 ****-*******"
    # what older software kept has moved to the desk
    assert (await permits("operator"))["permit/3"]["phone"] == PHONE


def test_after_the_date_it_stands_in_no_file(world, tmp_path):
    services, *_ = world

    def named():
        found = set()
        for path in tmp_path.glob("*.sqlite"):
            with closing(sqlite3.connect(path)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if any(word.encode() in path.read_bytes() for word in (WHO, PHONE)):
                found.add(path.name)
        return found

    assert named() == {"desk.sqlite"}
    assert services.desk.erase(permit("3").ends_at + 90 * 24 * HOURS) == 1
    assert named() == set()


def test_a_permit_of_another_program_names_nobody_in_claims_rows_alerts_and_archive(tmp_path):
    line = Line(Settings(), WORLD, origins=1, outage_s=None, draw=None, restarts=True)
    line.watch(delivery(FOREIGN), 0)
    (claims,) = line.queues[0]
    assert claims.permits[0].observation_id == "permit/1"
    assert not told_in(encode(claims).decode())
    line.queues[0][0] = replace(claims, permits=(FOREIGN,))  # an older observe hop put it out
    line.drain_all()
    assert not told_in(b"".join(line.rows[1].values()).decode())
    line.rows[1]["y/permit/1"] = encode(FOREIGN)
    line.watch(tick(START + HOURS), 0)
    line.drain_all()
    assert not told_in(b"".join(line.rows[1].values()).decode())
    outcome = judge([delivery(FOREIGN), *map(delivery, BURNS)])
    assert "permitted" in {one.code for one in outcome.alerts[-1].reasons}
    assert not told_in(encode([*outcome.incidents.values(), *outcome.alerts]).decode())
    keeping = Keeping(Settings(), WORLD, "embedded://", tmp_path)
    (tmp_path / "archive").mkdir()
    _keep(keeping, [Read(OBSERVATION.name, 0, 0, b"", encode(delivery(FOREIGN)))], {})
    (kept,) = keeping.archive.read(START.date())
    assert (kept.number, kept.contact, kept.phone) == ("1", "", "")


NUMBERS = [PHONE, f"+86 {PHONE}", SITE, "(0834)3217654", "513401199001011234"]
FIGURES = "，2026-02-10 09:00 至 20260211，海拔 2100-2300 米，102.2134567"


@settings(max_examples=40)
@given(st.text(max_size=20), st.sampled_from(NUMBERS))
def test_a_number_is_covered_in_any_text_and_dates_and_figures_stay(words, number):
    shown = without_numbers(f"{words} {number}{FIGURES}")
    assert not re.search(re.escape(number[-7:]), shown.removeprefix(words))
    assert shown.endswith(FIGURES)


@given(st.binary(max_size=60))
def test_a_letter_that_has_no_permit_is_as_it_was_received(raw):
    assert covered(raw) == raw


def test_an_older_revision_sent_again_and_a_covered_letter_change_no_contact(desk):
    keep_people(desk, [permit("1", revision=2)], START, 90)
    bare = permit("1", revision=3, contact="*", phone="*", text="")
    keep_people(desk, [permit("1", revision=1, contact="x"), bare], START, 90)
    ends_at = permit("1").ends_at + 90 * 24 * HOURS
    assert people(desk, ["permit/1"], ends_at - HOURS)["permit/1"].contact == WHO
    assert not people(desk, ["permit/1"], ends_at)
    keep_people(desk, [permit("2")], permit("2").ends_at + HOURS, 0)
    assert not people(desk, ["permit/2"], START)
