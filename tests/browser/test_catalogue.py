"""Both languages say everything, and every reason has its sentence."""

import json
import re
from importlib.resources import files
from typing import get_args

import pytest

from detectors.pests.excess import METHODS
from detectors.region.places import AREA_LAYERS, NEAR_LAYERS
from schemas.alert import Legal, Versions
from schemas.incident import Relation
from schemas.observation import TrapStatus
from schemas.pest import SeasonBasis, Todo
from schemas.reason import REASONS
from schemas.settings import Settings
from schemas.units import Action, Grade, IncidentKind, Measure, SourceClass
from streams.clocks import OFF, Direction
from streams.hops.build import OWNERS
from streams.region.build.known import layers
from streams.tuning.listing import rows
from streams.web import static_dir

WORDS = {
    name: {
        key: text
        for part in (name, f"desk-{name}", f"map-{name}", f"pests-{name}", f"tuning-{name}")
        for key, text in json.loads(
            (static_dir() / "i18n" / f"{part}.json").read_text(encoding="utf-8")
        ).items()
    }
    for name in ("zh", "en")
}
OWN = sorted(file for file in static_dir().iterdir() if file.suffix in {".mjs", ".html", ".css"})


def named() -> set[str]:
    """Every key that a module or the page names in full."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in OWN)
    calls = re.findall(r"""\bt\("([^"]+)\"""", text) + re.findall(r'data-t(?:-label)?="([^"]+)"', text)
    return (
        set(calls)
        | set(re.findall(r'(?:part|folded)\("([^"]+)"', text))
        | set(re.findall(r'\["((?:fact|legal)\.[^"]+)"', text))
    )


def composed() -> set[str]:
    """Every key that is put together from the words of the schemas."""
    grades = {f"grade.{kind}.{grade}" for kind in get_args(IncidentKind) for grade in get_args(Grade)}
    return (
        grades
        | {f"action.{action}" for action in get_args(Action)}
        | {f"source.{source}" for source in get_args(SourceClass)}
        | {f"reason.{code}" for code in REASONS}
        | {f"grade.mark.{grade}" for grade in get_args(Grade)}
        | {f"legal.{name}" for name in Legal.__struct_fields__}
        | {f"version.{name}" for name in Versions.__struct_fields__}
        | {f"relation.{relation}" for relation in get_args(Relation)}
        | {f"todo.{code}" for code in get_args(Todo)}
        | {f"season.{basis}" for basis in get_args(SeasonBasis)}
        | {f"pests.measure.{name}" for name in (*get_args(Measure.__origin__), "lab")}
        | {f"pests.method.{name}" for name in METHODS}
        | {f"pests.status.{name}" for name in get_args(TrapStatus)}
        | {f"compass.{octant}" for octant in range(8)}
        | {
            f"warning.{name}"
            for name in (
                "own_clock",
                "desk_ahead",
                "desk_behind",
                "blind",
                *(f"{'off' if one in OFF else 'clock'}_{one}" for one in get_args(Direction)),
            )
        }
    )


def test_no_string_is_missing_in_either_language():
    assert set(WORDS["zh"]) == set(WORDS["en"])
    missing = sorted((named() | composed()) - set(WORDS["zh"]))
    assert len(named()) > 60
    assert missing == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_layer_a_region_may_have_has_words(language):
    names = set(layers()) | {*AREA_LAYERS, *NEAR_LAYERS}
    assert {"ranger_posts", "roads", "wetland", "county"} <= names
    assert sorted(name for name in names if not WORDS[language].get(f"layer.{name}")) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_level_that_a_profile_reports_to_has_words(language):
    profiles = [one for one in files("alerts.data.jurisdictions").iterdir() if one.name.endswith(".toml")]
    found = re.findall(
        r'^to = "(\w+)"', "\n".join(one.read_text(encoding="utf-8") for one in profiles), re.MULTILINE
    )
    assert {"province", "state"} <= set(found)
    assert sorted(to for to in set(found) if not WORDS[language].get(f"level.{to}")) == []


def test_every_setting_says_in_chinese_what_it_means_and_no_meaning_is_left_over():
    meanings = json.loads((static_dir() / "i18n" / "meanings-zh.json").read_text(encoding="utf-8"))
    about = {row.about for row in rows(Settings(), OWNERS) if row.about}
    assert about - set(meanings) == set()
    assert set(meanings) - about == set()
    assert [text for text in meanings.values() if not re.search(r"[一-鿿]", text)] == []


def test_no_file_of_words_says_a_key_twice():
    files = sorted((static_dir() / "i18n").glob("*.json"))
    pairs = {
        file.name: json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=list) for file in files
    }
    twice = {name: len(told) - len(dict(told)) for name, told in pairs.items()}
    assert len(files) >= 8
    assert {name: n for name, n in twice.items() if n} == {}


def test_placeholders_agree():
    def places(text):
        return set(re.findall(r"\{\w+\}", text))

    differing = [key for key in WORDS["zh"] if places(WORDS["zh"][key]) != places(WORDS["en"][key])]
    assert differing == []


def test_english_is_english_and_grades_carry_who_judged():
    assert [key for key, text in WORDS["en"].items() if re.search(r"[一-鿿]", text)] == []
    assert all(
        WORDS["zh"][f"grade.fire.{grade}"].endswith("（系统研判）") for grade in ("I", "II", "III", "IV")
    )


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.name)
def test_the_page_holds_no_outside_address_and_no_inline_code(file):
    text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://", text)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text
    )
    assert not re.search(r"<style|<script(?![^>]* src=)|\son\w+=\"|\sstyle=\"", text)
    assert text.count("\n") <= 300
