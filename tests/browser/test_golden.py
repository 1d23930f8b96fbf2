"""The page looks as it did: reduced screenshots against those kept, with a tolerance for letters and edges.

`make golden` draws them anew; look at each before it is committed. Both pictures are compared in the browser.
"""

import base64
import os
import pathlib

import browser_lines
import pytest
from browser_flags import NO_GL
from playwright.sync_api import expect

GOLDEN = pathlib.Path(__file__).parent / "golden"
SHARE = 0.03
"""So much of a picture may differ; a panel, a legend or a map that is gone is more."""

DESK = {"viewport": {"width": 1440, "height": 900}}
PICTURES = {
    "desk-dark": ("", False, {**DESK, "color_scheme": "dark"}),
    "desk-light": ("", False, {**DESK, "color_scheme": "light"}),
    "english-light": ("?lang=en", True, {**DESK, "color_scheme": "light"}),
    "phone-dark": ("", False, {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}),
    "wall-dark": ("?wall", False, {"viewport": {"width": 1920, "height": 1080}, "color_scheme": "dark"}),
}
REDUCE = """async ([now, kept]) => {
  const load = async (data) => Object.assign(new Image(), { src: data });
  const reduced = async (data) => {
    const image = await load(data);
    await image.decode();
    const width = Math.min(image.width, image.width > image.height ? 480 : 200);
    const height = Math.round((image.height * width) / image.width);
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const pen = Object.assign(canvas.getContext("2d"), { imageSmoothingQuality: "high" });
    pen.drawImage(image, 0, 0, width, height);
    const pixels = pen.getImageData(0, 0, width, height);
    pixels.data.forEach((value, i) => { if (i % 4 < 3) pixels.data[i] = value & 0xf0; });
    pen.putImageData(pixels, 0, 0);
    return { canvas, pixels: pixels.data, height };
  };
  const drawn = await reduced(now);
  const before = kept ? await reduced(kept) : null;
  let n = 0;
  for (let i = 0; before && i < drawn.pixels.length; i += 4) {
    const off = [0, 1, 2].map((c) => Math.abs(drawn.pixels[i + c] - before.pixels[i + c]));
    n += Math.max(...off) > 40;
  }
  const same = before?.height === drawn.height;
  return { differ: same ? (4 * n) / drawn.pixels.length : 1, png: drawn.canvas.toDataURL("image/png") };
}"""
"""Letters become grey, what is missing or elsewhere stays visible; 16 levels of each colour: small files."""


def shot(site, look, name):
    """A reduced screenshot of the evening with its lines, and how much of it differs from the one kept."""
    query, opened, options = PICTURES[name]
    site.keep(browser_lines.lines())
    page = look(f"{site.url}{query}", flags=NO_GL, reduced_motion="reduce", **options)
    page.clock.set_fixed_time(page.evaluate("Date.now()"))
    if opened:
        page.locator('[data-alert="parent"]').click()
        expect(page.locator("#detail .timeline")).to_be_visible()
    elif "wall" not in query:
        # The map was fitted before the bars above it had their height.
        page.locator("#zoom-home").click()
    page.evaluate("""() => {
      for (const one of document.querySelectorAll(".clock, [data-at], #software")) {
        one.style.visibility = "hidden";
      }
      document.activeElement.blur();
    }""")
    page.wait_for_timeout(600)
    kept = GOLDEN / f"{name}.png"
    given = [f"data:image/png;base64,{base64.b64encode(page.screenshot()).decode()}", ""]
    if kept.exists():
        given[1] = f"data:image/png;base64,{base64.b64encode(kept.read_bytes()).decode()}"
    found = page.evaluate(REDUCE, given)
    return found["differ"], base64.b64decode(found["png"].partition(",")[2])


@pytest.mark.parametrize("name", PICTURES)
def test_the_page_looks_as_it_did(site, look, name):
    differ, png = shot(site, look, name)
    if os.environ.get("GOLDEN") == "renew":
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / f"{name}.png").write_bytes(png)
        assert len(png) <= 150_000
        return
    assert differ <= SHARE, f"{differ:.1%} differ; after a meant change: make golden, look, commit"


def test_a_map_that_is_gone_would_be_noticed(site, look):
    site.keep(browser_lines.lines())
    page = look(site.url, flags=NO_GL, reduced_motion="reduce", color_scheme="dark", **DESK)
    page.evaluate("document.getElementById('map').hidden = true")
    kept = base64.b64encode((GOLDEN / "desk-dark.png").read_bytes()).decode()
    now = base64.b64encode(page.screenshot()).decode()
    given = [f"data:image/png;base64,{one}" for one in (now, kept)]
    assert page.evaluate(REDUCE, given)["differ"] > SHARE
