"""Puts records for other programs on topics of the Kafka that the system uses."""

import asyncio

from aiokafka.errors import KafkaError

from alerts.channels.base import Record
from schemas.settings import Kafka
from streams.engine.logs import is_embedded
from streams.engine.producing import Producing
from streams.transport.post import Answer


class Records:
    """Connects with the first record; without a broker it carries none."""

    def __init__(self, outside: tuple[Kafka, str] | None, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._producing: Producing | None = None
        if outside is not None and not is_embedded(outside[1]):
            self._producing = Producing(*outside)

    async def put(self, record: Record) -> Answer:
        """Return 200 once the brokers have the record, else the name of what went wrong."""
        if self._producing is None:
            return Answer(failure="no Kafka: the system runs on embedded://", forbidden=True)
        headers = [(name, value.encode()) for name, value in record.headers.items()]
        try:
            async with asyncio.timeout(self._timeout_s), self._producing.borrowed() as producer:
                await producer.send_and_wait(
                    record.topic, record.value, key=record.key.encode(), headers=headers
                )
        except (KafkaError, OSError) as error:  # TimeoutError is an OSError
            return Answer(failure=type(error).__name__)
        return Answer(status=200)

    async def close(self) -> None:
        """Disconnect."""
        if self._producing is not None:
            await self._producing.close()
