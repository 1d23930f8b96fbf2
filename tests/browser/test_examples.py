"""The worked examples for other dashboards do what they say."""

from datetime import timedelta

import pyogrio
from browser_flags import NO_GL
from browser_words import START, alert, records
from playwright.sync_api import expect

LATER = START + timedelta(hours=5)


def test_the_page_of_twenty_lines_shows_open_fires_as_they_come(site, look, root):
    text = (root / "deploy" / "examples" / "subscribe.html").read_text(encoding="utf-8")
    assert text.count("\n") <= 20
    page = look("about:blank", flags=NO_GL, expect_ready=False)
    page.route("**/subscribe.html", lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(f"{site.url}subscribe.html")
    expect(page.locator("li")).to_have_count(3)
    site.keep(
        records([alert("new", 1, action="new", grade="II", at=LATER, where=(101.6, 27.5), county="盐源县")])
    )
    expect(page.locator("li")).to_have_count(4)
    site.keep(
        records([alert("new", 2, action="close", grade="II", at=LATER, where=(101.6, 27.5), county="盐源县")])
    )
    expect(page.locator("li")).to_have_count(3)


def test_what_qgis_reads_by_gdal_has_places_and_grades(site, look, tmp_path):
    page = look("about:blank", flags=NO_GL, expect_ready=False)
    body = page.request.get(f"{site.url}v1/alerts?status=open&limit=1000").body()
    (tmp_path / "alerts.geojson").write_bytes(body)
    told = pyogrio.read_info(tmp_path / "alerts.geojson")
    assert told["features"] == 9
    assert told["crs"] == "EPSG:4326"
    assert {"grade", "short_code", "observed_at", "probability"} <= set(told["fields"])
