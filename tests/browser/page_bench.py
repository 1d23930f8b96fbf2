"""How quick the page is with 5,000 incidents and 100,000 hotspots, in the browser: `make bench-page`."""

import os
import pathlib
import tempfile
from datetime import timedelta

import browser_seed
import click
from browser_flags import NO_GL, SOFTWARE_GL
from browser_site import Site
from browser_words import START, alert, detections
from conftest import CHROMIUM
from playwright.sync_api import sync_playwright

from schemas import topics
from schemas.codec import encode
from schemas.detection import Claims
from streams.serve.store import Record

INCIDENTS, HOTSPOTS, BATCH = 5_000, 100_000, 1_000
MAPS = {
    "no WebGL": ("", NO_GL),
    "WebGL in software": ("", [*SOFTWARE_GL, "--disable-gpu-compositing"]),
    "GL map, in software": ("?map=gl", SOFTWARE_GL),
}
"""What the page is opened with: the first two show our own map, the last one is asked for.

The second draws the page by the processor, as browsers do that find no card; only WebGL is emulated."""

WATCH = """
  const seen = window.seen = { list: 0, events: [], steps: [] };
  new MutationObserver((_, watcher) => {
    if (!document.querySelector(".row")) return;
    watcher.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { seen.list = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
  const note = (list) => seen.events.push(
    ...list.getEntries().map((one) => [one.name, one.startTime, one.duration, one.interactionId]));
  new PerformanceObserver(note).observe({ type: "event", durationThreshold: 16, buffered: true });
"""
STOOD = """async (since) => {
  const [box, asked] = [document.getElementById("map"), performance.now()];
  for (let last = -1; last !== box.dataset.stands || Number(last) < since;) {
    last = box.dataset.stands;
    await new Promise((go) => { setTimeout(go, 400); });
    if (performance.now() - asked > 60_000) return Infinity;
  }
  return Number(box.dataset.stands) - since;
}"""
"""Milliseconds from an instant until the map was last drawn."""


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


def measured(browser, url: str) -> dict[str, float]:
    """Return milliseconds from the start of the visit, then of the slowest of three for each interaction.

    An interaction lasts from the key or click to the next picture on the screen, as browsers reckon it;
    where it moves the map, it is also told when that stood.
    """
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_selector("html[data-ready=true]", timeout=120_000)
    usable = page.evaluate("performance.now()")
    page.wait_for_selector("#map[data-drawn=all]", timeout=120_000)
    told = {"list painted": page.evaluate("seen.list"), "map usable": usable}
    told["hotspots drawn"] = page.evaluate("performance.now()")
    page.wait_for_timeout(6_000)
    page.evaluate("seen.events.length = 0")
    moved = dict[str, float]()
    for turn in range(3):
        for name, act in interactions(page, turn).items():
            since = page.evaluate(
                "(name) => { const at = performance.now(); seen.steps.push([at, name]); return at; }", name
            )
            act()
            if name in {"open a row", "zoom in"}:
                stood = page.evaluate(STOOD, since)
                moved[f"{name}: map stands"] = max(stood, moved.get(f"{name}: map stands", 0.0))
        page.wait_for_timeout(700)
    events, steps = page.evaluate("[seen.events, seen.steps]")
    page.close()
    return {**told, **by_name(events, steps), **moved}


def interactions(page, turn: int) -> dict:
    """Return what is done, in order."""
    return {
        "open a row": lambda: page.locator(".row").nth(turn).click(),
        "zoom in": lambda: page.locator("#zoom-in").click(),
        "go to the filter": lambda: page.keyboard.press("/"),
        "type into the filter": lambda: page.keyboard.type("县49"),
        "clear the filter": lambda: page.locator("#filter").fill(""),
    }


def by_name(events, steps) -> dict[str, float]:
    """Return the slowest answer of each interaction; what took less than 16 ms is told as that."""
    slowest = dict.fromkeys((name for _, name in steps), 16.0)
    for kind, at, ms, interaction in events:
        began = [name for since, name in steps if since <= at]
        if began and (interaction or kind in {"click", "keydown", "input"}):
            slowest[began[-1]] = max(ms, slowest[began[-1]])
    return {**slowest, "slowest interaction": max(slowest.values())}


def main() -> None:
    """Print the figures of both maps."""
    site = Site(pathlib.Path(tempfile.mkdtemp())).start()
    site.keep(browser_seed.many(INCIDENTS))
    hotspots(site)
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as started:
        for name, (query, flags) in MAPS.items():
            browser = started.chromium.launch(executable_path=CHROMIUM, args=[*flags, *root])
            for what, ms in measured(browser, site.url + query).items():
                click.echo(f"{name:20} {what:24} {ms:8.0f} ms")
            browser.close()
    click.echo(f"load of the machine: {os.getloadavg()[0]:.1f}")
    site.close()


if __name__ == "__main__":
    main()
