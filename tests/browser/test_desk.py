"""The officer's desk in a real browser: signing in, taking a call, answering, handing over."""

import re
import struct
import zlib
from datetime import UTC, datetime, timedelta

from browser_flags import NO_GL
from browser_words import PASSWORD, START, alert, records, until
from playwright.sync_api import expect
from shapely import Point
from test_clean import clean

from detectors.region import Layer, Region
from schemas.codec import encode
from schemas.dead_letter import Tick
from schemas.detection import Claims
from schemas.observation import TrapCount
from schemas.topics import OBSERVATION
from streams.serve.accounts import one_time
from streams.serve.store import Record

LATER = START + timedelta(hours=5)


def test_a_person_signs_in_with_a_second_factor_and_a_new_password_and_out_again(closed_site, look):
    secret = one_time.new_secret()
    closed_site.person(one_time=secret, password_at=None)
    page = look(closed_site.url, flags=NO_GL, expect_ready=False)
    page.locator("#name").fill("li.na")
    page.locator("#password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#sign-in-wrong")).to_contain_text("不对")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    page.locator("#code").fill(one_time.code_at(secret, one_time.step_of(datetime.now(UTC))))
    page.keyboard.press("Enter")
    expect(page.locator("#new-password")).to_be_focused()
    page.locator("#new-password").fill("short")
    page.keyboard.press("Enter")
    expect(page.locator("#sign-in-wrong")).to_contain_text("不合要求")
    page.locator("#new-password").fill("Beacon-Fire-27")
    page.keyboard.press("Enter")
    expect(page.locator("#person")).to_have_text("李娜 · 退出")
    page.locator("#person").click()
    expect(page.locator("#sign-in")).to_be_visible()


def observed(site):
    """Return what was put into the log of observations."""
    return [one for delivery in site.log.values("observation.v1") for one in delivery.observations]


def officer(site, look, name="li.na", person="李娜", **more):
    """Open the page as an operator, signed in through the server as the form does."""
    if site.accounts.get(name) is None:
        site.person(name, person)
    page = look(site.url, flags=NO_GL, **more)
    page.locator("#person").click()
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#person")).to_contain_text(person)
    page.wait_for_selector("html[data-ready=true]")
    return page


def test_a_call_is_taken_by_keyboard_and_kept_while_the_caller_talks(site, look):
    page = officer(site, look)
    page.keyboard.press("n")
    expect(page.locator("#call-number")).to_be_focused()
    page.keyboard.type("13800138000")
    page.keyboard.press("Tab")
    page.keyboard.type("王某")
    page.keyboard.press("Tab")
    page.keyboard.type("102.21,27.80")
    expect(page.locator("#call-place-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#call .outcome")).to_have_text("已保存。")
    for key in ("Tab", "Tab", "Tab", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("<b>山上有烟</b>")
    page.keyboard.press("Enter")
    expect(page.locator("#call")).to_be_hidden()
    until(page, lambda: len(observed(site)) == 3)
    first, back, better = observed(site)
    assert (first.longitude, better.text) == (102.21, "<b>山上有烟</b>")
    assert first.observation_id == f"call/desk~{back.retracts}"
    assert "13800138000" not in repr(site.log.sent)
    page.keyboard.press("c")
    row = page.locator("#calls [data-call]")
    expect(row).to_contain_text("138****8000")
    expect(row).to_contain_text("尚未归入任何火情")
    expect(row.get_by_role("button", name="显示号码")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row.locator("a")).to_have_attribute("href", "tel:13800138000")
    expect(row.locator("a")).to_be_focused()
    expect(row).to_contain_text("王某")
    assert [one.detail for one in site.trail.entries()][-1].startswith("call ")
    clean(page, site)


def test_of_two_officers_the_second_is_told_who_was_first(site, look):
    one, two = officer(site, look), officer(site, look, "wang", "王强")
    for page in (one, two):
        page.locator('[data-alert="fire-0"]').click()
        expect(page.locator("#detail .work .verdict")).to_be_visible()
    one.locator("#work-code").select_option("0")
    one.locator(".verdict button").click()
    expect(one.locator("#detail .outcome")).to_have_text("已保存。")
    two.locator("#work-code").select_option("9")
    two.locator("#work-text").fill("未见明火")
    two.locator(".verdict button").click()
    expect(two.locator("#detail .outcome")).to_contain_text("已由 李娜 先处理：verdict 0 county")
    expect(two.locator("#detail .words")).to_contain_text("李娜")
    expect(two.locator(".papers a", has_text="终报")).to_have_attribute("href", re.compile("report"))
    href = two.locator(".papers a", has_text="终报").get_attribute("href")
    for name, kind in (("GeoJSON", "geo+json"), ("CAP", "cap+xml"), ("CSV", "text/csv")):
        file = two.request.get(two.locator(".papers a", has_text=name).get_attribute("href"))
        assert kind in file.headers["content-type"], name
    final = two.request.get(href)
    assert "森林草原火情终报" in final.text()
    assert "verdict 0 county · 李娜" in final.text()
    two.get_by_text("更正：损失").click()
    two.locator("#work-area_ha").fill("12.5")
    two.locator("#work-deaths").fill("0")
    two.get_by_role("button", name="登记损失").click()
    expect(two.locator("#detail .outcome")).to_have_text("已保存。")
    (act,) = [one for delivery in site.log.values("observation.v1") for one in delivery.acts]
    assert (act.author, act.area_ha, act.deaths, act.loss_cny) == ("王强", 12.5, 0, None)
    (word,) = [one for delivery in site.log.values("observation.v1") for one in delivery.verdicts]
    assert (word.author, word.code, word.level) == ("李娜", 0, "county")


def test_the_queue_opens_by_key_and_a_shift_is_signed_by_two(site, look):
    tick = Tick(at=START + timedelta(hours=4))
    site.keep([Record("tick.v1", 9, 0, b"", encode(tick))])
    page = officer(site, look)
    page.keyboard.press("q")
    expect(page.locator("#queue .queue button").first).to_be_focused()
    expect(page.locator("#queue .rates tbody tr").last).to_contain_text("合计")
    site.keep(
        records([alert("next", 1, action="new", grade="IV", at=LATER, where=(101.7, 27.6), county="盐源县")])
    )
    expect(page.locator("#queue [data-waits=next]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    page.locator("#handover-text").fill("盯住安哈镇")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".handovers > li").first).to_contain_text("盯住安哈镇")
    expect(page.locator(".handovers > li").first.locator("details li").first).to_contain_text("待")
    page.get_by_role("button", name="签字接班").click()
    expect(page.locator("#handover .outcome")).to_have_text(
        "未接受：交班人不能自己接班，请下一位值班员签字。"
    )
    other = officer(site, look, "wang", "王强")
    other.keyboard.press("h")
    other.get_by_role("button", name="签字接班").click()
    expect(other.locator(".handovers li").first).to_contain_text("王强 于")
    expect(page.locator("#sound")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#sound").click()
    expect(page.locator("#sound")).to_be_hidden()
    before = page.evaluate("Number(document.documentElement.dataset.sounded)")
    site.keep(
        records([alert("loud", 1, action="new", grade="I", at=LATER, where=(101.6, 27.5), county="盐源县")])
    )
    expect(page.locator('[data-alert="loud"]')).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-sounded", str(before + 1))
    assert "409" in page.watched.complaints.pop(0)
    clean(page, site)


def picture_of(side=40):
    """A PNG as a telephone's camera might give one: a file of a form that is not kept as it is."""
    rows = b"".join(
        b"\0" + bytes((x * 6, y * 6, 90)[c] for x in range(side) for c in range(3)) for y in range(side)
    )
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    made = (
        struct.pack(">I", len(one)) + name + one + struct.pack(">I", zlib.crc32(name + one))
        for name, one in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


PHOTO = {"name": "trap.png", "mimeType": "image/png", "buffer": picture_of()}


def trapped(site):
    """The same server over a region with two traps."""
    said = {"species": "Monochamus alternatus", "every_s": 604_800.0}
    spots = [Point(107.0, 31.0), Point(107.01, 31.0)]
    layer = Layer.of("traps", spots, ["t1", "t2"], ["一号", "二号"], [said, said])
    site.stop()
    site.region = lambda: Region("traps", {"traps": layer})
    return site.start()


def read_by_others(site):
    """The second trap was read every week by another telephone, yesterday last."""
    now = datetime.now(UTC)
    counts = tuple(
        TrapCount(
            observation_id=f"t2/{days}",
            source="trap/t2",
            observed_at=now - timedelta(days=days),
            started_at=now - timedelta(days=days + 7),
            frame="wgs84",
            longitude=107.01,
            latitude=31.0,
            species="Monochamus alternatus",
            status="ok",
            catch=1.0,
        )
        for days in (15, 8, 1)
    )
    claims = Claims(origin=0, origins=1, received_at=now, pests=counts)
    site.keep(
        [
            Record("detection.v1", 9, 0, b"", encode(claims)),
            Record("tick.v1", 9, 1, b"", encode(Tick(at=now))),
        ]
    )


def test_a_trap_round_is_kept_without_signal_and_sent_when_there_is_some(site, look):
    read_by_others(trapped(site))
    page = officer(site, look, viewport={"width": 390, "height": 800})
    assert page.evaluate("document.querySelector('.bar').offsetHeight") < 140
    page.locator("#more").click()
    expect(page.locator("#desk-handover")).to_be_visible()
    page.locator("#more").click()
    expect(page.locator("#desk-handover")).to_be_hidden()
    page.keyboard.press("t")
    page.locator("#pest-traps a.round").click()
    page.wait_for_url("**/traps.html*")
    page.wait_for_selector("html[data-ready=true]")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    expect(page.locator("#traps li.due")).to_have_count(1)
    expect(page.locator("#traps li.done[data-trap=t2]")).to_contain_text("每7天")
    page.route("**/v1/pests/traps", lambda route: route.fulfill(status=500))
    page.reload()
    expect(page.locator("#fault")).to_contain_text("显示的是上次的名单")
    expect(page.locator("#traps li.due")).to_have_count(1)
    page.unroute("**/v1/pests/traps")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("html[data-ready=true]")
    row = page.locator("#traps li[data-trap=t1]")
    row.locator("summary").click()
    row.get_by_text("保存").click()
    expect(page.locator("#fault")).to_contain_text("没有虫填0")
    row.locator("input[name=catch]").fill("12")
    row.locator("input[name=picture]").set_input_files(PHOTO)
    row.get_by_text("保存").click()
    expect(page.locator("#waiting")).to_have_text("1条待上传")
    page.reload()
    page.wait_for_selector("html[data-ready=true]")
    expect(page.locator("#waiting")).to_have_text("1条待上传")
    expect(page.locator("#traps li.due")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.locator("#waiting")).to_have_text("已全部上传")
    (delivery,) = site.log.values(OBSERVATION.name)
    (visit,) = delivery.observations
    assert (visit.source, visit.catch, visit.status, visit.longitude) == ("trap/t1", 12.0, "ok", 107.0)
    (picture,) = visit.pictures
    assert page.request.get(f"{site.url}v1/pictures/{picture}").body().startswith(b"\xff\xd8\xff")
    assert not [one for one in page.watched.complaints if "CSP" in one or "pageerror" in one]
