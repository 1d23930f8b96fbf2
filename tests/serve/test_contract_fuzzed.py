"""The OpenAPI document against the running server: whatever it allows is answered, and as it says."""

import asyncio
import threading

import pytest
import schemathesis
from aiohttp import web
from closing import nothing_left, put_away
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from serve_words import NOON, LogInMemory, alerts, make_alert, make_incident, record

from streams.ingress import Ingress
from streams.pictures import Pictures
from streams.serve.contract import openapi_document
from streams.serve.routes import ROUTES
from streams.serve.server import create_server

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
ENDLESS = {"/v1/alerts/stream"}
OPERATIONS = sorted(
    {(route.method, route.path) for route in ROUTES if route.written} - {("GET", path) for path in ENDLESS}
)


@pytest.fixture
def address(services_of, keys, tmp_path):
    """The server on a thread of its own, and a key that opens everything."""
    log = LogInMemory()
    kept = {"pictures": Pictures(tmp_path / "pictures"), "documents": tmp_path / "settings"}
    services = services_of(writer=log, ingress=Ingress(log), **kept)
    services.store.apply([*alerts(make_alert(1)), record("incident.v1", 0, make_incident("fire-1"))])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = web.AppRunner(create_server(services))

    async def start():
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner.addresses[0][1]

    port = asyncio.run_coroutine_threadsafe(start(), loop).result(60)
    yield f"http://127.0.0.1:{port}", keys.create(frozenset({"admin", "ingest"}), NOON)[1]
    asyncio.run_coroutine_threadsafe(put_away(runner), loop).result(60)
    asyncio.run_coroutine_threadsafe(nothing_left(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(60)
    loop.close()


RARE = settings(
    max_examples=2,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_what_the_document_allows_is_answered_as_it_says(address):
    url, secret = address
    asked = []
    for found in schemathesis.openapi.from_dict(openapi_document(ROUTES, "0")).get_all_operations():
        operation = found.ok()
        if operation.path in ENDLESS:
            continue

        def fuzz(case):
            answer = case.call(base_url=url, headers={"X-API-Key": secret})
            case.validate_response(answer, checks=CHECKS)

        RARE(given(operation.as_strategy())(fuzz))()
        asked.append((operation.method.upper(), operation.path))
    assert sorted(asked) == OPERATIONS
