"""The body of a delivery: read and unpacked no further than the limit."""

from aiohttp import http_exceptions, web

from streams.serve.problems import problem
from streams.unfolding import GZIP, DamagedError, pieces

MAX_BODY = 10 * 1024 * 1024
"""Largest delivery, bytes, as sent and unpacked (design: over 10 MB is refused unread)."""

ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})


class TooLargeError(Exception):
    """The body is over the limit; `length` is as far as it is known, bytes."""

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length


async def body_of(request: web.Request) -> bytes:
    """Return the body with its Content-Encoding undone; raises `TooLargeError`, or a 400 or 415 problem."""
    if request.headers.get("Content-Encoding", "").strip().lower() not in ENCODINGS:
        raise problem(415, "Content-Encoding is gzip, deflate or identity")
    told = request.content_length or 0
    if told > MAX_BODY:
        raise TooLargeError(told)
    try:
        payload = await _read(request)
    except TooLargeError:
        if "Content-Encoding" in request.headers:
            # Or the server would go on unpacking, only to throw it away.
            request.content.feed_eof()
        raise
    except (web.RequestPayloadError, http_exceptions.ContentEncodingError) as error:
        request.content.feed_eof()
        refusal = "the body is cut off or not what Content-Encoding says"
        raise problem(400, refusal, {"Connection": "close"}) from error
    check_folded(payload)
    return payload


async def start_of(request: web.Request, most: int) -> bytes:
    """Return the body as far as `most` bytes, in however many pieces a slow network brings it."""
    body = b""
    while len(body) < most and (part := await request.content.read(most - len(body))):
        body += part
    return body


async def _read(request: web.Request) -> bytes:
    parts: list[bytes] = []
    length = 0
    async for part in request.content.iter_any():
        parts.append(part)
        length += len(part)
        if length > MAX_BODY:
            raise TooLargeError(length)
    return b"".join(parts)


def check_folded(payload: bytes) -> None:
    """Raise `TooLargeError` when a gzip file sent as it is unfolds to more than the limit."""
    size = 0
    try:
        for part in pieces(payload) if payload.startswith(GZIP) else ():
            size += len(part)
            if size > MAX_BODY:
                raise TooLargeError(size)
    except DamagedError:
        return  # Ingress takes what can be read and says so.
