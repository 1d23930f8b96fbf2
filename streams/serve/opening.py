"""Opens what the server answers from, and keeps the history going while it is open."""

import asyncio
import functools
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from detectors.region import AnyRegion
from schemas.settings import Settings
from schemas.topics import TOPICS
from streams.archiving import Keeping, keep_archive
from streams.engine import log_file
from streams.engine.logs import is_embedded, room_check
from streams.engine.reader import Positions, Read, ends, read
from streams.engine.writer import Writer, open_writer
from streams.hops.build import telling, ways_out
from streams.hops.first_said import Word
from streams.ingress import Ingress
from streams.jurisdiction import in_force
from streams.maps import load_maps
from streams.metrics import Metrics
from streams.naming import in_language
from streams.pictures import Pictures
from streams.region.live import Follower
from streams.serve.base_map import checked
from streams.serve.books import begin, forget_people, keep_areas, open_books, passing_on
from streams.serve.broadcast import Broadcast
from streams.serve.consume import consume
from streams.serve.desk.heard import hear, latest
from streams.serve.retention import Retention, forget, judged_until
from streams.serve.rows import KEEP
from streams.serve.services import Network, Services
from streams.serve.store import Store
from streams.telling import duty
from streams.telling.drill import hold_daily
from streams.telling.hearing import Ears
from streams.telling.polling import poll
from streams.telling.taking_up import SettingsFollower
from streams.telling.versions import EVER, Versions
from streams.tuning.shadowing import Shadowing

AGAIN_S = 2.0
"""How long to wait before reading the log again after it failed."""

CHECK_EVERY_S = 60.0
"""How often to look whether the topics on Kafka are still those that were read."""

FORGET_EVERY_S = 3600.0
KEPT_TOPICS = tuple(topic for topic in TOPICS if topic.name in KEEP)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What to open. `about` is shown on the page: region, credits, reconstruction label."""

    settings: Settings
    region: AnyRegion
    broker: str
    data_dir: Path
    open_reading: bool = False
    trusted_proxy: tuple[Network, ...] = ()
    readiness: tuple[Callable[[], str | None], ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    retention: Retention = field(default_factory=Retention)
    versions: Versions | None = None
    """Who is told, as a worker of this program takes it up."""
    settings_file: Path | None = None
    """Followed for who is told, where no worker of this program does."""
    follower: Follower | None = None
    """Takes up new versions of the region, unless a worker of this program does."""


class _AnewError(Exception):
    """A topic goes back to offsets that were read before."""


@dataclass
class _Health:
    """Why the history does not follow the log at the moment, empty when it does; and what ended for good."""

    trouble: str = ""
    ended: list[str] = field(default_factory=list)

    def __call__(self) -> str | None:
        return "; ".join((*self.ended, self.trouble)).strip("; ") or None

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Return `work` as a task; when it ends unasked, that is loud and stays a reason not to be ready."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._note)
        return task

    def _note(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            error = task.exception()
            self.ended.append(f"{task.get_name()} ended: {type(error).__name__}")
            log.critical("%s ended; start the server again", task.get_name(), exc_info=error)


def _versions(what: Opening) -> tuple[Versions | None, SettingsFollower | None]:
    """Return who is told, and what follows the settings file, unless a worker of this program does."""
    path = what.settings_file
    if what.versions is not None or path is None:
        return what.versions, None
    versions = Versions()
    versions.take(EVER, telling(what.settings, what.region))
    return versions, SettingsFollower(versions, path, lambda settings: telling(settings, what.region))


def _readiness(what: Opening, health: _Health) -> tuple[Callable[[], str | None], ...]:
    """Return every check that may say why the server is not ready."""
    following = [what.follower] if what.follower else []
    return (*what.readiness, *following, health, room_check(what.broker, what.data_dir, what.settings.kafka))


def _tuning(shadowing: Shadowing) -> dict[str, Any]:
    """Return what the server answers of thresholds from, and the metrics that the shadow counts in."""
    documents = shadowing.data_dir / "settings"
    return {"metrics": shadowing.metrics, "documents": documents, "shadow": shadowing}


def _telling(services: Services, writer: Writer, health: _Health) -> list[asyncio.Task[None]]:
    """Start what belongs to telling beside the workers: the ledger, and asking gateways."""

    def hearing() -> Ears:
        return Ears(services.store, writer, services.told, in_force(services.told))

    asking = poll(hearing, lambda: ways_out(services.told), services.metrics)
    return [
        health.start("the ledger of telling", duty.watch(hearing, services.metrics, services.clock)),
        health.start("asking gateways", asking),
        health.start("drills", hold_daily(hearing, services.metrics, services.clock)),
    ]


@asynccontextmanager
async def opened(what: Opening) -> AsyncIterator[Services]:
    """Yield the services while store, keys, writer and history are open.

    Raises `LogError` when the data directory cannot be used, aiokafka's errors when no broker answers.
    """
    async with AsyncExitStack() as stack:
        # The log first: it holds the lock of the directory. Beside Kafka there is none, and the lock is ours.
        settings, data_dir = what.settings, what.data_dir
        checked(settings.map)
        named = in_language(what.region, in_force(settings).languages[0])
        if not is_embedded(what.broker):
            stack.enter_context(log_file.hold(data_dir))
        writer = await stack.enter_async_context(open_writer(settings, broker=what.broker, data_dir=data_dir))
        store = Store(data_dir / "history.sqlite")
        stack.callback(store.close)
        pictures = Pictures(data_dir / "pictures")
        health = _Health()
        versions, follower = _versions(what)
        shadowing = Shadowing(settings, what.region, what.broker, data_dir, Metrics())
        services = Services(
            store=store,
            broadcast=Broadcast(),
            **open_books(data_dir, stack),
            settings=settings,
            ingress=Ingress(writer, pictures=pictures),
            maps=load_maps(settings),
            writer=writer,
            pictures=pictures,
            readiness=_readiness(what, health),
            region=named,
            about={"region": what.region.newest.name, **what.about},
            open_reading=what.open_reading,
            shared=not is_embedded(what.broker),
            trusted_proxy=what.trusted_proxy,
            versions=versions,
            **_tuning(shadowing),
        )
        await asyncio.to_thread(begin, services)
        running = [health.start("passing on the audit log", one.follow()) for one in passing_on(services)]
        running += [
            health.start("the history", _follow(what, services, health)),
            health.start("the shadow", shadowing.run()),
            health.start("forgetting", _forget_hourly(services, what.retention)),
        ]
        if settings.receivers or versions is not None:
            running += _telling(services, writer, health)
        if follower is not None:
            running.append(health.start("taking up who is told", follower.follow()))
        if what.follower is not None:
            running.append(health.start("taking up regions", what.follower.follow()))
        if not is_embedded(what.broker):
            # On the embedded log the worker of the same program keeps the archive.
            keeping = Keeping(settings, what.region, what.broker, data_dir)
            running.append(health.start("the archive", keep_archive(keeping)))
        try:
            yield services
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


async def _follow(what: Opening, services: Services, health: _Health) -> None:
    """Keep the history for as long as the server runs; what fails is loud and tried again."""
    while True:
        try:
            await _follow_once(what, services)
        except Exception as error:
            health.trouble = f"the history does not follow the log: {type(error).__name__}"
            log.exception("the history does not follow the log; again in %.0f s", AGAIN_S)
        await asyncio.sleep(AGAIN_S)
        health.trouble = ""


async def _follow_once(what: Opening, services: Services) -> None:
    """Follow the log until that fails; raises what kept it from going on."""
    store = services.store
    if await _is_anew(what, store):
        log.warning("the log is shorter than the history has read: it is read from its beginning")
        store.start_over()
    positions = store.positions()
    source = cast(
        "AsyncGenerator[Read, None]",
        read(what.settings, KEPT_TOPICS, positions, broker=what.broker, data_dir=what.data_dir),
    )
    async with aclosing(source), aclosing(_onwards(source, positions, store)) as onwards:
        heard = await _hearing(services)
        following = consume(onwards, store, services.broadcast, services.metrics, heard)
        work = [asyncio.create_task(following)]
        if not is_embedded(what.broker):
            work.append(asyncio.create_task(_watch(what, store)))
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
        for task in done:
            task.result()


async def _hearing(services: Services) -> Callable[[Iterable[Word]], None] | None:
    """Return what lists the words of the log at the desk, once those that are kept already are listed."""
    desk = services.desk
    if desk is None:
        return None
    heard = functools.partial(hear, desk)
    await asyncio.to_thread(lambda: heard(latest(services.store)))
    return heard


async def _watch(what: Opening, store: Store) -> None:
    """Raise `_AnewError` when topics were made anew: a Kafka client that read them before falls silent."""
    while True:
        await asyncio.sleep(CHECK_EVERY_S)
        if await _is_anew(what, store):
            raise _AnewError("the topics were made anew")


async def _is_anew(what: Opening, store: Store) -> bool:
    """Say whether the log is another one than the history has read: it ends before that."""
    positions = store.positions()
    there = await ends(what.settings, KEPT_TOPICS, broker=what.broker, data_dir=what.data_dir)
    return any(next_ > there.get(place, 0) for place, next_ in positions.items())


async def _onwards(
    source: AsyncGenerator[Read, None], positions: Positions, store: Store
) -> AsyncGenerator[Read, None]:
    """Yield what `source` yields; raises when it goes back, which it does when topics were made anew."""
    async for message in source:
        if message.offset < positions.get((message.topic, message.partition), 0):
            store.start_over()
            raise _AnewError(f"{message.topic} was made anew: the log is read from its beginning")
        yield message


async def _forget_hourly(services: Services, retention: Retention) -> None:
    store = services.store
    while True:
        await asyncio.sleep(FORGET_EVERY_S)
        try:
            now = await asyncio.to_thread(judged_until, store)
            gone = await asyncio.to_thread(forget, store, retention, now or datetime.now(UTC))
            gone += await asyncio.to_thread(forget_people, services)
            await asyncio.to_thread(keep_areas, services)
            log.info("forgot rows=%d", gone)
        except Exception:
            log.exception("old rows of the history were not forgotten; again in an hour")
