"""`POST /v1/answers`: a receiver has answered an alert, so nobody else is told in their place.

With a feedback code it is also a finding from the spot: evidence, under the receiver's name.
"""

import asyncio
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from schemas import topics
from schemas.codec import Unreadable, decode, encode
from schemas.notice import Answer, Says
from schemas.verdict import Written
from streams.serve import queries, verdicts
from streams.serve.audited import DETAIL
from streams.serve.doors import ASKER
from streams.serve.ingest import UNWRITTEN, refused
from streams.serve.problems import problem
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES

MAX_BODY = 4096
"""Bytes of one answer: two names."""


class Answered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body: which receiver of the settings answers which alert."""

    receiver: str
    alert_id: str
    code: Annotated[int, Meta(ge=0, le=10)] | None = None
    text: Written = ""
    says: Says = "seen"


async def answer(request: web.Request) -> web.Response:
    """Answer 202 once the log has it, 404 for no such receiver or alert; a repeat changes nothing."""
    services = request.app[SERVICES]
    raw = b""
    while part := await request.content.read(MAX_BODY + 1 - len(raw)):
        raw += part
    given = decode(raw, Answered)
    if isinstance(given, Unreadable):
        raise problem(400, f'send {{"receiver": "…", "alert_id": "…"}}: {given.why}', code="malformed")
    if given.receiver not in {receiver.name for receiver in services.told.receivers}:
        raise problem(404, "no such receiver in the settings", code="no_such_receiver")
    known, sees = await asyncio.to_thread(queries.alert, services.store, given.alert_id), sees_of(request)
    if known is None or not (sees is None or sees(known[1])):
        raise problem(404, "no such alert", code="no_such_alert")
    request[DETAIL] = f"alert {given.alert_id} receiver {given.receiver}"
    if services.writer is None:
        raise problem(503, "this server takes nothing in", code="takes_nothing_in")
    said = Answer(
        receiver=given.receiver,
        alert_id=given.alert_id,
        at=services.clock(),
        by=request[ASKER].key_id,
        says=given.says,
    )
    try:
        await services.writer.send(topics.NOTICE, given.receiver, said)
    except UNWRITTEN as error:
        raise refused(error) from error
    if given.code is not None:
        found = verdicts.Found(
            incident_id=given.alert_id, code=given.code, author=given.receiver, text=given.text
        )
        one, _ = await asyncio.to_thread(verdicts.made, services, found, said.at)
        await verdicts.write(services, one)
    return web.Response(status=202, body=encode({"accepted": True}), content_type="application/json")
