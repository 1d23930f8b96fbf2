"""What the history knows of one fire, as its report needs it."""

from datetime import datetime

import msgspec

from alerts.fire_report import Facts
from alerts.waiting import Told
from schemas.alert import Alert
from schemas.incident import Incident
from schemas.notice import Notice
from schemas.settings import Settings
from streams.serve.desk.book import Desk
from streams.serve.history import IS_TASK, names
from streams.serve.named import Shows, named
from streams.serve.problems import Problem
from streams.serve.rows import from_microseconds
from streams.serve.store import Store


def facts_of(  # noqa: PLR0913, PLR0917 - where facts stand, of what, when and for whom
    store: Store,
    desk: Desk | None,
    settings: Settings,
    asked: str,
    now: datetime,
    shows: Shows | None = None,
) -> Facts | None:
    """Return the facts of the incident that an id, alert id or code leads to; None when none is shown."""
    try:
        incident_id, known, _ = named(store, asked, shows)
    except Problem:
        return None
    sql = "SELECT body FROM incident JOIN incident_revision USING (seq) WHERE incident.incident_id = ?"
    rows = store.read(sql, (incident_id,)) if known else []
    if not rows:
        return None
    every = names(store, incident_id)
    marks = ", ".join("?" * len(every))
    sql = f"SELECT body FROM notice WHERE incident_id IN ({marks}) ORDER BY at_us"  # noqa: S608 - marks only
    return Facts(
        incident=msgspec.json.decode(rows[0][0], type=Incident),
        told=_told(store, desk, every),
        notices=tuple(msgspec.json.decode(body, type=Notice) for (body,) in store.read(sql, every)),
        office=settings.issuer or settings.office.signature,
        now=now,
    )


def _told(store: Store, desk: Desk | None, every: tuple[str, ...]) -> Told | None:
    marks = ", ".join("?" * len(every))
    sql = (
        f"SELECT body, (SELECT min(issued_us) FROM alert_revision WHERE incident_id IN ({marks}))"  # noqa: S608 - marks only
        f" FROM alert_revision WHERE incident_id IN ({marks}) ORDER BY {IS_TASK}, seq DESC LIMIT 1"
    )
    rows = store.read(sql, (*every, *every))
    if not rows:
        return None
    said = [] if desk is None else desk.words(every)
    return Told(
        alert=msgspec.json.decode(rows[0][0], type=Alert),
        first_at=from_microseconds(rows[0][1]),
        words=tuple(f"{one.what} · {one.person or one.who} · {one.at[:16]}Z" for one in said),
    )
