import re

import pytest
from alerted import an_alert, at, replaced
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import digest
from alerts.near import plain
from alerts.segments import is_gsm7, length, units
from alerts.sms import digest_message, message, second_part
from schemas.incident import Place
from schemas.reason import Reason
from schemas.receiver import Office
from schemas.settings import Settings
from streams.jurisdiction import in_force

OFFICE = Office(
    signature="西昌森防", duty_phone="08341234567", instruction="勿靠近火", instruction_any_wind=True
)
HOME = in_force(Settings())
ZH = HOME.first
PIJIASHAN = (
    Place(layer="county", place_id="513401", name="西昌市", relation="inside"),
    Place(layer="township", place_id="t1", name="安哈镇（示意界）", relation="inside"),
    Place(layer="place_names", place_id="p1", name="皮家山", relation="inside"),
    Place(
        layer="settlements",
        place_id="s1",
        name="长板桥（示意）",
        relation="near",
        distance_km=1.21,
        azimuth_deg=40.0,
    ),
)


def told(action="new", grade="task", **fields):
    given = {"places": PIJIASHAN, "short_code": "7K2", "minutes": -20.0, "observed_at": at(-20)}
    return an_alert(1, action, grade, **(given | fields))


def test_a_task_reads_as_a_ranger_needs_it():
    text = message(told(), OFFICE, HOME)
    assert text == (
        "【西昌森防】核查7K2:安哈镇皮家山,长板桥东北1.2km,15:40。勿靠近火,回7K2有/无。电08341234567"
    )
    assert units(text) == 61


@pytest.mark.parametrize(
    ("action", "grade", "kind", "start"),
    [
        ("new", "I", "fire", "【西昌森防】研判火情Ⅰ级7K2:"),
        ("upgrade", "III", "outbreak", "【西昌森防】研判疑似虫情Ⅲ级7K2:"),
        ("downgrade", "IV", "fire", "【西昌森防】降级火情7K2:"),
        ("close", "II", "fire", "【西昌森防】转静火情7K2:"),
    ],
)
def test_the_word_says_grade_kind_and_end(action, grade, kind, start):
    assert message(told(action, grade, kind=kind), OFFICE, HOME).startswith(start)


def test_a_new_fire_field_is_said_in_either_language_and_in_one_message():
    news = Reason(code="new_field", value=3.0, threshold=2.0, unit="fields")
    alert = told("update", "II", reasons=(news,))
    text = message(alert, OFFICE, HOME)
    assert text.startswith("【西昌森防】研判火情Ⅱ级·3个火场7K2:")
    assert units(text) <= 70
    assert ", 3 separate fields" in message(alert, OFFICE, HOME, "en")
    assert "field" not in message(told("update", "II"), OFFICE, HOME, "en")


def test_an_end_asks_for_no_answer_and_quiet_is_not_out():
    ends = {action: message(told(action, "II"), OFFICE, HOME) for action in ("close", "expire", "cancel")}
    assert all("回7K2" not in text for text in ends.values())
    assert "未宣布扑灭" in ends["close"]
    assert "未宣布扑灭" in ends["expire"]
    assert "原报撤销" in ends["cancel"]


def test_a_fire_that_an_officer_declared_out_is_said_to_be_out():
    told_out = told("close", "II", reasons=(Reason(code="declared_out"),))
    assert "。已宣布扑灭" in message(told_out, OFFICE, HOME)
    assert "Declared out" in message(told_out, OFFICE, HOME, "en")
    assert "未宣布扑灭" in message(told("close", "II"), OFFICE, HOME)


def test_candidates_are_named_and_counted_where_they_are_too_many():
    two = tuple(
        Place(layer="township", place_id=str(k), name=name, relation="possibly_inside")
        for k, name in enumerate(("安哈镇", "经久乡"))
    )
    assert "7K2:安哈镇或经久乡,15:40" in message(told(places=two), OFFICE, HOME)
    many = tuple(
        Place(layer="township", place_id=str(k), name=f"很长的乡镇名称{k}", relation="possibly_inside")
        for k in range(6)
    )
    assert "很长的乡镇名称0等6地" in message(told(places=many), OFFICE, HOME)


def test_the_one_that_holds_the_centre_is_named_first():
    places = (
        Place(layer="township", place_id="1", name="经久乡", relation="possibly_inside"),
        Place(layer="township", place_id="2", name="安哈镇", relation="inside"),
    )
    assert "7K2:安哈镇或经久乡" in message(told(places=places), OFFICE, HOME)


def test_without_any_place_there_are_coordinates():
    assert "7K2:102.2000,27.8000,15:40" in message(told(places=()), OFFICE, HOME)


def test_neither_probability_nor_power_nor_carbon_nor_link():
    text = message(told(grade="II"), Office(link="https://x.example"), HOME)
    assert not re.search(r"%|MW|碳|http|概率", text)
    assert second_part(told(), ZH, "https://x.example") == (
        "坐标102.2000,27.8000(WGS84),误差0.4km https://x.example/v1/alerts/F20200330-AAAAAAAA"
    )


def test_old_evidence_says_its_day_and_a_reconstruction_says_so():
    assert "03-29 16:00" in message(told(observed_at=at(-24 * 60)), OFFICE, HOME)
    assert "〔重建〕核查7K2" in message(told(reconstruction=True), OFFICE, HOME)


def test_english_counts_in_septets():
    places = (
        Place(layer="township", place_id="1", name="Anha", relation="inside"),
        replaced(PIJIASHAN[3], name="Changbanqiao"),
    )
    text = message(told(grade="II", places=places), Office(signature="Xichang"), HOME, "en")
    assert text == (
        "[Xichang] Fire II 7K2: Anha, 1.2 km NE of Changbanqiao, 15:40. Keep away. Reply 7K2 YES/NO."
    )


def test_a_name_cannot_forge_a_signature_or_a_line():
    assert plain("甲【银行】\n\u2028乙（示意）") == "甲 银行   乙"


NAMES = st.text(alphabet="县乡镇村桥山🔥€A（）", min_size=1, max_size=60)
PLACES = st.lists(
    st.builds(
        Place,
        layer=st.sampled_from(["township", "county", "place_names", "settlements", "stands", "facilities"]),
        place_id=st.text(max_size=3),
        name=NAMES | st.just("🔥" * 40),
        relation=st.sampled_from(["inside", "possibly_inside", "near"]),
        distance_km=st.none() | st.floats(0, 5),
        azimuth_deg=st.none() | st.floats(0, 360, exclude_max=True),
    ),
    max_size=6,
)
OFFICES = st.builds(
    Office,
    signature=st.text(alphabet="森防火局西昌县", min_size=2, max_size=10),
    duty_phone=st.from_regex(r"\A(\+?[0-9]{3,15}|)\Z"),
    instruction=st.text(alphabet="远看勿近火不", min_size=2, max_size=8),
    instruction_any_wind=st.just(True),
)


ALERTS = st.builds(
    told,
    st.sampled_from(["new", "upgrade", "update", "downgrade", "cancel", "close", "expire"]),
    st.sampled_from(["task", "IV", "I"]),
    kind=st.sampled_from(["fire", "outbreak", "blind"]),
    reconstruction=st.booleans(),
    places=PLACES.map(tuple),
    short_code=st.just("7KQ2"),
    observed_at=st.sampled_from([at(0), at(-2000)]),
)


@settings(max_examples=60, deadline=None)
@given(ALERTS, OFFICES)
def test_no_incident_at_no_place_makes_more_than_one_segment(alert, office):
    text = message(alert, office, HOME)
    assert units(text) <= 70
    is_at_a_fire = alert.kind == "fire" and alert.action not in {"cancel", "close", "expire"}
    assert office.instruction in text or not is_at_a_fire
    assert text.endswith(office.duty_phone)
    english = message(alert, office, HOME, "en")
    assert is_gsm7(english)
    assert length(english) <= 160
    assert units(digest_message([digest.line("r", "d", alert)], office, HOME)) <= 70
