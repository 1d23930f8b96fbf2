"""Carries the outbox out: posts what is ready, again until it is accepted, refused or too late.

Each result goes back as a `Notice` on `notice.v1`; the deliver hop then takes the row away. A row that is
still there after a restart is sent again under the same id. Attempts of one alert to one receiver follow
each other, the newest revision first; receivers do not wait for one another. Where a gateway limits how often
it is asked, requests follow each other too, and what is too much for the limit goes out in one message. When
the window of a digest is over by the clock, it says so on `notice.v1`; the hop then makes the digest ready.
"""

import asyncio
import logging
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from alerts.channels import Exit, exits
from alerts.ways import on_way
from schemas.notice import Notice
from schemas.reason import Reason
from schemas.receiver import Office, Receiver
from schemas.settings import Kafka, Settings
from schemas.topics import NOTICE
from streams.engine.writer import Writer
from streams.hops.collect import over
from streams.hops.concluding import Outcome, conclude
from streams.hops.outbox import Pending
from streams.jurisdiction import in_force
from streams.transport.attempt import Attempts
from streams.transport.carry import Carrier
from streams.transport.lanes import Lane, first_of_each_lane, held_s, key_of, lane_of
from streams.transport.rates import Rates

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """How hard the sender tries. Times in seconds.

    The first waits suit a fire; the later ones are those of the Standard Webhooks specification.
    """

    waits_s: tuple[float, ...] = (5, 15, 45, 120, 300, 1800, 7200, 18000)
    jitter: float = 0.1
    timeout_s: float = 15.0
    answer_bytes: int = 64 * 1024
    per_receiver: int = 4
    look_s: float = 1.0
    report_s: float = 1.0
    ask_s: float = 5.0
    rest: float = 4.0
    """After looking through the outbox, so many times that long is waited: a full one takes no whole core."""


@dataclass
class _Trial:
    """How often a row was tried, when it may be tried next (loop time), and whether that is settled."""

    attempts: int
    next_at: float = 0.0
    settled: bool = False


class Sender:
    """Sends what `pending()` returns: the outbox rows, as written, of the partitions that are ours.

    `writer` sends the results. Secrets are found through `environ` under each receiver's `secret_env`.
    """

    def __init__(  # noqa: PLR0913 - what a test replaces is given here
        self,
        pending: Callable[[], Iterable[Pending]],
        writer: Writer,
        receivers: Iterable[Receiver],
        *,
        ways: Mapping[str, Exit] | None = None,
        limits: Limits | None = None,
        broker: tuple[Kafka, str] | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._pending = pending
        self._writer = writer
        self._receivers = {receiver.name: receiver for receiver in receivers}
        self._ways = exits(in_force(Settings())) if ways is None else ways
        office = next((way.given.office for way in self._ways.values()), Office())
        self._attempts = Attempts(self._receivers, self._ways, environ, office)
        self._limits = limits or Limits()
        self._rates = Rates()
        self._outside = broker
        self._trials: dict[Hashable, _Trial] = {}
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._addresses: set[Hashable] = set()
        self._asked: dict[str, float] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()

    def take(self, receivers: Iterable[Receiver], ways: Mapping[str, Exit]) -> None:
        """Send from now on to these receivers by these ways."""
        self._receivers = {receiver.name: receiver for receiver in receivers}
        self._ways = ways
        office = next((way.given.office for way in ways.values()), Office())
        self._attempts = Attempts(self._receivers, ways, self._attempts.environ, office)
        self.wake()

    def wake(self) -> None:
        """Say that rows have appeared or gone."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled; what is in flight then stays in the outbox."""
        limits = self._limits
        async with Carrier(
            timeout_s=limits.timeout_s,
            answer_bytes=limits.answer_bytes,
            outside=self._outside,
        ) as carrier:
            try:
                while True:
                    self._woken.clear()
                    began = time.perf_counter()
                    wait_s = self._start_due(carrier)
                    await asyncio.sleep(limits.rest * (time.perf_counter() - began))
                    try:
                        async with asyncio.timeout(wait_s):
                            await self._woken.wait()
                    except TimeoutError:
                        continue
            finally:
                tasks = (*self._lanes.values(), *self._asking)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _start_due(self, carrier: Carrier) -> float:
        """Start an attempt for every lane that is due; return the seconds until there is more to do."""
        now, wait_s = asyncio.get_running_loop().time(), self._limits.look_s
        found = list(self._pending())
        wait_s = min(wait_s, self._close_digests(found, now))
        rows = [row for row in found if row.ready]
        here = {key_of(row) for row in rows}
        self._trials = {key: trial for key, trial in self._trials.items() if key in here}
        busy = Counter(receiver for receiver, _ in self._lanes)
        limited: dict[tuple[Hashable, str], list[Pending]] = {}
        for row in first_of_each_lane(rows):
            trial = self._trials.setdefault(key_of(row), _Trial(row.attempts))
            if trial.settled or lane_of(row) in self._lanes:
                continue
            held = held_s(row)
            if trial.next_at > now or held > 0:
                wait_s = min(wait_s, max(trial.next_at - now, held))
            elif (address := self._limited(row)) is not None:
                limited.setdefault((address, row.receiver), []).append(row)
            elif row.order or busy[row.receiver] < self._limits.per_receiver:
                busy[row.receiver] += 1
                self._start(carrier, [row])
        return min(wait_s, self._start_limited(carrier, limited, now))

    def _limited(self, row: Pending) -> Hashable:
        """Return the address whose requests are counted, or None where nothing limits them."""
        way, receiver = self._ways.get(row.channel), self._receivers.get(row.receiver)
        if way is None or receiver is None or way.channel.rate is None:
            return None
        return (row.channel, way.channel.address(on_way(receiver, row.way)))

    def _start_limited(
        self, carrier: Carrier, limited: Mapping[tuple[Hashable, str], list[Pending]], now: float
    ) -> float:
        """Start at most one attempt for each address; what is more than it may take goes out together."""
        wait_s = self._limits.look_s
        for (address, _), rows in limited.items():
            channel = self._ways[rows[0].channel].channel
            assert channel.rate is not None
            if address in self._addresses:
                continue
            free = self._rates.free(address, channel.rate, now)
            if free <= 0:
                wait_s = min(wait_s, self._rates.wait_s(address, channel.rate, now))
                continue
            taken = 1
            if len(rows) > free and channel.merge is not None:
                taken = channel.merge(tuple(row.body for row in rows))[1]
            self._rates.note(address, now)
            self._start(carrier, rows[:taken], address)
        return wait_s

    def _start(self, carrier: Carrier, rows: list[Pending], address: Hashable = None) -> None:
        task = asyncio.create_task(self._attempt(carrier, [(row, self._trials[key_of(row)]) for row in rows]))
        for row in rows:
            self._lanes[lane_of(row)] = task
        if address is not None:
            self._addresses.add(address)
        task.add_done_callback(partial(self._leave, rows, address))

    def _close_digests(self, rows: list[Pending], now: float) -> float:
        """Say which windows and waits are over; return the seconds until the next one may be."""
        open_rows = {row.notice_id: (row, row.ends_at) for row in rows if row.ends_at is not None}
        self._asked = {key: at for key, at in self._asked.items() if key in open_rows}
        wait_s = self._limits.look_s
        for key, (row, ends_at) in open_rows.items():
            left_s = (ends_at - datetime.now(UTC)).total_seconds()
            if left_s > 0:
                wait_s = min(wait_s, left_s)
            elif now >= self._asked.get(key, 0.0):
                self._asked[key] = now + self._limits.ask_s
                task = asyncio.create_task(self._say_over(row))
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)
        return wait_s

    async def _say_over(self, row: Pending) -> None:
        """Say that a window is over; what fails is said again at a later look."""
        try:
            await self._writer.send(NOTICE, row.receiver, over(row))
        except Exception as error:  # noqa: BLE001 - whatever the log raises, the next look asks again
            logger.error("digest %s not closed yet: %s", row.notice_id, type(error).__name__)  # noqa: TRY400 - it comes again and again

    def _leave(self, rows: list[Pending], address: Hashable, task: asyncio.Task[None]) -> None:
        for row in rows:
            del self._lanes[lane_of(row)]
        self._addresses.discard(address)
        if not task.cancelled() and task.exception() is not None:
            logger.error("an attempt to %s broke off", rows[0].receiver, exc_info=task.exception())
        self.wake()

    async def _attempt(self, carrier: Carrier, tried: list[tuple[Pending, _Trial]]) -> None:
        """Make one attempt for these rows and report what came of it for each."""
        now = datetime.now(UTC)
        due = [(row, trial) for row, trial in tried if now < row.expires_at]
        for row, trial in tried:
            if now >= row.expires_at:
                reason = Reason(code="expired", detail=row.expires_at.isoformat())
                await self._conclude(row, trial, "expired", reason)
        if not due:
            return
        for _, trial in due:
            trial.attempts += 1
        ruling = await self._attempts.make(carrier, [row for row, _ in due])
        for row, trial in due:
            if ruling.outcome == "retry":
                self._put_off(row, trial, ruling.wait_s)
            outcome = "retrying" if ruling.outcome == "retry" else ruling.outcome
            await self._conclude(row, trial, outcome, ruling.reason or row.reason, ruling.ref)

    def _put_off(self, row: Pending, trial: _Trial, asked_s: float) -> None:
        wait_s = max(self._wait_s(trial.attempts), asked_s)
        left_s = (row.expires_at - datetime.now(UTC)).total_seconds()
        trial.next_at = asyncio.get_running_loop().time() + max(0.0, min(wait_s, left_s))

    async def _conclude(
        self, row: Pending, trial: _Trial, outcome: Outcome, reason: Reason, ref: str = ""
    ) -> None:
        trial.settled = outcome != "retrying"
        logger.log(
            logging.INFO if outcome == "accepted" else logging.WARNING,
            "notice %s to %s, attempt %d: %s (%s)",
            row.notice_id,
            row.receiver,
            trial.attempts,
            outcome,
            reason.detail or reason.value or reason.code,
        )
        now = datetime.now(UTC)
        await self._report(conclude(row, outcome, now, reason, attempts=trial.attempts, ref=ref))

    def _wait_s(self, attempts: int) -> float:
        waits = self._limits.waits_s
        spread = 1 + self._limits.jitter * (2 * secrets.SystemRandom().random() - 1)
        return waits[min(attempts, len(waits)) - 1] * spread

    async def _report(self, notice: Notice) -> None:
        """Send a result, and again until it is written: a lost one would be sent to the gateway again."""
        while True:
            try:
                await self._writer.send(NOTICE, notice.receiver, notice)
            except Exception as error:  # noqa: BLE001 - whatever the log raises, the result must not be lost
                logger.error("result of %s not written yet: %s", notice.notice_id, type(error).__name__)  # noqa: TRY400 - it comes again and again
                await asyncio.sleep(self._limits.report_s)
            else:
                return
