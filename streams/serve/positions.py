"""`POST /v1/positions`: where somebody is who is out, that they were sent to a fire, or are back."""

from aiohttp import web
from msgspec import Struct

from schemas import topics
from schemas.codec import Unreadable, decode, encode
from schemas.notice import Position
from schemas.units import Latitude, Longitude
from streams.serve.audited import DETAIL
from streams.serve.body import start_of
from streams.serve.doors import ASKER
from streams.serve.ingest import UNWRITTEN, refused
from streams.serve.problems import problem
from streams.serve.services import SERVICES

MAX_BODY = 4096


class Placed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body; WGS 84. Without a position only `alert_id` or `back` is said."""

    receiver: str
    alert_id: str = ""
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    radius_m: float = 0.0
    back: bool = False


async def place(request: web.Request) -> web.Response:
    """Answer 202 once the log has it, 404 for no such receiver, 400 for half a position."""
    services = request.app[SERVICES]
    given = decode(await start_of(request, MAX_BODY), Placed)
    if isinstance(given, Unreadable):
        raise problem(
            400, f'send {{"receiver": "…", "longitude": …, "latitude": …}}: {given.why}', code="malformed"
        )
    if (given.longitude is None) != (given.latitude is None) or not 0 <= given.radius_m <= 50_000:
        raise problem(400, "longitude and latitude come together, radius_m is 0 to 50000")
    if given.receiver not in {one.name for one in services.told.receivers}:
        raise problem(404, "no such receiver in the settings", code="no_such_receiver")
    request[DETAIL] = f"receiver {given.receiver} alert {given.alert_id}"
    if services.writer is None:
        raise problem(503, "this server takes nothing in", code="takes_nothing_in")
    said = Position(
        receiver=given.receiver,
        at=services.clock(),
        alert_id=given.alert_id,
        longitude=given.longitude,
        latitude=given.latitude,
        radius_m=given.radius_m,
        back=given.back,
        by=request[ASKER].key_id,
    )
    try:
        await services.writer.send(topics.NOTICE, given.receiver, said)
    except UNWRITTEN as error:
        raise refused(error) from error
    return web.Response(status=202, body=encode({"accepted": True}), content_type="application/json")
