"""A server with a seeded history for each test, and headless Chromium that notes complaints and requests."""

import os
import pathlib
from dataclasses import dataclass, field

import browser_seed
import pytest
from browser_flags import NO_GL
from browser_site import Site, SiteAbroad
from playwright.sync_api import expect

from streams.web import static_dir

SOON_MS = 60_000
"""Three files run at a time on two cores: what comes after half a minute there is not wrong."""

expect.set_options(timeout=SOON_MS)

CHROMIUM = "/usr/bin/chromium"
VENDORED = (static_dir() / "vendor" / "maplibre-gl-6.17.0" / "maplibre-gl.mjs").exists()


def pytest_collection_modifyitems(items):
    here = pathlib.Path(__file__).parent
    for item in items:
        if here in item.path.parents and "playwright" in item.fixturenames:
            item.add_marker(pytest.mark.browser)


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

    def visit(url, *, flags=NO_GL, expect_ready=True, **options):
        context = launch(flags).new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        context.set_default_timeout(SOON_MS)
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
            page.wait_for_selector("html[data-ready=true]")
        return page

    yield visit
    for context in opened:
        for page in context.pages:
            # a request may still be on its way through a test's own answer; it is no fault of the test
            page.unroute_all(behavior="ignoreErrors")
        context.close()
