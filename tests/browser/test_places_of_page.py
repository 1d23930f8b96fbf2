"""Figures of an alert are told whole: carbon with its horizon, places that matter, rows and bar that fit."""

import browser_seed
import pytest
from browser_words import START, alert, places, records
from playwright.sync_api import expect
from test_clean import clean

from schemas.alert import Carbon, Range
from schemas.incident import Place
from schemas.reason import Reason

SEEN = Range(mean_t=624.1, low_t=407.0, high_t=1_322.9)
LOSS = Carbon(
    carbon_t=15_545.4, low_t=2_007.3, high_t=39_484.8, horizon_h=24.0, radiative=SEEN, undersampled=True
)
MARKS = (
    Place(
        layer="ranger_posts",
        place_id="r",
        name="护林站甲",
        relation="near",
        distance_km=3.21,
        azimuth_deg=350.0,
    ),
    Place(layer="roads", place_id="w", name="108", relation="near", distance_km=0.042, azimuth_deg=95.0),
)
HARDLY = tuple(
    Place(layer="stands", place_id=f"s{i}", name=f"小班 {i}", relation="possibly_inside", probability=p)
    for i, p in enumerate((0.3, 0.01, 0.0099, 0.004, 0.0001))
)


def told(name="told", **other):
    near = places("西昌市", "凉山彝族自治州", *HARDLY, *MARKS)
    fields = {"action": "new", "grade": "I", "at": START, "where": (102.2, 27.8), "county": "西昌市"}
    return alert(name, 1, **{**fields, "places": near, "carbon": LOSS, **other})


@pytest.fixture
def opened(empty_site, look):
    """The page in a language with one alert open."""

    def show(language, **other):
        empty_site.keep(records([told(**other)]))
        page = look(f"{empty_site.url}?lang={language}")
        page.locator('[data-alert="told"]').click()
        return page

    return show


@pytest.mark.parametrize(
    ("language", "words", "second"),
    [
        ("en", "16,000 t C (2,000–39,000) · within 24 h, if it is a fire",
         "By radiative power so far: 620 t CO₂ (410–1,300) · undersampled: satellites looked too rarely"),
        ("zh", "16,000 t C (2,000–39,000) · 24 小时内，若确为火灾",
         "按辐射功率估算至今：620 t CO₂（410–1,300） · 采样不足：卫星观测间隔过长"),
    ],
)  # fmt: skip
def test_carbon_is_rounded_says_its_horizon_and_when_satellites_looked_too_rarely(
    opened, language, words, second
):
    page = opened(language)
    expect(page.locator("#detail .carbon")).to_have_text(words)
    expect(page.locator("#detail .radiated")).to_have_text(second)


def test_carbon_without_an_interval_or_unknown_is_never_nan_or_zero(opened):
    page = opened("en", carbon=Carbon(carbon_t=0.123))
    expect(page.locator("#detail .carbon")).to_have_text("0.12 t C · if it is a fire")


def test_unknown_carbon_says_why(opened):
    page = opened("en", carbon=Carbon(carbon_t=None, reason=Reason(code="not_computed")))
    expect(page.locator("#detail .carbon")).to_have_text(
        "Not computed: Not computed yet; unknown is not zero."
    )


def test_hardly_possible_places_are_a_count_and_near_ones_say_how_far_and_where(opened, empty_site):
    page = opened("en")
    rows = page.locator("#detail .places li")
    expect(rows.last).to_have_text("and 3 more, each below 1 %")
    expect(rows.filter(has_text="小班")).to_have_count(2)
    expect(rows.filter(has_text="护林站甲")).to_have_text("Ranger post护林站甲near 3.2 km north of it")
    expect(rows.filter(has_text="108")).to_have_text("Road108near 0.04 km east of it")
    page.locator("#language").click()
    expect(rows.filter(has_text="护林站甲")).to_have_text("护林站护林站甲邻近 在其北 3.2 公里")
    expect(rows.last).to_have_text("另有 3 处，各不足 1 %")
    assert page.evaluate("document.documentElement.dataset.missingText ?? '0'") == "0"
    clean(page, empty_site)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_row_cuts_a_figure_and_the_bar_fits(empty_site, look, language, width):
    large = {"area_ha": 123_456.0, "observation_count": 61_234, "carbon": LOSS}
    lost = told("lost", places=(), where=(102.2, 27.8), **large)
    empty_site.keep([*browser_seed.evening(), *records([told(**large), lost])])
    page = look(f"{empty_site.url}?lang={language}", viewport={"width": width, "height": 900})
    expect(page.locator('[data-alert="lost"]')).to_contain_text("102.200, 27.800")
    page.wait_for_function("(width) => document.documentElement.scrollWidth <= width", arg=width)
    cut = page.evaluate(
        """() => [...document.querySelectorAll(
          ".row .fact, .row .facts, .row .figures, .row .age, .row .word > *, .bar .clock, .bar button"
        )].filter((one) => one.offsetParent !== null).filter((one) => {
             const { left, right } = one.getBoundingClientRect();
             const frame = (one.closest(".row") ?? document.documentElement).getBoundingClientRect();
             return one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
               || right > frame.right + 0.5 || left < frame.left;
           }).map((one) => one.textContent)"""
    )
    assert cut == []
    assert page.evaluate(
        """() => {
          const one = document.getElementById("language");
          return one.getBoundingClientRect().height < 3 * parseFloat(getComputedStyle(one).fontSize);
        }"""
    )
