"""A producer to Kafka that is replaced when it fails: an idempotent one may be of no use after an error."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from schemas.settings import Kafka
from streams.engine.whole_start import start_whole
from streams.kafka.security import brokers, security

logger = logging.getLogger(__name__)

STOP_S = 5.0
MOST_BYTES = 4 * 1024 * 1024
"""Largest request; topics are created for messages as large."""


class Producing:
    """At most one producer at a time, each send acknowledged by every replica in sync.

    `options` are further ones of `AIOKafkaProducer`.
    """

    def __init__(self, kafka: Kafka, broker: str, **options: Any) -> None:
        places = brokers(broker)
        self._options: dict[str, Any] = {
            "bootstrap_servers": places,
            "acks": "all",
            "enable_idempotence": True,
            "max_request_size": MOST_BYTES,
            **options,
            **security(kafka, places).options(),
        }
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()

    async def connected(self) -> AIOKafkaProducer:
        """Return the producer, a new one where there is none; raises aiokafka's `KafkaError`."""
        async with self._connecting:
            if self._producer is None:
                producer = AIOKafkaProducer(**self._options)
                await start_whole(producer)
                self._producer = producer
            return self._producer

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[AIOKafkaProducer]:
        """Yield the producer; one that failed may be of no use, so the next attempt takes a new one."""
        producer = await self.connected()
        try:
            yield producer
        except MessageSizeTooLargeError:
            raise
        except KafkaError as error:
            if self._producer is producer:
                self._producer = None
                logger.warning("a producer to Kafka failed and is replaced: %s", type(error).__name__)
            with suppress(TimeoutError, KafkaError):
                await asyncio.wait_for(producer.stop(), STOP_S)
            raise

    async def close(self) -> None:
        """Disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()
