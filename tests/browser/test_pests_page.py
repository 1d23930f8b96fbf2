"""An outbreak opened: weeks of its traps, season, finds and rings, by keyboard, both languages, with axe."""

import re

import pytest
from browser_flags import NO_GL
from pested import NOW, lab, quiet, told, trap
from playwright.sync_api import expect
from test_axe import RULES, RUN
from test_clean import clean
from test_desk import officer

from schemas import topics
from schemas.codec import encode
from schemas.dead_letter import Tick
from schemas.detection import Claims
from streams.serve.store import Record

COUNTS = [
    *(one for one in quiet(traps=3) if one.observation_id not in {"t0/2", "t0/0"}),
    trap(0, 2, None, status="missing"),
    trap(0, 0, 60.0),
]


@pytest.fixture(scope="module")
def judged():
    played = told([*COUNTS, lab()])
    claims = Claims(origin=0, origins=1, received_at=NOW, pests=(*COUNTS, lab()))
    said = [
        *((topics.DETECTION, one) for one in [claims]),
        *((topics.SILENCE, one) for one in played.silences.values()),
        *((topics.INCIDENT, one) for one in played.incidents.values()),
        *((topics.ALERT, one) for one in played.alerts),
        (topics.TICK, Tick(at=NOW)),
    ]
    name = next(one.incident_id for one in played.incidents.values() if one.audience)
    return name, [Record(topic.name, 3, at, b"", encode(one)) for at, (topic, one) in enumerate(said)]


def test_an_outbreak_shows_its_weeks_its_season_and_its_rings(site, look, axe, judged):
    name, records = judged
    site.keep(records)
    site.person("mark", "标记", roles=frozenset({"operator", "quarantine"}))
    page = officer(site, look, "mark", "标记")
    page.locator(f'[data-alert="{name}"]').click()
    box = page.locator("#detail .pests")
    expect(box).to_be_visible()
    expect(box.locator(".season .due")).to_contain_text("排查")
    expect(box.locator(".season")).to_contain_text("积温未知")
    expect(box.locator(".chart-legend")).to_contain_text("未查看 1")
    box.locator("summary").click()
    expect(box.locator(".weeks tr", has_text="缺失")).to_contain_text("—")
    expect(box.get_by_role("table", name="风险圈与受威胁小班").locator("tbody tr")).to_have_count(4)
    expect(box.locator("tr", has_text="实验室检测")).to_contain_text("阳性")
    expect(page.locator(".own-map path.reaches")).to_have_attribute("d", re.compile("(M.*){4}"))
    pick = box.locator("select")
    before = box.locator(".weeks .chart").get_attribute("aria-label")
    pick.focus()
    page.keyboard.press("ArrowDown")
    expect(box.locator(".weeks .chart")).not_to_have_attribute("aria-label", before)
    page.evaluate(axe)
    assert page.evaluate(RUN, RULES) == []
    page.locator("#language").click()
    expect(box.locator(".pest-part h3").first).to_have_text("Season and what is next")
    page.locator("#detail-close").click()
    expect(page.locator(".own-map path.reaches")).to_have_attribute("d", "")
    page.keyboard.press("t")
    expect(page.locator("#pest-traps .weeks .chart")).to_be_visible()
    assert page.evaluate(RUN, RULES) == []
    assert page.evaluate("document.documentElement.dataset.missingText ?? '0'") == "0"
    clean(page, site)


def test_13_who_lacks_the_mark_sees_neither_the_outbreak_nor_its_rings(site, look, judged):
    name, records = judged
    site.keep(records)
    page = look(site.url, flags=NO_GL, viewport={"width": 390, "height": 800})
    expect(page.locator(f'[data-alert="{name}"]')).to_have_count(0)
    page.keyboard.press("t")
    expect(page.locator("#pest-traps .weeks .chart")).to_be_visible()
    expect(page.locator("#pest-traps a.round")).to_have_count(0)
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
    assert page.request.get(f"{site.url}v1/pests/series?incident={name}").status == 404
    clean(page, site)
