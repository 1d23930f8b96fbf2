"""The officer's desk in a real browser: signing in, taking a call, answering, handing over."""

from datetime import UTC, datetime

from browser_words import PASSWORD
from playwright.sync_api import expect

from streams.serve.accounts import one_time


def test_a_person_signs_in_with_a_second_factor_and_a_new_password_and_out_again(closed_site, look):
    secret = one_time.new_secret()
    closed_site.person(one_time=secret, password_at=None)
    page = look(closed_site.url, expect_ready=False)
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
    expect(page.locator("#person")).to_have_text("李娜 · 退出", timeout=20_000)
    page.locator("#person").click()
    expect(page.locator("#sign-in")).to_be_visible(timeout=20_000)
