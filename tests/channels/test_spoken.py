"""Every way out speaks the language of the jurisdiction, or that of the receiver where it is spoken there."""

import pytest
from alerted import a_receiver, an_alert
from latin import CJK
from reported import a_place, an_incident, at

from alerts.channels import CHANNELS, exits
from alerts.channels.rich import language_of
from alerts.digest import line
from alerts.lifecycle import Turn
from alerts.sms import message, second_part
from alerts.text import description, headline, legal
from schemas.reason import Reason
from schemas.receiver import Office
from schemas.settings import Settings
from schemas.verdict import Step, Verification
from streams.jurisdiction import in_force

HOME, ABROAD = in_force(Settings()), in_force(Settings(jurisdiction="generic-en"))
ACTIONS = ["new", "upgrade", "downgrade", "cancel", "close", "expire"]
PLACES = (
    a_place("Shoshone County", "county"),
    a_place("Avery", relation="possibly_inside"),
    a_place("Calder", relation="possibly_inside"),
    a_place("Kellogg", "settlements", "near", distance_km=3.2, azimuth_deg=40.0),
)


def an_alert_abroad(action="new", grade="II", kind="fire"):
    told, turn = (
        an_incident(places=PLACES, kind=kind, grade=grade),
        Turn(action=action, reason=Reason(code="opened")),
    )
    return an_alert(
        1, action, grade, kind=kind, places=PLACES, reconstruction=True,
        headline=headline(ABROAD, told, turn), description=description(ABROAD, told, turn, ("satellite",)),
        legal=legal(ABROAD, told, "", at()),
    )  # fmt: skip


@pytest.mark.parametrize("office", [None, "Forest Watch"], ids=["office not set", "office set"])
@pytest.mark.parametrize("name", [channel.name for channel in CHANNELS])
def test_no_way_out_says_a_chinese_character_abroad(name, office):
    settings = Settings(jurisdiction="generic-en", office=Office(signature=office) if office else Office())
    way = exits(ABROAD, settings)[name]
    receiver = a_receiver(phone="+15551234567", email="a@example.org", channel=name)
    kinds = ("fire", "outbreak", "blind")
    told = [an_alert_abroad(action, kind=kind) for kind in kinds for action in ACTIONS]
    bodies = [way.render(one, receiver).body for one in (*told, an_alert_abroad(grade="task"))]
    bodies.append(way.digest((line("r", "d", an_alert_abroad()),), receiver).body)
    assert all(bodies)
    assert [body for body in bodies if CJK.search(body)] == []


def test_a_text_message_abroad_reads_as_a_ranger_needs_it():
    text = message(an_alert_abroad(), Office(signature="Forest Watch", duty_phone="911"), ABROAD)
    assert text == (
        "[Forest Watch] EXERCISE Fire II 7KQ2: Avery or Calder, 3.2 km NE of Kellogg, 08:01. Keep away."
        " Reply 7KQ2 YES/NO. Tel 911"
    )
    assert second_part(an_alert_abroad(), ABROAD.first) == (
        "Position 102.2000,27.8000 (WGS 84) within 0.4 km"
    )


def test_a_call_reads_why_it_is_taken_back_and_who_says_so():
    step = Step(verdict_id="v-1", level="county", code=4, author="值班员甲", at=at(), text="砖厂高温" * 30)
    ruling = Verification(state="county", code=4, ruling="no_fire", ruled_by="v-1", steps=(step,))
    body = exits(HOME)["voice"].render(an_alert(3, "cancel", "I", feedback=ruling), a_receiver()).body
    assert body.count("原报撤销，理由：砖厂高温") == 2
    assert body.count("…，值班员甲") == 2
    assert "理由" not in exits(HOME)["voice"].render(an_alert(3, "close", "I"), a_receiver()).body


def test_the_office_may_set_its_own_instruction_in_the_letters_of_the_message():
    english = Office(signature="FW", instruction="Stay out", instruction_any_wind=True)
    assert "Stay out." in message(an_alert_abroad(), english, ABROAD)
    assert "Keep away." in message(an_alert_abroad(), Office(signature="FW", instruction="远看勿近"), ABROAD)
    assert "勿靠近火" in message(an_alert(), Office(instruction="勿靠近火", instruction_any_wind=True), HOME)
    assert "远看勿近" in message(an_alert(), Office(), HOME)


@pytest.mark.parametrize(
    ("wanted", "profile", "spoken"),
    [("", HOME, "zh"), ("en", HOME, "en"), ("en-GB", HOME, "en"), ("fr", HOME, "zh"), ("zh", ABROAD, "en")],
)
def test_a_receiver_is_told_in_its_language_where_that_is_spoken(wanted, profile, spoken):
    way = exits(profile)["wecom"]
    assert language_of(way.given, a_receiver(language=wanted)) == spoken
