"""The page opens in the jurisdiction's language and shows its words, before a login too."""

import json

import pytest
from serve_words import get

from schemas.alert import Legal
from schemas.settings import Settings
from streams.jurisdiction import in_force, shipped
from streams.serve.page_words import page_words
from streams.web import static_dir

CATALOGUES = {
    name: json.loads((static_dir() / "i18n" / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("zh", "en")
}


@pytest.mark.parametrize(
    ("settings", "opens"),
    [
        (Settings(), '<html lang="zh" data-languages="zh en">'),
        (Settings(jurisdiction="generic-en"), '<html lang="en" data-languages="en">'),
        (Settings(languages=("en", "zh")), '<html lang="en" data-languages="en zh">'),
    ],
)
@pytest.mark.parametrize("path", ["/", "/index.html"])
async def test_the_page_opens_in_the_first_language_without_a_key(serve, settings, opens, path):
    client = await serve(settings=settings, static=static_dir())
    async with client.get(path) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert opens in await answer.text()


async def test_about_says_languages_zone_and_words(serve):
    client = await serve(open_reading=True, settings=Settings(jurisdiction="generic-en"))
    told = await get(client, "/v1/about")
    assert (told["jurisdiction"]["name"], told["languages"], told["zone"]) == ("generic-en", ["en"], "UTC")
    assert told["words"]["en"]["grade.fire.I"] == "Fire grade I (system judgement)"
    assert set(told["words"]) == {"en"}
    assert "starts_at" not in told["legal"]
    assert [one["number"] for one in told["telephones"]] == ["112"]
    home = await get(await serve(open_reading=True, settings=Settings()), "/v1/about")
    assert home["legal"] == list(Legal.__struct_fields__)
    assert home["words"]["zh"]["grade.fire.I"] == "火情Ⅰ级（系统研判）"


@pytest.mark.parametrize("name", shipped())
def test_each_word_takes_the_place_of_one_that_the_page_has(name):
    for language, words in page_words(in_force(Settings(jurisdiction=name))).items():
        files = (static_dir() / "i18n").glob(f"*{language}.json")
        page = {key for path in files for key in json.loads(path.read_text(encoding="utf-8"))}
        new = {key for key in words if key not in page}
        assert {key.split(".")[0] for key in new} <= {"feedback", "level", "trigger", "clock"}


def test_sichuan_says_on_the_page_what_the_page_says_by_itself():
    for language, words in page_words(in_force(Settings())).items():
        own = {key: CATALOGUES[language][key] for key in words if key in CATALOGUES[language]}
        assert {key: text for key, text in words.items() if key in own and own[key] != text} == {}
