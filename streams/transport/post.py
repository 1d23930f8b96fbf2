"""One attempt to carry out one HTTP request, and what the gateway answered."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from alerts.channels.base import HttpPost
from streams.transport.address import refusal
from streams.transport.resolver import ForbiddenAddressError, PublicResolver

ANSWER_S = 2.0
"""How long the body of an answer is waited for: the status has already been said."""


@dataclass(frozen=True)
class Answer:
    """What came back: a status with the start of its body, or the name of what went wrong."""

    status: int = 0
    body: bytes = b""
    retry_after_s: float = 0.0
    failure: str = ""
    forbidden: bool = False
    http: bool = False


class Poster:
    """HTTP sessions for attempts; use it as `async with Poster(...) as poster`.

    Never follows a redirect, keeps no cookie, uses no proxy, and opens a fresh connection every time, so
    that no attempt is lost on a connection that the gateway had already closed.
    """

    def __init__(self, *, timeout_s: float, answer_bytes: int) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._answer_bytes = answer_bytes

    async def __aenter__(self) -> Self:
        self._public = self._session(
            aiohttp.TCPConnector(resolver=PublicResolver(), force_close=True, limit=0)
        )
        self._any = self._session(aiohttp.TCPConnector(force_close=True, limit=0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._public.close()
        await self._any.close()

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"user-agent": "fenghuo"},
            auto_decompress=False,
            trust_env=False,
        )

    async def post(self, request: HttpPost, *, allow_private: bool) -> Answer:
        """Return what became of one attempt; never raises, and never puts the address into words."""
        why = refusal(request.url, allow_private=allow_private)
        if why:
            return Answer(failure=why, forbidden=True)
        try:
            return await self._post(self._any if allow_private else self._public, request)
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, ForbiddenAddressError):
                return Answer(failure="private address", forbidden=True)
            return Answer(failure=type(error).__name__)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
            return Answer(failure=type(error).__name__)

    async def _post(self, session: aiohttp.ClientSession, request: HttpPost) -> Answer:
        async with session.request(
            request.method,
            URL(request.url),
            data=request.body if request.method == "POST" else None,
            headers=request.headers,
            allow_redirects=False,
        ) as response:
            body = await self._start_of(response)
            wait_s = retry_after_s(response.headers.get("Retry-After", ""), datetime.now(UTC))
            response.close()
            return Answer(response.status, body, wait_s, http=True)

    async def _start_of(self, response: aiohttp.ClientResponse) -> bytes:
        """Return at most the first `answer_bytes` of the body that come in time."""
        body = bytearray()
        try:
            async with asyncio.timeout(ANSWER_S):
                while len(body) < self._answer_bytes and not response.content.at_eof():
                    body += await response.content.read(self._answer_bytes - len(body))
        except (aiohttp.ClientError, OSError):
            pass
        return bytes(body)


def retry_after_s(header: str, now: datetime) -> float:
    """Return the seconds a `Retry-After` header asks for (RFC 9110, seconds or a date), 0 without one."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return 0.0
    until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())
