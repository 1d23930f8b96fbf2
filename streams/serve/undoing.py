"""Taking a word back: only while it is fresh, and only what can be taken back; the words say the rest."""

from datetime import datetime, timedelta

import msgspec

from schemas.act import SetSilence, Undo
from schemas.verdict import Signed
from streams.serve.named import Shows, named
from streams.serve.problems import problem
from streams.serve.store import Store

WITHIN = timedelta(minutes=30)
"""So long a slip can be taken back (ours); later what is true is said anew, and both stay on record."""

SILENT_AT_MOST = timedelta(hours=24)
"""A silence of the desk is over after a day at most; a longer one belongs in the settings."""


class _Said(msgspec.Struct):
    at: datetime
    incident_id: str
    outcome: str = "given"
    applied_to: str = ""
    act: str = ""
    received_at: datetime | None = None
    level: Signed = "county"


def check_undo(store: Store, one: Undo, now: datetime, shows: Shows | None = None) -> tuple[str, Signed]:
    """Return the incident of what is to be taken back, and which office had signed it.

    Raises a 422 problem where nothing of the id is known, it is not in force, or it is too long ago.
    """
    said = _said(store, one.of)
    meant = None if said is None else named(store, said.applied_to or said.incident_id, shows)
    if said is None or meant is None or meant.kept_as != meant.incident_id:
        raise problem(
            422,
            "nothing of this id is known: it may not have been judged yet, try again",
            code="not_judged_yet",
        )
    if said.act == "undo":
        raise problem(422, "what was taken back is said anew, not taken back twice", code="undo_twice")
    if said.outcome not in {"applied", "waiting"}:
        raise problem(422, f"it is not in force: {said.outcome}", code="undo_not_in_force")
    if now - (said.received_at or said.at) > WITHIN:
        raise problem(
            422,
            "too_late: after half an hour it is not taken back; say anew what is true",
            code="undo_too_late",
        )
    return said.applied_to or said.incident_id, said.level


def check_silence(one: SetSilence, now: datetime) -> None:
    """Raise a 422 problem for a silence without a reason, one that is over, or one longer than a day."""
    if not one.text.strip():
        raise problem(422, "a silence gives its reason in `text`", code="silence_without_reason")
    if not now < one.until <= now + SILENT_AT_MOST:
        raise problem(422, "a silence ends within 24 hours, and not before now", code="silence_too_long")


def _said(store: Store, name: str) -> _Said | None:
    for sql in ("SELECT body FROM act WHERE act_id = ?", "SELECT body FROM verdict WHERE verdict_id = ?"):
        rows = store.read(sql, (name,))
        if rows:
            return msgspec.json.decode(rows[0][0], type=_Said)
    return None
