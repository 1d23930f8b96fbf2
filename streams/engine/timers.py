"""What a worker does by the clock: live ticks, keeping the embedded log small, collecting garbage."""

import asyncio
import gc
import logging
import time
from datetime import UTC, datetime

import faust

from schemas.codec import encode
from schemas.observation import Delivery
from schemas.settings import Settings
from schemas.topics import OBSERVATION
from streams.engine.log import Log
from streams.engine.places import topic_name
from streams.engine.pulse import BEAT_S, Pulse

logger = logging.getLogger(__name__)

COMPACT_EVERY_S = 60.0
COMPACT_FROM = 5000
"""New records of a partition worth a compaction."""
EXPIRE_EVERY_S = 3600.0
COLLECT_EVERY_S = 3600.0
LONG_S = 1.0


def tick_of(now: datetime, partition: int) -> Delivery:
    """Return the empty delivery that says time has come to `now`."""
    return Delivery(delivery_id=f"tick:{now.isoformat()}:{partition}", received_at=now)


async def tick(app: faust.App, settings: Settings) -> None:
    """Put a tick into every partition of `observation.v1` that is ours, every `settings.tick_s`, for ever.

    A partition belongs to one worker, so it ticks once however many workers there are.
    """
    name = topic_name(settings.kafka, OBSERVATION)
    while not app.should_stop:
        now = datetime.now(UTC)
        ours = sorted(tp.partition for tp in app.consumer.assignment() if tp.topic == name)
        try:
            sent = [
                await app.producer.send(name, b"tick", encode(tick_of(now, number)), number, None, None)
                for number in ours
            ]
            await asyncio.gather(*sent)
        except Exception:
            logger.exception("a tick could not be sent; the next one follows")
        await app.sleep(settings.tick_s)


async def keep_small(app: faust.App, log: Log) -> None:
    """Compact and expire `log` for ever; each is one transaction beside the others."""
    expired_at = float("-inf")
    while not app.should_stop:
        try:
            await asyncio.to_thread(log.compact, COMPACT_FROM)
            if time.monotonic() - expired_at > EXPIRE_EVERY_S:
                expired_at = time.monotonic()
                await asyncio.to_thread(log.expire, time.time())
        except Exception:
            logger.exception("the log could not be made smaller; tried again in %.0f s", COMPACT_EVERY_S)
        await app.sleep(COMPACT_EVERY_S)


async def beat(app: faust.App, pulse: Pulse) -> None:
    """Let `pulse` beat while the event loop is alive."""
    while not app.should_stop:
        pulse.beat()
        await app.sleep(BEAT_S)


async def collect(app: faust.App) -> None:
    """Look at everything once an hour: `calm` leaves cycles that have lived long to this."""
    while True:
        await app.sleep(COLLECT_EVERY_S)
        if app.should_stop:
            return
        started = time.monotonic()
        found = gc.collect()
        taken_s = time.monotonic() - started
        if taken_s > LONG_S:
            logger.warning("looking for garbage took %.1f s; %d objects went", taken_s, found)
