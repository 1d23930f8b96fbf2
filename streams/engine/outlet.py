"""What hops write to Kafka: one idempotent producer per worker, every send acknowledged by all replicas."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.settings import Kafka
from streams.engine.log import Record
from streams.kafka.security import brokers, security

logger = logging.getLogger(__name__)

MOST_BYTES = 4 * 1024 * 1024
"""Largest request; topics are created for messages as large."""
BATCH_BYTES = 3 * 1024 * 1024
"""Rows up to this size are written whole or not at all: Kafka appends a batch in one piece."""
ANSWER_MS = 15_000
STOP_S = 5.0


class Outlet:
    """Connects at the first send; close it when the worker stops."""

    def __init__(self, kafka: Kafka, broker: str) -> None:
        places = brokers(broker)
        self._options: dict[str, Any] = {
            "bootstrap_servers": places,
            "acks": "all",
            "enable_idempotence": True,
            "request_timeout_ms": ANSWER_MS,
            "max_request_size": MOST_BYTES,
            "max_batch_size": BATCH_BYTES,
            **security(kafka, places).options(),
        }
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()

    async def send(self, records: Iterable[Record]) -> None:
        """Return when every record is acknowledged; raises aiokafka's `KafkaError` when one is not."""
        async with self._dropped_on_error() as producer:
            sent = [
                await producer.send(topic, value, key=key, partition=partition)
                for topic, partition, key, value in records
            ]
            await asyncio.gather(*sent)

    async def send_whole(self, topic: str, partition: int, rows: Mapping[str, bytes | None]) -> None:
        """Return when all rows are acknowledged; a crash leaves all of them or none, up to `BATCH_BYTES`."""
        async with self._dropped_on_error() as producer:
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

    @asynccontextmanager
    async def _dropped_on_error(self) -> AsyncIterator[AIOKafkaProducer]:
        """Yield the producer; one that failed may be of no use, so the next attempt takes a new one."""
        producer = await self._connected()
        try:
            yield producer
        except KafkaError:
            if self._producer is producer:
                self._producer = None
            with suppress(TimeoutError, KafkaError):
                await asyncio.wait_for(producer.stop(), STOP_S)
            raise

    async def close(self) -> None:
        """Disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()

    async def _connected(self) -> AIOKafkaProducer:
        async with self._connecting:
            if self._producer is None:
                producer = AIOKafkaProducer(**self._options)
                await producer.start()
                self._producer = producer
            return self._producer
