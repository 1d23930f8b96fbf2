"""`POST /v1/releases`: an officer lets one revision out; the public feed shows what was let out, and its end.

Nothing else reaches the public. What was let out and then ended, or fell, is shown as ended or fallen:
whoever was told is untold. A higher grade is let out anew. A fire that went on in another stays as it was.
"""

import asyncio
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta, Struct
from msgspec.structs import replace

from alerts import atom, cap
from alerts.policy import ENDING, UNTELLING
from alerts.routing import TEST
from schemas import topics
from schemas.alert import Alert
from schemas.codec import Unreadable, decode, encode
from schemas.notice import Release
from schemas.verdict import Author, Written
from streams.jurisdiction import in_force
from streams.serve import interchange, queries
from streams.serve.doors import ASKER
from streams.serve.filters import whole
from streams.serve.ingest import UNWRITTEN, refused, small_body
from streams.serve.problems import problem
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES, Services

CAP = cap.MEDIA
MOST = 200
"""Entries of the feed, those that changed last."""


class Released(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body: which revision, and who answers for it."""

    alert_id: str
    revision: Annotated[int, Meta(ge=1)]
    author: Annotated[Author, Meta(min_length=1)]
    text: Written = ""


async def release(request: web.Request) -> web.Response:
    """Answer 202 once the log has it; 404 for no such alert, 409 for what may not be let out."""
    services = request.app[SERVICES]
    given = decode(await small_body(request), Released)
    if isinstance(given, Unreadable):
        raise problem(
            400, f'send {{"alert_id": "…", "revision": 1, "author": "…"}}: {given.why}', code="malformed"
        )
    found = await asyncio.to_thread(queries.alert, services.store, given.alert_id)
    sees = sees_of(request)
    if found is None or not (sees is None or sees(found[1])):
        raise problem(404, "no such alert", code="no_such_alert")
    alert = msgspec.json.decode(found[1], type=Alert)
    code, why = refusal(services, alert, given.revision)
    if code:
        raise problem(409, why, code=code)
    if services.writer is None:
        raise problem(503, "this server takes nothing in", code="takes_nothing_in")
    shared = {"at": services.clock(), "author": given.author, "text": given.text, "by": request[ASKER].key_id}
    let_out = replace(alert, scope=cap.PUBLIC)
    names = ["", *(one.name for one in services.told.receivers if one.public)]
    for name in names:
        one = Release(receiver=name, alert=let_out, **shared)
        try:
            await services.writer.send(topics.NOTICE, name or "public", one)
        except UNWRITTEN as error:
            raise refused(error) from error
    body = encode({"accepted": True, "receivers": names[1:]})
    return web.Response(status=202, body=body, content_type="application/json")


def refusal(services: Services, alert: Alert, revision: int) -> tuple[str, str]:
    """Return the code and the words of why this revision may not be let out, or nothing."""
    if not services.told.issuer:
        return "no_issuer", "no `issuer` is set: nothing may be published"
    if alert.kind != "fire":
        return "only_fires_public", "only alerts of fire may be let out"
    if alert.status == TEST or alert.reconstruction or alert.grade == "task":
        return "nothing_for_public", "a drill, a reconstruction or a task is nothing for the public"
    if alert.revision != revision:
        return "newer_revision", f"revision {alert.revision} is the newest: look at that"
    return ("has_ended", "it has ended") if alert.action in ENDING else ("", "")


async def feed(request: web.Request) -> web.Response:
    """Answer with what was let out, the one that changed last first, as Atom."""
    services = request.app[SERVICES]
    here = f"{services.settings.office.link or request.url.origin()}{request.path}"

    def page() -> str:
        alerts = sorted(shown(services), key=lambda one: one.issued_at, reverse=True)[:MOST]
        updated_at = max((one.issued_at for one in alerts), default=services.clock())
        return atom.feed(alerts, here, updated_at, services.settings.office.cap_sender)

    text = await asyncio.to_thread(page)
    return web.Response(body=text.encode(), content_type=interchange.ATOM, headers=interchange.HEADERS)


async def document(request: web.Request) -> web.Response:
    """Answer with a revision that the feed shows or once let out, as a CAP document; 404 for any other."""
    services, name = request.app[SERVICES], request.match_info["alert_id"]
    asked = whole(request.query, "revision", 0, 2**31)
    text = await asyncio.to_thread(_document, services, name, asked)
    if text is None:
        raise problem(404, "not let out")
    return web.Response(body=text.encode(), content_type=CAP, headers=interchange.HEADERS)


def _document(services: Services, name: str, revision: int) -> str | None:
    let_out = _let_out(services, name)
    here = {one.revision for one in let_out}
    known = [*let_out, *(one for one in shown(services, name) if one.revision not in here)]
    found = next((one for one in reversed(known) if revision in {0, one.revision}), None)
    if found is None:
        return None
    before = [one for one in let_out if one.revision < found.revision]
    options = msgspec.convert(services.settings.channels.get("cap", {}), cap.Options)
    return cap.document(options, found, services.settings.office, in_force(services.settings), before)


def shown(services: Services, name: str = "") -> list[Alert]:
    """Return of each alert that was let out the revision that holds for the public."""
    rows = services.store.read(
        "SELECT alert_id, max(revision) FROM release WHERE ? IN ('', alert_id) GROUP BY alert_id", (name,)
    )
    return [_now(services, str(alert_id), int(revision)) for alert_id, revision in rows]


def _now(services: Services, alert_id: str, revision: int) -> Alert:
    """Return the newest revision that takes something back since one was let out, or that one."""
    later = services.store.read(
        "SELECT body FROM alert_revision WHERE alert_id = ? AND revision >= ? ORDER BY revision DESC",
        (alert_id, revision),
    )
    alerts = [msgspec.json.decode(body, type=Alert) for (body,) in later]
    untold = (one for one in alerts if one.action in UNTELLING and one.revision > revision)
    holds = next((one for one in untold if one.reasons[0].code != "merged_into"), alerts[-1])
    return replace(holds, scope=cap.PUBLIC)


def _let_out(services: Services, name: str) -> list[Alert]:
    rows = services.store.read(
        "SELECT r.body FROM release AS o JOIN alert_revision AS r"
        " ON r.alert_id = o.alert_id AND r.revision = o.revision WHERE o.alert_id = ? ORDER BY o.revision",
        (name,),
    )
    return [replace(msgspec.json.decode(body, type=Alert), scope=cap.PUBLIC) for (body,) in rows]
