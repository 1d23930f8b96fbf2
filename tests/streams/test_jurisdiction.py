"""Which profile is in force: named or a file, checked at start, refused with the path of the fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.region import WORLD
from schemas.settings import Settings
from streams.config import ConfigError, load_settings
from streams.hops.build import build_hops
from streams.jurisdiction import in_force, shipped, version_of

GENERIC = shipped()["generic-en"].read_text(encoding="utf-8")


def own(tmp_path, *changes, name="own.toml"):
    text = GENERIC
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_without_a_word_it_is_sichuan():
    profile = in_force(Settings())
    assert (profile.name, profile.zone, profile.languages) == ("cn-sichuan", "Asia/Shanghai", ("zh", "en"))


def test_zone_and_languages_are_the_profiles_unless_the_settings_say_otherwise():
    assert in_force(Settings(jurisdiction="generic-en")).zone == "UTC"
    there = in_force(Settings(jurisdiction="generic-en", zone="America/Boise"))
    assert there.zone == "America/Boise"
    assert in_force(Settings(languages=("en", "zh"))).languages == ("en", "zh")
    assert in_force(Settings(languages=("en",))).first == in_force(Settings()).words["en"]


def test_a_profile_of_ones_own_is_a_file(tmp_path):
    path = own(
        tmp_path, ('name = "generic-en"', 'name = "us-id"'), ('zone = "UTC"', 'zone = "America/Boise"')
    )
    profile = in_force(Settings(jurisdiction=path))
    assert (profile.name, profile.zone) == ("us-id", "America/Boise")
    assert version_of(profile).startswith("us-id@")
    assert version_of(profile) != version_of(in_force(Settings(jurisdiction="generic-en")))


def test_settings_with_a_profile_that_is_not_there_are_refused_with_the_place(tmp_path):
    file = tmp_path / "fenghuo.toml"
    file.write_text('jurisdiction = "cn-sichaun"', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"fenghuo\.toml: \$\.jurisdiction: .*did you mean cn-sichuan\?"):
        load_settings(file, {})
    file.write_text('jurisdiction = "absent.toml"', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"absent\.toml: cannot be read"):
        load_settings(file, {})


def test_the_environment_names_one_too():
    assert load_settings(None, {"FENGHUO__JURISDICTION": "generic-en"}).jurisdiction == "generic-en"
    with pytest.raises(ConfigError, match=r"\$\.jurisdiction"):
        load_settings(None, {"FENGHUO__JURISDICTION": "mars"})


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('close = "Quiet"', 'closed = "Quiet"'), "$.words.en.action.closed: unknown; did you mean close?"),
        (('close = "Quiet"\n', ""), "$.words.en.action.close: is missing"),
        (('decimal = "."', 'decimals = "."'), "$.words.en.decimals: unknown; did you mean decimal?"),
        (('decimal = "."\n', ""), "$.words.en.decimal: is missing"),
        (('zone = "UTC"', 'zone = "Mars/Olympus"'), "$.zone: 'Mars/Olympus' is no IANA time zone"),
        (('title = { en = "Generic (English)" }', "title = {}"), "$.title.en: is missing"),
        (("within_min = 10.0", "within_minutes = 10.0"), "$.clock[0].within_minutes: unknown"),
        (("within_min = 10.0", "within_min = -1.0"), "$.clock[0].within_min"),
        (('status = "placeholder"', 'status = "certain"'), "$.level[0].status"),
        (('number = "112"', 'number = "one"'), "$.telephone[0].number"),
        (('"{mark}{grade} · {action}:', '"{grad}'), "$.words.en.sentence.headline: {grad} is no gap"),
        (("v = 1", "v = 2"), "$.v"),
        (("v = 1", "v = 1\nv = 1"), "not TOML"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_the_file_and_its_path(tmp_path, change, fault):
    path = own(tmp_path, change)
    with pytest.raises(ConfigError) as caught:
        in_force(Settings(jurisdiction=path))
    assert str(caught.value).startswith(f"{path}: ")
    assert fault in str(caught.value)


@pytest.mark.parametrize("languages", [("fr",), ("en", "en"), ("zh", "en", "zh")])
def test_languages_that_the_profile_does_not_speak_are_refused(languages):
    with pytest.raises(ConfigError, match=r"settings: \$\.languages\[\d\]"):
        in_force(Settings(languages=languages))


def test_the_hops_are_not_built_with_a_wrong_profile():
    with pytest.raises(ConfigError, match="jurisdiction"):
        build_hops(Settings(jurisdiction="atlantis"), WORLD)


@given(st.text(max_size=30).filter(lambda name: name not in shipped()))
def test_no_name_is_taken_for_another(name):
    with pytest.raises(ConfigError):
        in_force(Settings(jurisdiction=name))
