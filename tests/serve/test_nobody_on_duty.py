"""While nobody is on duty, what officers must know goes to everybody whom their groups name."""

import pytest
from alerted import a_receiver
from msgspec.structs import replace
from serve_words import NOON, LogInMemory, alerts, make_alert
from test_ledger import ANSWER, due, records

from alerts.channels.base import Heard
from schemas.notice import Answer
from schemas.receiver import Office
from schemas.roster import Group, Shift
from schemas.settings import Settings
from streams.jurisdiction import in_force
from streams.metrics import Metrics
from streams.telling import duty
from streams.telling.hearing import Ears

EMPTY = Group(name="shift", shifts=(Shift(who=("officer",), start="01:00", end="01:01"),))
SETTINGS = Settings(
    receivers=(a_receiver(phone="13800138000"), a_receiver("officer")),
    groups=(EMPTY,),
    office=Office(duty=("shift",)),
)


@pytest.fixture
def ears(store):
    return Ears(store, LogInMemory(), SETTINGS, in_force(SETTINGS))


def told(ears):
    return [(value.receiver, value.code) for _, _, value, _ in ears.writer.sent]


async def test_the_ledgers_loud_word_goes_to_whoever_the_groups_name(ears):
    ears.store.apply(records(due()))
    await duty.reconcile(ears, Metrics(), NOON.replace(minute=40))
    assert told(ears) == [("officer", "unaccounted")]


async def test_an_answer_that_nobody_can_read_goes_to_whoever_the_groups_name(ears):
    heard = Heard(kind="uplink", phone="13800138000", text="what?")
    assert await ears.take("gateway-sms", heard, NOON) == "unreadable"
    assert told(ears) == [("officer", "unreadable"), ("ranger", "how_to_answer")]


async def test_answers_that_differ_are_told_again_when_the_log_did_not_take_the_word(ears, monkeypatch):
    differ = [replace(ANSWER, says="yes"), Answer(receiver="b", alert_id="fire-1", at=NOON, says="no")]
    ears.store.apply([*alerts(make_alert(1)), *records(*differ)])

    async def down(*_words):
        raise OSError("the log is down")

    with monkeypatch.context() as broken:
        broken.setattr(LogInMemory, "send", down)
        with pytest.raises(OSError, match="down"):
            await duty.contradictions(ears, NOON)
    for _ in range(2):
        await duty.contradictions(ears, NOON)
    assert told(ears) == [("officer", "contradicted")]
