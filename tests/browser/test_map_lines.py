"""The map draws whence cameras saw, how sure the place is, where fire goes, what it lit and what may burn."""

import json
import re

import browser_lines
import pytest
from browser_flags import NO_GL, SOFTWARE_GL
from browser_words import until
from gl_map import THE_MAP
from playwright.sync_api import expect
from test_clean import clean

from schemas.detection import Shown

SQUARE = {"type": "Polygon", "coordinates": [[[102, 27], [103, 27], [103, 28], [102, 28], [102, 27]]]}
AREAS = {"mean_ha": 1200.0, "least_ha": 300.0, "most_ha": 5400.0}
REACHES = [
    {"type": "Feature", "geometry": SQUARE, "properties": {"hours": hours, "what": what, **AREAS}}
    for hours in (1.0, 6.0)
    for what in ("likely", "outermost")
]
COUNTS = """async () => {
  const { picture, allowed } = await import("/picture.mjs");
  const { Spots } = await import("/spots.mjs");
  const { setNow } = await import("/time.mjs");
  await (await import("/text.mjs")).loadText();
  const spots = new Spots();
  setNow(await spots.refresh());
  const get = async (path) => (await (await fetch(path)).json()).features;
  const flat = (one) => ({ ...one.properties, footprint: one.geometry });
  const by = async (path, name) => new Map((await get(path)).map(flat).map((one) => [one[name], one]));
  const alerts = await by("v1/alerts", "alert_id");
  const drawn = picture({ spots, alerts, incidents: await by("v1/incidents", "incident_id") });
  return { ...drawn, "permits-areas": allowed(await get("v1/permits")), spots: spots.length };
}"""


@pytest.fixture
def drawn(empty_site, look):
    """What the page draws of the seeded evening, by source."""
    empty_site.keep(browser_lines.lines())
    page = look(empty_site.url, flags=NO_GL)
    return page, page.evaluate(COUNTS)


def test_everything_there_is_to_draw_is_drawn_where_it_lies(drawn, empty_site):
    page, told = drawn
    counts = {
        name: len(told[name]) for name in ("sights", "cones", "ellipses", "heads", "kin", "permits-areas")
    }
    assert counts == {"sights": 2, "cones": 2, "ellipses": 2, "heads": 1, "kin": 1, "permits-areas": 2}
    assert told["spots"] == 0, "a direction alone is no place"
    fresh = {one["properties"]["name"]: one["properties"]["fresh"] for one in told["sights"]}
    assert fresh == {"cam-east": True, "cam-west": False}
    (east,) = [one for one in told["sights"] if one["properties"]["fresh"]]
    start, end = east["geometry"]["coordinates"]
    assert start == list(browser_lines.STATION)
    assert end[0] < start[0]
    assert end[1] < start[1], "217 degrees is south-west"
    for name in counts:
        expect(page.locator(f"#map path.{name}").first).to_have_attribute("d", re.compile(".{20}"))
    page.locator('[data-layer="permits"]').uncheck()
    expect(page.locator("#map path.permits-areas")).to_have_attribute("visibility", "hidden")
    clean(page, empty_site)


def test_one_horizon_of_the_opened_fire_is_shown_and_its_area_said(site, look):
    page = look(f"{site.url}?lang=en", flags=NO_GL)
    page.route("**/reach", lambda route: route.fulfill(body=json.dumps({"features": REACHES})))
    expect(page.locator("#reach")).to_be_hidden()
    page.locator('[data-alert="xichang"]').click()
    page.locator('#reach [data-hours="6"]').click()
    expect(page.locator("#reach p")).to_have_text("6 h: about 1,200 ha (300–5,400)")
    expect(page.locator("#map path.further")).to_have_attribute("d", re.compile("^M102"))
    page.locator('#reach [data-hours="12"]').click()
    expect(page.locator("#reach p")).to_contain_text("Not computed")
    page.keyboard.press("Escape")
    expect(page.locator("#reach")).to_be_hidden()
    clean(page, site)


BLIND_DRAWN = """async (count) => {
  const layers = { layers: ["blind", "blind-words"] };
  const seen = () => window.theMap.queryRenderedFeatures(layers)
    .map((one) => `${one.layer.id} ${one.properties.name} ${one.properties.id}`);
  for (let tries = 0; tries < 200 && new Set(seen()).size !== count; tries += 1) {
    await new Promise((go) => { setTimeout(go, 100); });
  }
  return [...new Set(seen())].sort();
}"""
"""What is drawn of lost sources, once it is so much."""


@pytest.mark.usefixtures("vendored")
@pytest.mark.parametrize("engine", ["svg", "gl"])
def test_a_lost_source_stands_on_the_map_with_its_sign_and_its_state_until_it_is_heard(
    empty_site, look, engine
):
    empty_site.keep(browser_lines.loss())
    query, flags = ("", NO_GL) if engine == "svg" else ("?map=gl", SOFTWARE_GL)
    page = look(empty_site.url + query, flags=flags)
    box = page.locator('[data-layer="blind"]')
    expect(page.locator("#legend-layers")).to_contain_text("失联监测源")
    expect(box).to_be_checked()
    said = "cam-east 失联，最后观察 03-30 17:26"
    if engine == "svg":
        sign = page.locator("#map .voiceless")
        expect(sign.locator("text")).to_have_text([said])
        box.uncheck()
        expect(sign).to_have_count(0)
        box.check()
        sign.locator("text").click()
        expect(page.locator("#detail h2")).to_contain_text("西昌市")
        page.goto(empty_site.url + "?lang=en")
        expect(sign.locator("text")).to_contain_text("cam-east silent, last look")
        empty_site.keep([browser_lines.heard_again()])
        expect(sign).to_have_count(0, timeout=40_000)
    else:
        assert page.evaluate(THE_MAP)
        assert page.evaluate(BLIND_DRAWN, 2) == [f"blind {said} lost", f"blind-words {said} lost"]
        box.uncheck()
        assert page.evaluate(BLIND_DRAWN, 0) == []
    clean(page, empty_site)


def test_what_came_since_is_all_that_is_asked_for(site, look):
    page = look(site.url, flags=NO_GL)
    site.keep(browser_lines.lines())
    with page.expect_request(lambda asked: "columns?after=" in asked.url):
        pass
    until(page, lambda: "limit=50" in [url for url in page.watched.requests if "/v1/incidents?" in url][-1])


def test_first_and_newest_picture_stand_in_the_story_with_their_box_and_where_to_look_live(empty_site, look):
    page = look(empty_site.url, flags=NO_GL)
    first, newest = empty_site.pictures.keep([page.screenshot(type="jpeg", quality=q) for q in (20, 30)])
    shown = [
        Shown(pictures=(first,), box=(0.25, 0.5, 0.5, 0.75), live_url="https://cam.intra/7"),
        Shown(pictures=("0" * 64,)),
        Shown(pictures=(newest,), live_url="rtsp://user:word@cam.intra/8"),
    ]
    empty_site.keep(browser_lines.lines(shown))
    row = page.locator('[data-alert="parent"]')
    row.click()
    frames = page.locator("#detail .frames")
    expect(frames.locator("img")).to_have_count(2)
    for at, name in enumerate((first, newest)):
        expect(frames.locator("img").nth(at)).to_have_attribute("src", re.compile(f"/{name}$"))
    expect(frames.locator("figcaption").first).to_contain_text("方位 217°")
    expect(frames.locator("img").first).to_have_js_property("complete", value=True)
    picture, box = page.evaluate(
        """() => ["img", "rect"].map((what) => document.querySelector(`#detail .frames ${what}`))
          .map((one) => one.getBoundingClientRect()).map(({ x, width, height }) => ({ x, width, height }))"""
    )
    assert box["x"] - picture["x"] == pytest.approx(0.25 * picture["width"], abs=2)
    assert box["height"] == pytest.approx(0.25 * picture["height"], abs=4)
    expect(frames.locator("a")).to_have_attribute("href", "https://cam.intra/7")
    expect(frames).not_to_contain_text("word")
    clean(page, empty_site)
