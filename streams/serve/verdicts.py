"""`POST /v1/verdicts`: what a person found, written to the one ordered log under its author and time.

People on the spot answer at level `field`; only an operator signs for an office, a denial with its reason.
"""

import asyncio
from datetime import datetime
from hashlib import sha256
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct
from msgspec.structs import replace

from alerts.feedback import says
from schemas import topics
from schemas.codec import Unreadable, decode, encode
from schemas.units import Identifier, UtcTime
from schemas.verdict import Author, Signed, Verdict, Written
from streams.feeds.base import EARLIEST, TOLERANCE
from streams.hops.first_said import what_of
from streams.jurisdiction import in_force
from streams.said import delivered
from streams.serve.desk.first import Known, in_turn
from streams.serve.doors import ASKER
from streams.serve.ingest import UNWRITTEN, once, refused, small_body
from streams.serve.named import Named, Shows, named
from streams.serve.problems import problem
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES, Services
from streams.serve.signing import check_office, check_seen, signed

OFFICERS = frozenset({"operator", "admin"})


class Found(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body: what was found at which incident, by any id it had, its alert or its answer code."""

    incident_id: Identifier
    code: Annotated[int, Meta(ge=0, le=10)]
    author: Annotated[Author, Meta(min_length=1)]
    level: Signed = "field"
    at: UtcTime | None = None
    text: Written = ""
    verdict_id: Annotated[str, Meta(max_length=200, description="Yours, or one is made.")] = ""


async def verdict(request: web.Request) -> web.Response:
    """Answer 202 once the log has it: its id, the incident it goes to, and whether that is known yet."""
    raw = await small_body(request)
    given = decode(raw, Found)
    if isinstance(given, Unreadable):
        raise problem(
            400, f'send {{"incident_id": "…", "code": 0, "author": "…"}}: {given.why}', code="malformed"
        )
    services = request.app[SERVICES]
    given = signed(request, given)
    _check(given, services, request[ASKER].roles)
    check_office(request, given.level)

    async def take_in() -> tuple[int, bytes]:
        one, meant = await asyncio.to_thread(made, services, given, services.clock(), sees_of(request))
        check_seen(request, one.incident_id)

        async def keep(knew: Known) -> None:
            await write(services, replace(one, knew=knew))

        is_judged = await in_turn(request, one.incident_id, what_of(one), keep, one.verdict_id)
        said = {
            "accepted": True,
            "verdict_id": one.verdict_id,
            "incident_id": meant.incident_id,
            "known": meant.known,
        }
        return 202, encode(said if is_judged else {**said, "judged": False})

    return await once(request, raw, take_in)


def _check(given: Found, services: Services, roles: frozenset[str]) -> None:
    """Raise the problem of a verdict that its author may not give, or that lacks what a signature needs."""
    if given.level == "field":
        return
    if not roles & OFFICERS:
        raise problem(
            403, "only an operator signs for an office; answer at level field", code="only_operators_sign"
        )
    found = says(in_force(services.settings), given.code)
    if found in {"other", "not_found"} and not given.text.strip():
        raise problem(
            422, "a denial that an office signs gives its reason in `text`", code="denial_without_reason"
        )


def made(
    services: Services, given: Found, now: datetime, shows: Shows | None = None
) -> tuple[Verdict, Named]:
    """Return the verdict as it goes into the log, and which incident it means; raises a 4xx problem."""
    at = given.at or now
    if not EARLIEST <= at <= now + TOLERANCE:
        raise problem(422, "bad_time: `at` is before 2000 or in the future", code="bad_time")
    meant = named(services.store, given.incident_id, shows)
    seal = "\n".join(
        (meant.incident_id, str(given.code), given.level, given.author, at.isoformat(), given.text)
    )
    return Verdict(
        verdict_id=given.verdict_id or f"v:{sha256(seal.encode()).hexdigest()[:24]}",
        incident_id=meant.kept_as,
        code=given.code,
        level=given.level,
        author=given.author,
        at=at,
        text=given.text,
        received_at=now,
    ), meant


async def write(services: Services, one: Verdict) -> None:
    """Have the log take one verdict; raises a 503 or 507 problem when it does not."""
    if services.writer is None:
        raise problem(503, "this server takes nothing in", code="takes_nothing_in")
    try:
        await services.writer.send(topics.OBSERVATION, one.incident_id, delivered(one))
    except UNWRITTEN as error:
        raise refused(error) from error
