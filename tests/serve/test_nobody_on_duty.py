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
from streams.telling import duty, ledger
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


async def test_a_telephone_that_answers_by_itself_is_not_answered_without_end(ears):
    heard = Heard(kind="uplink", phone="13800138000", text="I am driving")
    for minute in range(60):
        await ears.take("gateway-sms", heard, NOON.replace(minute=minute))
    notes = {(value.receiver, value.code, value.note_id) for _, _, value, _ in ears.writer.sent}
    assert len([1 for who, _, _ in notes if who == "ranger"]) == 6
    assert len([1 for who, _, _ in notes if who == "officer"]) == 1
    other = replace(heard, text="what?")
    await ears.take("gateway-sms", other, NOON.replace(minute=59))
    assert len({value.note_id for _, _, value, _ in ears.writer.sent if value.receiver == "officer"}) == 2


async def test_as_many_other_raises_that_nobody_can_account_for_are_told_of_again(ears, monkeypatch):
    bad = [["a", "b"], ["a", "b"], ["b", "c"]]

    def reconciled(*_given):
        entry = ledger.Entry(
            notice_id="",
            alert_id="fire-1",
            revision=1,
            receiver="ranger",
            grade="I",
            due_at=NOON,
            instead_of="",
            state="lost",
        )
        return [replace(entry, notice_id=one) for one in bad.pop(0)]

    monkeypatch.setattr(duty, "reconciled", reconciled)
    for _ in range(3):
        await duty.reconcile(ears, Metrics(), NOON)
    ids = [value.note_id for _, _, value, _ in ears.writer.sent]
    assert (ids[0] == ids[1], ids[1] == ids[2]) == (True, False)
