"""Where the jurisdiction speaks English the page opens in English and shows nothing Chinese."""

from datetime import timedelta
from itertools import count

from latin import CJK, latin_region
from playwright.sync_api import expect

from schemas.codec import encode
from schemas.observation import Delivery
from schemas.settings import Settings
from schemas.topics import ALERT, DETECTION, INCIDENT, OBSERVATION
from streams.demo.season import STARTS_AT, season
from streams.hops.build import build_hops
from streams.pipeline import Pipeline
from streams.replay import tick
from streams.serve.store import Record

KEPT = {ALERT.name, INCIDENT.name, DETECTION.name}


def first_hour():
    """What the demo's season comes to abroad in the first hour of the fire, as the log holds it."""
    numbers, records = count(), []

    def keep(output):
        if output.topic.name in KEPT:
            records.append(Record(output.topic.name, 0, next(numbers), b"", encode(output.value)))

    pipeline = Pipeline(build_hops(Settings(jurisdiction="generic-en"), latin_region()), keep)
    for at, key, some in season("en"):
        if STARTS_AT <= at < STARTS_AT + timedelta(hours=3):
            pipeline.feed(OBSERVATION, Delivery(delivery_id=key, received_at=at, observations=tuple(some)))
            pipeline.feed(OBSERVATION, tick(at))
    return records


def test_the_page_abroad_is_english_from_its_first_word(site_abroad, look):
    site_abroad.keep(first_hour())
    page = look(site_abroad.url)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#language")).to_be_hidden()
    expect(page.locator("#zone")).to_contain_text("UTC")
    row = page.locator("#list-graded .row").first
    expect(row).to_contain_text("Fire grade")
    expect(row).to_contain_text("County 513401")
    row.click()
    detail = page.locator("#detail")
    expect(detail.locator("h2")).to_contain_text("(system judgement)")
    expect(detail.locator(".timeline")).to_contain_text("[replay] a caller")
    detail.get_by_text("Fields of a warning").click()
    expect(detail).to_contain_text("What to do")
    expect(detail).not_to_contain_text("Starts")
    expect(detail.locator(".places")).to_contain_text("State or province")
    shown = page.evaluate("document.documentElement.outerHTML.replace(/<noscript>.*?<\\/noscript>/gs, '')")
    assert sorted({found[0] for found in CJK.finditer(shown)}) == []
    assert not CJK.search(page.title())
    assert page.evaluate("document.documentElement.dataset.missingText ?? '0'") == "0"
    assert page.watched.complaints == []


def test_what_was_chosen_is_kept_and_what_is_not_spoken_here_is_not(site_abroad, look):
    page = look(f"{site_abroad.url}?lang=zh")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.evaluate("localStorage.setItem('fenghuo.language', 'zh')")
    page.reload()
    page.wait_for_selector("html[data-ready=true]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
