"""WCAG 2.2 AA by axe-core, dark and light: the page, the opened alert, the desk; and the wall."""

import pytest
from browser_flags import NO_GL
from browser_words import START, alert, records
from playwright.sync_api import expect
from test_clean import clean
from test_desk import officer

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """rules => axe.run(document, { runOnly: rules, resultTypes: ["violations"] })
  .then((found) => found.violations.flatMap(
    (one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}`)))"""


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nothing_of_the_page_breaks_wcag_aa(site, look, axe, scheme):
    page = officer(site, look, color_scheme=scheme)
    page.evaluate(axe)
    page.locator('[data-alert="xichang"]').click()
    expect(page.locator("#detail .work .verdict")).to_be_visible()
    assert page.evaluate(RUN, RULES) == []
    for key, panel in (("n", "#call"), ("c", "#calls"), ("q", "#queue"), ("h", "#handover")):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(key)
        expect(page.locator(f"{panel} h2")).to_be_visible()
        assert page.evaluate(RUN, RULES) == [], panel
        page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.dataset.missingText ?? '0'") == "0"


def test_a_button_without_words_would_be_found(site, look, axe):
    page = look(site.url, flags=NO_GL)
    page.evaluate(axe)
    page.evaluate("document.body.append(document.createElement('button'))")
    assert any(found.startswith("button-name") for found in page.evaluate(RUN, RULES))


def test_the_wall_follows_the_gravest_fire_and_can_be_read_from_afar(site, look):
    size = {"width": 3840, "height": 2160}
    page = look(f"{site.url}?wall", flags=NO_GL, viewport=size)
    expect(page.locator("#detail h2")).to_contain_text("西昌市")
    # Found and measured in one step: rows and signs are drawn anew at any time.
    big = """([what, least]) => {
      const one = document.querySelector(what);
      return one !== null && parseFloat(getComputedStyle(one).fontSize) >= least;
    }"""
    least = 0.02 * size["height"]
    for what in (
        "#lists .row .place",
        "#lists .row .word",
        "#lists .row .age",
        "#detail .gradeline strong",
        "#detail .when .age",
        "#badge-I .n",
    ):
        page.wait_for_function(big, arg=[what, least])
    painted = "([what, least]) => document.querySelector(what)?.getBoundingClientRect().height >= least"
    sign = '#map .signs [data-id="xichang"]'
    for what in ("path", "text", ".place"):
        page.wait_for_function(painted, arg=[f"{sign} {what}", least])
    largest = page.evaluate(
        """async () => {
          const { colours, layersOf } = await import("/map-gl-style.mjs");
          const { scale } = await import("/size.mjs");
          return layersOf(colours(), scale()).find((one) => one.id === "symbol-names").layout["text-size"];
        }"""
    )
    assert largest >= least, "the GL map has letters as large"
    later = alert(
        "graver", 1, action="new", grade="I", at=START.replace(hour=14), where=(101.6, 27.5), county="盐源县"
    )
    site.keep(records([later]))
    expect(page.locator("#detail .chain")).to_contain_text("盐源县")
    expect(page.locator(".bar button:visible")).to_have_count(0)
    clean(page, site)
