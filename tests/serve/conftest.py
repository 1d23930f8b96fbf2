"""A real server on loopback over a real store."""

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from serve_words import NOON

from schemas.settings import Settings
from streams.metrics import Metrics
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
