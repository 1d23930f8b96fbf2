"""An administrator makes, lists and revokes keys of programs over HTTP; a key sees no more than its areas."""

import sqlite3
from datetime import timedelta

import pytest
from serve_words import NOON
from signing_in import enter, own

from streams.serve.keys import Keys


@pytest.fixture
def at_keys(serve, two_counties, person):
    async def start(name="boss", **more):
        person(name, "admin", person="王局", **more)
        client = await serve(two_counties)
        _, told = await enter(client, name)

        async def ask(method, path="", body=None, headers=None):
            mine = own(client, told) if headers is None else headers
            async with client.request(method, f"/v1/keys{path}", json=body, headers=mine) as answer:
                return answer.status, await answer.json()

        return client, ask

    return start


async def test_a_key_is_shown_once_opens_until_it_is_revoked_and_all_of_it_is_noted(at_keys, trail):
    client, ask = await at_keys()
    body = {"roles": ["viewer", "operator"], "note": "大屏", "areas": ["west"], "days": 2}
    status, made = await ask("POST", body=body)
    assert (status, made["state"], made["areas"]) == (201, "in force", ["west"])
    secret, key_id = made["key"], made["key_id"]
    every = (await ask("GET"))[1]["keys"]
    assert every[-1] == {name: value for name, value in made.items() if name != "key"}
    assert secret not in repr(every)
    client.session.cookie_jar.clear()
    bearer = {"Authorization": f"Bearer {secret}"}
    async with client.get("/v1/alerts", headers=bearer) as answer:
        assert answer.status == 200
    async with client.get("/v1/settings", headers=bearer) as answer:
        assert answer.status == 403, "a key of some areas passes only where the answer heeds it"
    _, again = await enter(client, "boss")
    head = own(client, again)
    assert (await ask("DELETE", f"/{key_id}", headers=head))[1]["state"] == "revoked"
    assert (await ask("DELETE", f"/{key_id}", headers=head))[0] == 404
    async with client.get("/v1/alerts", headers=bearer) as answer:
        assert answer.status == 401
    said = [(one.what, one.status, one.detail) for one in trail.entries() if "/v1/keys" in one.what]
    assert said == [
        ("POST /v1/keys", 201, f"key {key_id} operator,viewer west"),
        ("DELETE /v1/keys/{key_id}", 200, f"key {key_id}"),
        ("DELETE /v1/keys/{key_id}", 404, "no key in force has this id"),
    ]
    assert {one.who for one in trail.entries() if "/v1/keys" in one.what} == {"user/boss"}


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"roles": []}, 400, "roles"),
        ({"roles": ["root"]}, 400, "root"),
        ({"roles": ["viewer"], "days": 0}, 400, "days"),
        ({"roles": ["viewer"], "more": 1}, 400, "more"),
        ({"roles": ["viewer"], "areas": ["x"]}, 422, "it has west 甲县"),
        ({"roles": ["viewer", "ingest"], "areas": ["west"]}, 422, "ingest has no areas"),
    ],
)
async def test_what_no_key_can_be_is_refused_and_none_is_made(at_keys, keys, body, status, why):
    _, ask = await at_keys()
    answered, told = await ask("POST", body=body)
    assert answered == status
    assert why in told["detail"]
    assert not keys.listed()


async def test_without_the_token_of_the_page_or_with_areas_of_ones_own_nobody_makes_a_key(at_keys, keys):
    client, ask = await at_keys()
    assert (await ask("POST", body={"roles": ["viewer"]}, headers={}))[0] == 403
    _, small = await at_keys("small", areas=("west",))
    assert (await small("POST", body={"roles": ["admin"]}))[0] == 403
    client.session.cookie_jar.clear()
    key, secret = keys.create(frozenset({"admin"}), NOON)
    bearer = {"Authorization": f"Bearer {secret}"}
    assert (await ask("DELETE", f"/{key.key_id}", headers=bearer))[0] == 409, "who revokes is left outside"
    _, viewer = keys.create(frozenset({"operator", "auditor"}), NOON)
    for method, body in (("POST", {"roles": ["viewer"]}), ("DELETE", None)):
        path = f"/{key.key_id}" if method == "DELETE" else ""
        assert (await ask(method, path, body, {"Authorization": f"Bearer {viewer}"}))[0] == 403


def test_a_file_of_before_keys_had_areas_opens_and_its_keys_see_what_they_saw(tmp_path):
    path = tmp_path / "keys.sqlite"
    before = Keys(path)
    key, secret = before.create(frozenset({"viewer"}), NOON, "old", NOON + timedelta(days=1))
    before.close()
    with sqlite3.connect(path) as db:
        db.executescript("DROP TABLE key_area; PRAGMA user_version = 1;")
    db.close()
    after = Keys(path)
    found = after.find(secret, NOON)
    assert (found, found.areas) == (key, ())
    later = NOON + timedelta(minutes=1)
    assert after.create(frozenset({"viewer"}), later, areas=("a", "b"))[0] == after.listed()[-1]
    after.close()
