"""Whom a pest is told, and when: its audience alone, and never at night; the message of one segment."""

from datetime import UTC, datetime, timedelta

import pytest
from alerted import a_receiver
from msgspec import structs
from pested import lab, told

from alerts.channels import CHANNELS
from alerts.digest import Listed
from alerts.outbreak import faults
from alerts.policy import decide
from alerts.quiet import held_together, held_until
from alerts.routing import refusal
from alerts.segments import segments
from alerts.sms import message
from schemas.receiver import Office, Quiet
from schemas.settings import Settings
from streams.jurisdiction import in_force

ZONE = "Asia/Shanghai"
NIGHT, DAY = datetime(2026, 6, 1, 18, tzinfo=UTC), datetime(2026, 6, 1, 4, tzinfo=UTC)
ALERT = told([lab()]).alerts[0]
OUTBREAKS = {"kinds": ("fire", "outbreak")}


def test_13_a_receiver_without_the_mark_is_told_of_no_quarantine_find():
    plain, marked = a_receiver(**OUTBREAKS), a_receiver(**OUTBREAKS, audience=("quarantine",))
    assert refusal(ALERT, plain) == "not_its_audience"
    assert not decide(None, ALERT, plain).send
    assert decide(None, ALERT, marked).send


@pytest.mark.parametrize(
    "quiet", [None, Quiet(start="20:00", end="09:00"), Quiet(start="23:00", end="05:00")]
)
def test_no_pest_is_told_of_at_night_and_none_is_lost(quiet):
    receiver = a_receiver(**OUTBREAKS, quiet=quiet)
    until = held_until(receiver, ALERT, NIGHT, ZONE)
    ends = "09:00" if quiet is not None and quiet.end == "09:00" else "07:00"
    assert until is not None
    assert (until + timedelta(hours=8)).strftime("%H:%M") == ends
    assert held_until(receiver, ALERT, DAY, ZONE) is None
    line = Listed(
        receiver="a", digest_id="d", alert_id=ALERT.alert_id, revision=1, action="new", kind="outbreak",
        grade="I", short_code="7K2", headline={}, issued_at=NIGHT, observed_at=NIGHT,
        longitude=102.2, latitude=27.9, radius_m=500.0,
    )  # fmt: skip
    assert held_together(receiver, [line], NIGHT, ZONE) == until, "a digest of pests keeps their hours too"
    if quiet is None:
        assert held_together(receiver, [line, structs.replace(line, kind="fire")], NIGHT, ZONE) is None
    assert ALERT.expires_at - ALERT.issued_at > timedelta(days=2), "it is still valid in the morning"


@pytest.mark.parametrize("jurisdiction", ["cn-sichuan", "generic-en"])
def test_13_every_text_says_suspected_and_none_announces(jurisdiction):
    profile = in_force(Settings(jurisdiction=jurisdiction))
    alert = told([lab()], settings=Settings(jurisdiction=jurisdiction)).alerts[0]
    for language in profile.languages:
        words = profile.words[language]
        assert faults(words, alert.headline[language]) == ()
        assert faults(words, alert.description[language]) == ()
        sent = message(alert, Office(), profile, language)
        assert len(segments(sent)) == 1
        assert words.pest.instruction in sent
    assert len(CHANNELS) > 1


def test_abroad_not_one_chinese_character_comes_out():
    alert = told([lab()], settings=Settings(jurisdiction="generic-en")).alerts[0]
    said = "".join(
        [*alert.headline.values(), *alert.description.values(), str(alert.legal), str(alert.reasons)]
    )
    assert not any("\u4e00" <= one <= "\u9fff" for one in said)
    assert "Bursaphelenchus xylophilus" in alert.headline["en"]


@pytest.mark.parametrize(
    ("jurisdiction", "why"), [("cn-sichuan", "证据变化，重新研判"), ("generic-en", "judged anew on changed")]
)
def test_what_is_called_off_says_why_and_asks_for_nothing_more(jurisdiction, why):
    slip = lab(result="negative", revision=1, received_at=lab().observed_at + timedelta(days=1))
    new, cancel = told([lab(), slip], settings=Settings(jurisdiction=jurisdiction)).alerts
    words = in_force(Settings(jurisdiction=jurisdiction)).first
    for language, said in cancel.description.items():
        todo = in_force(Settings(jurisdiction=jurisdiction)).words[language].pest.todo["survey_dead_pines"]
        assert todo in new.description[language]
        assert todo not in said
    assert why in next(iter(cancel.description.values()))
    assert faults(words, next(iter(cancel.description.values()))) == ()


@pytest.mark.parametrize("action", ["close", "expire"])
@pytest.mark.parametrize("jurisdiction", ["cn-sichuan", "generic-en"])
def test_the_message_of_an_end_says_nothing_of_a_fire(jurisdiction, action):
    profile = in_force(Settings(jurisdiction=jurisdiction))
    for language in profile.languages:
        sent = message(structs.replace(ALERT, action=action), Office(), profile, language)
        assert profile.words[language].pest.not_over in sent
        assert profile.words[language].short_message.instead["close"] not in sent
