"""Every kind of text message over all places of the demo, in every language of both profiles: one segment."""

import pytest
from alerted import an_alert, at

from alerts.digest import line
from alerts.near import uncertain
from alerts.segments import segments, units
from alerts.sms import digest_message, message
from schemas.incident import Place
from schemas.reason import Reason
from schemas.receiver import Office
from schemas.settings import Settings
from schemas.verdict import Step, Verification
from streams.jurisdiction import in_force
from streams.region import demo_region

OFFICE = Office(
    signature="西昌森防", duty_phone="08341234567", instruction="勿靠近火", instruction_any_wind=True
)
PROFILES = {name: in_force(Settings(jurisdiction=name)) for name in ("cn-sichuan", "generic-en")}
HOME = PROFILES["cn-sichuan"]


def ruling(author, text):
    step = Step(verdict_id="v-1", level="county", code=4, author=author, at=at(2), text=text)
    return Verification(state="county", code=4, ruling="no_fire", ruled_by="v-1", steps=(step,))


LONG = ruling("县森防指值班员王小明", "现场核查为砖厂夜间出窑高温，周边无可燃物，已电话告知乡镇林业站")
SHORT = ruling("值班员甲", "砖厂高温")
NEWS = (Reason(code="newly_threatened", ref="s1"), Reason(code="new_field", value=3.0))
KINDS = {
    "new": ("new", "I", {}),
    "raise": ("upgrade", "II", {}),
    "news": ("update", "II", {"reasons": NEWS}),
    "lower": ("downgrade", "III", {"feedback": LONG}),
    "cancel": ("cancel", "II", {"feedback": LONG}),
    "close": ("close", "II", {}),
    "expire": ("expire", "task", {}),
    "call back": ("update", "II", {"order": "pull_back"}),
    "task": ("new", "task", {}),
    "pest": ("new", "III", {"kind": "outbreak"}),
    "pest cancelled": ("cancel", "III", {"kind": "outbreak", "feedback": LONG}),
    "lost": ("new", "III", {"kind": "blind"}),
    "drill": ("new", "I", {"status": "Test"}),
    "drill over": ("cancel", "I", {"status": "Test", "reasons": (Reason(code="drill_over"),)}),
}
ASKS = {"new", "raise", "task", "drill"}


def made(kind, **fields):
    action, grade, more = KINDS[kind]
    given = {"short_code": "7K2Q", "minutes": -20.0, "observed_at": at(-20)}
    return an_alert(1, action, grade, **(given | more | fields))


@pytest.fixture(scope="module")
def spots():
    """Where something of the demo lies, and what is told of the place: over eighty."""
    region = demo_region()
    layers = ("settlements", "facilities", "township", "protected_areas", "stands", "cameras")
    points = [shape.representative_point() for name in layers for shape in region.layers[name].geometries()]
    found = [(one, region.places(one.x + 0.01, one.y + 0.01, 400.0)) for one in points]
    assert len(found) > 80
    return found


@pytest.mark.parametrize("name", PROFILES)
def test_every_kind_at_every_place_is_one_segment_and_says_what_to_do(name, spots):
    profile, towards = PROFILES[name], 0
    for number, (point, places) in enumerate(spots):
        for kind in KINDS:
            alert = made(kind, places=places, longitude=point.x, latitude=point.y)
            for language, words in profile.words.items():
                if language != "zh" and number % 4:
                    continue
                text = message(alert, OFFICE, profile, language)
                assert len(segments(text)) == 1, (kind, text)
                if language != "zh":
                    continue
                assert units(text) <= 70, (kind, text)
                assert text.endswith("。电08341234567")
                safe = "立即撤离" if kind == "call back" else "勿靠近火" if kind in {*ASKS, "lower"} else ""
                assert safe in text
                assert kind not in ASKS or "回7K2Q有/无" in text
                towards += any(f"{side}{n}" in text for side in words.direction for n in "01234")
    assert name != "cn-sichuan" or towards > len(spots)


def test_every_digest_is_one_segment():
    lines = [
        line("r", "d", made("new", alert_id=f"A{k}"), late=late) for k in range(500) for late in (True, False)
    ]
    for profile in PROFILES.values():
        for language in profile.languages:
            for some in (lines, lines[::2]):
                assert len(segments(digest_message(some, OFFICE, profile, language))) == 1


def test_a_short_reason_stands_whole_at_every_place_and_a_long_one_keeps_the_name(spots):
    for _, places in spots:
        for kind in ("cancel", "lower"):
            text = message(made(kind, places=places, feedback=SHORT), OFFICE, HOME)
            assert ",因砖厂高温(值班员甲)" in text
            text = message(made(kind, places=places), OFFICE, HOME)
            assert ",因现场核查" in text
            assert "…(县森防指" in text


def test_a_cancel_reads_as_a_ranger_needs_it():
    places = (a_place("安哈镇", "513401102", relation="inside"),)
    text = message(made("cancel", places=places, feedback=SHORT), OFFICE, HOME)
    assert text == "【西昌森防】撤销火情7K2Q:安哈镇,15:40。原报撤销,因砖厂高温(值班员甲)。电08341234567"
    by_itself = message(made("cancel", places=places, feedback=None), OFFICE, HOME)
    assert ",因证据变化，重新研判(系统研判)" in by_itself
    assert ",因演练结束，没有火情" in message(made("drill over", places=places), OFFICE, HOME)
    english = message(made("lower", places=places, feedback=None), Office(), PROFILES["generic-en"])
    assert "Reason: judged anew on changed evidence (Fenghuo)." in english
    assert "ask the duty office" in message(made("cancel", feedback=SHORT), OFFICE, HOME, "en")


def a_place(name, place_id, layer="township", relation="possibly_inside", **fields):
    return Place(layer=layer, place_id=place_id, name=name, relation=relation, **fields)


def test_an_uncertain_place_names_both_sides_of_a_boundary_where_one_has_no_townships():
    counties = a_place("西昌市", "513401", "county"), a_place("昭觉县", "513431", "county")
    alert = made("new", places=(*counties, a_place("安哈镇", "513401102")))
    assert "7K2Q:安哈镇或昭觉县,15:40" in message(alert, OFFICE, HOME)
    assert uncertain(alert, HOME.first) == "位置未定，可能在：安哈镇、昭觉县"
    inside = (
        a_place("西昌市", "513401", "county", "inside"),
        a_place("安哈镇", "513401102", relation="inside"),
    )
    assert uncertain(made("new", places=inside), HOME.first) == ""
    assert "7K2Q:安哈镇,15:40" in message(made("new", places=inside), OFFICE, HOME)


def test_the_news_of_an_update_stands_behind_what_it_is():
    near = a_place("长板桥", "s1", "settlements", "near", distance_km=0.8, azimuth_deg=40.0)
    places = (a_place("安哈镇", "513401102", relation="inside"), near)
    text = message(made("news", places=places), OFFICE, HOME)
    assert text.startswith("【西昌森防】研判火情Ⅱ级·威胁长板桥·3个火场7K2Q:安哈镇,")
    english = message(made("news", places=places), OFFICE, HOME, "en")
    assert "threatens a settlement or facility, 3 separate fields" in english
    moved = made("news", places=places, reasons=(Reason(code="place_corrected"),))
    assert "·位置更正7K2Q" in message(moved, OFFICE, HOME)
    reached = made("news", places=places, reasons=(Reason(code="new_place", ref="513401102"),))
    assert "·到安哈镇7K2Q" in message(reached, OFFICE, HOME)
