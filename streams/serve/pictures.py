"""`/v1/pictures`: small JPEGs of sightings and reports, given first and then named by their SHA-256."""

import asyncio

from aiohttp import web
from msgspec import Struct

from schemas.codec import encode
from schemas.observation import Sha256
from streams.pictures import MAX_BYTES, PictureError, Pictures
from streams.serve.ingest import refused
from streams.serve.marked import picture_shown
from streams.serve.problems import problem
from streams.serve.scoping import marks_of
from streams.serve.services import SERVICES

JPEG = "image/jpeg"


class Kept(Struct, frozen=True):
    """The name under which an observation tells of a picture."""

    sha256: Sha256


async def keep(request: web.Request) -> web.Response:
    """Take one JPEG in; 201 with its SHA-256 once it is on the disk, also when it was there before."""
    pictures = _pictures(request)
    if request.content_type != JPEG:
        raise problem(415, f"a picture is sent as {JPEG}")
    content = await _body(request)
    try:
        (sha256,) = await asyncio.to_thread(pictures.keep, [content])
    except PictureError as error:
        raise problem(400, str(error)) from error
    except OSError as error:
        raise refused(error) from error
    return web.Response(status=201, body=encode(Kept(sha256)), content_type="application/json")


async def show(request: web.Request) -> web.Response:
    """Answer with the JPEG of a SHA-256; what a name leads to never changes."""
    name, store, marks = request.match_info["sha256"], request.app[SERVICES].store, marks_of(request)
    content = await asyncio.to_thread(_pictures(request).read, name)
    if content is None or not await asyncio.to_thread(picture_shown, store, name, marks):
        raise problem(404, "no such picture")
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return web.Response(body=content, content_type=JPEG, headers=headers)


def _pictures(request: web.Request) -> Pictures:
    pictures = request.app[SERVICES].pictures
    if pictures is None:
        raise problem(503, "this server keeps no pictures")
    return pictures


async def _body(request: web.Request) -> bytes:
    """Return the body; 413 as soon as it is too long, the rest unread."""
    parts: list[bytes] = []
    length = request.content_length or 0
    if length <= MAX_BYTES:
        length = 0
        async for part in request.content.iter_any():
            parts.append(part)
            length += len(part)
            if length > MAX_BYTES:
                break
    if length > MAX_BYTES:
        raise problem(
            413, f"a picture has at most {MAX_BYTES} bytes", {"Connection": "close"}, code="too_large"
        )
    return b"".join(parts)
