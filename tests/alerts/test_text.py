"""What an alert says in words: the fields of law, both languages, and nothing it does not know."""

import msgspec
import pytest
from reported import T0, a_place, an_incident, at

from alerts.lifecycle import Turn
from alerts.text import CLASSES, description, expires_at, headline, legal, local, names, where
from schemas.reason import Reason
from schemas.units import Action, SourceClass

ZONE = "Asia/Shanghai"
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


@pytest.mark.parametrize("grade", GRADES)
@pytest.mark.parametrize("places", [(), BORDER], ids=["no places", "places"])
def test_no_field_of_law_is_empty_once_an_issuer_is_set(grade, places):
    found = legal(an_incident(grade=grade, places=places), "西昌市林业和草原局", at(1))
    assert all(msgspec.structs.asdict(found).values())
    assert (found.starts_at, found.issued_at) == (T0, at(1))


def test_the_affected_area_names_counties_townships_and_protected_areas_or_a_circle():
    reserve = a_place("螺髻山", "protected_areas", "near")
    assert (
        legal(an_incident(places=(*BORDER, reserve)), "", at()).affected_area
        == "西昌市、经久乡、安哈镇、螺髻山"
    )
    assert legal(an_incident(places=()), "", at()).affected_area == "102.2644E 27.8945N 周围1.4公里"


def test_the_level_is_the_systems_own_and_no_official_one():
    assert legal(an_incident(grade="II"), "", at()).level == "火情Ⅱ级（系统研判）"
    assert legal(an_incident(grade="task"), "", at()).level == "核查任务"


def test_both_candidate_townships_are_named():
    assert where(an_incident(places=BORDER)) == "凉山彝族自治州西昌市经久乡或安哈镇"
    assert "经久乡或安哈镇" in headline(an_incident(places=BORDER), NEW, ZONE)["zh"]


def test_without_a_known_place_the_coordinates_are_named():
    assert where(an_incident(places=(a_place("村", "settlements", "near"),))) == "102.2644,27.8945"


@pytest.mark.parametrize("grade", GRADES)
def test_the_headline_says_grade_action_place_and_local_time_in_both_languages(grade):
    said = headline(an_incident(grade=grade), NEW, ZONE)
    assert set(said) == {"zh", "en"}
    assert "：经久乡，03月15日14:30" in said["zh"]
    assert ("系统研判" in said["zh"]) == (grade != "task")
    assert "new: 27.8945 N 102.2644 E within 1.4 km, 2024-03-15 14:30 +0800" in said["en"]


def test_every_action_and_every_class_of_source_has_its_words():
    for action in Action.__args__:
        said = headline(an_incident(), Turn(action=action, reason=Reason(code="opened")), ZONE)
        assert f"· {action}:" in said["en"]
        assert "·：" not in said["zh"]
    assert set(CLASSES) == set(SourceClass.__args__)


def test_reconstructed_data_is_marked_in_both_languages():
    said = headline(an_incident(reconstruction=True), NEW, ZONE)
    assert said["zh"].startswith("〔重建数据〕")
    assert said["en"].startswith("[reconstruction] ")
    assert "重建" not in headline(an_incident(), NEW, ZONE)["zh"]


def test_the_description_says_who_saw_how_often_how_sure_and_how_large():
    said = description(an_incident(), NEW, ("public", "satellite"), ZONE)
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
        "5 observations in 2 independent looks",
        "81%",
        "about 70 ha (upper bound)",
    ):
        assert words in said["en"]
    assert "扑灭" not in said["zh"]


def test_an_unknown_area_is_said_to_be_unknown():
    said = description(an_incident(area_ha=None), NEW, ("public",), ZONE)
    assert "过火面积未知" in said["zh"]
    assert "area unknown" in said["en"]
    assert " 0 ha" not in said["en"]


@pytest.mark.parametrize("action", ["close", "expire"])
def test_the_end_says_that_nobody_has_declared_it_out(action):
    said = description(an_incident(), Turn(action=action, reason=Reason(code="quiet")), ("satellite",), ZONE)
    assert said["zh"].endswith("未宣布扑灭。")
    assert said["en"].endswith("nobody has declared it out.")


def test_times_are_shown_in_the_zone_of_the_region_with_its_offset():
    assert local(T0, ZONE) == "2024-03-15 14:30（UTC+0800）"
    assert local(T0, "America/Los_Angeles") == "2024-03-14 23:30（UTC-0700）"


def test_validity_is_counted_from_the_newest_evidence():
    assert expires_at(an_incident(3), 24.0) == at(27)


def test_only_places_that_hold_the_centre_are_told_as_places():
    assert names(BORDER) == (CITY.place_id, COUNTY.place_id)
