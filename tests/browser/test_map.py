"""Both maps: MapLibre GL where there is WebGL2, our own SVG where there is none, and neither freezes."""

import re
import time

import browser_seed
import pytest
from browser_flags import NO_GL, SOFTWARE_GL
from playwright.sync_api import expect
from test_clean import clean


def painted(page) -> int:
    """How many pixels of the canvas of hotspots have a colour."""
    return page.locator("#map .spots canvas").evaluate(
        """one => one.getContext("2d").getImageData(0, 0, one.width, one.height).data
          .filter((value, i) => i % 4 === 3 && value).length"""
    )


@pytest.mark.usefixtures("vendored")
def test_the_gl_map_draws_with_nothing_from_outside(site, look):
    page = look(site.url + "?map=gl")
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
    assert painted(page) > 100
    clean(page, site)


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
    began = time.monotonic()
    page.locator("#filter").fill("县4998")
    expect(page.locator(".lists section .row")).to_have_count(1)
    page.locator(".lists section .row").click()
    expect(page.locator("#detail")).to_be_visible()
    assert time.monotonic() - began < 60
    if flags == NO_GL:
        expect(page.locator("#map-note")).to_contain_text("图上省略 4,400 处")
