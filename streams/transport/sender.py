"""Carries the outbox out: posts what is ready, again until it is accepted, refused or too late.

Each result goes back as a `Notice` on `notice.v1`; the deliver hop then takes the row away. A row that is
still there after a restart is sent again under the same id. Attempts of one alert to one receiver follow
each other, the newest revision first; receivers do not wait for one another. Where a gateway limits how often
it is asked, requests follow each other too, and what is too much for the limit goes out in one message. When
the window of a digest is over by the clock, it says so on `notice.v1` (streams/transport/windows.py).

A look through the whole outbox is rare, for it may be long; between two, what was written since is started as
it comes, and whoever has room again gets what waits for him (streams/transport/agenda.py).
"""

import asyncio
import logging
import os
import secrets
import time
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial

from alerts.channels import Exit, exits
from alerts.channels.base import Ruling
from alerts.ways import on_way
from schemas.notice import Notice
from schemas.reason import Reason
from schemas.receiver import Office, Receiver
from schemas.settings import Kafka, Settings
from schemas.topics import NOTICE
from streams.engine.writer import Writer
from streams.hops.concluding import Outcome, conclude
from streams.hops.outbox import Pending
from streams.jurisdiction import in_force
from streams.transport.agenda import Agenda
from streams.transport.attempt import Attempts
from streams.transport.carry import Carrier
from streams.transport.lanes import Lane, held_s, key_of, lane_of, pressing
from streams.transport.limits import Limits, Rows, Trial
from streams.transport.rates import Rates
from streams.transport.windows import Windows

__all__ = ["Limits", "Sender"]

logger = logging.getLogger(__name__)

LONGEST_S = 604_800.0
"""A wait that a gateway asks for counts up to a week: no alert lasts longer."""


class Sender:
    """Sends what the outbox holds.

    `writer` sends the results. Secrets are found through `environ` under each receiver's `secret_env`.
    """

    def __init__(  # noqa: PLR0913 - what a test replaces is given here
        self,
        outbox: Rows,
        writer: Writer,
        receivers: Iterable[Receiver],
        *,
        ways: Mapping[str, Exit] | None = None,
        limits: Limits | None = None,
        broker: tuple[Kafka, str] | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._outbox = outbox
        self._writer = writer
        self._receivers = {receiver.name: receiver for receiver in receivers}
        self._ways = exits(in_force(Settings())) if ways is None else ways
        office = next((way.given.office for way in self._ways.values()), Office())
        self._attempts = Attempts(self._receivers, self._ways, environ, office)
        self._limits = limits or Limits()
        self._rates = Rates()
        self._outside = broker
        self._trials: dict[Hashable, Trial] = {}
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._addresses: set[Hashable] = set()
        self._busy: Counter[str] = Counter()
        self._agenda = Agenda()
        self._windows = Windows(writer, ask_s=self._limits.ask_s, look_s=self._limits.look_s)
        self._carrier: Carrier | None = None
        self._woken = asyncio.Event()

    def take(self, receivers: Iterable[Receiver], ways: Mapping[str, Exit]) -> None:
        """Send from now on to these receivers by these ways."""
        self._receivers = {receiver.name: receiver for receiver in receivers}
        self._ways = ways
        office = next((way.given.office for way in ways.values()), Office())
        self._attempts = Attempts(self._receivers, ways, self._attempts.environ, office)
        self.wake()

    def wake(self, keys: Iterable[str] = ()) -> None:
        """Say that rows have appeared or gone; under these keys of the outbox some were written."""
        if self._carrier is not None:
            named = (key.removeprefix("outbox/").rpartition("/") for key in keys if key.startswith("outbox/"))
            found = (self._outbox.row(receiver, notice_id) for receiver, _, notice_id in named)
            for row in self._agenda.join(row for row in found if row is not None and row.ready):
                if self._may_go(row, asyncio.get_running_loop().time()) and self._limited(row) is None:
                    self._start_or_wait(self._carrier, row)
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled; what is in flight then stays in the outbox."""
        limits = self._limits
        async with Carrier(
            timeout_s=limits.timeout_s,
            answer_bytes=limits.answer_bytes,
            outside=self._outside,
        ) as carrier:
            self._carrier = carrier
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
                self._carrier = None
                tasks = (*self._lanes.values(), *self._windows.asking)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _start_due(self, carrier: Carrier) -> float:
        """Start an attempt for every lane that is due; return the seconds until there is more to do."""
        now = asyncio.get_running_loop().time()
        found = list(self._outbox.rows())
        wait_s = self._windows.close(found, now)
        rows = [row for row in found if row.ready]
        here = {key_of(row) for row in rows}
        self._trials = {key: trial for key, trial in self._trials.items() if key in here}
        limited: dict[tuple[Hashable, str], list[Pending]] = {}
        for row in self._agenda.fill(rows):
            if self._may_go(row, now):
                if (address := self._limited(row)) is not None:
                    limited.setdefault((address, row.receiver), []).append(row)
                else:
                    self._start_or_wait(carrier, row)
            elif lane_of(row) not in self._lanes:
                wait_s = min(wait_s, self._wait_of(row, now))
        return min(wait_s, self._start_limited(carrier, limited, now))

    def _may_go(self, row: Pending, now: float) -> bool:
        """Return whether an attempt may be made now: none is under way, and nothing is waited for."""
        trial = self._trials.get(key_of(row))
        tried = trial is not None and (trial.settled or trial.next_at > now)
        return not tried and lane_of(row) not in self._lanes and held_s(row) <= 0

    def _wait_of(self, row: Pending, now: float) -> float:
        trial = self._trials.get(key_of(row))
        if trial is not None and trial.settled:
            return self._limits.look_s
        return max(0.0 if trial is None else trial.next_at - now, held_s(row))

    def _start_or_wait(self, carrier: Carrier, row: Pending) -> None:
        if row.order or self._busy[row.receiver] < self._limits.per_receiver:
            self._start(carrier, [row])
        else:
            self._agenda.wait(row)

    def _go_on(self, receiver: str) -> None:
        """Start what waits for this receiver, as it stands now, while there is room."""
        now = asyncio.get_running_loop().time()
        while self._carrier is not None and self._busy[receiver] < self._limits.per_receiver:
            if (row := self._agenda.next(receiver)) is None:
                return
            standing = self._outbox.row(receiver, row.notice_id)
            if standing is row and self._may_go(row, now):
                self._start(self._carrier, [row])

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
            hurry = any(pressing(row) for row in rows)
            free = self._rates.free(address, channel.rate, now, pressing=hurry)
            if free <= 0:
                wait_s = min(wait_s, self._rates.wait_s(address, channel.rate, now, pressing=hurry))
                continue
            taken = 1
            if len(rows) > free and channel.merge is not None:
                taken = channel.merge(tuple(row.body for row in rows))[1]
            self._rates.note(address, now)
            self._start(carrier, rows[:taken], address)
        return wait_s

    def _start(self, carrier: Carrier, rows: list[Pending], address: Hashable = None) -> None:
        tried = [(row, self._trials.setdefault(key_of(row), Trial(row.attempts))) for row in rows]
        task = asyncio.create_task(self._attempt(carrier, tried))
        for row in rows:
            self._lanes[lane_of(row)] = task
            self._busy[row.receiver] += 1
        if address is not None:
            self._addresses.add(address)
        task.add_done_callback(partial(self._leave, rows, address))

    def _leave(self, rows: list[Pending], address: Hashable, task: asyncio.Task[None]) -> None:
        for row in rows:
            del self._lanes[lane_of(row)]
            self._busy[row.receiver] -= 1
        self._addresses.discard(address)
        if not task.cancelled() and task.exception() is not None:
            logger.error("an attempt to %s broke off", rows[0].receiver, exc_info=task.exception())
        self._go_on(rows[0].receiver)
        self.wake()

    async def _attempt(self, carrier: Carrier, tried: list[tuple[Pending, Trial]]) -> None:
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
            await self._conclude(row, trial, outcome, ruling.reason or row.reason, ruling)

    def _put_off(self, row: Pending, trial: Trial, asked_s: float) -> None:
        wait_s = max(self._wait_s(trial.attempts), asked_s)
        left_s = (row.expires_at - datetime.now(UTC)).total_seconds()
        trial.next_at = asyncio.get_running_loop().time() + max(0.0, min(wait_s, left_s))

    async def _conclude(
        self, row: Pending, trial: Trial, outcome: Outcome, reason: Reason, ruling: Ruling | None = None
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
        ref, asked_s = ("", 0.0) if ruling is None else (ruling.ref, min(ruling.wait_s, LONGEST_S))
        said = conclude(row, outcome, now, reason, attempts=trial.attempts, ref=ref, wait_s=asked_s)
        await self._report(said)

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
