"""The whole system as a person meets it: the demo whose fire comes up by itself, an evening at the desk."""

import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime

import pytest
from browser_flags import NO_GL
from browser_words import PASSWORD
from playwright.sync_api import expect
from test_evening_worked import answer as find
from test_evening_worked import call_in, tab_to

from streams.region.demo import demo_folder
from streams.serve.accounts.account import Account
from streams.serve.accounts.book import Accounts
from streams.serve.accounts.passwords import Cost, hashed

pytestmark = pytest.mark.slow

FENGHUO = pathlib.Path(sys.executable).with_name("fenghuo")
SOON_S = 150.0


class Demo:
    """The demo, or another command, in a process of its own, and what it says on the terminal."""

    def __init__(self, folder: pathlib.Path, *words: str | pathlib.Path) -> None:
        self.said = folder / "said.txt"
        self.output = self.said.open("w", encoding="utf-8")
        command = words or ("demo", "--speed", "1200")
        self.process = subprocess.Popen(
            [FENGHUO, *command, "--port", "0", "--data-dir", folder / "data"],
            stdout=self.output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def text(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def wait_for(self, pattern: str) -> re.Match[str]:
        limit = time.monotonic() + SOON_S
        while not (found := re.search(pattern, self.text())):
            assert self.process.poll() is None, f"the demo ended: {self.text()}"
            assert time.monotonic() < limit, f"no {pattern} in: {self.text()}"
            time.sleep(0.02)
        return found

    def close(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(120)
        finally:
            self.process.kill()
            self.output.close()


@pytest.fixture
def demo(tmp_path):
    shown = Demo(tmp_path)
    yield shown
    shown.close()


def answer(url):
    with urllib.request.urlopen(url, timeout=60) as got:
        return got.status


def test_the_fire_comes_up_by_itself_with_its_labels_in_both_languages(look, demo):
    url = demo.wait_for(r"http://127\.0\.0\.1:\d+/").group()
    # no waiting here: an address that is printed is an address that answers
    assert answer(url) == answer(f"{url}readyz") == 200
    page = look(url, viewport={"width": 1920, "height": 1080})
    page.evaluate("window.neverReloaded = true")
    xichang = page.locator("#list-graded .row", has_text="西昌市")
    expect(xichang.first).to_be_visible(timeout=SOON_S * 1000)
    assert page.evaluate("window.neverReloaded") is True
    demo.wait_for("西昌市.*grade")
    assert "首个定级火情" in demo.text()
    assert "INFO" not in demo.text()

    expect(page.locator("#exercise")).to_contain_text("重建数据")
    expect(page.locator("#map-illustrative")).to_be_visible()
    expect(page.locator("#legend .tag.illustrative").first).to_be_attached()
    expect(page.locator("#region")).to_have_text("四川省（演示）")
    xichang.first.click()
    expect(page.locator("#detail .gradeline .tag.rebuilt")).to_have_text("重建数据")
    expect(page.locator("#detail h2")).to_contain_text("西昌市")
    expect(page.locator("#detail .reasons li").first).to_be_visible()
    expect(page.locator("#detail")).to_contain_text("巡护")

    page.locator("#language").click()
    expect(page.locator("#exercise")).to_contain_text("Reconstruction")
    expect(page.locator("#region")).to_have_text("Sichuan (demonstration)")
    expect(page.locator("#detail h2")).to_contain_text("Fire grade")
    assert page.evaluate("document.documentElement.dataset.missingText ?? '0'") == "0"
    assert page.watched.complaints == []
    assert [asked for asked in page.watched.requests if not asked.startswith((url, "blob:", "data:"))] == []


@pytest.fixture
def worker(tmp_path):
    """Judge, server and log in one process on `embedded://`, with an officer who may sign in."""
    cost = Cost(2, 1, 1)
    book, now = Accounts(tmp_path / "data" / "accounts.sqlite", cost), datetime.now(UTC)
    one = Account(
        name="li.na", person="李娜", roles=frozenset({"operator"}), areas=(), created_at=now,
        password=hashed(PASSWORD, cost), password_at=now,
    )  # fmt: skip
    book.put(one)
    book.close()
    shown = Demo(tmp_path, "worker", "--region", demo_folder())
    yield shown
    shown.close()


def test_a_call_near_xichang_is_judged_confirmed_and_ended_up_to_the_final_report(look, worker):
    page = look(worker.wait_for(r"http://127\.0\.0\.1:\d+/").group(), flags=NO_GL, expect_ready=False)
    page.locator("#name").fill("li.na")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#person")).to_contain_text("李娜", timeout=SOON_S * 1000)
    page.wait_for_selector("html[data-ready=true]")
    call_in(page)
    task = page.locator("#list-task .row", has_text="西昌市")
    expect(task).to_have_count(1, timeout=SOON_S * 1000)
    page.keyboard.press("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#detail .work .verdict")).to_be_visible()
    find(page, "0", "现场确认")
    fire = page.locator("#list-graded .row", has_text="西昌市")
    expect(fire).to_have_count(1, timeout=SOON_S * 1000)
    expect(page.locator("#detail .timeline li.said")).to_contain_text("李娜")
    page.locator("#detail .acts > summary").first.click()
    page.locator("#work-out-text").fill("明火已灭")
    page.keyboard.press("Enter")
    expect(page.locator("#list-graded .row")).to_have_count(0, timeout=SOON_S * 1000)
    expect(page.locator("#detail .reasons")).to_contain_text("宣布")
    for stage in ("即报", "续报", "终报"):
        tab_to(page, stage, most=120)
        paper = page.request.get(page.evaluate("document.activeElement.href"))
        assert f"森林草原火情{stage}" in paper.text()
    assert "verdict 0 county · 李娜" in paper.text()
    assert "declareout · 李娜" in paper.text()
