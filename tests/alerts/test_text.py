"""What an alert says in words: the fields of law, both languages, and nothing it does not know."""

import msgspec
import pytest
from reported import T0, a_place, an_incident, at

from alerts.lifecycle import Turn
from alerts.phrase import moment
from alerts.text import description, expires_at, headline, legal, names, where
from schemas.reason import Reason
from schemas.settings import Settings
from schemas.shape import FireField, Shape
from schemas.units import Action, SourceClass
from streams.jurisdiction import in_force

SICHUAN = in_force(Settings())
ABROAD = in_force(Settings(jurisdiction="generic-en"))
CITY = a_place("凉山彝族自治州", "city")
COUNTY = a_place("西昌市", "county")
BORDER = (
    CITY,
    COUNTY,
    a_place("经久乡", relation="possibly_inside"),
    a_place("安哈镇", relation="possibly_inside"),
)
NEW = Turn(action="new", reason=Reason(code="opened"))
GRADES = ["I", "II", "III", "IV", "task"]


def test_several_fire_fields_are_said_and_one_or_none_known_is_not():
    field = FireField(longitude=101.0, latitude=30.0, pixels=3, newest_at=T0)

    def said(*fields):
        shape = Shape(area_low_ha=1.0, area_high_ha=2.0, fields=fields)
        return description(SICHUAN, an_incident(shape=shape), NEW, ("satellite",))

    assert "，分为3个火场；" in said(field, field, field)["zh"]
    assert ", burning in 3 separate fields;" in said(field, field, field)["en"]
    for found in (said(field), said(), description(SICHUAN, an_incident(), NEW, ("satellite",))):
        assert "火场" not in found["zh"]
        assert "field" not in found["en"]


@pytest.mark.parametrize("grade", GRADES)
@pytest.mark.parametrize("places", [(), BORDER], ids=["no places", "places"])
def test_no_field_of_law_is_empty_once_an_issuer_is_set(grade, places):
    found = legal(SICHUAN, an_incident(grade=grade, places=places), "西昌市林业和草原局", at(1))
    assert all(msgspec.structs.asdict(found).values())
    assert (found.starts_at, found.issued_at) == (T0, at(1))


def test_the_affected_area_names_counties_townships_and_protected_areas_or_a_circle():
    reserve = a_place("螺髻山", "protected_areas", "near")
    assert (
        legal(SICHUAN, an_incident(places=(*BORDER, reserve)), "", at()).affected_area
        == "西昌市、经久乡、安哈镇、螺髻山"
    )
    assert legal(SICHUAN, an_incident(places=()), "", at()).affected_area == "102.2644E 27.8945N 周围1.4公里"


def test_the_level_is_the_systems_own_and_no_official_one():
    assert legal(SICHUAN, an_incident(grade="II"), "", at()).level == "火情Ⅱ级（系统研判）"
    assert legal(SICHUAN, an_incident(grade="task"), "", at()).level == "核查任务"


def test_both_candidate_townships_are_named():
    assert where(SICHUAN, an_incident(places=BORDER)) == "凉山彝族自治州西昌市经久乡或安哈镇"
    assert "经久乡或安哈镇" in headline(SICHUAN, an_incident(places=BORDER), NEW)["zh"]


def test_without_a_known_place_the_coordinates_are_named():
    nowhere = an_incident(places=(a_place("村", "settlements", "near"),))
    assert where(SICHUAN, nowhere) == ""
    assert "：102.2644,27.8945，" in headline(SICHUAN, nowhere, NEW)["zh"]


@pytest.mark.parametrize("grade", GRADES)
def test_the_headline_says_grade_action_place_and_local_time_in_both_languages(grade):
    said = headline(SICHUAN, an_incident(grade=grade), NEW)
    assert set(said) == {"zh", "en"}
    assert "：经久乡，03月15日14:30" in said["zh"]
    assert ("系统研判" in said["zh"]) == (grade != "task")
    assert ("(system judgement)" in said["en"]) == (grade != "task")
    assert "New: 27.8945 N 102.2644 E within 1.4 km, 2024-03-15 14:30 +0800" in said["en"]


def test_every_action_and_every_class_of_source_has_its_words():
    for action in Action.__args__:
        said = headline(SICHUAN, an_incident(), Turn(action=action, reason=Reason(code="opened")))
        assert f"· {SICHUAN.words['en'].action[action]}:" in said["en"]
        assert "·：" not in said["zh"]
    assert description(SICHUAN, an_incident(), NEW, SourceClass.__args__)


def test_reconstructed_data_is_marked_in_both_languages():
    said = headline(SICHUAN, an_incident(reconstruction=True), NEW)
    assert said["zh"].startswith("〔重建数据〕")
    assert said["en"].startswith("[reconstruction] ")
    assert "重建" not in headline(SICHUAN, an_incident(), NEW)["zh"]


def test_the_description_says_who_saw_how_often_how_sure_and_how_large():
    said = description(SICHUAN, an_incident(), NEW, ("public", "satellite"))
    for words in (
        "来源：报警、卫星",
        "5条观测、2次独立观察",
        "林火概率81%",
        "预估70公顷（上限）",
        "误差半径1.4公里",
    ):
        assert words in said["zh"]
    for words in (
        "call, satellite",
        "observations 5, independent looks 2",
        "81%",
        "about 70 ha (upper bound)",
    ):
        assert words in said["en"]
    assert "扑灭" not in said["zh"]


def test_an_unknown_area_is_said_to_be_unknown():
    said = description(SICHUAN, an_incident(area_ha=None), NEW, ("public",))
    assert "过火面积未知" in said["zh"]
    assert "area unknown" in said["en"]
    assert " 0 ha" not in said["en"]


@pytest.mark.parametrize("action", ["close", "expire"])
def test_the_end_says_that_nobody_has_declared_it_out(action):
    said = description(
        SICHUAN, an_incident(), Turn(action=action, reason=Reason(code="quiet")), ("satellite",)
    )
    assert said["zh"].endswith("未宣布扑灭。")
    assert said["en"].endswith("nobody has declared it out.")


def test_times_are_shown_in_the_zone_of_the_region_with_its_offset():
    shown = SICHUAN.words["zh"].moment
    assert moment(shown, T0, SICHUAN.zone) == "2024-03-15 14:30（UTC+0800）"
    assert moment(shown, T0, "America/Los_Angeles") == "2024-03-14 23:30（UTC-0700）"
    there = in_force(Settings(jurisdiction="generic-en", zone="America/Los_Angeles"))
    assert headline(there, an_incident(), NEW)["en"].endswith("2024-03-14 23:30 -0700")


def test_validity_is_counted_from_the_newest_evidence():
    assert expires_at(an_incident(3), 24.0) == at(27)


def test_only_places_that_hold_the_centre_are_told_as_places():
    assert names(BORDER) == (CITY.place_id, COUNTY.place_id)


NAMED = (
    a_place("Shoshone County", "county"),
    a_place("Avery", relation="possibly_inside"),
    a_place("Calder", relation="possibly_inside"),
)


def test_in_english_places_are_named_from_the_narrowest_on():
    assert where(ABROAD, an_incident(places=NAMED)) == "Avery or Calder, Shoshone County"
    said = headline(ABROAD, an_incident(places=NAMED), NEW)
    assert said == {
        "en": "Fire grade III (system judgement) · New: "
        "Avery or Calder, Shoshone County, 2024-03-15 06:30 +0000"
    }
    told = description(ABROAD, an_incident(places=NAMED), NEW, ("satellite",))["en"]
    assert told.startswith("Avery or Calder, Shoshone County: 27.8945 N 102.2644 E within 1.4 km; seen by")


def test_the_widest_level_is_named_only_where_nothing_narrower_is_known():
    state = a_place("Idaho", "province")
    assert where(ABROAD, an_incident(places=(state,))) == "Idaho"
    assert where(ABROAD, an_incident(places=(state, *NAMED))) == "Avery or Calder, Shoshone County"


def test_south_and_west_are_said_and_not_signed():
    far = an_incident(places=(), longitude=-64.9, latitude=-27.5)
    assert "27.5000 S 64.9000 W" in headline(ABROAD, far, NEW)["en"]
    assert "64.9000W 27.5000S" in description(SICHUAN, far, NEW, ())["zh"]
    assert legal(ABROAD, far, "", at()).affected_area == "1.4 km around 27.5000 S 64.9000 W"


@pytest.mark.parametrize("kind", ["fire", "outbreak", "blind"])
def test_each_kind_of_incident_has_its_own_words(kind):
    told = an_incident(kind=kind)
    assert legal(SICHUAN, told, "", at()).level == SICHUAN.first.grade[kind]["III"]
    assert legal(ABROAD, told, "", at()).category == ABROAD.advice.category[kind]["en"]
    assert kind == "fire" or "疑似" in legal(SICHUAN, told, "", at()).level or kind == "blind"
