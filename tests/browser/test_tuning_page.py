"""The page of thresholds in a real browser: documents checked, published, rolled back; shadow and misses."""

from datetime import UTC, datetime, timedelta

from browser_words import START, records
from playwright.sync_api import expect
from test_axe import RULES, RUN
from test_clean import clean
from test_desk import officer

from alerts.tuning.compare import Run, compare
from alerts.tuning.figures import Scale
from alerts.tuning.story import Story
from schemas.codec import encode
from schemas.detection import Detection
from schemas.reason import Reason, Silence
from schemas.topics import SILENCE
from streams.serve.store import Record

FLOOR = "[grade]\ntask = 0.1\n"


def story(name, grade, minutes=0):
    at = START + timedelta(minutes=minutes)
    return Story(
        incident_id=name, lineage=(name,), opened_at=START, last_observed_at=at,
        longitude=102.2, latitude=27.8, radius_m=400.0, probability=0.3, grade=grade,
        told_at=None if grade is None else at, place="西昌市",
        reasons=(Reason(code="below_threshold", rule="grade.task", value=0.3, threshold=0.4),),
    )  # fmt: skip


def shadow():
    before, after = (story("F1", "task"), story("F2", "IV")), (story("F1", None), story("F2", "IV"))
    scale = Scale(from_at=START, to_at=START + timedelta(hours=3), zone="Asia/Shanghai")
    sides = (
        Run(name=name, settings=name, stories=some) for name, some in (("live", before), ("cand", after))
    )
    return compare(*sides, (), scale)


def missed(number):
    """Return a claim and why it was silent: each lacks a little more."""
    name, now = f"night-{number}", datetime.now(UTC) - timedelta(hours=2)
    claim = Detection(
        detection_id=name, detector="hotspot", kind="fire", observation_id=name, source="N20/VIIRS",
        look=name, source_class="satellite", observed_at=now, received_at=now,
        longitude=102.2 + 0.03 * number, latitude=27.8 + 0.02 * number, sigma_km=0.2,
        probability=0.3, rank=1,
    )  # fmt: skip
    value = round(0.39 - 0.02 * number, 2)
    why = Reason(code="below_threshold", rule="grade.task", value=value, threshold=0.4, unit="probability")
    return claim, Silence(observation_id=name, outcome="silent", stage="judge", at=now, reason=why)


def seeded(site):
    claims, silences = zip(*(missed(k) for k in range(4)), strict=True)
    site.keep(records([], list(claims)))
    site.keep([Record(SILENCE.name, 0, 900 + k, b"", encode(one)) for k, one in enumerate(silences)])
    site.compared = shadow()


def one_line(page):
    """The bar of a desk is one line in both languages, and nothing of it is out of the window."""
    page.set_viewport_size({"width": 1280, "height": 800})
    for language in ("en", "zh-CN"):
        page.locator("#language").click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert page.evaluate("document.querySelector('.bar').offsetHeight") < 60
        ends = "[...document.querySelectorAll('.bar > *')].map((one) => one.getBoundingClientRect().right)"
        assert max(page.evaluate(ends)) <= 1280


def test_thresholds_are_checked_published_and_rolled_back_and_shadow_and_misses_shown(site, look, axe):
    seeded(site)
    page = officer(site, look)
    one_line(page)
    page.locator("#tuning").click()
    page.wait_for_selector("html[data-ready=true]")
    expect(page.locator("#settings tbody tr").first).to_contain_text("只入历史")
    page.locator("#document").fill("[grade]\ntsk = 1")
    page.locator("#check").click()
    expect(page.locator("#settings .outcome")).to_contain_text("$.grade.tsk: unknown")
    page.locator("#document").fill(FLOOR)
    page.locator("#check").click()
    expect(page.locator(".found-out .diff")).to_contain_text("grade.task")
    page.locator("#why").fill("straw fires")
    page.locator("#publish").click()
    expect(page.locator("#settings .outcome")).to_contain_text("已发布第 1 版")
    rows = page.locator("#settings section, #settings .scroll").last.locator("tbody tr")
    rows.first.locator("input").fill("missed a fire")
    rows.first.locator("button").click()
    expect(rows).to_have_count(2)
    expect(page.locator("#shadow .counts")).to_contain_text("丢失")
    expect(page.locator("#shadow .because li").first).to_contain_text("证据未达到阈值")
    expect(page.locator("#shadow .because small").first).to_contain_text("below_threshold")
    expect(page.locator("#misses tbody tr small").first).to_contain_text("below_threshold")
    expect(page.locator("#misses tbody tr")).to_have_count(4)
    expect(page.locator("#misses tbody tr").first).to_contain_text("2.5 %")
    expect(page.locator("#misses .chart circle")).to_have_count(4)
    page.wait_for_function("document.querySelectorAll('#misses .chart path.county').length > 3")
    page.evaluate(axe)
    assert page.evaluate(RUN, RULES) == []
    page.locator("#language").click()
    expect(page.locator("#title-misses")).to_have_text("Nearest misses")
    assert page.evaluate("document.documentElement.dataset.missingText ?? '0'") == "0"
    clean(page, site)


def test_whoever_may_not_see_thresholds_is_told_so(site, look):
    page = look(f"{site.url}tuning.html", expect_ready=False)
    expect(page.locator("#barred")).to_be_visible()
    expect(page.locator("#parts")).to_be_hidden()
