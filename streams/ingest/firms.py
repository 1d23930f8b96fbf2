"""Polls the FIRMS area API: four sources, days that overlap, and nothing told of the key."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import aiohttp

from streams.feeds import Limits, read
from streams.ingest import firms_state
from streams.ingest.backoff import LONGEST_S, retry_after_s, wait_s
from streams.ingest.firms_available import available_address, passes_of
from streams.ingest.firms_request import Options, Window, address, judge, windows
from streams.ingest.portions import portions
from streams.ingest.post import NotTaken, NotWanted, Post, Taken, idempotency_key
from streams.ingest.secret import NoKey, Secret

logger = logging.getLogger(__name__)

TRIES = 4
TIMEOUT = aiohttp.ClientTimeout(total=120, connect=15)
LARGEST_ANSWER = 200 * 1024 * 1024
"""Bytes; a day of the whole world is about 10 MB."""

BUDGET_SPAN_S = 600.0
"""The transaction limit of a key is counted over ten minutes."""


class NotFetched(Exception):  # noqa: N818 - says what happened, without address or key
    """A source gave no rows; `fatal` where asking again is of no use until a person has acted."""

    def __init__(self, why: str, *, fatal: bool = False) -> None:
        super().__init__(why)
        self.fatal = fatal


def utc_now() -> datetime:
    """Return the wall clock."""
    return datetime.now(UTC)


@dataclass
class Poller:
    """Fetches and hands on; everything that touches the world is given."""

    options: Options
    key: Callable[[], Secret]
    session: aiohttp.ClientSession
    post: Post
    state_file: Path | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], datetime] = utc_now
    tell: Callable[[str], None] = logger.info
    spent: deque[tuple[datetime, int]] = field(default_factory=deque)

    async def poll(self) -> dict[str, Taken | str]:
        """Ask every source once; return for each what was taken in, or why nothing was."""
        state, warning = firms_state.load(self.state_file)
        if warning:
            logger.warning(warning)
        results: dict[str, Taken | str] = {}
        for source in self.options.sources:
            try:
                state, taken = await self._poll_source(state, source)
            except (NotFetched, NotTaken, NotWanted, NoKey) as error:
                results[source] = str(error)
                is_fatal = isinstance(error, NoKey) or (isinstance(error, NotFetched) and error.fatal)
                logger.log(
                    logging.ERROR if is_fatal else logging.WARNING, "firms source=%s %s", source, error
                )
                continue
            results[source] = taken
            self.tell(f"{source}: {taken.accepted} accepted, {taken.rejected} rejected")
        return results

    async def run(self) -> NoReturn:
        """Poll for ever; a source that fails is asked again next round, and all later when all fail."""
        failures = 0
        while True:
            results = await self.poll()
            failed = all(isinstance(result, str) for result in results.values())
            failures = failures + 1 if failed else 0
            await self.sleep(
                self.options.every_s + (wait_s(failures, longest_s=LONGEST_S) if failures else 0)
            )

    async def _poll_source(self, state: firms_state.State, source: str) -> tuple[firms_state.State, Taken]:
        """Return the state and rows after one source; the state moves only once all rows are taken in."""
        now = self.clock()
        before = state.sources.get(source)
        taken, seal = Taken(), ""
        for window in windows(before.at.date() if before else None, now.date(), self.options.overlap_days):
            body = await self.fetch(source, window)
            seal = idempotency_key(f"firms:{source}", body)
            if before and seal == before.seal:
                self.tell(f"{source}: nothing new")
                continue
            taken += await self._hand_on(source, body, now)
        if self.options.availability:
            await self._tell_available(source, now)
        state = state.with_poll(source, now, seal)
        firms_state.save(self.state_file, state)
        return state, taken

    async def _hand_on(self, source: str, body: bytes, now: datetime) -> Taken:
        parsed = read(body, Limits(now))
        taken = Taken()
        if parsed.rows == 0:
            return taken
        for part in portions(body, parsed):
            taken += await self.post(part, idempotency_key(f"firms:{source}", part))
        return taken

    async def _tell_available(self, source: str, now: datetime) -> None:
        """Hand on that a satellite looked, as FIRMS says it; without an answer nothing is said."""
        await self._keep_budget(1)
        key = self.key()
        status, body, _ = await self._ask(available_address(self.options, key.reveal(), source))
        passes = passes_of(self.options, source, body, now) if status == 200 else b""
        if passes:
            await self.post(passes, idempotency_key(f"firms-available:{source}", passes))
        else:
            logger.warning("firms source=%s availability: no answer of use, status %d", source, status)

    async def fetch(self, source: str, window: Window) -> bytes:
        """Return the rows of one request; raises `NotFetched` when tries do not help."""
        why = ""
        for failures in range(TRIES):
            await self._keep_budget(window.cost)
            status, body, asked_s = await self._get(source, window)
            answer, why = judge(status, body) if status else ("no data", body.decode("utf-8", "replace"))
            if answer == "data":
                return body
            if answer in ("wrong key", "wrong request"):
                raise NotFetched(why, fatal=True)
            if failures + 1 < TRIES:
                # Asked too often: the limit counts ten minutes, so a short wait would only add to it.
                least = 60.0 if answer == "too many requests" and asked_s is None else asked_s
                await self.sleep(wait_s(failures, least))
        raise NotFetched(why)

    async def _get(self, source: str, window: Window) -> tuple[int, bytes, float | None]:
        """Return status, body and Retry-After; status 0 and the kind of failure where there is no answer."""
        key = self.key()
        return await self._ask(address(self.options, key.reveal(), source, window))

    async def _ask(self, url: str) -> tuple[int, bytes, float | None]:
        try:
            async with self.session.get(url, timeout=TIMEOUT, allow_redirects=False) as response:
                asked_s = retry_after_s(response.headers.get("Retry-After"), self.clock())
                return response.status, await _read(response), asked_s
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            # Errors of the client can hold the address, and with it the key: only their kind goes on.
            kind = type(error).__name__
        return 0, f"no answer: {kind}".encode(), None

    async def _keep_budget(self, cost: int) -> None:
        """Wait until a request fits into the transactions of the last ten minutes."""
        while True:
            now = self.clock()
            while self.spent and (now - self.spent[0][0]).total_seconds() >= BUDGET_SPAN_S:
                self.spent.popleft()
            if not self.spent or sum(paid for _, paid in self.spent) + cost <= self.options.budget:
                self.spent.append((now, cost))
                return
            await self.sleep(BUDGET_SPAN_S - (now - self.spent[0][0]).total_seconds())


async def _read(response: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_chunked(1 << 16):
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            raise ValueError("an answer larger than any day of the world")
    return b"".join(parts)
