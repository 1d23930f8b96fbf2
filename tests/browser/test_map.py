"""Both maps: MapLibre GL where there is WebGL2, our own SVG where there is none, and neither freezes."""

import re

import browser_seed
import pytest
from browser_flags import NO_GL, SOFTWARE_GL
from playwright.sync_api import expect
from test_clean import clean

PAINTED = """() => {
  const one = document.querySelector("#map .spots canvas");
  const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
  return data.filter((value, i) => i % 4 === 3 && value).length > 100;
}"""
"""Whether more than 100 pixels of the canvas of hotspots have a colour."""


@pytest.mark.usefixtures("vendored")
def test_the_gl_map_draws_with_nothing_from_outside(site, look):
    page = look(site.url + "?map=gl", flags=SOFTWARE_GL)
    expect(page.locator("#map")).to_have_attribute("data-engine", "gl")
    expect(page.locator("#map canvas")).to_be_visible()
    clean(page, site)


def test_without_a_graphics_card_our_own_map_is_the_quicker_one(site, look):
    page = look(site.url, flags=SOFTWARE_GL)
    expect(page.locator("#map")).to_have_attribute("data-engine", "svg")


def test_without_webgl_our_own_map_is_drawn(site, look):
    page = look(site.url, flags=NO_GL)
    expect(page.locator("#map")).to_have_attribute("data-engine", "svg")
    for layer in ("province", "city", "county", "protected_areas", "stands"):
        expect(page.locator(f"#map path.{layer}").first).to_have_attribute("d", re.compile(".{100}"))
    expect(page.locator("#map .signs .symbol")).to_have_count(9)
    expect(page.locator("#map .footprints path")).to_have_count(9)
    page.wait_for_selector("#map[data-drawn=all]")
    page.wait_for_function(PAINTED)
    clean(page, site)


def test_where_the_libraries_are_missing_the_page_asks_for_none_and_draws_its_own_map(site, look):
    def bare(route):
        answered = route.fetch()
        route.fulfill(response=answered, json={**answered.json(), "libraries": []})

    page = look("about:blank", flags=SOFTWARE_GL, expect_ready=False)
    page.route("**/v1/about", bare)
    page.goto(f"{site.url}?map=gl")
    page.wait_for_selector("html[data-ready=true]")
    expect(page.locator("#map")).to_have_attribute("data-engine", "svg")
    # the page itself is built into that folder too
    asked = [one for one in page.watched.requests if "/vendor/" in one]
    assert [one for one in asked if "/vendor/page-" not in one] == []
    assert page.watched.complaints == []


def test_a_sign_on_the_svg_map_opens_its_alert(site, look):
    page = look(site.url + "?map=svg")
    page.locator('#map .signs [data-id="xichang"] path').click()
    expect(page.locator("#detail")).to_contain_text("西昌市")
    expect(page.locator("#map .ring")).to_have_count(1)


def test_the_svg_map_moves_by_keys_and_layers_can_be_hidden(site, look):
    page = look(site.url + "?map=svg")
    ground = page.locator("#map .ground")
    before = ground.get_attribute("transform")
    page.locator("#map svg.own-map").focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    expect(ground).not_to_have_attribute("transform", before)
    page.locator('[data-layer="county"]').uncheck()
    expect(page.locator("#map g.county")).to_have_attribute("visibility", "hidden")


@pytest.mark.slow
@pytest.mark.parametrize(("query", "flags"), [("?map=gl", SOFTWARE_GL), ("", NO_GL)], ids=["gl", "svg"])
def test_five_thousand_incidents_do_not_freeze_the_page(empty_site, look, query, flags):
    empty_site.keep(browser_seed.many(5000))
    page = look(empty_site.url + query, flags=flags)
    expect(page.locator("#count-graded")).to_have_text("3333")
    expect(page.locator("#list-graded .row")).to_have_count(150)
    page.locator("#filter").fill("县4998")
    expect(page.locator(".lists section .row")).to_have_count(1)
    page.locator(".lists section .row").click()
    expect(page.locator("#detail")).to_be_visible()
    if flags == NO_GL:
        expect(page.locator("#map-note")).to_contain_text("图上省略 4,400 处")
