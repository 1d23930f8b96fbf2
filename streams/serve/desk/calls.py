"""`POST /v1/calls`: a telephone report, kept while the caller talks and made better as they say more.

Each better form is a new report and takes the former back. The caller's number and name never enter the log:
they stand in `desk.sqlite` until their date, masked for all but who asks for them by name.
"""

import asyncio
import hashlib
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from aiohttp import web
from msgspec import Meta, Struct

from detectors.datum import to_wgs84
from detectors.identity import lasting_id_of
from schemas.codec import Unreadable, decode, encode
from schemas.observation import Radius, Report, Retraction
from schemas.units import Azimuth, Frame, Latitude, Longitude, UtcTime
from schemas.verdict import Written
from streams.explain.explanation import explained
from streams.explain.history import History
from streams.feeds.base import EARLIEST, TOLERANCE
from streams.serve.audited import DETAIL
from streams.serve.desk.book import Desk, text_of
from streams.serve.desk.near import near
from streams.serve.desk.placing import masked, placed
from streams.serve.doors import ASKER
from streams.serve.ingest import LOCKS, UNWRITTEN, refused, small_body
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.scoping import marks_of, sees_of
from streams.serve.services import SERVICES, Services

SHOWN = 50
SOURCE = "call/desk"


class Call(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the officer has noted so far; `call_id` is the page's own and stays the same."""

    call_id: Annotated[str, Meta(pattern="^[A-Za-z0-9-]{8,60}$")]
    longitude: Longitude
    latitude: Latitude
    frame: Frame = "wgs84"
    radius_m: Radius = 500.0
    azimuth_deg: Azimuth | None = None
    distance_km: Annotated[float, Meta(gt=0, le=50)] | None = None
    saw: Literal["smoke", "flame", "heat", "unknown"] = "unknown"
    place_name: Annotated[str, Meta(max_length=200)] = ""
    text: Written = ""
    number: Annotated[str, Meta(pattern=r"^[0-9+() -]*$", max_length=30)] = ""
    caller: Annotated[str, Meta(max_length=60)] = ""
    at: UtcTime | None = None


async def call(request: web.Request) -> web.Response:
    """Answer 202 once the log has it: the observation's id, and the incidents within 5 km of it."""
    given = decode(await small_body(request), Call)
    if isinstance(given, Unreadable):
        raise problem(
            400, f'send {{"call_id": "…", "longitude": …, "latitude": …}}: {given.why}', code="malformed"
        )
    services, desk = request.app[SERVICES], desk_of(request)
    now = services.clock()
    if given.at is not None and not EARLIEST <= given.at <= now + TOLERANCE:
        raise problem(422, "bad_time: `at` is before 2000 or in the future", code="bad_time")
    async with request.app[LOCKS].setdefault(f"call:{given.call_id}", asyncio.Lock()):
        await asyncio.to_thread(_check_own, request, given.call_id)
        name, place = await _kept(services, desk, given, now, request[ASKER].key_id)
    request[DETAIL] = f"call {given.call_id}"
    found = await asyncio.to_thread(near, services.store, *place[:2], sees_of(request))
    said = {"accepted": True, "call_id": given.call_id, "observation_id": name, "near": found}
    return web.Response(status=202, body=encode(said), content_type="application/json")


async def _kept(
    services: Services, desk: Desk, given: Call, now: datetime, who: str
) -> tuple[str, tuple[float, float, float]]:
    """Have log and desk take a call in; return its observation id and place."""
    x, y = to_wgs84(given.frame, given.longitude, given.latitude)
    place = placed(float(x), float(y), given.radius_m, given.azimuth_deg, given.distance_km)
    digest = hashlib.sha256(encode([place, given.saw, given.place_name, given.text])).hexdigest()
    # It stays the call of who took it, whoever makes it better.
    rows = desk.read("SELECT part, digest, observed_at, by_whom FROM call WHERE call_id = ?", given.call_id)
    part, before, at, who = rows[0] if rows else (0, "", text_of(given.at or now), who)
    observed_at = datetime.fromisoformat(at)
    if digest != before:
        part += 1
        await _written(services, _observations(given, part, place, observed_at), now)
    erase_at = text_of(now + timedelta(days=services.settings.desk.callers_days))
    row = (given.call_id, part, digest, at, given.place_name, given.number, given.caller, who, erase_at)
    desk.write("INSERT OR REPLACE INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *row, given.saw)
    return lasting_id_of(SOURCE, _name(given.call_id, part)), place


def _name(call_id: str, part: int) -> str:
    return f"call/{call_id}/{part}"


def _observations(
    given: Call, part: int, place: tuple[float, float, float], observed_at: datetime
) -> list[Report | Retraction]:
    """Return the report as it is now, after what takes its former form back."""
    common: dict[str, Any] = {"source": SOURCE, "observed_at": observed_at}
    report = Report(
        observation_id=_name(given.call_id, part),
        source_class="public",
        frame="wgs84",
        longitude=place[0],
        latitude=place[1],
        radius_m=place[2],
        saw=given.saw,
        place_name=given.place_name,
        text=given.text,
        **common,
    )
    if part == 1:
        return [report]
    former = _name(given.call_id, part - 1)
    return [report, Retraction(observation_id=f"{former}/back", retracts=former, **common)]


async def _written(services: Services, observations: list[Report | Retraction], now: datetime) -> None:
    if services.ingress is None:
        raise problem(503, "this server takes nothing in", code="takes_nothing_in")
    payload = b"\n".join(encode(one) for one in observations)
    try:
        answer = await services.ingress.accept(payload, feed="desk", source_name=SOURCE, received_at=now)
    except UNWRITTEN as error:
        raise refused(error) from error
    bad = [line for line in answer.lines if line["outcome"] == "rejected"]
    if bad:
        raise problem(422, f"not taken: {bad[0]['reason']['code']}", code=bad[0]["reason"]["code"])


def colleagues(services: Services, areas: tuple[str, ...]) -> frozenset[str] | None:
    """Return who sees the same areas, as they sign; None is everybody: who asks sees everywhere."""
    if not areas:
        return None
    listed = services.accounts.listed() if services.accounts else ()
    return frozenset(f"user/{one.name}" for one in listed if set(one.areas) == set(areas))


def _taken_by(request: web.Request) -> tuple[str, tuple[str, ...]]:
    """Return the condition, and its values, of the calls that the office of who asks has taken."""
    who = request[ASKER]
    office = colleagues(request.app[SERVICES], who.areas)
    names = () if office is None else tuple(sorted(office | {who.key_id}))
    return ("1" if office is None else f"by_whom IN ({', '.join('?' * len(names))})"), names


def _check_own(request: web.Request, call_id: str) -> None:
    """Raise 409 where another office took this call: its report is not taken back from here."""
    taken, names = _taken_by(request)
    sql = f"SELECT 1 FROM call WHERE call_id = ? AND NOT {taken}"  # noqa: S608 - marks only
    if desk_of(request).read(sql, call_id, *names):
        raise problem(409, "another office took this call", code="call_of_others")


async def calls(request: web.Request) -> web.Response:
    """Answer with the last calls of one's own office, newest first; numbers masked.

    Each says what became of it: the incident that its report is part of, as far as who asks may see it.
    """
    taken, names = _taken_by(request)
    sql = f"SELECT {', '.join(LISTED)} FROM call WHERE {taken} ORDER BY observed_at DESC, call_id LIMIT ?"  # noqa: S608 - marks only
    desk, within = desk_of(request), sees_of(request) if request[ASKER].areas else None
    history = History(request.app[SERVICES].store, marks_of(request), within)

    def found() -> list[dict[str, Any]]:
        ((since,),) = desk.read("SELECT coalesce(max(at), '') FROM handover")
        rows = desk.read(sql, *names, SHOWN)
        return [_listed(dict(zip(LISTED, row, strict=True)), since, history) for row in rows]

    return json_response(encode({"calls": await asyncio.to_thread(found)}))


LISTED = ("call_id", "part", "observed_at", "place", "saw", "number", "caller", "by_whom", "erase_at")


def _listed(row: dict[str, Any], since: str, history: History) -> dict[str, Any]:
    """Return a call as it is listed; it is of this shift if it came after the last handover."""
    name = _name(row["call_id"], row["part"])
    # older software knew calls by our own name for them alone
    became = explained(history, lasting_id_of(SOURCE, name)) or explained(history, name)
    said = {one: row[one] for one in ("call_id", "part", "observed_at", "saw", "erase_at")}
    masking = {"number": masked(row["number"]), "caller": row["caller"][:1]}
    told = {} if became is None else {one: getattr(became, one) for one in BECAME if getattr(became, one)}
    named = {"place_name": row["place"], "by": row["by_whom"], "this_shift": row["observed_at"] > since}
    return {**said, **masking, **named, "became": told}


BECAME = ("incident_id", "alert_id", "short_code", "status", "grade")


async def caller(request: web.Request) -> web.Response:
    """Answer with number and name of one caller, to ring back; who asked is in the audit log."""
    call_id = request.match_info["call_id"]
    request[DETAIL] = f"call {call_id}"
    taken, names = _taken_by(request)
    kept = "iif(erase_at > ?, number, ''), iif(erase_at > ?, caller, ''), erase_at"
    sql = f"SELECT {kept} FROM call WHERE call_id = ? AND {taken}"  # noqa: S608 - marks only
    now = text_of(request.app[SERVICES].clock())
    rows = await asyncio.to_thread(desk_of(request).read, sql, now, now, call_id, *names)
    if not rows:
        raise problem(404, "no such call", code="no_such_call")
    return json_response(encode(dict(zip(("number", "caller", "erase_at"), rows[0], strict=True))))


def desk_of(request: web.Request) -> Desk:
    """Return the desk; raises a 503 problem where there is none."""
    desk = request.app[SERVICES].desk
    if desk is None:
        raise problem(503, "this server has no desk", code="no_desk")
    return desk
