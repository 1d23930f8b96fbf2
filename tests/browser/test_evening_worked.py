"""The evening near Xichang worked by keyboard: from the call over a lost server to the final report."""

import re
from datetime import timedelta

from browser_seed import AT_LAST, NEAR, WHY, XICHANG
from browser_words import START, alert, records
from playwright.sync_api import expect
from test_clean import clean
from test_desk import officer


def tab_to(page, wanted, most=60):
    """Press Tab until the element of this id or these words has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate("[document.activeElement.id, document.activeElement.textContent]")
        if wanted in (here[0], here[1].strip()):
            return
    raise AssertionError(f"no way to {wanted} by Tab")


def open_by_keyboard(page):
    """Find the fire by its place and open it."""
    page.keyboard.press("/")
    page.keyboard.type("西昌")
    page.keyboard.press("Tab")
    tab_to_fire = "document.activeElement.closest('[data-alert]')?.dataset.alert"
    for _ in range(60):
        if page.evaluate(tab_to_fire) == "xichang":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#detail .work .verdict")).to_be_visible()


def call_in(page):
    page.keyboard.press("n")
    page.keyboard.type("13800138000")
    # nothing is kept before there is a place, so it is not said in the colour of what is
    expect(page.locator("#call .outcome.open")).to_be_visible()
    tab_to(page, "call-place")
    page.keyboard.type("102.21,27.80")
    expect(page.locator("#call-place-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    tab_to(page, "call-text")
    page.keyboard.type("泸山方向有烟")
    page.keyboard.press("Enter")
    expect(page.locator("#call")).to_be_hidden()


def answer(page, code, words):
    tab_to(page, "work-code")
    page.keyboard.type(code)
    tab_to(page, "work-text")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def grown():
    """Return the revision that comes while the server is away."""
    common = {"where": XICHANG, "county": "西昌市", "places": NEAR, "reasons": WHY}
    more = {**AT_LAST, "observation_count": 75, "pixels": 40, "previous_grade": "I", "probability": 0.99}
    at = START + timedelta(minutes=260)
    return records([alert("xichang", 5, action="update", grade="I", at=at, **common, **more)])


def test_xichang_from_the_call_to_the_final_report_by_keyboard_with_two_officers_and_a_lost_server(
    site, look
):
    one, two = officer(site, look), officer(site, look, "wang", "王强")
    one.keyboard.press("Shift")
    tab_to(one, "sound")
    one.keyboard.press("Enter")
    expect(one.locator("#sound")).to_be_hidden()
    call_in(one)
    for page in (one, two):
        open_by_keyboard(page)
    answer(one, "0", "现场确认")
    expect(one.locator("#detail .outcome")).to_have_text("已保存。")
    answer(two, "9", "未见明火")
    expect(two.locator("#detail .outcome")).to_contain_text("已由 李娜 先处理")
    heard = one.evaluate("Number(document.documentElement.dataset.sounded)")
    site.stop()
    for page in (one, two):
        page.evaluate("const real = Date.now; Date.now = () => real() + 31000")
        expect(page.locator("#cut-off")).to_be_visible()
    one.wait_for_function("(heard) => Number(document.documentElement.dataset.sounded) > heard", arg=heard)
    site.keep(grown())
    site.start()
    for page in (one, two):
        expect(page.locator("#detail .timeline li.revision")).to_have_count(5)
        expect(page.locator("#cut-off")).to_be_hidden()
        revisions = [re.compile(f"^第 {n} 版") for n in (5, 4, 3, 2, 1)]
        expect(page.locator("#detail .timeline li.revision .what")).to_have_text(revisions)
    for stage, title in (("即报", "即报"), ("续报", "续报"), ("终报", "终报")):
        tab_to(one, stage, most=90)
        href = one.evaluate("document.activeElement.getAttribute('href')")
        paper = one.request.get(href)
        assert f"森林草原火情{title}" in paper.text()
        file = one.request.get(href.replace("report?", "report?form=docx&"))
        assert (file.status, file.body()[:2]) == (200, b"PK")
    assert "verdict 0 county · 李娜" in paper.text()
    said = [word for delivery in site.log.values("observation.v1") for word in delivery.verdicts]
    assert [(given.author, given.code) for given in said] == [("李娜", 0)]
    # the server was away: nothing else went wrong
    one.watched.complaints = [text for text in one.watched.complaints if "ERR_CONNECTION" not in text]
    clean(one, site)
