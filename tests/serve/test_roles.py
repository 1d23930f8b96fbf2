"""Every door and every role, and what a key is."""

import re
from datetime import timedelta
from hashlib import sha256

import pytest
import shapely
from aiohttp import encode_basic_auth
from doors_meant import EXPECTED
from serve_words import JPEG, NOON, LogInMemory, alerts, make_alert, make_incident, make_letter, record

from detectors.region import Layer, Region
from streams.ingress import Ingress
from streams.pictures import Pictures
from streams.serve.doors import FAILURES_ALLOWED
from streams.serve.keys import ROLES, Keys, first_admin_key
from streams.serve.listening import networks
from streams.serve.routes import ROUTES
from streams.serve.server import create_server


def make(keys, *roles, expires_at=None):
    return keys.create(frozenset(roles), NOON, expires_at=expires_at)[1]


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def address(path):
    named = {"alert_id": "fire-1", "incident_id": "fire-1", "name": "county", "letter_id": "a-1"}
    named |= {"what": "fire-1", "token": "x", "channel": "sms", "word": "x"}
    named |= {
        "call_id": "none-such",
        "key_id": "none",
        "number": "99",
        "notice_id": "none-such",
        "z": "0",
        "x": "0",
        "y": "0",
    }
    named["sha256"] = sha256(JPEG).hexdigest()
    return re.sub(r"{(\w+)}", lambda found: named[found[1]], path.replace("/{path:.*}", "/"))


def test_the_table_is_what_was_meant():
    assert {(route.method, route.path): route.roles for route in ROUTES} == EXPECTED


def test_every_door_of_the_application_is_in_the_table(services_of):
    doors = {
        (route.method, route.resource.canonical)
        for route in create_server(services_of()).router.routes()
        if route.method != "HEAD"
    }
    assert doors == {(method, path.replace(":.*", "")) for method, path in EXPECTED}


BODILESS = {"answers", "verdicts", "acts", "positions", "where", "place-names", "calls", "tasks", "handovers"}
BODILESS |= {"releases", "settings", "pests/series", "accounts", "accounts/{name}"}
BODILESS |= {"drills", "keys", "settings/check"}
"""Doors that ask for a body or a query, and are knocked at without one."""


def answers_of(route):
    """Return the statuses that say that the door opened."""
    if route.path == "/v1/session" and route.method == "POST":
        return {201, 400, 401}
    if route.path == "/v1/pictures":
        return {415}
    if "/public/alerts/" in route.path or route.path.startswith("/v1/base/"):
        # nothing was let out; no base map is kept
        return {404}
    named = any(f"{{{name}}}" in route.path for name in ("call_id", "key_id", "number", "notice_id"))
    if named or route.path.endswith(("/reach", "/rings")):
        # no such call, key, handover or notice; no region that says how a fire spreads, no outbreak
        return {404}
    if "{token}" in route.path or "{word}" in route.path:
        return {404, 410}
    asks = route.method in {"POST", "PUT"} or route.path in {
        "/v1/where",
        "/v1/place-names",
        "/v1/pests/series",
    }
    return {400} if asks and route.path.removeprefix("/v1/") in BODILESS else {200, 201, 202, 204}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
@pytest.mark.parametrize("open_reading", [False, True])
async def test_each_role_at_each_door(serve, services_of, tmp_path, route, open_reading):
    services = services_of(
        open_reading=open_reading,
        ingress=Ingress(LogInMemory()),
        region=Region("r", {"county": Layer.of("county", [shapely.box(102, 27, 103, 28)], ["c"], ["c"])}),
        pictures=Pictures(tmp_path / "pictures"),
        documents=tmp_path / "settings",
    )
    services.pictures.keep([JPEG])
    services.store.apply([record("dead-letter.v1", 0, make_letter("a-1"))])
    services.store.apply([*alerts(make_alert(1)), record("incident.v1", 0, make_incident("fire-1"))])
    client = await serve(services)
    good = answers_of(route)
    for role in (None, *ROLES):
        headers = bearer(make(services.keys, role)) if role else {}
        expected = EXPECTED[route.method, route.path]
        allowed = expected is None or role in expected or (open_reading and route.reading)
        async with client.request(route.method, address(route.path), headers=headers) as answer:
            status = answer.status
            assert status in (good if allowed else {401 if role is None else 403}), (role, status)
            if not allowed:
                assert answer.content_type == "application/problem+json"
                assert (await answer.json())["status"] == status
            if status == 401:
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_only_reading_is_open_in_the_demo(serve):
    client = await serve(open_reading=True, ingress=Ingress(LogInMemory()))
    async with client.post("/v1/observations", data=b"[]") as answer:
        assert answer.status == 401


async def test_a_key_works_by_either_header_and_a_wrong_one_never(serve, keys):
    client = await serve()
    secret = make(keys, "viewer")
    assert secret.startswith("fh_")
    assert len(secret) >= 3 + 43
    for headers in (bearer(secret), {"X-API-Key": secret}):
        async with client.get("/v1/about", headers=headers) as answer:
            assert answer.status == 200
    for wrong in (secret[:-1], secret + "x", "fh_", "", "ключ"):
        async with client.get("/v1/about", headers={"X-API-Key": wrong}) as answer:
            assert answer.status == 401


async def test_a_key_as_password_reads_and_writes_nothing(serve, keys):
    client = await serve(ingress=Ingress(LogInMemory()))
    secret = make(keys, "viewer", "ingest")
    for password, status in ((secret, 200), (secret[:-1], 401), ("the proxy's own", 401), ("", 401)):
        headers = {"Authorization": encode_basic_auth("qgis", password)}
        async with client.get("/v1/about", headers=headers) as answer:
            assert answer.status == status
    headers = {"Authorization": encode_basic_auth("qgis", secret)}
    async with client.post("/v1/observations", data=b"[]", headers=headers) as answer:
        assert answer.status == 401
    for broken in ("Basic", "Basic !", "Basic " + "A" * 5):
        async with client.get("/v1/about", headers={"Authorization": broken}) as answer:
            assert answer.status == 401


async def test_a_wrong_key_is_refused_even_where_reading_is_open(serve):
    client = await serve(open_reading=True)
    async with client.get("/v1/about", headers=bearer("fh_wrong")) as answer:
        assert answer.status == 401


async def test_revoked_and_expired_keys_open_nothing(serve, keys, clock, tmp_path):
    client = await serve()
    key, secret = keys.create(frozenset({"viewer"}), NOON)
    brief = make(keys, "viewer", expires_at=NOON + timedelta(days=1))
    other_process = Keys(tmp_path / "keys.sqlite")
    for headers in (bearer(secret), bearer(brief)):
        async with client.get("/v1/about", headers=headers) as answer:
            assert answer.status == 200
    assert other_process.revoke(key.key_id, NOON)
    assert not other_process.revoke(key.key_id, NOON)
    other_process.close()
    async with client.get("/v1/about", headers=bearer(secret)) as answer:
        assert answer.status == 401
    clock.now = NOON + timedelta(days=1)
    async with client.get("/v1/about", headers=bearer(brief)) as answer:
        assert answer.status == 401


def test_the_file_holds_no_key(keys, tmp_path):
    secret = make(keys, "admin")
    keys.open_session(keys.find(secret, NOON), NOON)
    held = b"".join(path.read_bytes() for path in tmp_path.glob("keys.sqlite*"))
    assert secret[3:].encode() not in held
    assert (tmp_path / "keys.sqlite").stat().st_mode & 0o077 == 0


def test_roles_are_known_ones(keys):
    for roles in (set(), {"root"}, {"viewer", "root"}):
        with pytest.raises(ValueError, match="roles"):
            keys.create(frozenset(roles), NOON)


def test_one_admin_key_is_made_at_the_first_start_only(keys):
    assert keys.find(first_admin_key(keys, NOON), NOON).roles == {"admin"}
    assert first_admin_key(keys, NOON) is None


async def test_a_browser_gets_a_cookie_for_a_key_and_gives_it_back(serve, keys):
    client = await serve()
    async with client.post("/v1/session", json={"key": make(keys, "viewer")}) as answer:
        assert answer.status == 201
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Secure" not in cookie
    async with client.get("/v1/about") as answer:
        assert answer.status == 200
    held = {"Cookie": cookie.partition(";")[0]}
    async with client.delete("/v1/session") as answer:
        assert answer.status == 204
    async with client.get("/v1/about", headers=held) as answer:
        assert answer.status == 401


async def test_a_session_ends_by_itself_and_with_its_key(serve, keys, clock):
    client = await serve()
    key, secret = keys.create(frozenset({"viewer"}), NOON)
    for end in ("time", "revoked"):
        async with client.post("/v1/session", json={"key": secret}) as answer:
            assert answer.status == 201
        async with client.get("/v1/about") as answer:
            assert answer.status == 200
        if end == "time":
            clock.now = NOON + timedelta(hours=12)
        else:
            keys.revoke(key.key_id, clock.now)
        async with client.get("/v1/about") as answer:
            assert answer.status == 401


async def test_a_session_writes_only_from_its_own_page(serve, keys):
    client = await serve(ingress=Ingress(LogInMemory()))
    async with client.post("/v1/session", json={"key": make(keys, "operator")}) as answer:
        assert answer.status == 201
        token = {"X-CSRF-Token": (await answer.json())["csrf"]}
    own = str(client.make_url("/")).rstrip("/")
    cases = [
        ({}, 403),
        (token, 403),
        ({"Origin": "https://elsewhere.example", **token}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": own, **token}, 403),
        ({"Origin": own}, 403),
        ({"Origin": own, "X-CSRF-Token": "0" * 64}, 403),
        ({"Origin": own, **token}, 202),
        ({"Sec-Fetch-Site": "same-origin", **token}, 202),
    ]
    for headers, status in cases:
        async with client.post("/v1/observations", data=b"{}", headers=headers) as answer:
            assert answer.status == status, headers


async def test_a_login_that_is_none_is_refused(serve):
    client = await serve()
    for body in (b"", b"{", b"[]", b'{"key": 1}', b'{"key": ""}', b'{"key":"' + b"x" * 5000 + b'"}'):
        async with client.post(
            "/v1/session", data=body, headers={"Content-Type": "application/json"}
        ) as answer:
            assert answer.status == 400, body[:20]


async def test_wrong_keys_are_slowed_down_but_a_right_one_still_opens(serve, keys, clock):
    client = await serve()
    secret = make(keys, "viewer")
    for number in range(FAILURES_ALLOWED + 3):
        async with client.get("/v1/about", headers=bearer(f"fh_{number}")) as answer:
            assert answer.status == (401 if number < FAILURES_ALLOWED else 429)
    async with client.get("/v1/about", headers=bearer(secret)) as answer:
        assert answer.status == 200
    clock.now += timedelta(minutes=2)
    async with client.get("/v1/about", headers=bearer("fh_again")) as answer:
        assert answer.status == 401


async def test_the_proxy_tells_who_asks_and_whether_by_tls(serve, keys):
    client = await serve(trusted_proxy=networks(("127.0.0.1",)))
    secret = make(keys, "viewer")
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5, 198.51.100.7"}
    async with client.post("/v1/session", json={"key": secret}, headers=headers) as answer:
        assert "Secure" in answer.headers["Set-Cookie"]
    for number in range(FAILURES_ALLOWED + 1):
        async with client.get("/v1/about", headers={**headers, **bearer(f"fh_{number}")}) as answer:
            last = answer.status
    assert last == 429
    elsewhere = {**headers, "X-Forwarded-For": "203.0.113.9"}
    async with client.get("/v1/about", headers={**elsewhere, **bearer("fh_x")}) as answer:
        assert answer.status == 401


async def test_forwarded_headers_of_others_do_not_count(serve, keys):
    client = await serve()
    headers = {"X-Forwarded-Proto": "https"}
    async with client.post("/v1/session", json={"key": make(keys, "viewer")}, headers=headers) as answer:
        assert "Secure" not in answer.headers["Set-Cookie"]
