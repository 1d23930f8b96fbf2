"""`POST /v1/tasks`: an officer has seen an incident, or sends a receiver there."""

from typing import Literal

from aiohttp import web
from msgspec import Struct

from schemas import topics
from schemas.codec import Unreadable, decode, encode
from schemas.notice import Position
from schemas.units import Identifier
from streams.serve.desk.contacts import within
from streams.serve.desk.first import Known, in_turn
from streams.serve.doors import ASKER
from streams.serve.ingest import UNWRITTEN, refused, small_body
from streams.serve.named import named
from streams.serve.problems import problem
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES
from streams.serve.signing import check_seen


class Task(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body: `seen`, or `assign` with the receiver `to` and the alert that they are sent to."""

    do: Literal["seen", "assign"]
    incident_id: Identifier
    to: str = ""
    alert_id: str = ""


async def task(request: web.Request) -> web.Response:
    """Answer 202 once it is kept; who is sent somewhere is warned like everybody who went there."""
    given = decode(await small_body(request), Task)
    if isinstance(given, Unreadable):
        raise problem(400, f'send {{"do": "seen", "incident_id": "…"}}: {given.why}', code="malformed")
    services = request.app[SERVICES]
    incident_id, known, _ = named(services.store, given.incident_id, sees_of(request))
    if not known:
        raise problem(404, "no such incident", code="no_such_incident")
    check_seen(request, incident_id)
    mine = within(services.told.receivers, request[ASKER].areas)
    if given.do == "assign" and given.to not in {one.name for one in mine}:
        raise problem(404, "no such receiver in the settings, or not of your areas", code="no_such_receiver")

    async def write(_knew: Known) -> None:
        if given.do == "seen":
            return
        said = Position(
            receiver=given.to,
            at=services.clock(),
            alert_id=given.alert_id or incident_id,
            by=request[ASKER].key_id,
        )
        if services.writer is None:
            raise problem(503, "this server takes nothing in", code="takes_nothing_in")
        try:
            await services.writer.send(topics.NOTICE, given.to, said)
        except UNWRITTEN as error:
            raise refused(error) from error

    await in_turn(request, incident_id, f"{given.do} {given.to}".strip(), write)
    return web.Response(status=202, body=encode({"accepted": True}), content_type="application/json")
