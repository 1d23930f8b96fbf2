"""A misspelt filter, a code that does not exist and a method that a path does not take are refused."""

import pytest
from serve_words import NOON, get

from streams.serve.routes import ROUTES

READ = [one for one in ROUTES if one.method == "GET" and one.roles]


@pytest.mark.parametrize("route", READ, ids=lambda one: one.path)
async def test_no_door_takes_a_parameter_that_it_does_not_know(serve, keys, route):
    client = await serve()
    secret = keys.create(frozenset({min(route.roles)}), NOON)[1]
    path = route.path.replace("{", "").replace("}", "")
    async with client.get(path, params={"graed": "II"}, headers={"X-API-Key": secret}) as answer:
        said = await answer.json()
    assert answer.status == 400
    assert "'graed'" in said["detail"]
    assert all(name in said["detail"] for name in route.query)


async def test_a_silence_code_that_does_not_exist_is_no_empty_list(serve):
    client = await serve(open_reading=True)
    await get(client, "/v1/silences", 400, code="maskd_by")
    assert await get(client, "/v1/silences", code="masked_by") == {"silences": []}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/observations", "POST"),
        ("GET", "/v1/verdicts", "POST"),
        ("GET", "/v1/positions", "POST"),
        ("DELETE", "/v1/alerts", "GET,HEAD"),
        ("GET", "/v1/nothing", None),
    ],
)
async def test_a_method_that_a_path_does_not_take_is_405_with_those_it_takes(serve, method, path, allowed):
    client = await serve(open_reading=True)
    async with client.request(method, path) as answer:
        assert (answer.status, answer.headers.get("Allow")) == (405 if allowed else 404, allowed)
