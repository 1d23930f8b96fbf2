"""Write messages from outside the hops: ingress, verdicts, settings. Done means the broker has it."""

from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from schemas.codec import encode
from schemas.settings import Kafka, Settings
from schemas.topics import Topic
from streams.engine.log import Log, Record
from streams.engine.log_file import DiskFullError
from streams.engine.logs import is_embedded, open_log
from streams.engine.places import partition_of, partitions_of, topic_name
from streams.engine.producing import Producing

LINGER_MS = 2
BATCH_BYTES = 1024 * 1024
"""Messages that wait for one partition go to its disk together; 16 KiB, the client's own, is one of ours."""


class Writer(Protocol):
    """Sends messages; use it as `async with open_writer(...) as writer`."""

    async def send(self, topic: Topic, key: str, value: Any, partition: int | None = None) -> None:
        """Return once the message cannot be lost; raises what kept it from being written."""

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_writer(settings: Settings, *, broker: str, data_dir: Path, last_room: bool = False) -> Writer:
    """Return a writer to `broker`; on `embedded://` it shares the log of `data_dir` with this program.

    With `last_room` it may also fill what a nearly full disk keeps for what was already accepted.

    Raises `LogError` when the directory cannot be used.
    """
    if is_embedded(broker):
        return EmbeddedWriter(open_log(data_dir, settings.kafka), settings.kafka, last_room=last_room)
    return KafkaWriter(settings.kafka, broker)


class EmbeddedWriter:
    """Writes to the log of this program; many concurrent sends share one fsync."""

    def __init__(self, log: Log, kafka: Kafka, *, last_room: bool = False) -> None:
        self._log = log
        self._kafka = kafka
        self._last_room = last_room

    async def send(self, topic: Topic, key: str, value: Any, partition: int | None = None) -> None:
        """Return once the message is on the disk; raises `DiskFullError` when there is no room.

        The last room is kept for the hops and for what their gateways answered (`last_room`): what was
        accepted is still judged and told, and told once.
        """
        if self._log.full and not self._last_room:
            raise DiskFullError("nothing was written: the disk is full")
        name, number, raw, body = located(self._kafka, topic, key, value, partition)
        await self._log.append([Record(name, number, raw, body)])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the log open: others of this program use it."""


class KafkaWriter:
    """Writes to Kafka; a send is done when every replica in sync has it."""

    def __init__(self, kafka: Kafka, broker: str) -> None:
        self._kafka = kafka
        self._producing = Producing(kafka, broker, linger_ms=LINGER_MS, max_batch_size=BATCH_BYTES)

    async def send(self, topic: Topic, key: str, value: Any, partition: int | None = None) -> None:
        """Return once the brokers have the message; raises aiokafka's `KafkaError` when they do not."""
        name, number, raw, body = located(self._kafka, topic, key, value, partition)
        async with self._producing.borrowed() as producer:
            await producer.send_and_wait(name, body, key=raw, partition=number)

    async def __aenter__(self) -> Self:
        await self._producing.connected()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producing.close()


def located(
    kafka: Kafka, topic: Topic, key: str, value: Any, partition: int | None
) -> tuple[str, int, bytes, bytes]:
    """Return name, partition, key and value as sent; raises `ValueError` for a partition that is not."""
    raw, count = key.encode(), partitions_of(kafka, topic)
    number = partition_of(raw, count) if partition is None else partition
    if not 0 <= number < count:
        raise ValueError(f"{topic.name} has no partition {number}")
    return topic_name(kafka, topic), number, raw, encode(value)
