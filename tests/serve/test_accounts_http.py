"""People sign in by name, see their areas, sign with their own name, and leave a trail."""

from dataclasses import replace
from datetime import timedelta

from click.testing import CliRunner
from serve_words import (
    NOON,
    LogInMemory,
    alerts,
    make_alert,
    make_incident,
    record,
)
from signing_in import PASSWORD, enter, own

from streams.cli import main
from streams.ingress import Ingress
from streams.serve.accounts import one_time, passwords
from streams.serve.accounts.admission import WRONG_ALLOWED
from streams.serve.audit.chain import first_broken

NEXT = "Beacon-Fire-27"


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


async def beside_a_fire(serve, services_of, person):
    """A server that knows one fire, and somebody who has signed in to it."""
    person()
    log = LogInMemory()
    services = services_of(writer=log, ingress=Ingress(log))
    services.store.apply([*alerts(make_alert(1)), record("incident.v1", 0, make_incident("fire-1"))])
    client = await serve(services)
    _, told = await enter(client)
    return client, told, log


async def test_what_a_person_says_goes_under_their_own_name_whatever_they_send(
    serve, services_of, person, trail
):
    client, told, log = await beside_a_fire(serve, services_of, person)
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


async def test_where_the_audit_log_is_full_the_answer_stands_and_the_program_s_log_says_the_entry(
    serve, services_of, person, trail, caplog
):
    client, told, _ = await beside_a_fire(serve, services_of, person)
    db = trail._db  # noqa: SLF001 - so a file is full without a full disk
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
    act = {"act": "relabel", "incident_id": "fire-1", "author": "别人", "land": "forest"}
    statuses = []
    for _ in range(30):
        async with client.post("/v1/acts", json=act, headers=own(client, told)) as answer:
            statuses.append(answer.status)
        async with client.post("/v1/acts", json={}, headers=own(client, told)) as answer:
            statuses.append(answer.status)
    assert "the audit log did not take an entry: POST /v1/acts by user/li.na" in caplog.text
    assert set(statuses[::2]) == {202}
    assert set(statuses[1::2]) == {400}
    assert first_broken(list(trail.entries())) is None


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


def test_the_command_adds_lists_locks_and_notes_it(tmp_path, accounts, trail):
    run = CliRunner()
    at = ["--data-dir", str(tmp_path)]
    accounts.cost = passwords.Cost(2, 1, 1)
    made = run.invoke(
        main, ["accounts", "add", "wang", *at, "--role", "viewer", "--area", "513401", "--json"]
    )
    assert made.exit_code == 0, made.output
    assert accounts.get("wang").areas == ("513401",)
    assert "not checked" in made.stderr
    accounts.keep_areas({"510000": "四川省", "513401": "西昌市"})
    for area, told in (
        ("513410", "nearest: 513401 西昌市"),
        ("西昌市", "513401"),
        ("999999", "it has 510000"),
    ):
        no = run.invoke(main, ["accounts", "add", "li", *at, "--role", "viewer", "--area", area])
        assert (no.exit_code, told in no.stderr) == (1, True), no.stderr
    assert accounts.get("li") is None
    assert run.invoke(main, ["accounts", "add", "wang", *at, "--role", "viewer"]).exit_code == 1
    assert run.invoke(main, ["accounts", "add", "Wang!", *at, "--role", "viewer"]).exit_code == 1
    uri = run.invoke(main, ["accounts", "totp", "wang", *at]).output
    assert uri.startswith("otpauth://totp/Fenghuo:wang?secret=")
    assert run.invoke(main, ["accounts", "lock", "wang", *at]).exit_code == 0
    assert "locked" in run.invoke(main, ["accounts", "list", *at]).output
    assert run.invoke(main, ["accounts", "unlock", "wang", *at]).exit_code == 0
    assert run.invoke(main, ["accounts", "lock", "nobody", *at]).exit_code == 1
    lost = tmp_path / "lost"
    for words in (["list"], ["lock", "wang"]):
        assert run.invoke(main, ["accounts", *words, "--data-dir", str(lost)]).exit_code == 1
    assert not lost.exists()
    assert [one.what for one in trail.entries()] == [
        "accounts add wang viewer 513401",
        "accounts totp on wang",
        "accounts lock wang",
        "accounts unlock wang",
    ]
