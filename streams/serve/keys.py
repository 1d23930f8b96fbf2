"""API keys and browser sessions: 256 random bits each, kept only as SHA-256."""

import hmac
import json
import pathlib
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from streams.serve.private_file import opened, seal_of, text_of, time_of

ROLES = ("ingest", "viewer", "ranger", "operator", "admin", "auditor", "quarantine")
PREFIX = "fh_"
FORMAT = 2
"""Version of the tables of `keys.sqlite`, kept in its `user_version`."""
SESSION_LASTS = timedelta(hours=12)
"""One shift with its handover."""

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS api_key (
  key_id TEXT PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, roles TEXT NOT NULL, note TEXT NOT NULL,
  created_at TEXT NOT NULL, expires_at TEXT, revoked_at TEXT);
CREATE TABLE IF NOT EXISTS session (
  sha256 BLOB PRIMARY KEY, key_id TEXT NOT NULL REFERENCES api_key, expires_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS key_area (key_id TEXT PRIMARY KEY REFERENCES api_key, areas TEXT NOT NULL);
PRAGMA user_version = {FORMAT};
COMMIT;
"""

_EVERY = (
    "SELECT api_key.*, coalesce(areas, '[]') FROM api_key LEFT JOIN key_area USING (key_id)"
    " ORDER BY created_at, key_id"
)


@dataclass(frozen=True)
class Key:
    """One API key as it is kept; the secret itself is not. Without `areas` it sees everywhere."""

    key_id: str
    sha256: bytes
    roles: frozenset[str]
    note: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    areas: tuple[str, ...] = ()

    def in_force(self, now: datetime) -> bool:
        """Say whether the key opens anything at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Keys:
    """`keys.sqlite` of one data directory. Several programs may use it; a revocation counts at once."""

    def __init__(self, path: pathlib.Path) -> None:
        """Open or create the file; raises `StoreTooNewError` when a later program wrote it."""
        self._db = opened(path, _SCHEMA, FORMAT)
        self._lock = threading.Lock()
        self._seen_version = -1
        self._keys: tuple[Key, ...] = ()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def create(
        self,
        roles: frozenset[str],
        now: datetime,
        note: str = "",
        expires_at: datetime | None = None,
        areas: tuple[str, ...] = (),
    ) -> tuple[Key, str]:
        """Return a new key and its secret, which is shown only now.

        Raises ValueError for an unknown role, and for areas of a key that takes observations in: no part of
        the region is told from another there.
        """
        if not roles or not roles <= set(ROLES):
            raise ValueError(f"a key has one or more of the roles {', '.join(ROLES)}")
        if areas and "ingest" in roles:
            raise ValueError("a key of role ingest has no areas: observations are taken in for everywhere")
        secret = PREFIX + secrets.token_urlsafe(32)
        key = Key(secrets.token_hex(4), seal_of(secret), roles, note, now, expires_at, areas=areas)
        row = (key.key_id, key.sha256, ",".join(sorted(roles)), note, text_of(now), text_of(expires_at), None)
        with self._lock:
            # The areas first: a key is never there without them.
            self._db.execute("INSERT INTO key_area VALUES (?, ?)", (key.key_id, json.dumps(areas)))
            self._db.execute("INSERT INTO api_key VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            self._seen_version = -1
        return key, secret

    def revoke(self, key_id: str, now: datetime) -> bool:
        """End a key and its sessions; False when there is no such key in force."""
        with self._lock:
            sql = "UPDATE api_key SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL"
            done = self._db.execute(sql, (text_of(now), key_id)).rowcount == 1
            self._db.execute("DELETE FROM session WHERE key_id = ?", (key_id,))
            self._seen_version = -1
        return done

    def listed(self) -> tuple[Key, ...]:
        """Return every key ever made, oldest first."""
        with self._lock:
            # Changed by another connection, of this program or another: read anew.
            (version,) = self._db.execute("PRAGMA data_version").fetchone()
            if version != self._seen_version:
                rows = self._db.execute(_EVERY).fetchall()
                self._keys = tuple(_key(row) for row in rows)
                self._seen_version = version
            return self._keys

    def find(self, secret: str, now: datetime) -> Key | None:
        """Return the key in force that this secret is, None otherwise; the time taken tells nothing."""
        wanted = seal_of(secret)
        found = None
        for key in self.listed():
            if hmac.compare_digest(key.sha256, wanted):
                found = key
        return found if found is not None and found.in_force(now) else None

    def open_session(self, key: Key, now: datetime) -> str:
        """Return the secret of a new browser session of `key`, for `SESSION_LASTS`."""
        secret = secrets.token_urlsafe(32)
        ends = min(now + SESSION_LASTS, key.expires_at or datetime.max.replace(tzinfo=UTC))
        with self._lock:
            self._db.execute("DELETE FROM session WHERE expires_at <= ?", (text_of(now),))
            self._db.execute(
                "INSERT INTO session VALUES (?, ?, ?)", (seal_of(secret), key.key_id, text_of(ends))
            )
        return secret

    def find_session(self, secret: str, now: datetime) -> Key | None:
        """Return the key in force behind a session, None otherwise."""
        with self._lock:
            sql = "SELECT key_id FROM session WHERE sha256 = ? AND expires_at > ?"
            row = self._db.execute(sql, (seal_of(secret), text_of(now))).fetchone()
        if row is None:
            return None
        found = next((key for key in self.listed() if key.key_id == row[0]), None)
        return found if found is not None and found.in_force(now) else None

    def end_session(self, secret: str) -> None:
        """Forget a session; harmless when there is none."""
        with self._lock:
            self._db.execute("DELETE FROM session WHERE sha256 = ?", (seal_of(secret),))


def first_admin_key(keys: Keys, now: datetime) -> str | None:
    """Return the secret of a new admin key when there is no key at all, to be shown once; else None."""
    if keys.listed():
        return None
    return keys.create(frozenset({"admin"}), now, note="made at the first start")[1]


def shown(key: Key, now: datetime) -> dict[str, Any]:
    """Return what may be seen of a key; never the secret or its seal."""
    state = "revoked" if key.revoked_at else "in force" if key.in_force(now) else "expired"
    return {
        "key_id": key.key_id,
        "state": state,
        "roles": sorted(key.roles),
        "areas": list(key.areas),
        "note": key.note,
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
    }


def _key(row: tuple[Any, ...]) -> Key:
    key_id, sha256, roles, note, created_at, expires_at, revoked_at, areas = row
    return Key(
        key_id,
        sha256,
        frozenset(roles.split(",")),
        note,
        datetime.fromisoformat(created_at),
        time_of(expires_at),
        time_of(revoked_at),
        tuple(json.loads(areas)),
    )
