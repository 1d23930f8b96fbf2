"""Every profile that ships says everything in each of its languages, with sources, and nothing it may not."""

import re
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.profile import faults
from schemas.alert import Legal
from schemas.jurisdiction import Jurisdiction, Sourced
from streams.jurisdiction import read_profile, shipped

PROFILES = {name: read_profile(path) for name, path in shipped().items()}
CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
each = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)


def plain(profile):
    return msgspec.to_builtins(profile)


def again(document):
    return tuple(faults(msgspec.convert(document, Jurisdiction)))


def test_two_profiles_ship():
    assert set(PROFILES) == {"cn-sichuan", "generic-en"}
    assert all(profile.name == name for name, profile in PROFILES.items())


@each
def test_nothing_is_missing(profile):
    assert again(plain(profile)) == ()


@each
def test_every_figure_says_its_source(profile):
    parts = [getattr(profile, name) for name in profile.__struct_fields__]
    every = [one for held in parts for one in (held if isinstance(held, tuple) else (held,))]
    sourced = [one for one in every if isinstance(one, Sourced)]
    assert len(sourced) > 20
    assert all(one.source.strip() for one in sourced)


def test_nothing_of_ours_passes_for_law():
    for profile in PROFILES.values():
        assert profile.advice.status == "placeholder"
    assert 'status = "verified"' not in shipped()["generic-en"].read_text(encoding="utf-8")


def test_the_generic_profile_holds_no_chinese_character():
    assert not CJK.search(shipped()["generic-en"].read_text(encoding="utf-8"))


def test_english_holds_no_chinese_character_in_any_profile():
    for profile in PROFILES.values():
        for path, text in spoken(plain(profile)):
            assert not (path.endswith(".en") and CJK.search(text)), path
        assert not CJK.search(str(plain(profile)["words"]["en"]))


def spoken(value, path="$"):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from spoken(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from spoken(inner, f"{path}[{index}]")
    elif isinstance(value, str):
        yield path, value


@dataclass
class Cut:
    path: tuple

    def __str__(self):
        return ".".join(str(part) for part in self.path)


def texts_of(value, path=()):
    """Every table by language, grade, action, kind or source, and each of its keys."""
    if isinstance(value, dict):
        keys = set(value)
        by_word = keys & {"zh", "en", "I", "new", "satellite", "fire"}
        for key, inner in value.items():
            if by_word and isinstance(inner, str | dict):
                yield Cut((*path, key))
            yield from texts_of(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from texts_of(inner, (*path, index))


CUTS = {name: list(texts_of(plain(profile))) for name, profile in PROFILES.items()}


@given(st.sampled_from(sorted(PROFILES)), st.data())
def test_whatever_translation_is_taken_out_is_missed(name, data):
    cut = data.draw(st.sampled_from(CUTS[name]))
    document = plain(PROFILES[name])
    *way, last = cut.path
    table = document
    for part in way:
        table = list(table)[part] if isinstance(part, int) and isinstance(table, tuple) else table[part]
    del table[last]
    found = again(document)
    assert found
    assert any(f"{last}: is missing" in fault for fault in found)


def test_enough_can_be_taken_out_for_that_to_mean_something():
    assert len(CUTS["cn-sichuan"]) > 200
    assert len(CUTS["generic-en"]) > 80


SENTENCE = ("words", "en", "sentence")


def changed(name, *way, value):
    document = plain(PROFILES[name])
    table = document
    for part in way[:-1]:
        table = table[part]
    table[way[-1]] = value
    return again(document)


@pytest.mark.parametrize(
    ("way", "value", "fault"),
    [
        ((*SENTENCE, "headline"), "{wehre}", "$.words.en.sentence.headline: {wehre} is no gap"),
        ((*SENTENCE, "headline"), "{where!r}", "$.words.en.sentence.headline: {where} is no gap"),
        ((*SENTENCE, "headline"), "{where:>9}", "$.words.en.sentence.headline: {where} is no gap"),
        ((*SENTENCE, "headline"), "{where.x}", "{where.x} is no gap"),
        ((*SENTENCE, "headline"), "{where", "$.words.en.sentence.headline: expected '}'"),
        ((*SENTENCE, "not_out"), "{at}", "{at} is no gap of it; known: none"),
        (("words", "en", "moment"), "%d %B %Y", "$.words.en.moment: %B is none of"),
        (("words", "en", "moment"), "%-d", "$.words.en.moment: %- is none of"),
        (("title",), {"en": "x", "fr": "y"}, "$.title.fr: is no language of this profile"),
        (("languages",), ["en", "en"], "$.languages: en stands there twice"),
    ],
)  # fmt: skip
def test_each_fault_is_said_with_its_path(way, value, fault):
    assert any(one.startswith(fault) or fault in one for one in changed("generic-en", *way, value=value))


def test_what_a_trigger_names_must_be_there():
    document = plain(PROFILES["cn-sichuan"])
    document["trigger"][0]["clock"] = "soon"
    document["trigger"][7]["any"][0]["of"] = ["carnival"]
    assert again(document) == (
        "$.trigger[0].clock: there is no clock soon",
        "$.trigger[7].any: there is no sensitive_period carnival",
    )


def test_sichuan_states_the_whole_set_of_the_law():
    assert {one.name for one in PROFILES["cn-sichuan"].warning.field} == set(Legal.__struct_fields__)


def test_the_national_codes_are_eleven_and_none_is_an_end_by_itself():
    known = PROFILES["cn-sichuan"].feedback
    assert [one.code for one in known] == list(range(11))
    said = {one.code: (one.text["zh"], one.says) for one in known}
    assert said[2] == ("计划烧除", "permitted_burning")
    assert said[9] == ("未找到", "not_found")
    assert said[10] == ("核查中", "under_verification")
    assert [one.level for one in PROFILES["cn-sichuan"].feedback_state] == ["", "county", "city", "province"]


def test_both_lists_of_reports_due_at_once_are_whole():
    basis = [one.basis for one in PROFILES["cn-sichuan"].trigger]
    assert (basis.count("sichuan_2011_3"), basis.count("forest_fire_regulation_32")) == (11, 8)
