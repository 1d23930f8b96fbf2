"""`/v1/handovers` 交接班: what is open and what changed, signed by who goes and by who comes.

Each office hands over to itself: somebody of some areas to who has the same areas, with what lies there.
"""

import asyncio
import hashlib
from collections import Counter
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from alerts.waiting import queue
from schemas.codec import Unreadable, decode, encode
from streams.jurisdiction import in_force
from streams.serve.audited import DETAIL
from streams.serve.desk.book import text_of
from streams.serve.desk.calls import colleagues, desk_of
from streams.serve.desk.queueing import DAYS, present, told
from streams.serve.doors import ASKER
from streams.serve.filters import whole
from streams.serve.ingest import small_body
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.rows import microseconds
from streams.serve.scoping import Sees, sees_of
from streams.serve.services import SERVICES, Services

SHOWN = 20
FIRST_SPAN = timedelta(hours=24)
"""How far back the first handover looks."""

_COLUMNS = "number, at, who, person, body, seal, taken_who, taken_person, taken_at"
_OFFICE = "coalesce(json_extract(CAST(body AS TEXT), '$.areas'), '[]')"
"""Whose shift it was, as JSON; rows from before areas could hand over are everywhere's."""


def office_of(areas: tuple[str, ...]) -> str:
    """Return the areas of an office as they stand in what it handed over; `[]` is everywhere."""
    return encode(sorted(areas)).decode()


class _Acted(Struct, frozen=True):
    action: str


class Given(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body: what who comes should know beside what the system knows."""

    text: Annotated[str, Meta(max_length=4000)] = ""


async def hand_over(request: web.Request) -> web.Response:
    """Answer 201 with the handover as it was signed: open tasks, what changed since the last, the text."""
    given = decode(await small_body(request), Given)
    if isinstance(given, Unreadable):
        raise problem(400, f'send {{"text": "…"}}: {given.why}', code="malformed")
    services, desk, who = request.app[SERVICES], desk_of(request), request[ASKER]
    # whoever comes reads it, with the mark or without
    sees = sees_of(request, frozenset())

    def kept() -> int:
        with desk.held():
            former = f"SELECT at FROM handover WHERE {_OFFICE} = ? ORDER BY number DESC LIMIT 1"  # noqa: S608 - our own columns
            last = desk.read(former, office_of(who.areas))
            since = datetime.fromisoformat(last[0][0]) if last else services.clock() - FIRST_SPAN
            body = encode(state_of(services, since, given.text, who.areas, sees))
            at = text_of(services.clock())
            seal = hashlib.sha256(b"\n".join((at.encode(), who.key_id.encode(), body))).hexdigest()
            sql = "INSERT INTO handover (at, who, person, body, seal) VALUES (?, ?, ?, ?, ?)"
            desk.write(sql, at, who.key_id, who.person, body, seal)
            return int(desk.read("SELECT max(number) FROM handover")[0][0])

    number = await asyncio.to_thread(kept)
    one = _shown(desk.read(f"SELECT {_COLUMNS} FROM handover WHERE number = ?", number)[0])  # noqa: S608 - our own columns
    request[DETAIL] = f"handover {number} seal {one['seal']}"
    response = json_response(encode(one))
    response.set_status(201)
    return response


def state_of(
    services: Services, since: datetime, text: str, areas: tuple[str, ...] = (), sees: Sees | None = None
) -> dict[str, Any]:
    """Return what is handed over: the queue, what was told since, calls taken since, the officer's text."""
    now = present(services)
    lines = queue(told(services, now - DAYS, sees), in_force(services.settings), now)
    return {
        "now": now,
        "since": since,
        "text": text,
        "areas": sorted(areas),
        "open": lines,
        "told": _told_since(services, min(since, now), sees),
        "calls": _calls_since(services, since, areas),
    }


def _told_since(services: Services, since: datetime, sees: Sees | None) -> dict[str, int]:
    if sees is None:
        sql = (
            "SELECT json_extract(CAST(body AS TEXT), '$.action'), count(*) FROM alert_revision"
            " WHERE issued_us > ? GROUP BY 1 ORDER BY 1"
        )
        return dict(services.store.read(sql, (microseconds(since),)))
    rows = services.store.read("SELECT body FROM alert_revision WHERE issued_us > ?", (microseconds(since),))
    return dict(
        sorted(
            Counter(msgspec.json.decode(body, type=_Acted).action for (body,) in rows if sees(body)).items()
        )
    )


def _calls_since(services: Services, since: datetime, areas: tuple[str, ...]) -> int:
    """Return how many calls were taken: all of them, or those that people of the same areas took."""
    if services.desk is None:
        return 0
    rows = services.desk.read("SELECT by_whom FROM call WHERE observed_at > ?", text_of(since))
    own = colleagues(services, areas)
    return sum(own is None or by_whom in own for (by_whom,) in rows)


async def take_over(request: web.Request) -> web.Response:
    """Answer with the handover, now signed by both; 409 for one's own, or one that was taken already."""
    services, desk, who = request.app[SERVICES], desk_of(request), request[ASKER]
    number = whole({"number": request.match_info["number"]}, "number", 0, 2**53)
    sql = f"SELECT {_COLUMNS} FROM handover WHERE number = ? AND ? IN ('[]', {_OFFICE})"  # noqa: S608 - our own columns
    office = office_of(who.areas)

    def taken() -> dict[str, Any]:
        with desk.held():
            rows = desk.read(sql, number, office)
            if not rows:
                raise problem(404, "no such handover", code="no_such_handover")
            one = _shown(rows[0])
            if one["who"] == who.key_id:
                raise problem(
                    409, "who hands over does not take over: the next officer signs", code="takes_own_shift"
                )
            if one["taken_at"]:
                raise problem(
                    409,
                    f"taken by {one['taken_person'] or one['taken_who']} at {one['taken_at']}",
                    code="shift_taken",
                    values={"who": one["taken_person"] or one["taken_who"], "at": one["taken_at"]},
                )
            change = "UPDATE handover SET taken_who = ?, taken_person = ?, taken_at = ? WHERE number = ?"
            desk.write(change, who.key_id, who.person, text_of(services.clock()), number)
            return _shown(desk.read(sql, number, office)[0])

    one = await asyncio.to_thread(taken)
    request[DETAIL] = f"handover {number} seal {one['seal']}"
    return json_response(encode(one))


async def handovers(request: web.Request) -> web.Response:
    """Answer with the last handovers, newest first; with all of them for who sees everywhere."""
    sql = f"SELECT {_COLUMNS} FROM handover WHERE ? IN ('[]', {_OFFICE}) ORDER BY number DESC LIMIT ?"  # noqa: S608 - our own columns
    rows = await asyncio.to_thread(desk_of(request).read, sql, office_of(request[ASKER].areas), SHOWN)
    return json_response(encode({"handovers": [_shown(row) for row in rows]}))


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    one = dict(zip(_COLUMNS.split(", "), row, strict=True))
    return {**one, "body": msgspec.Raw(one["body"])}
