"""An administrator keeps accounts over HTTP."""

from datetime import timedelta

import pytest
from signing_in import enter, own

from streams.serve.accounts import passwords


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
    assert (
        "it has west 甲县"
        in (await ask("", {"name": "ok", "roles": ["viewer"], "areas": ["x"]}))[1]["detail"]
    )
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
