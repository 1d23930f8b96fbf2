"""How quick the page is with 5,000 incidents and 100,000 hotspots, in the browser: `make bench-page`."""

import os
import pathlib
import tempfile
from datetime import timedelta

import browser_seed
import click
from browser_flags import NO_GL, SOFTWARE_GL
from browser_words import START, alert, detections
from conftest import CHROMIUM, Site
from playwright.sync_api import sync_playwright

from schemas import topics
from schemas.codec import encode
from schemas.detection import Claims
from streams.serve.store import Record

INCIDENTS, HOTSPOTS, BATCH = 5_000, 100_000, 1_000
WATCH = """
  const seen = window.seen = { list: 0, events: [] };
  new MutationObserver((_, watcher) => {
    if (!document.querySelector(".row")) return;
    watcher.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { seen.list = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
  const note = (list) => seen.events.push(...list.getEntries().map((one) => [one.name, one.duration]));
  new PerformanceObserver(note).observe({ type: "event", durationThreshold: 16, buffered: true });
"""


def hotspots(site) -> None:
    """Keep a season of hotspots all over the province, in deliveries."""
    base = alert("many", 1, action="new", grade="task", at=START, where=(98.5, 27.0), county="县")
    for first in range(0, HOTSPOTS, BATCH):
        at = START - timedelta(minutes=first / 40)
        (one,) = detections(base, "N20/VIIRS", "satellite", at)
        seen = tuple(type(one)(**{**fields_of(one), **place(first + i)}) for i in range(BATCH))
        told = Claims(origin=0, origins=1, received_at=START, detections=seen)
        site.keep([Record(topics.DETECTION.name, 9, first, b"", encode(told))])


def fields_of(one) -> dict:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def place(i: int) -> dict:
    fire, pixel = divmod(i, 50)
    x, y = 98.5 + (fire * 0.618) % 9.0, 27.0 + (fire * 0.414) % 6.0
    where = {"longitude": round(x + pixel % 7 * 0.004, 5), "latitude": round(y + pixel // 7 * 0.004, 5)}
    return {"detection_id": f"h{i}", "observation_id": f"o{i}", **where}


def measured(browser, url: str, query: str) -> dict[str, float]:
    """Return milliseconds from the start of the visit, and the slowest answer to a click or key."""
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.add_init_script(WATCH)
    page.goto(url + query)
    page.wait_for_selector("html[data-ready=true]", timeout=120_000)
    usable = page.evaluate("performance.now()")
    page.wait_for_timeout(6_000)
    page.evaluate("seen.events.length = 0")
    for turn in range(3):
        page.locator(".row").nth(turn).click()
        page.locator("#zoom-in").click()
        page.keyboard.press("/")
        page.keyboard.type("县49")
        page.locator("#filter").fill("")
        page.wait_for_timeout(700)
    events = page.evaluate("seen.events")
    painted = page.evaluate("seen.list")
    page.close()
    slowest = max((ms for name, ms in events if name in {"click", "keydown", "input"}), default=0.0)
    return {"list painted": painted, "map usable": usable, "slowest interaction": slowest}


def main() -> None:
    """Print the figures of both maps."""
    site = Site(pathlib.Path(tempfile.mkdtemp())).start()
    site.keep(browser_seed.many(INCIDENTS))
    hotspots(site)
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as started:
        for name, flags in (("WebGL in software", SOFTWARE_GL), ("SVG", NO_GL)):
            browser = started.chromium.launch(executable_path=CHROMIUM, args=[*flags, *root])
            for what, ms in measured(browser, site.url, "").items():
                click.echo(f"{name:18} {what:20} {ms:8.0f} ms")
            browser.close()
    click.echo(f"load of the machine: {os.getloadavg()[0]:.1f}")
    site.close()


if __name__ == "__main__":
    main()
