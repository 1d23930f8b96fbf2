"""The page looks as it did: reduced screenshots against those kept, with a tolerance for letters and edges.

`make golden` draws them anew; look at each before it is committed. Both pictures are compared in the browser.
"""

import base64
import os
import pathlib
from datetime import timedelta

import browser_lines
import pytest
from browser_flags import NO_GL
from playwright.sync_api import expect

GOLDEN = pathlib.Path(__file__).parent / "golden"
SHARE = 0.03
"""So much of a picture's pixels may differ; letters of another font are less."""

GONE = 0.03
"""On so many of the tiles something may be drawn where nothing was, or the other way round."""

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
  const something = ({ canvas, pixels }) => {
    const found = [];
    for (let top = 0; top + 8 <= canvas.height; top += 8) {
      for (let left = 0; left + 8 <= canvas.width; left += 8) {
        const at = (i) => 4 * ((top + (i >> 3)) * canvas.width + left + (i & 7)) + 1;
        const greens = Array.from({ length: 64 }, (_, i) => pixels[at(i)]);
        found.push(Math.max(...greens) - Math.min(...greens) > 16);
      }
    }
    return found;
  };
  const [here, there] = same ? [something(drawn), something(before)] : [[], []];
  const gone = there.filter((one, i) => one !== here[i]).length / Math.max(1, there.filter(Boolean).length);
  return { differ: same ? (4 * n) / drawn.pixels.length : 1, gone, png: drawn.canvas.toDataURL("image/png") };
}"""
"""Letters become grey, what is missing or elsewhere stays visible; 16 levels of each colour: small files."""


SETTLED = """() => new Promise((done) => {
  const look = () => [...document.querySelectorAll("#map g, #map path, #map canvas, #lists, #detail")]
    .map((one) => [one.getAttribute("transform"), one.outerHTML.length, one.clientWidth])
    .join();
  let before = "", same = 0, since = 0;
  const frame = (at) => {
    const all = document.querySelector("#map[data-drawn=all]") && document.fonts.status === "loaded";
    const now = all ? look() : null;
    if (now === null || now !== before) [before, same, since] = [now, 0, at];
    else same += 1;
    if (same >= 20 && at - since > 500) done(); else requestAnimationFrame(frame);
  };
  document.fonts.ready.then(() => requestAnimationFrame(frame));
})"""
"""The map has drawn all that came, and nothing has moved for twenty frames and half a second."""

AT = browser_lines.AT + timedelta(minutes=16, seconds=7)
"""The page's own present: what it draws by age is the same on every day."""


def opened(site, look, name):
    """The evening with its lines as `name` shows it, all of it drawn and the map fitted."""
    query, one, options = PICTURES[name]
    site.keep(browser_lines.lines())
    page = look("about:blank", expect_ready=False, flags=NO_GL, reduced_motion="reduce", **options)
    page.clock.set_fixed_time(AT)
    page.goto(f"{site.url}{query}")
    page.wait_for_selector("html[data-ready=true]")
    if one:
        page.locator('[data-alert="parent"]').click()
    if one or "wall" in query:
        expect(page.locator("#detail .timeline")).to_be_visible()
    expect(page.locator("#link.open")).to_be_visible()
    page.evaluate(
        "document.activeElement.blur(); document.getElementById('software').style.visibility = 'hidden'"
    )
    page.evaluate(SETTLED)
    return page


def differs(page, name):
    """What `REDUCE` finds: pixels that differ, tiles that are gone, and the page as a reduced picture."""
    kept = GOLDEN / f"{name}.png"
    given = [f"data:image/png;base64,{base64.b64encode(page.screenshot()).decode()}", ""]
    if kept.exists():
        given[1] = f"data:image/png;base64,{base64.b64encode(kept.read_bytes()).decode()}"
    return page.evaluate(REDUCE, given)


@pytest.mark.parametrize("name", PICTURES)
def test_the_page_looks_as_it_did(site, look, name):
    found = differs(opened(site, look, name), name)
    if os.environ.get("GOLDEN") == "renew":
        GOLDEN.mkdir(exist_ok=True)
        png = base64.b64decode(found["png"].partition(",")[2])
        (GOLDEN / f"{name}.png").write_bytes(png)
        assert len(png) <= 150_000
        return
    told = f"{found['differ']:.2%} of pixels and {found['gone']:.2%} of tiles differ"
    told += "; after a meant change: make golden, look, commit"
    assert max(found["differ"] / SHARE, found["gone"] / GONE) <= 1, told


def test_a_part_that_is_gone_would_be_noticed(site, look):
    page = opened(site, look, "desk-light")
    for part in ("map", "lists", "legend"):
        page.evaluate("(id) => { document.getElementById(id).style.visibility = 'hidden'; }", part)
        assert differs(page, "desk-light")["gone"] > 3 * GONE, part
        page.evaluate("(id) => { document.getElementById(id).style.visibility = ''; }", part)
