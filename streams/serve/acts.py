"""`POST /v1/acts`: what an operator does to an incident, written to the one ordered log."""

import asyncio
from datetime import datetime
from hashlib import sha256
from typing import Any

from aiohttp import web
from msgspec.structs import replace

from detectors.datum import to_wgs84
from schemas import topics
from schemas.act import AnyAct, Merge, Relocate, SetSilence, Undo
from schemas.codec import Unreadable, decode, encode
from streams.feeds.base import EARLIEST, TOLERANCE
from streams.hops.first_said import what_of
from streams.hops.outbreak_acts import ForPests
from streams.said import delivered
from streams.serve.desk.first import Known, in_turn
from streams.serve.ingest import UNWRITTEN, once, refused, small_body
from streams.serve.named import Named, Shows, named
from streams.serve.problems import problem
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES, Services
from streams.serve.signing import author_of, check_office, check_seen
from streams.serve.store import Store
from streams.serve.undoing import check_silence, check_undo

FITS = {"outbreak": ForPests}
"""What can be done to an incident that is no fire, by its kind; nothing where none is named."""


async def act(request: web.Request) -> web.Response:
    """Answer 202 once the log has it: its id, the incident it goes to, and whether that is known yet."""
    raw = await small_body(request)
    services = request.app[SERVICES]

    async def take_in() -> tuple[int, bytes]:
        shows = sees_of(request)
        one, meant = await asyncio.to_thread(made, services, raw, author_of(request, ""), shows)
        check_seen(request, one.incident_id)
        if isinstance(one, Undo):
            check_office(request, check_undo(services.store, one, services.clock(), shows)[1])

        async def keep(knew: Known) -> None:
            await _write(services, replace(one, knew=knew))

        is_judged = await in_turn(request, one.incident_id, what_of(one), keep, one.act_id)
        about = {"act_id": one.act_id, "incident_id": meant.incident_id, "known": meant.known}
        return 202, encode({"accepted": True, **about, **({} if is_judged else {"judged": False})})

    return await once(request, raw, take_in)


def made(
    services: Services, raw: bytes, author: str = "", shows: Shows | None = None
) -> tuple[AnyAct, Named]:
    """Return the act as it goes into the log, and which incident it means; raises a 4xx problem.

    `author` signs it in place of the one in the body.
    """
    now = services.clock()
    one = _read(raw, now)
    one = replace(one, author=author or one.author)
    if not EARLIEST <= one.at <= now + TOLERANCE:
        raise problem(422, "bad_time: `at` is before 2000 or in the future", code="bad_time")
    if isinstance(one, SetSilence):
        check_silence(one, now)
    about = check_undo(services.store, one, now, shows)[0] if isinstance(one, Undo) else one.incident_id
    meant = named(services.store, about, shows)
    if meant.known:
        _check_fits(services.store, one, meant.incident_id)
    one = replace(
        one, incident_id=meant.kept_as, received_at=now, outcome="given", applied_to="", reason=None
    )
    if isinstance(one, Merge):
        other = named(services.store, one.other_id, shows)
        if other.incident_id == meant.incident_id:
            raise problem(422, "both ids lead to the same incident", code="same_incident")
        return replace(one, other_id=other.kept_as), meant
    if isinstance(one, Relocate):
        longitude, latitude = to_wgs84(one.frame, one.longitude, one.latitude)
        return replace(one, frame="wgs84", longitude=longitude, latitude=latitude), meant
    return one, meant


def _check_fits(store: Store, one: AnyAct, incident_id: str) -> None:
    """Raise a 422 problem for what the judge does to fires alone: it would wait for ever."""
    rows = store.read("SELECT kind FROM incident WHERE incident_id = ?", (incident_id,))
    kind = rows[0][0] if rows else "fire"
    if kind == "fire" or isinstance(one, FITS.get(kind, ())):
        return
    raise problem(422, f"this act is for fires: {incident_id} is of kind {kind}", code="only_for_fires")


def _read(raw: bytes, now: datetime) -> AnyAct:
    """Return the act in a body; its time and its id may be left out."""
    given = decode(raw, dict[str, Any])
    if isinstance(given, Unreadable):
        raise problem(
            400, f'send {{"act": "merge", "incident_id": "…", "author": "…"}}: {given.why}', code="malformed"
        )
    seal = sha256(raw).hexdigest()[:24]
    one = decode(encode({"act_id": f"a:{seal}", "at": now, **given}), AnyAct)
    if isinstance(one, Unreadable):
        raise problem(400, one.why, code="malformed")
    found: AnyAct = one
    return found


async def _write(services: Services, one: AnyAct) -> None:
    if services.writer is None:
        raise problem(503, "this server takes nothing in", code="takes_nothing_in")
    try:
        await services.writer.send(topics.OBSERVATION, one.incident_id, delivered(one))
    except UNWRITTEN as error:
        raise refused(error) from error
