"""`GET /v1/queue` and `/v1/feedback-rate`: what waits for an answer, and how many were given by an hour."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web
from msgspec import Struct

from alerts.feedback_rate import Rate, rates
from alerts.waiting import TASK_CLOCK, Told, Waiting, minutes_of, queue
from schemas.alert import Alert
from schemas.codec import encode
from schemas.units import UtcTime
from schemas.verdict import Verification
from streams.jurisdiction import in_force
from streams.serve.filters import whole
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.retention import judged_until
from streams.serve.rows import from_microseconds, microseconds
from streams.serve.scoping import Sees, sees_of
from streams.serve.services import SERVICES, Services

MOST = 5000
"""Alerts that are looked at, the newest."""

DAYS = timedelta(days=30)
CUT_OFF_HOUR = 17
"""Bulletins of the national office speak of the state at 17:00 (2013-04-29)."""

_SQL = (
    "SELECT revision.body, (SELECT min(issued_us) FROM alert_revision AS first"
    " WHERE first.alert_id = alert.alert_id), incident.status,"
    " (SELECT json_extract(CAST(body AS TEXT), '$.feedback') FROM incident_revision AS newest"
    " WHERE newest.seq = incident.seq) FROM alert"
    " JOIN alert_revision AS revision ON revision.seq = alert.seq"
    " LEFT JOIN incident ON incident.incident_id = revision.incident_id"
    " WHERE alert.kind = 'fire' AND revision.issued_us >= ? ORDER BY alert.seq DESC LIMIT ?"
)


class Queue(Struct, frozen=True, kw_only=True):
    """What waits, and as of when."""

    now: UtcTime
    queue: tuple[Waiting, ...]


class Rates(Struct, frozen=True, kw_only=True):
    """Shares answered on a day, from its start to the cut-off."""

    day: date
    hour: int
    cut_off: UtcTime
    rates: tuple[Rate, ...]


def told(services: Services, since: datetime, sees: Sees | None) -> list[Told]:
    """Return the alerts on fires since a time, each with when it was first told and the words of the desk.

    What was answered is that of the incident now: an answer that changes nothing, or one that is taken back,
    is no news to tell in an alert.
    """
    rows = services.store.read(_SQL, (microseconds(since), MOST))
    words: dict[str, list[str]] = {}
    if services.desk is not None:
        sql = "SELECT incident_id, what, person, who FROM word ORDER BY number DESC LIMIT ?"
        for incident_id, what, person, who in services.desk.read(sql, MOST):
            words.setdefault(incident_id, []).append(f"{what} · {person or who}")
    found = []
    for body, first, status, feedback in rows:
        if sees is None or sees(body):
            alert = msgspec.json.decode(body, type=Alert)
            if status not in {None, "merged"}:
                said = None if feedback is None else msgspec.json.decode(feedback, type=Verification)
                alert = msgspec.structs.replace(alert, feedback=said)
            lines = tuple(reversed(words.get(alert.incident_id, [])[:5]))
            found.append(Told(alert=alert, first_at=from_microseconds(first), words=lines))
    return found


def present(services: Services) -> datetime:
    """Return the picture's present: in the demo up to when everything was judged, else the clock."""
    judged = judged_until(services.store) if services.open_reading else None
    return judged or services.clock()


async def waiting(request: web.Request) -> web.Response:
    """Answer with the verification queue in the order in which it should be worked."""
    services, sees = request.app[SERVICES], sees_of(request)

    def found() -> bytes:
        now = present(services)
        lines = queue(told(services, now - DAYS, sees), in_force(services.settings), now)
        return encode(Queue(now=now, queue=lines))

    return json_response(await asyncio.to_thread(found))


async def feedback_rate(request: web.Request) -> web.Response:
    """Answer with the share answered by an hour of a day (zone of the jurisdiction), county by county."""
    services, sees, query = request.app[SERVICES], sees_of(request), request.query
    profile = in_force(services.settings)
    hour = whole(query, "hour", CUT_OFF_HOUR, 24)
    zone = ZoneInfo(profile.zone)

    def found() -> bytes:
        now = present(services)
        day = _day(query["day"]) if "day" in query else now.astimezone(zone).date()
        start = datetime(day.year, day.month, day.day, tzinfo=zone)
        cut_off = min(start + timedelta(hours=hour), now)
        within_min = minutes_of(profile, TASK_CLOCK)
        lines = rates(told(services, start, sees), profile, start, cut_off, within_min)
        return encode(Rates(day=day, hour=hour, cut_off=cut_off.astimezone(UTC), rates=lines))

    return json_response(await asyncio.to_thread(found))


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 9000:
        raise problem(400, "day is a date from 2000 on, such as 2026-04-05")
    return found
