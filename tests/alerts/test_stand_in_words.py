"""On every way out stands who has not answered and since when, in one text message with everything else."""

import json

import pytest
from alerted import a_receiver, an_alert, at
from hypothesis import given, settings
from hypothesis import strategies as st
from vendors import ways

from alerts.channels import CHANNELS
from alerts.escalation import standing_in
from alerts.segments import segments
from alerts.sms import message
from schemas.receiver import Office
from schemas.settings import Settings
from streams.jurisdiction import in_force

PROFILE = in_force(Settings())
OFFICE = Office(
    signature="西昌森防", duty_phone="08341234567", instruction="勿靠近火", instruction_any_wind=True
)
TOLD = standing_in(an_alert(grade="I"), "值班员甲", at(1), PROFILE.zone)


def test_a_text_message_says_first_who_is_silent_and_since_when():
    assert "值班员甲16:01起未答·" in message(TOLD, OFFICE, PROFILE)
    assert "No answer from .. since 16:01: " in message(TOLD, OFFICE, PROFILE, "en")


@pytest.mark.parametrize("channel", sorted(one.name for one in CHANNELS))
def test_every_way_out_says_it(channel):
    exits = ways()
    receiver = a_receiver(channel=channel, phone="13800138000", email="a@b.example")
    body = exits[channel].render(TOLD, receiver).body
    said = body if channel in {"webhook", "kafka", "file"} else json.dumps(body, ensure_ascii=False)
    assert "值班员甲" in said
    assert "16:01" in said


@settings(max_examples=80)
@given(who=st.text(min_size=1, max_size=40), grade=st.sampled_from(["I", "II", "IV", "task"]))
def test_it_is_one_segment_whoever_is_silent(who, grade):
    told = standing_in(an_alert(2, "update", grade), who, at(1), PROFILE.zone)
    for language in ("zh", "en"):
        assert len(segments(message(told, OFFICE, PROFILE, language))) == 1
    assert "未答·" in message(told, OFFICE, PROFILE)
