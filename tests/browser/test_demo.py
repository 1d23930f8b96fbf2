"""`fenghuo demo` as a person meets it: one command, one address, a fire that comes up by itself."""

import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

FENGHUO = pathlib.Path(sys.executable).with_name("fenghuo")
SOON_S = 150.0


class Demo:
    """The demo in a process of its own, and what it says on the terminal."""

    def __init__(self, folder: pathlib.Path, *more: str) -> None:
        self.said = folder / "said.txt"
        self.output = self.said.open("w", encoding="utf-8")
        self.process = subprocess.Popen(
            [FENGHUO, "demo", "--port", "0", "--speed", "1200", "--data-dir", folder / "data", *more],
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
            return self.process.wait(30)
        finally:
            self.process.kill()
            self.output.close()


@pytest.fixture
def demo(tmp_path):
    shown = Demo(tmp_path)
    yield shown
    shown.close()


def answer(url):
    with urllib.request.urlopen(url, timeout=5) as got:
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


def test_where_the_libraries_are_missing_the_page_asks_for_none_and_draws_its_own_map(look, demo):
    url = demo.wait_for(r"http://127\.0\.0\.1:\d+/").group()

    def bare(route):
        answered = route.fetch()
        route.fulfill(response=answered, json={**answered.json(), "libraries": []})

    page = look(url)
    page.route("**/v1/about", bare)
    page.watched.requests.clear()
    page.reload()
    page.wait_for_selector("html[data-ready=true]", timeout=60_000)
    expect(page.locator("#map")).to_have_attribute("data-engine", "svg")
    assert not [asked for asked in page.watched.requests if "/vendor/" in asked]
    assert page.watched.complaints == []
