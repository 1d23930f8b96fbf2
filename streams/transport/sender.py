"""Carries the outbox out: posts what is ready, again until it is accepted, refused or too late.

Each result goes back as a `Notice` on `notice.v1`; the deliver hop then takes the row away. A row that is
still there after a restart is sent again under the same id. Attempts of one alert to one receiver follow
each other, the newest revision first; receivers do not wait for one another. When the window of a digest
is over by the clock, it says so on `notice.v1`; the hop then makes the digest ready.
"""

import asyncio
import logging
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from alerts.channels import CHANNELS
from alerts.channels.base import Channel, HttpPost
from alerts.routing import RANK
from schemas.notice import Notice
from schemas.reason import Reason
from schemas.settings import Receiver
from schemas.topics import NOTICE
from streams.engine.writer import Writer
from streams.hops.collect import over
from streams.hops.deliver import conclude
from streams.hops.outbox import Pending
from streams.transport.post import Answer, Poster

logger = logging.getLogger(__name__)

Lane = tuple[str, str]
"""Receiver and alert: one attempt at a time."""


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


@dataclass(frozen=True)
class _Verdict:
    outcome: Literal["accepted", "failed", "expired", "retrying"]
    reason: Reason
    retry_after_s: float = 0.0


class Sender:
    """Sends what `pending()` returns: the outbox rows, as written, of the partitions that are ours.

    `writer` sends the results. Secrets are read from `environ` under each receiver's `secret_env`.
    """

    def __init__(  # noqa: PLR0913 - what a test replaces is given here
        self,
        pending: Callable[[], Iterable[Pending]],
        writer: Writer,
        receivers: Iterable[Receiver],
        *,
        channels: Iterable[Channel] = CHANNELS,
        limits: Limits | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._pending = pending
        self._writer = writer
        self._receivers = {receiver.name: receiver for receiver in receivers}
        self._channels = {channel.name: channel for channel in channels}
        self._limits = limits or Limits()
        self._environ = environ
        self._trials: dict[str, _Trial] = {}
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._asked: dict[str, float] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that rows have appeared or gone."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled; what is in flight then stays in the outbox."""
        limits = self._limits
        async with Poster(timeout_s=limits.timeout_s, answer_bytes=limits.answer_bytes) as poster:
            try:
                while True:
                    self._woken.clear()
                    began = time.perf_counter()
                    wait_s = self._start_due(poster)
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

    def _start_due(self, poster: Poster) -> float:
        """Start an attempt for every lane that is due; return the seconds until there is more to do."""
        now, wait_s = asyncio.get_running_loop().time(), self._limits.look_s
        found = list(self._pending())
        wait_s = min(wait_s, self._close_digests(found, now))
        rows = [row for row in found if row.ready]
        here = {row.notice_id for row in rows}
        self._trials = {key: trial for key, trial in self._trials.items() if key in here}
        busy = Counter(receiver for receiver, _ in self._lanes)
        for row in _first_of_each_lane(rows):
            lane = (row.receiver, row.alert_id)
            trial = self._trials.setdefault(row.notice_id, _Trial(row.attempts))
            if trial.settled or lane in self._lanes or busy[row.receiver] >= self._limits.per_receiver:
                continue
            if trial.next_at > now:
                wait_s = min(wait_s, trial.next_at - now)
                continue
            busy[row.receiver] += 1
            task = asyncio.create_task(self._attempt(poster, row, trial))
            self._lanes[lane] = task
            task.add_done_callback(partial(self._leave, lane))
        return wait_s

    def _close_digests(self, rows: list[Pending], now: float) -> float:
        """Say which windows are over; return the seconds until the next one may be."""
        open_rows = {row.notice_id: row for row in rows if row.collects_until is not None}
        self._asked = {key: at for key, at in self._asked.items() if key in open_rows}
        wait_s = self._limits.look_s
        for key, row in open_rows.items():
            assert row.collects_until is not None
            left_s = (row.collects_until - datetime.now(UTC)).total_seconds()
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

    def _leave(self, lane: Lane, task: asyncio.Task[None]) -> None:
        del self._lanes[lane]
        if not task.cancelled() and task.exception() is not None:
            logger.error("an attempt to %s broke off", lane[0], exc_info=task.exception())
        self.wake()

    async def _attempt(self, poster: Poster, row: Pending, trial: _Trial) -> None:
        """Make one attempt and report what came of it."""
        verdict = await self._try(poster, row, trial)
        now = datetime.now(UTC)
        notice = conclude(row, verdict.outcome, now, verdict.reason, attempts=trial.attempts)
        if verdict.outcome == "retrying":
            wait_s = max(self._wait_s(trial.attempts), verdict.retry_after_s)
            left_s = (row.expires_at - now).total_seconds()
            trial.next_at = asyncio.get_running_loop().time() + max(0.0, min(wait_s, left_s))
        trial.settled = verdict.outcome != "retrying"
        logger.log(
            logging.INFO if verdict.outcome == "accepted" else logging.WARNING,
            "notice %s to %s, attempt %d: %s (%s)",
            row.notice_id,
            row.receiver,
            trial.attempts,
            verdict.outcome,
            verdict.reason.detail or verdict.reason.value or verdict.reason.code,
        )
        await self._report(notice)

    async def _try(self, poster: Poster, row: Pending, trial: _Trial) -> _Verdict:
        receiver, channel = self._receivers.get(row.receiver), self._channels.get(row.channel)
        if datetime.now(UTC) >= row.expires_at:
            return _Verdict("expired", Reason(code="expired", detail=row.expires_at.isoformat()))
        if receiver is None or channel is None:
            return _Verdict("failed", Reason(code="gateway_refused", detail="not in the settings any more"))
        trial.attempts += 1
        try:
            request = self._signed(row, receiver, channel)
        except ValueError:
            return _Verdict(
                "retrying", Reason(code="gateway_failed", detail=f"no secret in {receiver.secret_env}")
            )
        answer = await poster.post(request, allow_private=receiver.allow_private)
        return _judge(answer, row, channel)

    def _signed(self, row: Pending, receiver: Receiver, channel: Channel) -> HttpPost:
        """Return the request with the signature of now; raises ValueError without a usable secret."""
        keys = tuple(self._environ.get(receiver.secret_env, "").split()) if receiver.secret_env else ()
        if receiver.secret_env and not keys:
            raise ValueError("no secret")
        request = HttpPost(receiver.url, row.headers, row.body.encode("utf-8"))
        return channel.sign(request, row.notice_id, int(datetime.now(UTC).timestamp()), keys)

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


def _first_of_each_lane(rows: Iterable[Pending]) -> list[Pending]:
    """Return the newest revision of each alert for each receiver, the worst grades first, digests last."""
    newest: dict[Lane, Pending] = {}
    for row in sorted(rows, key=lambda row: row.revision):
        newest[row.receiver, row.alert_id] = row
    return sorted(newest.values(), key=lambda row: (row.digest, -RANK[row.grade], row.due_at))


def _judge(answer: Answer, row: Pending, channel: Channel) -> _Verdict:
    """Return what an answer means: accepted, refused for good, or to be tried again."""
    if answer.forbidden:
        return _Verdict("failed", Reason(code="address_refused", detail=answer.failure))
    if answer.status and channel.took(answer.status, answer.body):
        return _Verdict("accepted", row.reason)
    if answer.status == 410:
        return _Verdict("failed", Reason(code="gateway_refused", value=410))
    if 300 <= answer.status < 400:
        return _Verdict("retrying", Reason(code="address_refused", value=answer.status, detail="redirect"))
    value = float(answer.status) if answer.status else None
    reason = Reason(code="gateway_failed", value=value, detail=answer.failure)
    return _Verdict("retrying", reason, answer.retry_after_s)
