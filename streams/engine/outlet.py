"""What hops write to Kafka: one idempotent producer per worker, every send acknowledged by all replicas."""

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping

from schemas.settings import Kafka
from streams.engine.log import Record
from streams.engine.producing import Producing

logger = logging.getLogger(__name__)

BATCH_BYTES = 3 * 1024 * 1024
"""Rows up to this size are written whole or not at all: Kafka appends a batch in one piece."""
ANSWER_MS = 15_000


class Outlet:
    """Connects at the first send; close it when the worker stops."""

    def __init__(self, kafka: Kafka, broker: str) -> None:
        self._producing = Producing(kafka, broker, request_timeout_ms=ANSWER_MS, max_batch_size=BATCH_BYTES)

    async def send(self, records: Iterable[Record]) -> None:
        """Return when every record is acknowledged; raises aiokafka's `KafkaError` when one is not."""
        async with self._producing.borrowed() as producer:
            sent = [
                await producer.send(topic, value, key=key, partition=partition)
                for topic, partition, key, value in records
            ]
            await asyncio.gather(*sent)

    async def send_whole(self, topic: str, partition: int, rows: Mapping[str, bytes | None]) -> None:
        """Return when all rows are acknowledged; a crash leaves all of them or none, up to `BATCH_BYTES`."""
        async with self._producing.borrowed() as producer:
            now, sent = int(time.time() * 1000), []
            batch = producer.create_batch()
            for key, value in rows.items():
                if batch.append(key=key.encode(), value=value, timestamp=now) is None:
                    logger.warning("rows of %s[%d] do not fit into one batch", topic, partition)
                    sent.append(await producer.send_batch(batch, topic, partition=partition))
                    batch = producer.create_batch()
                    batch.append(key=key.encode(), value=value, timestamp=now)
            sent.append(await producer.send_batch(batch, topic, partition=partition))
            await asyncio.gather(*sent)

    async def close(self) -> None:
        """Disconnect."""
        await self._producing.close()
