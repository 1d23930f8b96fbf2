"""What is taken back says whose word it is and why; what burns is named as rangers name it."""

import pytest
from alerted import a_receiver, an_alert, at, replaced
from vendors import ways

from alerts.channels import rich
from alerts.sms import message
from alerts.untelling import signed
from schemas.receiver import Office
from schemas.settings import Settings
from schemas.verdict import Step, Verification
from streams.hops.small_name import with_name
from streams.jurisdiction import in_force
from streams.region import demo_region

WORDS = in_force(Settings()).first
RULING = Verification(
    state="county",
    code=4,
    ruling="no_fire",
    ruled_by="v-1",
    steps=(
        Step(verdict_id="v-0", level="field", code=4, author="护林员", at=at(1)),
        Step(verdict_id="v-1", level="county", code=4, author="值班员甲", at=at(2), text="砖厂高温"),
    ),
)


def said(action="cancel", grade="II", **fields):
    return signed(an_alert(3, action, grade, **fields), WORDS)


def test_a_cancel_carries_the_name_and_the_text_of_the_office():
    assert said(feedback=RULING) == "理由：砖厂高温（值班员甲）"


@pytest.mark.parametrize("feedback", [None, replaced(RULING, ruling=""), replaced(RULING, overcome=True)])
def test_what_no_office_signed_says_that_the_system_judged_anew(feedback):
    assert said("downgrade", feedback=feedback) == "理由：证据变化，重新研判（系统研判）"


@pytest.mark.parametrize("action", ["new", "upgrade", "update", "close", "expire"])
def test_nothing_else_carries_one(action):
    assert said(action, feedback=RULING) == ""


def test_a_rich_message_says_it():
    given = ways()["wecom"].given
    text = rich.markdown(given, an_alert(3, "cancel", "I", feedback=RULING), a_receiver(), 4096)
    assert "理由：砖厂高温（值班员甲）" in text


def test_the_nearest_small_name_stands_in_the_text_message():
    region = demo_region()
    names = region.place_names
    assert names is not None
    longitude, latitude = float(names.arrays["lon"][0]), float(names.arrays["lat"][0])
    places = with_name((), region, longitude + 0.02, latitude)
    (place,) = places
    assert (place.layer, place.relation) == ("place_names", "near")
    assert with_name(places, region, longitude, latitude) == places
    (here,) = with_name((), region, longitude, latitude)
    assert (here.relation, here.distance_km) == ("inside", None)
    county = an_alert().places
    text = message(an_alert(places=(*county, *places)), Office(signature="西昌森防"), in_force(Settings()))
    assert place.name.split("（")[0] in text


def test_far_from_every_name_nothing_is_added():
    assert with_name((), demo_region(), 90.0, 40.0) == ()
