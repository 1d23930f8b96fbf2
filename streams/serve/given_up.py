"""Notices that were given up stand until somebody replays them: once the receiver is mended, while they hold.

Replayed is the same revision under the same notice id, so that a gateway which took it after all drops it.
What is over is not told any more; whoever asks for that reads why.
"""

import asyncio
from datetime import datetime

import msgspec
from aiohttp import web
from msgspec import Struct
from msgspec.structs import replace

from alerts.escalation import standing_in
from alerts.policy import ENDING, UNTELLING
from schemas import topics
from schemas.alert import Alert
from schemas.codec import encode
from schemas.notice import Due, Notice
from streams.hops.outbox import notice_id
from streams.jurisdiction import in_force
from streams.serve import queries
from streams.serve.filters import whole
from streams.serve.ingest import UNWRITTEN, refused
from streams.serve.problems import problem
from streams.serve.rows import from_microseconds
from streams.serve.scoping import Sees, sees_of
from streams.serve.services import SERVICES, Services

GIVEN_UP = frozenset({"failed", "expired"})


class GivenUp(Struct, frozen=True, kw_only=True):
    """One of them, and why it cannot be replayed; nothing: it can."""

    notice: Notice
    hindrance: str = ""


async def listed(request: web.Request) -> web.Response:
    """Answer with the notices that were given up, newest first."""
    services, limit = request.app[SERVICES], whole(request.query, "limit", 100, 1000)
    sees = sees_of(request)

    def found() -> list[GivenUp]:
        sql = "SELECT body FROM notice WHERE outcome IN ('failed', 'expired') ORDER BY at_us DESC LIMIT ?"
        notices = [msgspec.json.decode(body, type=Notice) for (body,) in services.store.read(sql, (limit,))]
        seen = (one for one in notices if _is_seen(services, one, sees))
        return [GivenUp(notice=one, hindrance=hindrance(services, one)[0]) for one in seen]

    return _json({"notices": await asyncio.to_thread(found)})


async def replay(request: web.Request) -> web.Response:
    """Answer 202 once the log has it; 404 for no such notice, 409 with the reason why it is not replayed."""
    services, name = request.app[SERVICES], request.match_info["notice_id"]
    notice = await asyncio.to_thread(_notice, services, name)
    if notice is None or not await asyncio.to_thread(_is_seen, services, notice, sees_of(request)):
        raise problem(404, "no such notice")
    why, alert = await asyncio.to_thread(hindrance, services, notice)
    if why or alert is None:
        raise problem(409, why)
    if services.writer is None:
        raise problem(503, "this server takes nothing in", code="takes_nothing_in")
    who = await asyncio.to_thread(_in_place_of, services, notice.notice_id)
    due = Due(receiver=notice.receiver, due_at=services.clock(), alert=alert, again=max(1, notice.attempts))
    if who is not None:
        told = standing_in(alert, who[0], who[1], in_force(services.settings).zone)
        due = replace(due, instead_of=who[0], alert=told)
    try:
        await services.writer.send(topics.NOTICE, notice.receiver, due)
    except UNWRITTEN as error:
        raise refused(error) from error
    return _json({"accepted": True, "notice_id": name}, status=202)


def _is_seen(services: Services, notice: Notice, sees: Sees | None) -> bool:
    """Return whether the alert it told of is anything that the asker may see."""
    found = None if sees is None else queries.alert(services.store, notice.alert_id)
    return found is None or sees is None or sees(found[1])


def hindrance(services: Services, notice: Notice) -> tuple[str, Alert | None]:
    """Return why a notice cannot be replayed, or nothing and the revision that it told of."""
    why = _unfit(services, notice)
    if why:
        return why, None
    found = queries.alert(services.store, notice.alert_id, notice.revision)
    newest = queries.alert(services.store, notice.alert_id)
    if found is None or newest is None:
        return "the revision is not kept any more", None
    alert, last = (msgspec.json.decode(body, type=Alert) for _, body in (found, newest))
    if alert.action not in UNTELLING:
        if services.clock() > alert.expires_at:
            return f"expired at {alert.expires_at.isoformat()}", None
        if last.action in ENDING:
            return f"the alert has ended: {last.action} in revision {last.revision}", None
    return "", alert


def _unfit(services: Services, notice: Notice) -> str:
    """Return what of the notice itself or of its receiver stands in the way."""
    if notice.outcome not in GIVEN_UP:
        return f"it was not given up: {notice.outcome}"
    who = _in_place_of(services, notice.notice_id)
    instead_of = "" if who is None else who[0]
    if notice.notice_id != notice_id(notice.receiver, notice.alert_id, notice.revision, instead_of):
        return f"{notice.action}: only a revision of an alert is replayed; tell them otherwise"
    receiver = next((one for one in services.told.receivers if one.name == notice.receiver), None)
    if receiver is None:
        return f"receiver {notice.receiver!r} is not in the settings"
    return "to the public goes what an officer lets out: let it out once more" if receiver.public else ""


def _in_place_of(services: Services, name: str) -> tuple[str, datetime] | None:
    """Return in whose place this was told, and when that was due; None: in nobody's."""
    sql = "SELECT instead_of, at_us FROM due WHERE notice_id = ? AND instead_of != ''"
    rows = services.store.read(sql, (name,))
    return (str(rows[0][0]), from_microseconds(rows[0][1])) if rows else None


def _json(answer: object, status: int = 200) -> web.Response:
    return web.Response(body=encode(answer), status=status, content_type="application/json")


def _notice(services: Services, name: str) -> Notice | None:
    rows = services.store.read("SELECT body FROM notice WHERE notice_id = ?", (name,))
    return msgspec.json.decode(rows[0][0], type=Notice) if rows else None
