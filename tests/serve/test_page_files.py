"""The files of the page: from memory, compressed, by digest; built ones only while they are no older."""

import gzip
import hashlib
import html
import json
import re

import pytest

from streams.serve.page_files import PageFiles
from streams.web import bundle_name, static_dir

LONG = "export const words = '" + "火情" * 2_000 + "';\n"
PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
  <link rel="icon" href="icon.svg">
  <link rel="stylesheet" href="style.css">
  <link rel="modulepreload" href="text.mjs">
  <script type="module" src="app.mjs"></script>
</head>
"""


@pytest.fixture
def page(tmp_path):
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "app.mjs").write_text(LONG, encoding="utf-8")
    return folder


def build(page):
    folder = page / bundle_name(page)
    folder.mkdir(parents=True)
    (folder / "app.js").write_text('import{a}from"./chunk-A.js";import("./map-1.js")', encoding="utf-8")
    return bundle_name(page)


async def plain(client, path, headers):
    """The status, headers and bytes of an answer as they came over the line."""
    async with client.get(path, headers=headers, auto_decompress=False) as answer:
        return answer.status, answer.headers, await answer.read()


async def test_a_file_is_sent_compressed_to_whoever_takes_that(serve, page):
    client = await serve(static=page)
    _, headers, body = await plain(client, "/app.mjs", {"Accept-Encoding": "gzip, br"})
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body).decode() == LONG
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    for refused in ("identity", "br", "gzip;q=0", "gzip; q=0.0, br"):
        _, headers, body = await plain(client, "/app.mjs", {"Accept-Encoding": refused})
        assert "Content-Encoding" not in headers
        assert body.decode() == LONG
        assert headers["Vary"] == "Accept-Encoding"


async def test_whoever_has_a_file_gets_its_tag_alone_until_it_changes(serve, page):
    client = await serve(static=page)
    _, headers, _ = await plain(client, "/app.mjs", {})
    known = {"If-None-Match": headers["ETag"]}
    status, _, body = await plain(client, "/app.mjs", known)
    assert (status, body) == (304, b"")
    (page / "app.mjs").write_text("export default 2;", encoding="utf-8")
    status, headers, body = await plain(client, "/app.mjs", known)
    assert (status, body) == (200, b"export default 2;")
    assert headers["ETag"] != known["If-None-Match"]


async def test_the_built_page_is_few_files_and_gone_once_a_source_has_changed(serve, page):
    client = await serve(static=page)
    _, _, before = await plain(client, "/", {})
    assert b'src="app.mjs"' in before
    name = build(page)
    _, _, built = await plain(client, "/", {})
    text = built.decode()
    assert f'<script type="module" src="{name}/app.js"></script>' in text
    assert f'<link rel="stylesheet" href="{name}/app.css">' in text
    assert re.findall(r'modulepreload" href="([^"]+)"', text) == [f"{name}/chunk-A.js"]
    assert "icon.svg" in text
    _, headers, _ = await plain(client, f"/{name}/app.js", {})
    assert "immutable" in headers["Cache-Control"]
    (page / "app.mjs").write_text("export default 3;", encoding="utf-8")
    assert (await plain(client, "/", {}))[2] == before


async def test_the_first_page_brings_its_words_and_asks_at_once_for_what_it_shows_first(serve, page):
    (page / "i18n").mkdir()
    said = {"zh": {"a": "火</script>"}, "desk-zh": {"b": "台"}, "en": {"a": "fire"}, "tuning-zh": {"c": "阈"}}
    for name, words in said.items():
        (page / "i18n" / f"{name}.json").write_text(json.dumps(words), encoding="utf-8")
    client = await serve(static=page)
    text = (await plain(client, "/", {}))[2].decode()
    told = json.loads(text.split('<script id="words" type="application/json">')[1].split("</script>")[0])
    assert told == {"zh": {"a": "火</script>", "b": "台"}, "en": {"a": "fire"}}
    (page / "i18n" / "en.json").write_text('{"a": "wildfire"}', encoding="utf-8")
    assert b"wildfire" in (await plain(client, "/", {}))[2]
    client = await serve(static=static_dir(), open_reading=True)
    text = html.unescape((await plain(client, "/", {"Accept-Encoding": "identity"}))[2].decode())
    asked = re.findall(r'rel="preload" as="fetch" crossorigin(?: id="\w+")? href="([^"]+)"', text)
    assert [(await client.get(f"/{one}")).status for one in asked] == [200, 200, 200]


def test_the_first_visitor_waits_for_no_reading(page, monkeypatch):
    name = build(page)
    kept = PageFiles(page)
    kept.warm(("zh",))
    monkeypatch.setattr(type(page), "read_text", lambda *_, **__: pytest.fail("read again"))
    monkeypatch.setattr(type(page), "read_bytes", lambda _: pytest.fail("read again"))
    assert name.encode() in kept.page(page / "index.html", ("zh",)).body
    assert kept.file(page / name / "app.js").lasts


def test_a_file_is_read_once(page, monkeypatch):
    kept = PageFiles(page)
    first = kept.file(page / "app.mjs")
    monkeypatch.setattr(type(page), "read_bytes", lambda _: pytest.fail("read again"))
    assert kept.file(page / "app.mjs") is first
    assert first.tag.strip('"') == hashlib.sha256(first.body).hexdigest()[:24]
