"""`POST /v1/observations` and `/v1/permits`: answered only after the log has what was sent.

`?map=NAME` reads a push of another platform by a mapping that the settings name.
"""

import asyncio
import errno
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any
from weakref import WeakValueDictionary

from aiohttp import web
from aiokafka.errors import KafkaError

from schemas import topics
from schemas.codec import encode
from schemas.dead_letter import DeadLetter
from schemas.reason import Reason
from streams.engine.log_file import DiskFullError, LogError
from streams.feeds.mapping import read_mapped
from streams.feeds.permits import read_permits
from streams.ingress import Find, Ingress, KeepPeople, Reader
from streams.jurisdiction import in_force
from streams.serve.answers import first_answer, keep_answer
from streams.serve.body import MAX_BODY, TooLargeError, body_of
from streams.serve.desk.people import keep_people
from streams.serve.doors import ASKER
from streams.serve.layers import region_of
from streams.serve.problems import Problem, problem, problem_response
from streams.serve.services import SERVICES, Services

FEED = "http"

log = logging.getLogger(__name__)
KEY_LENGTH = 255
SMALL_BODY = 16 * 1024
"""Bytes of what one person says."""

TakeIn = Callable[[], Awaitable[tuple[int, bytes]]]
"""Has the log take a body in; returns status and answer."""

UNWRITTEN = (LogError, KafkaError, OSError, TimeoutError, sqlite3.Error)
"""What writers raise when the log does not have the message."""

Locks = WeakValueDictionary[str, asyncio.Lock]
LOCKS: web.AppKey[Locks] = web.AppKey("locks", Locks)


async def observations(request: web.Request) -> web.Response:
    """Take observations in as JSON, NDJSON or CSV; 202 with one result per line once the log has them."""
    name = request.query.get("map")
    if name is None:
        return await _answer(request, None, "")
    given = request.app[SERVICES].maps.get(name)
    if given is None:
        raise problem(404, "no mapping of this name in the settings, table maps")
    return await _answer(request, partial(read_mapped, given), f"map={name}")


async def permits(request: web.Request) -> web.Response:
    """Take permits to burn in as JSON, NDJSON or CSV; 202 with one result per line once the log has them."""
    zone = in_force(request.app[SERVICES].settings).zone
    return await _answer(request, partial(read_permits, zone), "permits")


async def _answer(request: web.Request, reader: Reader | None, name: str) -> web.Response:
    """Take a payload in, once for each idempotency key; `name` tells how it is read."""
    ingress = request.app[SERVICES].ingress
    if ingress is None:
        raise problem(503, "this server takes nothing in", code="takes_nothing_in")
    try:
        payload = await body_of(request)
    except TooLargeError as error:
        return await _refuse_too_large(request, error.length)
    # the same body read in another way is another body
    marked = payload + (bytes(1) + name.encode() if name else b"")
    return await once(request, marked, lambda: _take_in(request, ingress, payload, reader))


async def small_body(request: web.Request) -> bytes:
    """Return a body of at most `SMALL_BODY` bytes and one more, so that a longer one is no JSON."""
    raw = b""
    while part := await request.content.read(SMALL_BODY + 1 - len(raw)):
        raw += part
    return raw


async def once(request: web.Request, payload: bytes, take_in: TakeIn) -> web.Response:
    """Answer with what `take_in` returns; under an `Idempotency-Key` the same body is answered as before."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return _response(*await take_in())
    if not 0 < len(key) <= KEY_LENGTH:
        raise problem(400, f"Idempotency-Key has 1 to {KEY_LENGTH} characters")
    # Another client's key of the same name is another key.
    key = f"{request[ASKER].key_id}:{key}"
    async with request.app[LOCKS].setdefault(key, asyncio.Lock()):
        return await _once(request, payload, take_in, key)


async def _once(request: web.Request, payload: bytes, take_in: TakeIn, key: str) -> web.Response:
    services = request.app[SERVICES]
    digest = sha256(payload).hexdigest()
    given = await asyncio.to_thread(first_answer, services.store, key, services.clock())
    if given is not None:
        if given[0] != digest:
            raise problem(422, "this Idempotency-Key was used with another body")
        return _response(given[1], given[2])
    answer = await take_in()
    await asyncio.to_thread(keep_answer, services.store, key, digest, answer, services.clock())
    return _response(*answer)


def _response(status: int, body: bytes) -> web.Response:
    return web.Response(status=status, body=body, content_type="application/json")


async def _refuse_too_large(request: web.Request, length: int) -> web.Response:
    services = request.app[SERVICES]
    now = services.clock()
    key_id = request[ASKER].key_id
    letter = DeadLetter(
        letter_id=f"too_large:{key_id}:{now.isoformat()}:{length}",
        source=f"{FEED}/{key_id}",
        stage="ingest",
        at=now,
        reason=Reason(code="too_large", value=float(length), threshold=float(MAX_BODY), unit="B"),
        raw=b"",
        length=length,
        sha256=sha256(b"").hexdigest(),
        position="not read",
    )
    if services.writer is not None:
        try:
            await services.writer.send(topics.DEAD_LETTER, letter.source, letter)
        except UNWRITTEN:
            log.exception("a refused delivery of %d bytes left no dead letter", length)
    response = problem_response(413, f"one delivery has at most {MAX_BODY} bytes; send it in parts")
    response.force_close()
    return response


async def _take_in(
    request: web.Request, ingress: Ingress, payload: bytes, reader: Reader | None
) -> tuple[int, bytes]:
    services = request.app[SERVICES]
    source = f"{FEED}/{request[ASKER].key_id}"
    try:
        answer = await ingress.accept(
            payload,
            feed=FEED,
            source_name=source,
            received_at=services.clock(),
            reader=reader,
            find=_names(services),
            keep_people=_people(services),
        )
    except UNWRITTEN as error:
        raise refused(error) from error
    lines = [_line(line) for line in answer.lines]
    counts = {"accepted": 0, "rejected": 0}
    for line in lines:
        counts[line["outcome"]] += 1
    for outcome, number in counts.items():
        services.metrics.observations.labels(FEED, outcome).inc(number)
    return 202, encode({"counts": counts, "lines": lines})


def _names(services: Services) -> Find | None:
    """Return what knows the places of the region in force by name; None where it has no names."""
    names = region_of(services).place_names
    return None if names is None else names.search


def _people(services: Services) -> KeepPeople | None:
    """Return what keeps who answers for permits; None where there is no desk."""
    desk = services.desk
    if desk is None:
        return None
    return partial(keep_people, desk, now=services.clock(), days=services.settings.desk.permits_days)


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return one line's result; what was already known is accepted again."""
    if line["outcome"] == "duplicate":
        return {**line, "outcome": "accepted", "duplicate": True}
    return dict(line)


def refused(error: Exception) -> Problem:
    """Return the answer when the disk or the log did not take what was sent: 507, or 503 to send again."""
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    if (
        full
        or isinstance(error, DiskFullError)
        or getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
    ):
        return problem(507, "the disk is full: nothing was taken in", code="disk_full")
    why = "the log does not answer: nothing is certain, send again"
    return problem(503, why, {"Retry-After": "5"}, code="log_silent")
