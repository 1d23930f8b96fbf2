"""Of each raise and each receiver it was due to, the ledger says what became of it; what is lost is loud."""

import json
from datetime import timedelta

import pytest
from alerted import a_receiver
from click.testing import CliRunner
from serve_words import NOON, LogInMemory, alerts, make_alert
from test_gateways_http import told

from schemas.codec import encode
from schemas.notice import Answer, Due, Notice, Receipt
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

NOTICE = notice_id("ranger", "fire-1", 1)
ALERT = make_alert(1, at=NOON, expires_at=NOON + timedelta(hours=1))


def records(*values):
    return [Record("notice.v1", 0, n, b"ranger", encode(value)) for n, value in enumerate(values)]


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


@pytest.mark.parametrize(
    ("values", "after", "expected"),
    [
        ([], timedelta(minutes=1), "open"),
        ([], LATE, "missing"),
        ([notice("retrying")], LATE, "open"),
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


def test_only_raises_that_page_are_due(store):
    import msgspec

    quiet = [
        msgspec.structs.replace(ALERT, **fields)
        for fields in ({"action": "update"}, {"pages": False}, {"grade": "task"}, {"action": "cancel"})
    ]
    assert state(store, *(due(alert=one) for one in quiet), due(guard=True)) == []


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
    for n, (name, says) in enumerate(said):
        await duty.contradictions(ears, NOON)
        assert log.sent == []
        one = Answer(receiver=name, alert_id="fire-1", at=NOON, says=says)
        store.apply([Record("notice.v1", 0, 10 + n, b"x", encode(one))])
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
    store.apply([Record("notice.v1", 0, 9, b"x", encode(notice("accepted")))])
    assert CliRunner().invoke(command, ["--data-dir", str(tmp_path)]).exit_code == 0
    assert CliRunner().invoke(command, ["--data-dir", str(tmp_path / "none")]).exit_code != 0
    assert unaccounted([]) == []
    store.close()
