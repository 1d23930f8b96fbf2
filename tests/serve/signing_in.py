"""Signing in by name, in these tests."""

PASSWORD = "Forest-Fire-26"


async def enter(client, name="li.na", password=PASSWORD, **more):
    body = {"name": name, "password": password, **more}
    async with client.post("/v1/session", json=body) as answer:
        return answer.status, await answer.json()


def own(client, told):
    return {"Origin": str(client.make_url("/")).rstrip("/"), "X-CSRF-Token": told["csrf"]}
