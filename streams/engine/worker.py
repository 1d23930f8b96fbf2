"""Run an app beside other things in one event loop: start, watch, stop."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Hashable, Iterator, Mapping

from streams.engine import faust_private
from streams.engine.base import HopApp
from streams.engine.watchdog import LIMIT_S, Watchdog
from streams.garbage import calm

logger = logging.getLogger(__name__)

LOOK_S = 2.0
STOP_S = 60.0


class WorkerFailedError(Exception):
    """The worker crashed or stands still; the program should end so that a supervisor starts it again."""


class Worker:
    """One app and its watchdog."""

    def __init__(self, app: HopApp, *, limit_s: float = LIMIT_S) -> None:
        self.app = app
        self.watchdog = Watchdog(limit_s)
        self._started = False
        self._first: dict[Hashable, int] = {}

    @property
    def ready(self) -> bool:
        """Whether it has recovered its state and moves."""
        return self._started and not self.app.should_stop and not self.app.rebalancing and not self.stalled

    @property
    def stalled(self) -> bool:
        """Whether messages wait and no position moves."""
        return self.watchdog.stalled

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, then stop cleanly; raises `WorkerFailedError` when it cannot go on."""
        with calm():
            await self._run(stop)

    async def _run(self, stop: asyncio.Event) -> None:
        start = asyncio.create_task(self.app.start())
        watch = asyncio.create_task(self._watch())
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait({start, watch, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if start in done:
                start.result()
                self._started = True
                done, _ = await asyncio.wait({watch, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if watch in done:
                watch.result()
        finally:
            self._started = False
            for task in (start, watch, stopping):
                task.cancel()
            await asyncio.gather(start, watch, stopping, return_exceptions=True)
            await self._stop()

    async def _stop(self) -> None:
        try:
            await asyncio.wait_for(self.app.stop(), STOP_S)
        except TimeoutError:
            logger.error("the worker did not stop within %.0f s; what is not committed comes again", STOP_S)  # noqa: TRY400 - where it hung is no news

    async def _watch(self) -> None:
        """Return never; raises when the app crashed or stands still."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self.app.crashed:
                raise WorkerFailedError(
                    f"the worker crashed: {self.app.crash_reason!r}"
                ) from self.app.crash_reason
            if not self._started:
                continue
            self.watchdog.look(await self._places())
            if self.stalled:
                raise WorkerFailedError(f"the worker stands still at {self.watchdog.standing}")

    async def _places(self) -> Mapping[Hashable, tuple[int, int]]:
        """Return (position, end) of every partition that is read; or what is left to recover."""
        app = self.app
        if app.rebalancing:
            return {"recovery": (-faust_private.rows_to_recover(app), 1)}
        committed = faust_private.committed(app)
        places: dict[Hashable, tuple[int, int]] = {}
        for tp in app.consumer.assignment():
            end = app.consumer.highwater(tp)
            if end and app.topics.acks_enabled_for(tp.topic):
                if tp not in committed and tp not in self._first:
                    self._first[tp] = (await app.consumer.earliest_offsets(tp))[tp]
                places[tp] = (committed.get(tp, self._first.get(tp, 0)), end)
        return places


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[asyncio.Event]:
    """Yield an event that SIGTERM and SIGINT set; use it in a running loop."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def run_worker(app: HopApp, stop: asyncio.Event | None = None, *, limit_s: float = LIMIT_S) -> None:
    """Run `app` until `stop` is set (None: until SIGTERM or SIGINT); raises `WorkerFailedError`."""
    worker = Worker(app, limit_s=limit_s)
    if stop is not None:
        await worker.run(stop)
        return
    with stopped_by_signals() as signalled:
        await worker.run(signalled)
