"""People sign in by name, see their areas, sign with their own name, and leave a trail."""

from dataclasses import replace
from datetime import timedelta

import pytest
import shapely
from click.testing import CliRunner
from serve_words import (
    NOON,
    LogInMemory,
    alerts,
    make_alert,
    make_claims,
    make_detection,
    make_incident,
    record,
)

from detectors.region import Layer, Region
from streams.cli import main
from streams.ingress import Ingress
from streams.serve.accounts import one_time, passwords
from streams.serve.accounts.account import Account
from streams.serve.accounts.admission import WRONG_ALLOWED
from streams.serve.audit.chain import first_broken

PASSWORD = "Forest-Fire-26"
NEXT = "Beacon-Fire-27"


@pytest.fixture
def person(accounts):
    def add(name="li.na", *roles, **fields):
        settled = {
            "person": "李娜",
            "areas": (),
            "password": passwords.hashed(PASSWORD, accounts.cost),
            "password_at": NOON,
            "created_at": NOON,
        }
        one = Account(name=name, roles=frozenset(roles or {"operator"}), **{**settled, **fields})
        accounts.put(one)
        return one

    return add


async def enter(client, name="li.na", password=PASSWORD, **more):
    body = {"name": name, "password": password, **more}
    async with client.post("/v1/session", json=body) as answer:
        return answer.status, await answer.json()


def own(client, told):
    return {"Origin": str(client.make_url("/")).rstrip("/"), "X-CSRF-Token": told["csrf"]}


async def test_a_person_signs_in_is_told_who_they_are_and_signs_out(serve, person):
    person(areas=())
    client = await serve()
    status, told = await enter(client, name=" Li.Na ")
    assert status == 201
    assert told["person"] == "李娜"
    assert told["roles"] == ["operator"]
    async with client.get("/v1/session") as answer:
        assert await answer.json() == told
        assert answer.headers["Cache-Control"] == "no-store"
    async with client.delete("/v1/session") as answer:
        assert answer.status == 204
    async with client.get("/v1/session") as answer:
        assert await answer.json() == {"who": "", "person": "", "roles": [], "areas": [], "csrf": ""}


async def test_wrong_names_and_passwords_are_one_answer_and_shut_the_name(serve, person, accounts, clock):
    person()
    client = await serve()
    answers = [await enter(client, name, "Wrong-Pass-99") for name in ("li.na", "nobody")]
    assert answers[0] == answers[1]
    assert answers[0][0] == 401
    for _ in range(WRONG_ALLOWED - 1):
        await enter(client, password="Wrong-Pass-99")
    assert (await enter(client))[0] == 429
    clock.now += timedelta(minutes=15)
    assert (await enter(client))[0] == 201
    assert accounts.tries("li.na").wrong == 0


async def test_an_old_password_is_changed_at_the_door_and_only_for_a_good_one(serve, person):
    person(password_at=None)
    client = await serve()
    assert (await enter(client))[0] == 403
    for bad in (PASSWORD, "short", "Password-26"):
        assert (await enter(client, new_password=bad))[0] == 422
    assert (await enter(client, new_password=NEXT))[0] == 201
    assert (await enter(client))[0] == 401
    assert (await enter(client, password=NEXT))[0] == 201


async def test_a_second_factor_is_asked_for_and_each_code_opens_once(serve, person, clock):
    secret = one_time.new_secret()
    person(one_time=secret)
    client = await serve()
    status, told = await enter(client)
    assert status == 401
    assert told["detail"].startswith("code_needed")
    code = one_time.code_at(secret, one_time.step_of(clock.now))
    assert (await enter(client, code=code))[0] == 201
    assert (await enter(client, code=code))[0] == 401


async def test_locking_ends_the_session_at_once_and_a_session_ends_after_a_shift(
    serve, person, accounts, clock
):
    one = person()
    client = await serve()
    for end in ("locked", "time"):
        accounts.put(one)
        assert (await enter(client))[0] == 201
        if end == "locked":
            accounts.put(replace(one, locked_at=NOON))
        else:
            clock.now += timedelta(hours=12)
        async with client.get("/v1/alerts") as answer:
            assert answer.status == 401


async def test_what_a_person_says_goes_under_their_own_name_whatever_they_send(
    serve, services_of, person, trail
):
    person()
    log = LogInMemory()
    services = services_of(writer=log, ingress=Ingress(log))
    services.store.apply([*alerts(make_alert(1)), record("incident.v1", 0, make_incident("fire-1"))])
    client = await serve(services)
    _, told = await enter(client)
    forged = {"incident_id": "fire-1", "code": 0, "author": "省厅厅长", "level": "county"}
    async with client.post("/v1/verdicts", json=forged, headers=own(client, told)) as answer:
        assert answer.status == 202
    act = {"act": "relabel", "incident_id": "fire-1", "author": "别人", "land": "forest"}
    async with client.post("/v1/acts", json=act, headers=own(client, told)) as answer:
        assert answer.status == 202
    said = log.values("observation.v1")
    assert said[0].verdicts[0].author == said[1].acts[0].author == "李娜"
    entries = list(trail.entries())
    assert [(one.who, one.what, one.status) for one in entries[-2:]] == [
        ("user/li.na", "POST /v1/verdicts", 202),
        ("user/li.na", "POST /v1/acts", 202),
    ]
    assert entries[-1].detail == "incident fire-1"
    assert first_broken(entries) is None


async def test_what_is_refused_is_in_the_trail_and_no_password_is(serve, person, trail, tmp_path):
    person("viewer-1", "viewer")
    client = await serve()
    _, told = await enter(client, "viewer-1")
    async with client.post("/v1/acts", json={}, headers=own(client, told)) as answer:
        assert answer.status == 403
    await enter(client, "viewer-1", "Wrong-Pass-99")
    assert [(one.what, one.status) for one in trail.entries()] == [
        ("sign in", 201),
        ("POST /v1/acts", 403),
        ("sign in", 401),
    ]
    held = b"".join(path.read_bytes() for path in tmp_path.glob("*.sqlite*"))
    assert b"Wrong-Pass-99" not in held
    assert PASSWORD.encode() not in held
    for name in ("accounts", "audit"):
        assert (tmp_path / f"{name}.sqlite").stat().st_mode & 0o077 == 0


@pytest.fixture
def two_counties(services_of):
    boxes = [shapely.box(102, 27, 103, 28), shapely.box(103, 27, 104, 28)]
    region = Region("r", {"county": Layer.of("county", boxes, ["west", "east"], ["甲县", "乙县"])})
    log = LogInMemory()
    services = services_of(region=region, writer=log, ingress=Ingress(log))
    places = {"fire-1": 102.5, "fire-2": 103.05, "fire-3": 103.5}
    told = [
        make_alert(i, incident_id=name, longitude=x, latitude=27.5)
        for i, (name, x) in enumerate(places.items(), 1)
    ]
    records = [
        record("incident.v1", i, make_incident(name, longitude=x, latitude=27.5))
        for i, (name, x) in enumerate(places.items())
    ]
    seen = [make_detection(i, longitude=x, latitude=27.5) for i, x in enumerate(places.values())]
    services.store.apply([*alerts(*told), *records, record("detection.v1", 0, make_claims(*seen))])
    return services


async def test_a_county_is_answered_with_its_own_and_the_border_only(serve, two_counties, person):
    person(areas=("west",))
    client = await serve(two_counties)
    _, told = await enter(client)
    for path in ("alerts", "incidents", "detections"):
        async with client.get(f"/v1/{path}?limit=2") as answer:
            page = await answer.json()
        found = [one["properties"]["longitude"] for one in page["features"]]
        following = next(one["href"] for one in page["links"] if one["rel"] == "next")
        async with client.get(following) as answer:
            found += [one["properties"]["longitude"] for one in (await answer.json())["features"]]
        assert sorted(found) == [102.5, 103.05], path
    for name, status in (("fire-1", 200), ("fire-2", 200), ("fire-3", 404)):
        for path in (f"alerts/{name}", f"alerts/{name}.cap", f"incidents/{name}"):
            async with client.get(f"/v1/{path}") as answer:
                assert answer.status == status, path
    word = {"incident_id": "fire-3", "code": 0, "author": "x", "level": "county"}
    async with client.post("/v1/verdicts", json=word, headers=own(client, told)) as answer:
        assert answer.status == 404
    for level, status in (("province", 403), ("city", 403), ("county", 202)):
        word = {"incident_id": "fire-1", "code": 0, "author": "x", "level": level}
        async with client.post("/v1/verdicts", json=word, headers=own(client, told)) as answer:
            assert answer.status == status, level
    for closed in ("/v1/carbon", "/v1/alerts.atom", "/v1/explain/fire-3", "/v1/silences", "/metrics"):
        async with client.get(closed) as answer:
            assert answer.status == 403, closed


async def test_the_stream_of_a_county_leaves_out_the_others_without_losing_its_place(
    serve, two_counties, person
):
    person(areas=("west",))
    client = await serve(two_counties)
    await enter(client)
    async with client.get("/v1/alerts/stream?after=0") as answer:
        text = b""
        while b"id: 2" not in text:
            text += await answer.content.readany()
        later = alerts(
            make_alert(3, 2, longitude=103.5, latitude=27.5),
            make_alert(1, 2, longitude=102.5, latitude=27.5),
            start=3,
        )
        news = two_counties.store.apply(later)
        two_counties.broadcast.publish([(sequence, body) for sequence, body, _ in news.alerts])
        while b"id: 5" not in text:
            text += await answer.content.readany()
    assert b"id: 3" not in text
    assert b"id: 4" not in text
    assert text.count(b"event: alert") == 3


def test_the_command_adds_lists_locks_and_notes_it(tmp_path, accounts, trail):
    run = CliRunner()
    at = ["--data-dir", str(tmp_path)]
    accounts.cost = passwords.Cost(2, 1, 1)
    made = run.invoke(
        main, ["accounts", "add", "wang", *at, "--role", "viewer", "--area", "513401", "--json"]
    )
    assert made.exit_code == 0, made.output
    assert accounts.get("wang").areas == ("513401",)
    assert run.invoke(main, ["accounts", "add", "wang", *at, "--role", "viewer"]).exit_code == 1
    assert run.invoke(main, ["accounts", "add", "Wang!", *at, "--role", "viewer"]).exit_code == 1
    uri = run.invoke(main, ["accounts", "totp", "wang", *at]).output
    assert uri.startswith("otpauth://totp/Fenghuo:wang?secret=")
    assert run.invoke(main, ["accounts", "lock", "wang", *at]).exit_code == 0
    assert "locked" in run.invoke(main, ["accounts", "list", *at]).output
    assert run.invoke(main, ["accounts", "unlock", "wang", *at]).exit_code == 0
    assert run.invoke(main, ["accounts", "lock", "nobody", *at]).exit_code == 1
    assert [one.what for one in trail.entries()] == [
        "accounts add wang viewer 513401",
        "accounts totp on wang",
        "accounts lock wang",
        "accounts unlock wang",
    ]


@pytest.fixture
def at_accounts(serve, two_counties, person):
    async def start():
        person("boss", "admin", person="王局")
        client = await serve(two_counties)
        _, told = await enter(client, "boss")

        async def ask(path, body):
            async with client.post(f"/v1/accounts{path}", json=body, headers=own(client, told)) as answer:
                return answer.status, await answer.json()

        return client, ask

    return start


async def test_an_admin_adds_resets_locks_and_no_secret_is_shown_twice(at_accounts, accounts, trail, clock):
    client, ask = await at_accounts()
    status, made = await ask(
        "", {"name": "li.na", "person": "李娜", "roles": ["operator"], "areas": ["west"]}
    )
    assert (status, made["state"], made["areas"]) == (201, "in force", ["west"])
    assert (await ask("", {"name": "li.na", "roles": ["viewer"]}))[0] == 409
    for bad, why in (
        ({"name": "Li!", "roles": ["viewer"]}, 422), ({"name": "ok", "roles": []}, 400),
        ({"name": "ok", "roles": ["root"]}, 400), ({"name": "ok", "roles": ["viewer"], "areas": ["x"]}, 422),
    ):  # fmt: skip
        assert (await ask("", bad))[0] == why, bad
    async with client.get("/v1/accounts") as answer:
        text = await answer.text()
    assert made["password"] not in text
    assert "scrypt" not in text
    fresh = (await ask("/li.na", {"do": "password"}))[1]
    assert fresh["password"] != made["password"]
    assert passwords.fits(accounts.get("li.na").password, fresh["password"])
    code = (await ask("/li.na", {"do": "totp"}))[1]
    assert code["address"].startswith("otpauth://totp/Fenghuo:li.na?secret=")
    assert (await ask("/li.na", {"do": "totp_off"}))[1]["second_factor"] is False
    assert (await ask("/li.na", {"do": "lock"}))[1]["state"] == "locked"
    assert (await ask("/li.na", {"do": "unlock"}))[1]["state"] == "in force"
    told = (await ask("/li.na", {"do": "set", "roles": ["viewer", "ranger"], "areas": [], "days": 2}))[1]
    assert (told["roles"], told["areas"]) == (["ranger", "viewer"], [])
    assert accounts.get("li.na").expires_at == clock.now + timedelta(days=2)
    assert (await ask("/nobody", {"do": "lock"}))[0] == 404
    said = [one.detail for one in trail.entries() if one.what == "POST /v1/accounts/{name}"]
    assert said[:2] == ["account li.na password", "account li.na totp"]
    assert said[5] == "account li.na set ranger,viewer 2"
    held = repr([one.detail for one in trail.entries()])
    assert not any(secret in held for secret in (made["password"], fresh["password"], code["address"]))


async def test_nobody_locks_themselves_out_and_a_county_admin_gives_nobody_the_whole_province(
    at_accounts, serve, two_counties, person
):
    _, ask = await at_accounts()
    for body in ({"do": "lock"}, {"do": "set", "roles": ["viewer"]}, {"do": "totp_off"}):
        assert (await ask("/boss", body))[0] == 409
    person("small", "admin", areas=("west",))
    client = await serve(two_counties)
    _, told = await enter(client, "small")
    body = {"name": "more", "roles": ["admin"]}
    async with client.post("/v1/accounts", json=body, headers=own(client, told)) as answer:
        assert answer.status == 403
