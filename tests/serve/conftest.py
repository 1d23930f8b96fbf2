"""A real server on loopback over a real store."""

import pytest
import pytest_asyncio
import shapely
from aiohttp.test_utils import TestClient, TestServer
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
from signing_in import PASSWORD

from detectors.region import Layer, Region
from schemas.settings import Settings
from streams.ingress import Ingress
from streams.metrics import Metrics
from streams.serve.accounts import passwords
from streams.serve.accounts.account import Account
from streams.serve.accounts.book import Accounts
from streams.serve.accounts.passwords import Cost
from streams.serve.audit.trail import Trail
from streams.serve.broadcast import Broadcast
from streams.serve.desk.book import Desk
from streams.serve.keys import Keys
from streams.serve.server import create_server
from streams.serve.services import Services
from streams.serve.store import Store


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "history.sqlite")
    yield store
    store.close()


@pytest.fixture
def keys(tmp_path):
    keys = Keys(tmp_path / "keys.sqlite")
    yield keys
    keys.close()


@pytest.fixture
def accounts(tmp_path):
    book = Accounts(tmp_path / "accounts.sqlite", Cost(2, 1, 1))
    yield book
    book.close()


@pytest.fixture
def trail(tmp_path):
    trail = Trail(tmp_path / "audit.sqlite")
    yield trail
    trail.close()


class Clock:
    """A clock that the test turns."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path / "desk.sqlite")
    yield desk
    desk.close()


@pytest.fixture
def books(accounts, trail, desk):
    return {"accounts": accounts, "trail": trail, "desk": desk}


@pytest.fixture
def services_of(store, keys, books, clock, tmp_path):
    def build(**fields):
        page = tmp_path / "static"
        page.mkdir(exist_ok=True)
        (page / "index.html").write_text("<!doctype html><title>烽火</title>", encoding="utf-8")
        settled = {
            "store": store,
            "keys": keys,
            **books,
            "clock": clock,
            "broadcast": Broadcast(),
            "settings": Settings(),
            "metrics": Metrics(),
            "static": page,
        }
        return Services(**{**settled, **fields})

    return build


@pytest_asyncio.fixture
async def serve(services_of):
    """Return a client of a running server; `services=` or the fields of Services."""
    clients = []

    async def start(services=None, **fields):
        client = TestClient(TestServer(create_server(services or services_of(**fields)), host="127.0.0.1"))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()


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
