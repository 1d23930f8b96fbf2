"""Watch a running system from outside: when `/readyz` fails for longer than a limit, somebody is told.

It needs neither broker nor database nor anything of what it watches. What it says goes out signed as Standard
Webhooks asks, under an id that is the same for every try; it counts as told once the receiver has accepted.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NoReturn

import aiohttp
import msgspec
from msgspec import Struct

from schemas.codec import encode

TIMEOUT = aiohttp.ClientTimeout(total=10)


class Word(Struct, frozen=True, kw_only=True):
    """What is to be told: it is not ready since then, or it is again."""

    state: Literal["not_ready", "ready_again"]
    url: str
    since: datetime
    at: datetime
    reasons: tuple[str, ...] = ()

    @property
    def word_id(self) -> str:
        """The id of this word, the same whenever it is tried."""
        seal = hashlib.sha256(f"{self.url}\n{self.state}\n{self.since.isoformat()}".encode())
        return f"watch_{seal.hexdigest()[:32]}"


@dataclass
class Vigil:
    """Since when it was last ready, and whether its absence has been told."""

    url: str
    limit: timedelta
    ready_at: datetime
    told_since: datetime | None = None

    def look(self, reasons: tuple[str, ...] | None, now: datetime) -> Word | None:
        """Return what is now to be told, if anything; without reasons it is ready."""
        if reasons is None:
            self.ready_at = now
            if self.told_since is None:
                return None
            return Word(state="ready_again", url=self.url, since=self.told_since, at=now)
        if self.told_since is not None or now - self.ready_at < self.limit:
            return None
        return Word(state="not_ready", url=self.url, since=self.ready_at, at=now, reasons=reasons)

    def told(self, word: Word) -> None:
        """Note that a word was accepted."""
        self.told_since = word.since if word.state == "not_ready" else None


def key_of(secret: str) -> bytes:
    """Return the bytes of a `whsec_` secret; raises ValueError without repeating it."""
    text = secret.removeprefix("whsec_")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError("the secret is not base64 after whsec_")
    return key


def signed(word: Word, key: bytes) -> tuple[dict[str, str], bytes]:
    """Return headers and body of the message, signed over `id.timestamp.body`."""
    body = encode({"type": f"watch.{word.state}", "timestamp": word.at, "data": word})
    at = str(int(word.at.timestamp()))
    what = f"{word.word_id}.{at}.".encode() + body
    mark = base64.b64encode(hmac.digest(key, what, hashlib.sha256)).decode("ascii")
    headers = {"content-type": "application/json", "webhook-id": word.word_id, "webhook-timestamp": at}
    return headers | {"webhook-signature": f"v1,{mark}"}, body


async def ask(session: aiohttp.ClientSession, url: str) -> tuple[str, ...] | None:
    """Return why the system is not ready, None where it is; never raises for what the network does."""
    try:
        async with session.get(
            url.rstrip("/") + "/readyz", timeout=TIMEOUT, allow_redirects=False
        ) as response:
            body = await response.content.read(65536)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return (f"no answer: {type(error).__name__}",)
    if response.status == 200:
        return None
    try:
        said = msgspec.json.decode(body, type=dict[str, object]).get("reasons")
    except (msgspec.MsgspecError, ValueError):
        said = None
    reasons = tuple(str(one)[:200] for one in said[:20]) if isinstance(said, list) else ()
    return reasons or (f"the answer is {response.status}",)


async def tell(session: aiohttp.ClientSession, hook: str, key: bytes, word: Word) -> bool:
    """Return whether the receiver has accepted the word."""
    headers, body = signed(word, key)
    try:
        async with session.post(
            hook, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
        ) as response:
            return 200 <= response.status < 300
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


async def watch(
    vigil: Vigil,
    looking: Callable[[], Awaitable[tuple[str, ...] | None]],
    telling: Callable[[Word], Awaitable[bool]],
    every_s: float,
    note: Callable[[str], None],
) -> NoReturn:
    """Look for ever; a word that was not accepted is tried again at the next look."""
    while True:
        word = vigil.look(await looking(), datetime.now(UTC))
        if word is not None:
            is_told = await telling(word)
            note(f"{word.state} since {word.since:%Y-%m-%dT%H:%M:%SZ} {'; '.join(word.reasons)}".rstrip())
            note("told" if is_told else "not accepted: tried again at the next look")
            if is_told:
                vigil.told(word)
        await asyncio.sleep(every_s)
