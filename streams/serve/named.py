"""Which incident people mean by an id, an alert or an answer code, as far as they may see it.

Of what they may not see they are answered as of an id that nobody knows, and what they say of it is kept
under an id that nobody has: a word moves nothing that its author may not see.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from streams.serve.history import resolved
from streams.serve.problems import Problem, problem
from streams.serve.store import Store

Shows = Callable[[bytes], bool]

UNSEEN = "unseen/"
"""What the id begins with under which a word on something hidden is kept."""

_BODY = "SELECT body FROM incident JOIN incident_revision USING (seq) WHERE incident.incident_id = ?"


class Named(NamedTuple):
    """The id that is answered, whether its incident is known, and the id under which a word on it is kept."""

    incident_id: str
    known: bool
    kept_as: str


def named(store: Store, name: str, shows: Shows | None = None) -> Named:
    """Return what an id, alert id or answer code leads to; `shows` says which incidents are there at all.

    Raises a 409 problem when several incidents of the last 30 days go by the code.
    """
    incident_id, known = _named(store, name, shows)
    if known or shows is None:
        return Named(incident_id, known, incident_id)
    try:
        is_hidden = _named(store, name, None)[1]
    except Problem:
        is_hidden = True
    return Named(name, False, f"{UNSEEN}{name}" if is_hidden else name)


def _named(store: Store, name: str, shows: Shows | None) -> tuple[str, bool]:
    for sql in (
        "SELECT incident_id FROM incident WHERE incident_id = ?",
        "SELECT incident_id FROM alert_revision WHERE alert_id = ? ORDER BY revision DESC LIMIT 1",
    ):
        rows = store.read(sql, (name,))
        if rows:
            found = resolved(store, rows[0][0])
            return (found, True) if _is_shown(store, found, shows) else (name, False)
    leads_to = resolved(store, name)
    coded = _by_code(store, name) if leads_to == name else [leads_to]
    coded = [one for one in coded if _is_shown(store, one, shows)]
    if len(coded) > 1:
        raise problem(
            409,
            f"several incidents go by this code: {', '.join(coded[:5])}",
            code="several_incidents",
            values={"ids": coded[:5]},
        )
    return (coded[0], True) if coded else (name, False)


def _is_shown(store: Store, incident_id: str, shows: Shows | None) -> bool:
    if shows is None:
        return True
    rows = store.read(_BODY, (incident_id,))
    alerts = "SELECT body FROM alert_revision WHERE incident_id = ? ORDER BY seq DESC LIMIT 1"
    rows = rows or store.read(alerts, (incident_id,))
    return bool(rows) and shows(rows[0][0])


def _by_code(store: Store, code: str) -> list[str]:
    """Return the incidents that go by an answer code, if any, of the 30 days before the newest.

    Where none lives by it, those that the ones lead to that did.
    """
    if len(code) != 4:
        return []
    month = timedelta(days=30) // timedelta(microseconds=1)
    sql = (
        "SELECT incident.incident_id, status FROM incident JOIN incident_revision USING (seq)"
        " WHERE incident.to_us >= (SELECT max(to_us) FROM incident) - ?"
        " AND json_extract(CAST(body AS TEXT), '$.short_code') = ? ORDER BY to_us DESC"
    )
    rows = store.read(sql, (month, code.upper()))
    living = [one for one, status in rows if status != "merged"]
    return living or list(dict.fromkeys(resolved(store, one) for one, _ in rows))
