"""From the log into the history: take what is there, keep it in one transaction, then tell who listens."""

import asyncio
import logging
from collections.abc import AsyncIterable, Callable, Iterable

from schemas.reason import Silence
from streams.hops.counties import is_wanting
from streams.hops.first_said import Word
from streams.metrics import Metrics
from streams.serve.broadcast import Broadcast
from streams.serve.rows import News
from streams.serve.store import Record, Store

BATCH = 500
"""Messages in one transaction: an fsync costs some milliseconds, an insert some microseconds."""

log = logging.getLogger(__name__)


async def consume(
    reader: AsyncIterable[Iterable[object]],
    store: Store,
    broadcast: Broadcast,
    metrics: Metrics | None = None,
    heard: Callable[[Iterable[Word]], None] | None = None,
) -> None:
    """Keep every message of `reader` and publish its alerts, until the reader ends; raises what it raises.

    `heard` is told what officers said, wherever they said it.

    The reader yields (topic, partition, offset, key, raw) from the store's positions on.
    """
    waiting: asyncio.Queue[Record] = asyncio.Queue(2 * BATCH)
    reading = asyncio.create_task(_pump(reader, waiting))
    try:
        while True:
            batch = await _next_batch(waiting, reading)
            if not batch:
                break
            news = await asyncio.to_thread(store.apply, batch)
            if heard is not None and news.words:
                await asyncio.to_thread(heard, news.words)
            dropped = broadcast.publish((sequence, body) for sequence, body, _ in news.alerts)
            if metrics is not None:
                metrics.stream_dropped.inc(dropped)
                count(metrics, news)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    reading.result()


async def _pump(reader: AsyncIterable[Iterable[object]], waiting: asyncio.Queue[Record]) -> None:
    async for message in reader:
        await waiting.put(Record(*message))  # type: ignore[arg-type]  # five fields, as the reader promises


async def _next_batch(waiting: asyncio.Queue[Record], reading: asyncio.Task[None]) -> list[Record]:
    """Return what is there, at least one record; empty once the reader has ended."""
    if waiting.empty() and not reading.done():
        first = asyncio.ensure_future(waiting.get())
        try:
            await asyncio.wait({first, reading}, return_when=asyncio.FIRST_COMPLETED)
            return _taken(waiting, [first.result()] if first.done() else [])
        finally:
            first.cancel()  # without it a stopping worker leaves it pending, and says so as an error
    return _taken(waiting, [])


def _taken(waiting: asyncio.Queue[Record], batch: list[Record]) -> list[Record]:
    while len(batch) < BATCH and not waiting.empty():
        batch.append(waiting.get_nowait())
    return batch


def count(metrics: Metrics, news: News) -> None:
    """Count what a batch brought."""
    for _, _, alert in news.alerts:
        metrics.alerts.labels(alert.action, alert.grade).inc()
    for silence in news.silences:
        metrics.silences.labels(silence.outcome, _code(silence)).inc()
        if silence.reason is not None and not silence.audience and is_wanting(silence.reason):
            metrics.wanting(silence.reason.rule or silence.reason.code, silence.county)
    for detection in news.detections:
        metrics.seen(detection.source, detection.observed_at, detection.received_at)
    for notice in news.notices:
        metrics.notices.labels(notice.channel, notice.outcome).inc()
    for what, grade, seconds in news.reactions:
        metrics.reactions.labels(what, grade).observe(seconds)
    for letter in news.dead_letters:
        metrics.dead_letters.labels(letter.stage, letter.reason.code).inc()
    if news.ticks:
        metrics.judged_at.set(max(news.ticks).timestamp())


def _code(silence: Silence) -> str:
    """Return under which code a silence is counted; of a quarantine find not even that is told."""
    if silence.audience:
        return "not_its_audience"
    return silence.reason.code if silence.reason else "over"
