"""Forms of the desk in a real browser: calls pinned and kept, incidents ended, parted, silenced, accounts."""

import re
from datetime import UTC, datetime, timedelta

from browser_flags import NO_GL
from browser_lines import permit
from browser_seed import evening
from browser_words import PASSWORD, START, alert, records
from msgspec.structs import replace
from playwright.sync_api import expect
from test_clean import clean
from test_desk import observed, officer

from schemas.act import Undo
from schemas.codec import encode
from schemas.detection import Claims
from schemas.observation import Report
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.settings import Settings
from streams.serve.desk.people import keep_people
from streams.serve.store import Record


def test_a_call_is_written_with_few_keys_pinned_on_the_map_and_survives_a_reload(site, look):
    page = officer(site, look)
    page.evaluate("window.keys = 0; addEventListener('keydown', () => { window.keys += 1; }, true)")
    page.keyboard.press("n")
    page.keyboard.type("13800138000")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("lushan")
    expect(page.locator("#call-place-list [role=option]").first).to_contain_text("泸山")
    page.keyboard.press("Enter")
    expect(page.locator("#call .outcome")).to_have_text("已保存。")
    # 20 s at three keys a second, what somebody types who is no typist
    assert page.evaluate("window.keys") <= 60
    page.locator("#call-azimuth").fill("270")
    page.locator("#call-pick").click()
    expect(page.locator(".picking-hint")).to_be_visible()
    page.locator("#map").click(position={"x": 400, "y": 300})
    expect(page.locator("#call-place")).to_have_value(re.compile(r"^1\d\d\.\d+, \d\d\.\d+$"))
    pinned = page.locator("#call-place").input_value()
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector("html[data-ready=true]")
    page.keyboard.press("n")
    expect(page.locator("#call .outcome")).to_contain_text("已恢复")
    expect(page.locator("#call-number")).to_have_value("13800138000")
    expect(page.locator("#call-place")).to_have_value(pinned)
    page.locator("#call-pick").click()
    page.keyboard.press("Enter")
    expect(page.locator("#call-place")).not_to_have_value(pinned)
    page.evaluate("document.querySelector('#call form').requestSubmit()")
    expect(page.locator("#call")).to_be_hidden()
    page.wait_for_function("sessionStorage.length === 0")
    said = [one for delivery in site.log.values("observation.v1") for one in delivery.observations]
    reports = [one for one in said if isinstance(one, Report)]
    assert len({one.observation_id.split("/")[1] for one in reports}) == 1
    clean(page, site)


def again(page):
    """Open the incident once more: what the server keeps is drawn."""
    page.locator("#detail-close").click()
    page.locator('[data-alert="xichang"]').click()


def test_an_officer_closes_silences_splits_and_takes_back_by_forms(site, look):
    page = officer(site, look)
    page.locator('[data-alert="xichang"]').click()
    page.get_by_text("更正：损失").click()
    page.locator("#work-deaths").fill("1")
    page.locator("#work-is_dangerous").select_option("true")
    page.locator("#work-needs_support").select_option("none")
    page.locator("#work-reported").check()
    page.get_by_role("button", name="登记损失").click()
    expect(page.locator("#detail .words")).to_contain_text("enterfigures")
    expect(page.locator("#work-split-says")).to_contain_text("共")
    page.locator("#work-split-km").fill("0.2")
    page.get_by_role("button", name="拆分").click()
    expect(page.locator("#detail .words")).to_contain_text("split")
    page.locator("#work-silence-text").fill("扑救队已到场")
    page.get_by_role("button", name="设静默").click()
    expect(page.locator("#detail .words")).to_contain_text("setsilence")
    page.locator("#work-out-text").fill("现场指挥部宣布")
    page.get_by_role("button", name="宣布扑灭").click()
    expect(page.locator("#detail .words")).to_contain_text("declareout")
    given = [one for delivery in site.log.values("observation.v1") for one in delivery.acts]
    assert [type(one).__name__ for one in given] == ["EnterFigures", "Split", "SetSilence", "DeclareOut"]
    figures = given.pop(0)
    assert (figures.deaths, figures.area_ha, figures.is_dangerous) == (1, None, True)
    assert (figures.is_told_elsewhere, figures.needs_support) == (None, ())
    assert abs(figures.reported_at - figures.received_at) < timedelta(minutes=1)
    assert 0 < len(given[0].observation_ids) < 61
    assert given[0].middles.other_latitude > given[0].middles.latitude
    assert 10.0 < given[0].middles.radius_km < 20.0
    assert given[1].until - given[1].received_at > timedelta(minutes=50)
    done = [replace(one, outcome="applied", applied_to="xichang") for one in given]
    site.keep([Record("act.v1", 9, at, b"", encode(one)) for at, one in enumerate(done)])
    again(page)
    row = page.locator(".undo li", has_text="宣布扑灭")
    row.get_by_role("button", name="撤回").click()
    expect(page.locator("#detail .words")).to_contain_text("undo")
    (back,) = [one for d in site.log.values("observation.v1") for one in d.acts if isinstance(one, Undo)]
    assert (back.of, back.author) == (given[2].act_id, "李娜")
    site.keep([Record("act.v1", 9, 3, b"", encode(replace(done[2], outcome="undone")))])
    again(page)
    expect(page.locator(".timeline .undone")).to_contain_text("已撤回")
    clean(page, site)


def test_an_officer_lets_a_revision_out_to_the_public_once_it_is_meant_and_no_reconstruction(
    site_to_start, look
):
    site = site_to_start
    site.settings = Settings(issuer="西昌市森林草原防灭火指挥部")
    site.start()
    site.keep(evening())
    real = {"grade": "III", "at": START + timedelta(hours=5), "where": (101.6, 27.5), "county": "盐源县"}
    site.keep(records([alert("real", 1, action="new", reconstruction=False, **real)]))
    page = officer(site, look)
    page.locator('[data-alert="xichang"]').click()
    expect(page.locator("#detail .work")).to_be_visible()
    expect(page.locator("#detail .release")).to_have_count(0)
    page.locator('[data-alert="real"]').click()
    page.get_by_text("向公众发布").click()
    page.locator("#work-release-text").fill("已核实")
    page.locator("#detail .release").get_by_role("button", name="发布").click()
    assert site.log.values("notice.v1") == []
    page.locator("#work-release-sure").check()
    page.locator("#detail .release").get_by_role("button", name="发布").click()
    expect(page.locator("#detail .work .outcome")).to_have_text("已保存。")
    (out,) = site.log.values("notice.v1")
    assert (out.alert.alert_id, out.alert.revision, out.author, out.text) == ("real", 1, "李娜", "已核实")
    clean(page, site)


HELD_SOUND = """window.AudioContext = class extends AudioContext {
  constructor() { super(); window.sounding = this; }
};"""


def test_a_computer_whose_clock_is_wrong_goes_by_the_server_and_says_so(closed_site, look):
    closed_site.person()
    page = look("about:blank", flags=NO_GL, expect_ready=False)
    page.add_init_script("const real = Date.now; Date.now = () => real() + 2 * 3600 * 1000")
    page.add_init_script(HELD_SOUND)
    page.goto(closed_site.url)
    page.locator("#name").fill("li.na")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-ready=true]")
    expect(page.locator("#warnings")).to_contain_text("这台电脑的时钟比服务器快 2 小时")
    page.keyboard.press("n")
    page.locator("#call-place").fill("102.21,27.80")
    page.locator("#call-place-list [role=option]").click()
    expect(page.locator("#call .outcome")).to_have_text("已保存。")
    page.keyboard.press("Escape")
    page.locator("#sound").click()
    expect(page.locator("#sound")).to_be_hidden()
    page.evaluate("window.sounding.suspend()")  # as a browser does, or a computer that slept
    expect(page.locator("#sound")).to_be_visible()
    page.locator("#sound").click()
    expect(page.locator("#sound")).to_be_hidden()
    closed_site.accounts.end_sessions_of("li.na")
    sounded = "() => Number(document.documentElement.dataset.sounded) > 1"
    page.wait_for_function(sounded)  # nobody is told any more: that is heard
    expect(page.locator("#sign-in")).to_be_visible()
    (report,) = observed(closed_site)
    assert abs(report.observed_at - datetime.now(UTC)) < timedelta(minutes=10)


def test_a_tab_of_an_older_page_loads_anew_once_nobody_writes_in_it(site, look):
    page = officer(site, look)
    page.locator('[data-alert="xichang"]').click()
    page.locator("#work-text").fill("半句话")
    page.locator("#detail-body h2").focus()
    page.evaluate("window.same = 1")

    def newer(route):
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "software": "9.9.9"})

    page.route("**/v1/about", newer)
    with page.expect_response("**/v1/about"):
        assert site.drop_streams() == 1
    page.wait_for_timeout(2500)  # it is looked at every second
    assert page.evaluate("[window.same, document.getElementById('work-text').value]") == [1, "半句话"]
    page.locator("#work-text").fill("")
    assert page.evaluate("window.same") == 1, "the field has the focus"
    page.locator("#detail-body h2").focus()
    page.wait_for_function("() => window.same === undefined")
    page.wait_for_selector("html[data-ready=true]")
    expect(page.locator("#software")).to_contain_text("9.9.9")


RANGER = {"channel": "webhook", "url": "https://x.example/"}
NEAREST = (
    Receiver(name="护林员甲", phone="13900001111", areas=("513401",), **RANGER),
    Receiver(name="扑火队", phone="13900002222", **RANGER),
)
NUMBERS = {"li.na": ("13900001111", "13987654321", 3), "look": ("139****1111", "139****4321", 0)}
"""What each reads of the nearest and of the permit, and how many can be rung by a touch."""


def test_beside_a_fire_stand_the_nearest_and_who_answers_for_its_permit_with_numbers_by_role(
    site_to_start, look
):
    site = site_to_start
    site.settings = Settings(receivers=NEAREST)
    site.start()
    at, burn = START + timedelta(hours=5), permit("1", radius_m=800.0)
    named = replace(burn, contact="吉木", phone="13987654321", ends_at=datetime.now(UTC))
    keep_people(site.desk, [named], START, 90)
    told = Claims(origin=0, origins=1, received_at=at, permits=(burn,))
    said = {"reasons": (Reason(code="permitted", ref="1", rule="farm_fire"),), "county": "西昌市"}
    fire = alert("burn", 1, action="new", grade="task", at=at, where=(102.29, 27.75), **said)
    site.keep([*records([fire]), Record("detection.v1", 9, 0, b"", encode(told))])
    site.person("look", "张望", roles=("viewer",))
    for name, person in (("li.na", "李娜"), ("look", "张望")):
        page = officer(site, look, name, person)
        page.locator('[data-alert="burn"]').click()
        nearest = page.locator("#detail .contacts:not(.permits) li", has_text="护林员甲")
        expect(nearest).to_contain_text("公里")
        expect(nearest).to_contain_text(NUMBERS[name][0])
        expect(page.locator("#detail .contacts.permits li")).to_contain_text(NUMBERS[name][1])
        expect(page.locator('#detail a[href^="tel:"]')).to_have_count(NUMBERS[name][2])
        clean(page, site)


def test_an_admin_adds_somebody_in_the_page_and_their_password_is_gone_with_the_panel(site, look):
    site.person("boss", "王局", roles=("admin",))
    page = officer(site, look, "boss", "王局")
    page.keyboard.press("u")
    expect(page.locator("#account-name")).to_be_focused()
    page.keyboard.type("zhao.l")
    page.keyboard.press("Tab")
    page.keyboard.type("赵磊")
    page.keyboard.press("Tab")
    page.keyboard.type("值班员")
    page.locator("#account-role").select_option("operator")
    page.locator("#account-areas").fill("513401")
    page.keyboard.press("Enter")
    expect(page.locator("#accounts .once").first).to_contain_text("zhao.l 首次登录密码")
    password = page.evaluate("document.querySelector('#accounts .once').textContent").rpartition("：")[2]
    assert len(password) > 8
    row = page.locator('[data-account="zhao.l"]')
    expect(row).to_contain_text("值班员 · 513401")
    row.get_by_role("button", name="锁定").click()
    expect(row).to_contain_text("已锁定")
    expect(page.locator("#accounts .once").first).to_have_text("")
    page.locator("#key-note").fill("西山摄像机")
    page.locator("#key-role").select_option(["ingest"])
    page.get_by_role("button", name="生成密钥").click()
    expect(page.locator("#key-once")).to_contain_text("只显示这一次：fh_")
    secret = page.evaluate("document.getElementById('key-once').textContent").rpartition("：")[2]
    (key,) = [one for one in site.keys.listed() if one.note == "西山摄像机"]
    assert site.keys.find(secret, datetime.now(UTC)) == key
    row = page.locator(f'[data-key="{key.key_id}"]')
    expect(row).to_contain_text("有效")
    row.get_by_role("button", name="撤销").click()
    expect(row).to_contain_text("已撤销")
    expect(row.get_by_role("button")).to_have_count(0)
    page.keyboard.press("Escape")
    assert password not in page.content()
    assert secret not in page.content()
    assert site.accounts.get("zhao.l").locked_at is not None
    clean(page, site)
