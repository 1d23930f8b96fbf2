"""How what became of telling is kept: what was due, sent, received and answered, and how long that took."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any

from alerts.policy import TELLING
from schemas.notice import Answer, AnyNotice, Due, Notice, Position, Receipt, Release
from streams.hops.outbox import notice_id
from streams.serve.rows_said import keep_position

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _us(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def keep_told(db: sqlite3.Connection, body: bytes, said: AnyNotice) -> tuple[str, str, float] | None:
    """Keep one message of `notice.v1`; return what reaction it shows: which, of which grade, seconds."""
    match said:
        case Due():
            _keep_due(db, said)
        case Notice():
            _keep_notice(db, body, said)
        case Release():
            row = (said.alert.alert_id, said.alert.revision, _us(said.at), said.author, said.text)
            db.execute("INSERT OR IGNORE INTO release VALUES (?, ?, ?, ?, ?)", row)
        case Position():
            keep_position(db, said)
        case Receipt():
            return _keep_receipt(db, said)
        case Answer():
            return _keep_answer(db, said)
    return None


def _keep_due(db: sqlite3.Connection, due: Due) -> None:
    """Keep that somebody must be told: of a raise, or instead of one who did not answer."""
    alert = due.alert
    if due.guard or alert is None or alert.action not in TELLING or alert.grade == "task" or not alert.pages:
        return
    name = notice_id(due.receiver, alert.alert_id, alert.revision)
    row = (name, alert.alert_id, alert.revision, due.receiver, alert.grade)
    times = _us(due.due_at), _us(alert.expires_at)
    db.execute("INSERT OR IGNORE INTO due VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, *times, due.instead_of))


def _keep_notice(db: sqlite3.Connection, body: bytes, notice: Notice) -> None:
    at = _us(notice.at)
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
    if not receipt.delivered:
        return None
    by, name = ("notice_id", receipt.notice_id) if receipt.notice_id else ("ref", receipt.ref)
    found = db.execute(
        f"UPDATE notice SET delivered_us = coalesce(delivered_us, ?) WHERE {by} = ? AND receiver = ?"  # noqa: S608 - one of two own names
        " RETURNING accepted_us, json_extract(CAST(body AS TEXT), '$.grade')",
        (_us(receipt.at), name, receipt.receiver),
    ).fetchone()
    return _reaction("delivered", found, receipt.at)


def _keep_answer(db: sqlite3.Connection, answer: Answer) -> tuple[str, str, float] | None:
    row = (answer.alert_id, answer.receiver, answer.says, answer.via, _us(answer.at), answer.by)
    if db.execute("INSERT OR IGNORE INTO reply VALUES (?, ?, ?, ?, ?, ?)", row).rowcount != 1:
        return None
    found = db.execute(
        "SELECT accepted_us, json_extract(CAST(body AS TEXT), '$.grade') FROM notice"
        " WHERE alert_id = ? AND receiver = ? AND accepted_us <= ? ORDER BY at_us DESC LIMIT 1",
        (answer.alert_id, answer.receiver, _us(answer.at)),
    ).fetchone()
    return _reaction("answered", found, answer.at)


def _reaction(what: str, found: tuple[Any, ...] | None, at: datetime) -> tuple[str, str, float] | None:
    if found is None or found[0] is None:
        return None
    return what, str(found[1]), max(0.0, (_us(at) - found[0]) / 1e6)
