"""Handing payloads to the one way in, over HTTP or straight; done means that the log has them."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
from aiokafka.errors import KafkaError
from yarl import URL

from schemas.codec import UNREADABLE
from streams.engine.log_file import LogError
from streams.ingest.backoff import retry_after_s, wait_s
from streams.ingest.secret import Secret
from streams.ingress import Ingress, KeepPeople, Reader

TRIES = 6
"""Requests for one payload before it is left for the next look; together about a minute."""

TIMEOUT = aiohttp.ClientTimeout(total=120, connect=10)

NO_WAY_IN = "nothing takes observations in there, is --url right?"
MISCONFIGURED = {
    401: "it needs an API key with the role ",
    403: "it needs an API key with the role ",
    404: NO_WAY_IN,
    405: NO_WAY_IN,
    415: NO_WAY_IN,
}
"""What a server answers whatever the payload is: that says nothing of the payload."""


@dataclass(frozen=True)
class Taken:
    """How many rows of a payload were accepted and rejected."""

    accepted: int = 0
    rejected: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.accepted + other.accepted, self.rejected + other.rejected)


class NotTaken(Exception):  # noqa: N818 - says what happened
    """The way in could not take a payload now; the same payload may be sent again."""


class NotAllowed(Exception):  # noqa: N818 - says what happened
    """There is no way in here for us: the API key or the address is wrong. A person has to act."""


class NotWanted(Exception):  # noqa: N818 - says what happened
    """The way in refuses this payload, and would refuse it again."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """Which door of the server, who may use it, and how a payload is read where no server does."""

    path: str = "/v1/observations"
    role: str = "ingest"
    reader: Reader | None = None
    content_type: str = "application/octet-stream"
    by_row: bool = False
    """A payload is one row: 403 and 404 with words are of that row, and the next may be taken."""


OBSERVATIONS = Door()

Post = Callable[[bytes, str], Awaitable[Taken]]
"""Payload and idempotency key to what became of its rows; raises the exceptions above."""


def idempotency_key(name: str, payload: bytes) -> str:
    """Return the key under which a payload is sent, the same after any restart."""
    return f"{name}:{hashlib.sha256(payload).hexdigest()[:40]}"


@dataclass
class HttpPost:
    """Posts to `POST /v1/observations` of a server."""

    session: aiohttp.ClientSession
    url: str
    key: Secret | None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    tries: int = TRIES
    door: Door = OBSERVATIONS

    async def __call__(self, payload: bytes, key: str) -> Taken:
        """Return what the server says of the rows; raises `NotTaken`, `NotAllowed` or `NotWanted`."""
        why = ""
        for failures in range(self.tries):
            status, body, asked_s = await self._send(payload, key)
            if status in (200, 202):
                return _taken(body)
            of_a_row = self.door.by_row and status in (403, 404) and _title(body)
            if status in MISCONFIGURED and not of_a_row:
                raise NotAllowed(f"the server answers {status}: {MISCONFIGURED[status]}{self._role(status)}")
            if 300 <= status < 400:
                raise NotAllowed(f"the server answers {status}: {NO_WAY_IN}")
            why = f"the server answers {status}" if status else body.decode("utf-8", "replace")
            if 400 <= status < 500 and status not in (408, 425, 429):
                raise NotWanted(why + _title(body))
            if failures + 1 < self.tries:
                await self.sleep(wait_s(failures, asked_s, longest_s=60.0))
        raise NotTaken(why)

    def _role(self, status: int) -> str:
        return self.door.role if status in (401, 403) else ""

    async def _send(self, payload: bytes, key: str) -> tuple[int, bytes, float | None]:
        """Return status, body and Retry-After; status 0 and the kind of failure where there is no answer."""
        headers = {"Idempotency-Key": key, "Content-Type": self.door.content_type}
        if self.key is not None:
            headers["Authorization"] = f"Bearer {self.key.reveal()}"
        url = self.url.rstrip("/") + self.door.path
        try:
            async with self.session.post(
                url, data=payload, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                asked_s = retry_after_s(response.headers.get("Retry-After"), datetime.now(UTC))
                return response.status, await response.read(), asked_s
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # The error itself may hold headers; its kind says enough.
            why = f"no answer from {URL(url).origin()}: {type(error).__name__}; does `fenghuo worker` run?"
            return 0, why.encode(), None


@dataclass
class DirectPost:
    """Writes straight to the log: Kafka, or a data directory that nobody holds."""

    ingress: Ingress
    feed: str
    door: Door = OBSERVATIONS
    keep_people: KeepPeople | None = None

    async def __call__(self, payload: bytes, key: str) -> Taken:
        """Return what became of the rows; raises `NotTaken` where the log does not answer."""
        name = key.rpartition(":")[0] or self.feed
        try:
            answer = await self.ingress.accept(
                payload,
                feed=self.feed,
                source_name=name,
                reader=self.door.reader,
                keep_people=self.keep_people,
            )
        except (LogError, KafkaError, OSError, TimeoutError) as error:
            raise NotTaken(f"the log does not take it: {type(error).__name__}") from None
        return Taken(answer.counts.get("accepted", 0), answer.counts.get("rejected", 0))


def _taken(body: bytes) -> Taken:
    try:
        answer = msgspec.json.decode(body)
        if answer.get("accepted") is True:
            return Taken(1, 0)
        counts: dict[str, Any] = answer["counts"]
        return Taken(int(counts.get("accepted", 0)), int(counts.get("rejected", 0)))
    except (*UNREADABLE, KeyError, AttributeError):
        raise NotTaken("the server's answer is not one of ours: is --url right?") from None


def _title(body: bytes) -> str:
    try:
        answer = msgspec.json.decode(body)
        return f": {answer.get('detail') or answer.get('title')}"[:200]
    except (*UNREADABLE, AttributeError):
        return ""
