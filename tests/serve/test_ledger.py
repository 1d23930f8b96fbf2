"""Of each raise and each receiver it was due to, the ledger says what became of it; what is lost is loud."""

import json
from datetime import timedelta
from itertools import count

import pytest
from alerted import a_receiver
from click.testing import CliRunner
from msgspec.structs import replace
from serve_words import NOON, LogInMemory, alerts, make_alert
from test_gateways_http import told

from schemas.codec import encode
from schemas.notice import Answer, Due, Note, Notice, Position, Receipt
from schemas.reason import Reason
from schemas.receiver import Office
from schemas.settings import Settings
from streams.commands.ledger import command
from streams.hops.outbox import notice_id
from streams.jurisdiction import in_force
from streams.metrics import Metrics
from streams.serve.store import Record
from streams.telling import duty
from streams.telling.hearing import Ears
from streams.telling.ledger import LOUD, reconciled, unaccounted
from streams.telling.safety import called_id

NOTICE = notice_id("ranger", "fire-1", 1)
ALERT = make_alert(1, at=NOON, expires_at=NOON + timedelta(hours=1))


OFFSETS = count()


def records(*values):
    return [Record("notice.v1", 0, next(OFFSETS), b"ranger", encode(value)) for value in values]


def due(name="ranger", alert=ALERT, **fields):
    return Due(receiver=name, due_at=NOON, alert=alert, **fields)


def notice(outcome, code="first_notice", **fields):
    (raw,) = [told(notice_id=NOTICE, outcome=outcome, reason=Reason(code=code), at=NOON, **fields)]
    import msgspec

    return msgspec.json.decode(raw.raw, type=Notice)


def state(store, *values, after=timedelta(minutes=1)):
    store.apply(records(*values))
    found = reconciled(store.read, NOON - timedelta(days=1), NOON + timedelta(days=1), NOON + after)
    return [(one.receiver, one.state) for one in found]


LATE, OVER = timedelta(minutes=16), timedelta(hours=2)
RECEIPT = Receipt(receiver="ranger", at=NOON, delivered=True, notice_id=NOTICE)
ANSWER = Answer(receiver="ranger", alert_id="fire-1", at=NOON)


NEVER = replace(RECEIPT, delivered=False)
HELD = replace(notice("retrying"), reason=Reason(code="held_back", ref=f"{NOON + timedelta(minutes=30)}"))
NOBODY = replace(notice("failed", "nobody_to_tell"), notice_id="answer_1", action="escalation")


@pytest.mark.parametrize(
    ("values", "after", "expected"),
    [
        ([], timedelta(minutes=1), "open"),
        ([], LATE, "missing"),
        ([notice("retrying")], timedelta(minutes=14), "open"),
        ([notice("retrying")], LATE, "untaken"),
        ([HELD], LATE, "open"),
        ([HELD], timedelta(minutes=46), "untaken"),
        ([notice("accepted"), NEVER], LATE, "lost"),
        ([notice("accepted"), NEVER, notice("retrying", attempts=1)], LATE, "untaken"),
        ([notice("accepted"), NOBODY], LATE, "unanswered"),
        ([notice("retrying")], OVER, "missing"),
        ([notice("accepted")], OVER, "accepted"),
        ([notice("accepted"), RECEIPT], OVER, "delivered"),
        ([notice("accepted"), RECEIPT, ANSWER], OVER, "acknowledged"),
        ([notice("suppressed", "already_told")], OVER, "suppressed"),
        ([notice("expired", "expired")], OVER, "expired"),
        ([notice("failed", "gateway_refused")], OVER, "refused"),
    ],
)
def test_what_became_of_a_raise(store, values, after, expected):
    assert state(store, due(), *values, after=after) == [("ranger", expected)]


def test_who_was_told_in_somebodys_place_is_due_too(store):
    found = dict(state(store, due(), notice("failed"), due("officer", instead_of="ranger"), after=LATE))
    assert found == {"ranger": "escalated", "officer": "missing"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [("already_told", "unanswered"), ("silenced", "suppressed"), ("drill_only", "suppressed")],
)
def test_an_escalation_that_is_not_told_is_loud_unless_it_may_not_be(store, code, expected):
    lowered = replace(ALERT, action="downgrade", pages=False)
    word = replace(notice("suppressed", code), notice_id=notice_id("officer", "fire-1", 1, "ranger"))
    word = replace(word, receiver="officer")
    assert state(store, due("officer", lowered, instead_of="ranger"), word) == [("officer", expected)]


def test_only_what_somebody_must_learn_is_due(store):
    late = {"action": "update", "late": True}
    quiet = [replace(ALERT, **fields) for fields in (late, {"pages": False}, {"action": "cancel"})]
    assert state(store, *(due(alert=one) for one in quiet), due(guard=True)) == []
    task = replace(ALERT, grade="task", pages=False)
    assert state(store, due(alert=task)) == [("ranger", "open")]


def test_what_reached_somebodys_area_is_due_unless_they_knew(store):
    update = due(alert=replace(ALERT, action="update", pages=False))
    assert state(store, update, after=LATE) == [("ranger", "missing")]
    assert state(store, notice("suppressed", "silenced"), after=LATE) == [("ranger", "suppressed")]
    assert state(store, notice("suppressed", "already_told"), after=LATE) == []


def test_a_call_back_is_due_and_so_is_the_officers_word_of_it(store):
    called = replace(ALERT, order="pull_back")
    (line,) = [called_id("ranger", called)]
    failed = replace(notice("retrying"), notice_id=line, action="pull_back")
    assert state(store, due(alert=called), failed, after=LATE) == [("ranger", "untaken")]
    assert sorted(state(store, due("officer", instead_of="ranger"), after=LATE)) == [
        ("officer", "missing"),
        ("ranger", "untaken"),
    ], "that a raise was told to somebody else says nothing of the call back"
    note = Note(note_id="note_1", receiver="officer", at=NOON, code="unanswered", values={"who": "ranger"})
    told_of = replace(note, alert_id="fire-1", revision=1)
    found = state(store, told_of, after=LATE)
    assert (("ranger", "escalated") in found, found.count(("officer", "missing"))) == (True, 2)


def test_the_same_answer_given_again_acknowledges_what_came_between(store):
    later = NOON + timedelta(minutes=5)
    called = Due(receiver="ranger", due_at=later, alert=replace(ALERT, order="pull_back"))
    line = called_id("ranger", called.alert, later)
    at = later + timedelta(minutes=2)
    taken = replace(notice("accepted"), notice_id=line, action="pull_back", at=at)
    assert state(store, ANSWER, called) == [("ranger", "open")]
    assert state(store, replace(ANSWER, at=later + timedelta(minutes=1))) == [("ranger", "open")]
    assert state(store, taken) == [("ranger", "accepted")], "they answered before it was taken"
    assert state(store, replace(ANSWER, at=at)) == [("ranger", "acknowledged")]


def test_who_is_back_has_answered_every_call_of_the_day(store):
    called = Due(receiver="ranger", due_at=NOON, alert=replace(ALERT, order="pull_back"))
    taken = replace(notice("accepted"), notice_id=called_id("ranger", called.alert, NOON), action="pull_back")
    for minutes, expected in [(-1, "accepted"), (3, "acknowledged")]:
        back = Position(receiver="ranger", at=NOON + timedelta(minutes=minutes), back=True)
        assert state(store, called, taken, back) == [("ranger", expected)]


async def test_what_nobody_can_account_for_is_loud_once_a_day(store, caplog):
    store.apply(records(due()))
    log, metrics = LogInMemory(), Metrics()
    settings = Settings(receivers=(a_receiver(), a_receiver("officer")), office=Office(duty=("officer",)))
    ears = Ears(store, log, settings, in_force(settings))
    for minutes, bad in [(1, 0), (20, 1), (25, 1)]:
        assert await duty.reconcile(ears, metrics, NOON + timedelta(minutes=minutes)) == bad
    assert metrics.registry.get_sample_value("fenghuo_notices_unaccounted") == 1
    notes = {value.note_id: (value.receiver, value.code, value.values) for _, _, value, _ in log.sent}
    assert list(notes.values()) == [("officer", "unaccounted", {"count": "1"})]
    assert "missing" in caplog.text


async def test_answers_that_differ_go_to_the_officer_once(store):
    store.apply([*alerts(make_alert(1)), *records(ANSWER)])
    log = LogInMemory()
    settings = Settings(receivers=(a_receiver("officer"),), office=Office(duty=("officer",)))
    ears = Ears(store, log, settings, in_force(settings))
    said = [("ranger", "yes"), ("second", "yes"), ("third", "no")]
    for name, says in said:
        await duty.contradictions(ears, NOON)
        assert log.sent == []
        one = Answer(receiver=name, alert_id="fire-1", at=NOON, says=says)
        store.apply(records(one))
    for _ in range(2):
        await duty.contradictions(ears, NOON)
    ((_, _, note, _),) = log.sent
    assert (note.receiver, note.code) == ("officer", "contradicted")
    assert note.values["who"] == "ranger yes, second yes, third no"


def test_the_command_fails_when_a_raise_is_lost(tmp_path):
    from datetime import UTC, datetime

    import msgspec

    from streams.serve.store import Store

    store = Store(tmp_path / "history.sqlite")
    now = datetime.now(UTC)
    gone = msgspec.structs.replace(ALERT, expires_at=now)
    store.apply(records(Due(receiver="ranger", due_at=now - timedelta(hours=1), alert=gone)))
    ran = CliRunner().invoke(command, ["--data-dir", str(tmp_path)])
    assert ran.exit_code == 1
    assert "missing" in ran.output
    ran = CliRunner().invoke(command, ["--data-dir", str(tmp_path), "--json"])
    assert json.loads(ran.output)["state"] in LOUD
    store.apply(records(notice("accepted")))
    assert CliRunner().invoke(command, ["--data-dir", str(tmp_path)]).exit_code == 0
    assert CliRunner().invoke(command, ["--data-dir", str(tmp_path / "none")]).exit_code != 0
    assert unaccounted([]) == []
    store.close()
