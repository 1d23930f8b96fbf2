"""`accounts.sqlite`: people, their sessions and wrong sign-ins; a change counts at once in every program."""

import json
import pathlib
import secrets
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from streams.serve.accounts import one_time, passwords
from streams.serve.accounts.account import Account
from streams.serve.accounts.admission import Refusal, Shown, Tries, refusal
from streams.serve.private_file import opened, seal_of, text_of, time_of

FORMAT = 1
SESSION_LASTS = timedelta(hours=12)
"""One shift with its handover."""

TRIES_KEPT = 10_000

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS account (
  name TEXT PRIMARY KEY, person TEXT NOT NULL, roles TEXT NOT NULL, areas TEXT NOT NULL,
  password TEXT NOT NULL, password_at TEXT, one_time TEXT NOT NULL, one_time_used INTEGER NOT NULL,
  created_at TEXT NOT NULL, expires_at TEXT, locked_at TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sign_in (
  sha256 BLOB PRIMARY KEY, name TEXT NOT NULL REFERENCES account, expires_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tries (
  name TEXT PRIMARY KEY, wrong INTEGER NOT NULL, last_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS area (
  code TEXT PRIMARY KEY, name TEXT NOT NULL, place INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {FORMAT};
COMMIT;
"""

_COLUMNS = (
    "name, person, roles, areas, password, password_at, one_time, one_time_used, created_at, expires_at"
)


class Accounts:
    """The book of one data directory."""

    def __init__(self, path: pathlib.Path, cost: passwords.Cost = passwords.STRONG) -> None:
        """Open or create the file; raises `StoreTooNewError` when a later program wrote it."""
        self.cost = cost
        self._db = opened(path, _SCHEMA, FORMAT)
        self._lock = threading.RLock()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def listed(self) -> tuple[Account, ...]:
        """Return every account, by name."""
        rows = self._rows(f"SELECT {_COLUMNS}, locked_at FROM account ORDER BY name")  # noqa: S608 - our own columns
        return tuple(_account(row) for row in rows)

    def get(self, name: str) -> Account | None:
        """Return the account of a name, None without one."""
        rows = self._rows(f"SELECT {_COLUMNS}, locked_at FROM account WHERE name = ?", name)  # noqa: S608 - our own columns
        return _account(rows[0]) if rows else None

    def put(self, one: Account) -> None:
        """Keep an account, new or changed; the sessions of one that is locked end."""
        row = (
            one.name, one.person, json.dumps(sorted(one.roles)), json.dumps(list(one.areas)), one.password,
            text_of(one.password_at), one.one_time, one.one_time_used, text_of(one.created_at),
            text_of(one.expires_at), text_of(one.locked_at),
        )  # fmt: skip
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            if one.locked_at is not None:
                self._db.execute("DELETE FROM sign_in WHERE name = ?", (one.name,))

    def areas(self) -> dict[str, str] | None:
        """Return name by code of the areas that the server last had; None where none ever ran here."""
        rows = self._rows("SELECT code, name FROM area ORDER BY place")
        return {code: name for code, name in rows if code} if rows else None

    def keep_areas(self, known: Mapping[str, str]) -> None:
        """Keep which areas the region has, for commands that do not open it; nothing is written twice."""
        rows = [("", "", -1), *((code, name, at) for at, (code, name) in enumerate(known.items()))]
        with self._lock:
            if self._rows("SELECT code, name, place FROM area ORDER BY place") == rows:
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM area")
            self._db.executemany("INSERT INTO area VALUES (?, ?, ?)", rows)
            self._db.execute("COMMIT")

    def held(self) -> AbstractContextManager[Any]:
        """Return the lock under which reading and changing an account belong together."""
        return self._lock

    def tries(self, name: str) -> Tries:
        """Return the wrong sign-ins in a row under a name."""
        rows = self._rows("SELECT wrong, last_at FROM tries WHERE name = ?", name)
        return Tries(rows[0][0], time_of(rows[0][1])) if rows else Tries()

    def sign_in(self, name: str, password: str, code: str, now: datetime) -> Account | Refusal:
        """Return who comes in, or why nobody does; what fits is counted, and a code is good for once."""
        with self._lock:
            account, tries = self.get(name), self.tries(name)
            step = None
            if account is not None and account.one_time and code:
                step = one_time.fitting_step(account.one_time, code, now, account.one_time_used)
            # A name that does not exist takes as long as one that does.
            fits = passwords.fits(account.password if account else self._nobody(), password)
            shown = Shown(fits and account is not None, bool(code), step is not None)
            why = refusal(account, tries, shown, now)
            if why == "wrong":
                self._wrong(name, tries.after(now))
            if why in {None, "password_old"} and account is not None:
                self._db.execute("DELETE FROM tries WHERE name = ?", (name,))
                if step is not None and why is None:
                    self._db.execute("UPDATE account SET one_time_used = ? WHERE name = ?", (step, name))
            return account if why is None and account is not None else why or "wrong"

    def _nobody(self) -> str:
        cost = self.cost
        return f"scrypt${cost.n}${cost.r}${cost.p}$00${'00' * 32}"

    def _wrong(self, name: str, tries: Tries) -> None:
        row = (name, tries.wrong, text_of(tries.last_at))
        self._db.execute("INSERT OR REPLACE INTO tries VALUES (?, ?, ?)", row)
        sql = (
            "DELETE FROM tries WHERE name IN (SELECT name FROM tries ORDER BY last_at DESC LIMIT -1 OFFSET ?)"
        )
        self._db.execute(sql, (TRIES_KEPT,))

    def open_session(self, one: Account, now: datetime) -> str:
        """Return the secret of a new browser session of a person, for `SESSION_LASTS`."""
        secret = secrets.token_urlsafe(32)
        ends = min(now + SESSION_LASTS, one.expires_at or datetime.max.replace(tzinfo=UTC))
        with self._lock:
            self._db.execute("DELETE FROM sign_in WHERE expires_at <= ?", (text_of(now),))
            self._db.execute(
                "INSERT INTO sign_in VALUES (?, ?, ?)", (seal_of(secret), one.name, text_of(ends))
            )
        return secret

    def find_session(self, secret: str, now: datetime) -> Account | None:
        """Return the person in force behind a session, None otherwise."""
        sql = "SELECT name FROM sign_in WHERE sha256 = ? AND expires_at > ?"
        rows = self._rows(sql, seal_of(secret), text_of(now))
        account = self.get(rows[0][0]) if rows else None
        return account if account is not None and account.in_force(now) else None

    def end_session(self, secret: str) -> None:
        """Forget a session; harmless when there is none."""
        with self._lock:
            self._db.execute("DELETE FROM sign_in WHERE sha256 = ?", (seal_of(secret),))

    def end_sessions_of(self, name: str) -> None:
        """Forget every session of a person."""
        with self._lock:
            self._db.execute("DELETE FROM sign_in WHERE name = ?", (name,))

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()


def _account(row: tuple[Any, ...]) -> Account:
    name, person, roles, areas, password, password_at, code, used, created_at, expires_at, locked_at = row
    return Account(
        name=name,
        person=person,
        roles=frozenset(json.loads(roles)),
        areas=tuple(json.loads(areas)),
        password=password,
        password_at=time_of(password_at),
        one_time=code,
        one_time_used=used,
        created_at=datetime.fromisoformat(created_at),
        expires_at=time_of(expires_at),
        locked_at=time_of(locked_at),
    )
