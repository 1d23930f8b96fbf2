"""How what became of telling is kept: what was due, sent, received and answered, and how long that took."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any

from alerts.policy import TELLING
from alerts.pull_back import AFIELD_FOR
from schemas.alert import Alert
from schemas.notice import Answer, AnyNotice, Due, Note, Notice, Position, Receipt, Release
from streams.hops.outbox import notice_id
from streams.serve.rows_said import keep_position
from streams.telling.notes import TRIED_FOR
from streams.telling.safety import ORDER, called_id

KNOWN = frozenset({"already_told", "inhibited_by", "not_paging", "superseded_by"})
"""Why a receiver is not told of an unchanged grade that says nothing of whether they should know."""

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


_DUE = (
    "INSERT OR IGNORE INTO due (notice_id, alert_id, revision, receiver, grade, at_us, expires_us,"
    " instead_of, what) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def _us(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def keep_told(db: sqlite3.Connection, body: bytes, said: AnyNotice) -> tuple[str, str, float] | None:
    """Keep one message of `notice.v1`; return what reaction it shows: which, of which grade, seconds."""
    match said:
        case Due():
            _keep_due(db, said)
        case Notice():
            _keep_notice(db, body, said)
        case Note():
            _keep_note(db, said)
        case Release():
            row = (said.alert.alert_id, said.alert.revision, _us(said.at), said.author, said.text)
            db.execute("INSERT OR IGNORE INTO release VALUES (?, ?, ?, ?, ?)", row)
        case Position():
            keep_position(db, said)
            if said.back:
                _keep_back(db, said)
        case Receipt():
            return _keep_receipt(db, said)
        case Answer() if not said.relayed:
            return _keep_answer(db, said)
    return None


def _keep_due(db: sqlite3.Connection, due: Due) -> None:
    """Keep that somebody must be told: of a raise, a task, a call back, or of what reached their area."""
    alert = due.alert
    what = None if due.guard or alert is None else _due_for(alert, due.instead_of)
    if alert is None or what is None:
        return
    called = called_id(due.receiver, alert, due.due_at) if alert.order else ""
    name = called or notice_id(due.receiver, alert.alert_id, alert.revision, due.instead_of)
    row = (name, alert.alert_id, alert.revision, due.receiver, alert.grade)
    times = _us(due.due_at), _us(alert.expires_at)
    db.execute(_DUE, (*row, *times, due.instead_of, what))


def _due_for(alert: Alert, instead_of: str) -> str | None:
    """Return what somebody is due by this revision, empty for a raise; None: nothing.

    What nobody else answered is due whatever the revision brings.
    """
    if alert.order:
        return alert.order
    if instead_of:
        return "task" if alert.grade == "task" else ""
    if alert.action == "update":
        return None if alert.late or alert.grade == "task" else "reached_area"
    if alert.action not in TELLING:
        return None
    if alert.grade == "task":
        return "task"
    return "" if alert.pages else None


def _keep_note(db: sqlite3.Connection, note: Note) -> None:
    """Keep that an officer must learn who has not answered a call back."""
    if note.alert_id:  # a note that speaks of no alert accounts for none
        row = (note.note_id, note.alert_id, note.revision, note.receiver, "task")
        times = _us(note.at), _us(note.at + TRIED_FOR)
        db.execute(_DUE, (*row, *times, note.values.get("who", ""), ORDER))


def _keep_notice(db: sqlite3.Connection, body: bytes, notice: Notice) -> None:
    at = _us(notice.at)
    if notice.outcome == "suppressed" and notice.reason is not None and notice.reason.code in KNOWN:
        gone = "DELETE FROM due WHERE notice_id = ? AND what = 'reached_area'"
        db.execute(gone, (notice.notice_id,))
    db.execute(
        "INSERT INTO notice (notice_id, alert_id, incident_id, attempts, at_us, body, receiver, outcome,"
        " accepted_us, ref) VALUES (:id, :alert, :incident, :attempts, :at, :body, :receiver, :outcome,"
        " :accepted, :ref)"
        " ON CONFLICT (notice_id) DO UPDATE SET attempts = excluded.attempts, at_us = excluded.at_us,"
        " body = excluded.body, outcome = excluded.outcome, ref = coalesce(excluded.ref, ref),"
        " accepted_us = coalesce(accepted_us, excluded.accepted_us)"
        " WHERE excluded.attempts >= notice.attempts",
        {
            "id": notice.notice_id,
            "alert": notice.alert_id,
            "incident": notice.incident_id,
            "attempts": notice.attempts,
            "at": at,
            "body": body,
            "receiver": notice.receiver,
            "outcome": notice.outcome,
            "accepted": at if notice.outcome == "accepted" else None,
            "ref": notice.ref or None,
        },
    )


def _keep_receipt(db: sqlite3.Connection, receipt: Receipt) -> tuple[str, str, float] | None:
    by, name = ("notice_id", receipt.notice_id) if receipt.notice_id else ("ref", receipt.ref)
    if not receipt.delivered:
        db.execute(
            f"UPDATE notice SET outcome = 'undelivered' WHERE {by} = ? AND receiver = ?"  # noqa: S608 - one of two own names
            " AND outcome = 'accepted' AND delivered_us IS NULL",
            (name, receipt.receiver),
        )
        return None
    found = db.execute(
        f"UPDATE notice SET delivered_us = coalesce(delivered_us, ?) WHERE {by} = ? AND receiver = ?"  # noqa: S608 - one of two own names
        " RETURNING accepted_us, json_extract(CAST(body AS TEXT), '$.grade')",
        (_us(receipt.at), name, receipt.receiver),
    ).fetchone()
    return _reaction("delivered", found, receipt.at)


def _keep_answer(db: sqlite3.Connection, answer: Answer) -> tuple[str, str, float] | None:
    row = (answer.alert_id, answer.receiver, answer.says, answer.via, _us(answer.at), answer.by)
    said = (
        "INSERT OR IGNORE INTO reply (alert_id, receiver, says, via, at_us, by_whom)"
        " VALUES (?, ?, ?, ?, ?, ?)"
    )
    if db.execute(said, row).rowcount != 1:
        again = "UPDATE reply SET last_us = ? WHERE alert_id = ? AND receiver = ? AND says = ?"
        db.execute(again, (_us(answer.at), answer.alert_id, answer.receiver, answer.says))
        return None
    found = db.execute(
        "SELECT accepted_us, json_extract(CAST(body AS TEXT), '$.grade') FROM notice"
        " WHERE alert_id = ? AND receiver = ? AND accepted_us <= ? ORDER BY at_us DESC LIMIT 1",
        (answer.alert_id, answer.receiver, _us(answer.at)),
    ).fetchone()
    return _reaction("answered", found, answer.at)


def _keep_back(db: sqlite3.Connection, said: Position) -> None:
    """Keep that whoever was called back is back, which answers every call of the day."""
    db.execute(
        "INSERT OR REPLACE INTO reply (alert_id, receiver, says, via, at_us, by_whom)"
        " SELECT DISTINCT alert_id, receiver, 'back', 'position', ?, ? FROM due"
        " WHERE receiver = ? AND what = ? AND at_us <= ? AND at_us > ?",
        (_us(said.at), said.by, said.receiver, ORDER, _us(said.at), _us(said.at - AFIELD_FOR)),
    )


def _reaction(what: str, found: tuple[Any, ...] | None, at: datetime) -> tuple[str, str, float] | None:
    if found is None or found[0] is None:
        return None
    return what, str(found[1]), max(0.0, (_us(at) - found[0]) / 1e6)
