"""One program put together: hops on an engine, the sender of the outbox, and on one machine the archive."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detectors.region import AnyRegion
from schemas.settings import Settings
from schemas.topics import OBSERVATION
from streams.archive import RETENTION_DAYS
from streams.archiving import Keeping, keep_archive
from streams.engine.app import create_app
from streams.engine.logs import is_embedded
from streams.engine.places import partitions_of
from streams.engine.worker import Worker, WorkerFailedError
from streams.engine.writer import Writer, open_writer
from streams.hops.build import build_hops, telling, ways_out
from streams.region.live import Follower
from streams.telling.taking_up import SettingsFollower
from streams.telling.versions import Versions
from streams.transport.sender import Sender
from streams.transport.written import WrittenRows

logger = logging.getLogger(__name__)

MISSED_TICKS = 2
"""Without so many ticks in a row no worker ran."""
FOR_EVER_DAYS = 100 * 366


@dataclass(frozen=True, kw_only=True)
class Node:
    """What to run and where. In the demo time is played, so the clock puts no ticks in."""

    settings: Settings
    region: AnyRegion
    broker: str
    data_dir: Path
    live: bool = True
    follower: Follower | None = None
    settings_file: Path | None = None
    """Looked at while the system runs: who is told may change without a restart."""
    versions: Versions = field(default_factory=Versions)


def hops_of(node: Node) -> Any:
    """Return the hops; live, what was received while no worker ran is told once all of it has been read."""
    outage_s = MISSED_TICKS * node.settings.tick_s if node.live else None
    origins = partitions_of(node.settings.kafka, OBSERVATION)
    return build_hops(node.settings, node.region, origins=origins, outage_s=outage_s, versions=node.versions)


def keeping(node: Node) -> Keeping:
    """Return what is archived; played time may lie before what live archives still hold."""
    days = RETENTION_DAYS if node.live else FOR_EVER_DAYS
    return Keeping(node.settings, node.region, node.broker, node.data_dir, days)


@asynccontextmanager
async def running(node: Node, stop: asyncio.Event) -> AsyncIterator[Worker]:
    """Yield the worker while hops, sender and archive run; `stop` is set when one of them ends.

    Raises what kept the worker from going on when the context is left.
    """
    app = create_app(
        node.settings,
        hops_of(node),
        broker=node.broker,
        data_dir=node.data_dir,
        live_ticks=node.live,
        session_s=node.settings.kafka.session_s,
    )
    worker = Worker(app)
    async with AsyncExitStack() as stack:
        writer: Writer = await stack.enter_async_context(
            # A result that is not written would be sent to the gateway again.
            open_writer(node.settings, broker=node.broker, data_dir=node.data_dir, last_room=True)
        )
        sender = Sender(
            WrittenRows(worker, node.settings.kafka),
            writer,
            node.settings.receivers,
            ways=ways_out(node.settings),
            broker=(node.settings.kafka, node.broker),
        )
        worker.app.hop_loops["deliver"].on_written = sender.wake
        work = [asyncio.create_task(worker.run(stop), name="worker")]
        if node.settings.receivers or node.settings_file is not None:
            work.append(asyncio.create_task(sender.run(), name="sender"))
        if is_embedded(node.broker):
            work.append(asyncio.create_task(keep_archive(keeping(node)), name="archive"))
        if node.settings_file is not None:
            follower = SettingsFollower(
                node.versions,
                node.settings_file,
                lambda settings: telling(settings, node.region),
                lambda found: sender.take(found.settings.receivers, found.ways),
            )
            work.append(asyncio.create_task(follower.follow(), name="settings"))
        if node.follower is not None:
            work.append(asyncio.create_task(node.follower.follow(), name="region"))
        for task in work:
            task.add_done_callback(lambda _: stop.set())
        try:
            yield worker
        finally:
            stop.set()
            try:
                await _ended(work[1:])
            finally:
                await work[0]


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel what runs beside the worker; raises `WorkerFailedError` when one of it had ended by itself."""
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    broken = [
        (task.get_name(), error)
        for task, error in zip(tasks, results, strict=True)
        if not isinstance(error, asyncio.CancelledError)
    ]
    for name, error in broken:
        logger.error("the %s ended by itself", name, exc_info=error)
    for name, error in broken:
        raise WorkerFailedError(f"the {name} ended: {error!r}") from error
