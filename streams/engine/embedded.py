"""`embedded://`: Faust's transport on the log of this program: no broker, every partition ours."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from typing import Any

from faust.transport import base
from faust.types import TP, ConsumerMessage, RecordMetadata

from streams.engine import faust_private
from streams.engine.base import log_of
from streams.engine.log import Record
from streams.engine.log_tail import Stored
from streams.engine.places import partition_of

MOST_RECORDS = 500
"""Records of one partition handed to Faust at a time."""


class Consumer(faust_private.Steady, base.Consumer):
    """Reads every partition of the subscribed topics; positions live in the log."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._log = log_of(self.app)
        self._assigned: set[TP] = set()
        self._next: dict[TP, int] = {}

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Take every partition of `topics`; the assignment goes on beside, as Faust waits for this call."""
        wanted = {TP(topic, number) for topic in topics for number in range(self._log.partitions(topic))}
        self.add_future(self._assign(wanted))

    async def _assign(self, wanted: set[TP]) -> None:
        app = self.app
        app.on_rebalance_start()
        if self._assigned:
            await self.on_partitions_revoked(set(self._assigned))
        app.consumer_generation_id += 1
        self._assigned = wanted
        self._next = {tp: self._committed(tp) for tp in wanted}
        faust_private.set_assignment(app, wanted)
        await self.on_partitions_assigned(set(wanted), app.consumer_generation_id)

    def _committed(self, tp: TP) -> int:
        """Return where the group stands; a group that is new starts with the first record."""
        position = self._log.position(self.app.conf.id, tp.topic, tp.partition)
        return 0 if position is None else position

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> dict[TP, list[Stored]]:  # noqa: ASYNC109 - Faust's own signature
        seen = await self._log.grown(-1, 0)
        found = self._fetch(active_partitions or set())
        if not found:
            await self._log.grown(seen, timeout)
            found = self._fetch(active_partitions or set()) if self.flow_active else {}
        return found

    async def _drain_messages(self, fetcher: Any) -> None:
        """Hand messages to the agents until stopped; Faust's own way costs two tasks a message."""
        try:
            while not (self.should_stop or fetcher.should_stop):
                async for tp, message in self.getmany(timeout=1.0):
                    if await faust_private.is_new(self, tp, message.offset):
                        await self.callback(message)
                        faust_private.set_read_offset(self, tp, message.offset)
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            if not self.app.should_stop:
                raise

    def _fetch(self, active: set[TP]) -> dict[TP, list[Stored]]:
        found = {}
        for tp in sorted(active & self._assigned):
            records = self._log.read(tp.topic, tp.partition, self._next[tp], MOST_RECORDS)
            if records:
                self._next[tp] = records[-1].offset + 1
                found[tp] = records
        return found

    def _to_message(self, tp: TP, record: Stored) -> ConsumerMessage:
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            record.offset,
            record.at,
            1,
            None,
            record.key,
            record.value,
            None,
            tp=tp,
            # Without it the stream drops the message and says nothing.
            generation_id=self.app.consumer_generation_id,
        )

    def _new_topicpartition(self, topic: str, partition: int) -> TP:
        return TP(topic, partition)

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        ahead = {
            (tp.topic, tp.partition): offset for tp, offset in offsets.items() if offset > self._committed(tp)
        }
        if ahead:
            await self._log.append((), self.app.conf.id, ahead)
        return True

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Go to the committed positions and return them."""
        self._next = {tp: self._committed(tp) for tp in self._assigned}
        return dict(self._next)

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Go to the given offsets."""
        for tp, offset in partitions.items():
            await self._seek(tp, offset)
            faust_private.set_read_offset(self, tp, offset)

    async def _seek(self, partition: TP, offset: int) -> None:
        self._next[partition] = max(0, offset)

    async def position(self, tp: TP) -> int | None:
        """Return the offset read next."""
        return self._next.get(tp)

    def assignment(self) -> set[TP]:
        """Return what is ours; Faust asks before the first subscribe, when that is nothing."""
        return set(self._assigned)

    def highwater(self, tp: TP) -> int:
        """Return the offset that the next record of `tp` will get."""
        return self._log.end(tp.topic, tp.partition)

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """Return `highwater` of each."""
        return {tp: self.highwater(tp) for tp in partitions}

    async def earliest_offsets(self, *partitions: TP) -> Mapping[TP, int]:
        """Return the first offset still there of each."""
        return {tp: self._log.start(tp.topic, tp.partition) for tp in partitions}

    def topic_partitions(self, topic: str) -> int | None:
        """Return how many partitions `topic` has."""
        return self._log.partitions(topic) or None

    def key_partition(self, topic: str, key: bytes | None, partition: int | None = None) -> int | None:
        """Return the partition of `key`."""
        return partition_of(key or b"", self._log.partitions(topic)) if partition is None else partition

    async def create_topic(self, topic: str, partitions: int, replication: int, **options: Any) -> None:
        """Do nothing: topics are created before the app starts."""


class Producer(base.Producer):
    """Writes to the log; a send is done when the record is on the disk."""

    async def send(  # noqa: PLR0913, PLR0917 - Faust's own signature
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None,
        timestamp: float | None,
        headers: Any,
        *,
        transactional_id: str | None = None,
    ) -> Awaitable[RecordMetadata]:
        """Return a future of where the record stands."""
        del timestamp, headers, transactional_id
        if partition is None:
            partition = self.key_partition(topic, key or b"").partition
        return asyncio.ensure_future(self._written(Record(topic, partition, key, value)))

    async def _written(self, record: Record) -> RecordMetadata:
        (offset,) = await log_of(self.app).append([record])
        tp = TP(record.topic, record.partition)
        return RecordMetadata(
            topic=tp.topic,
            partition=tp.partition,
            topic_partition=tp,
            offset=offset,
            timestamp=None,
            timestamp_type=1,
        )

    async def send_and_wait(self, *args: Any, **kwargs: Any) -> RecordMetadata:
        """Return where the record stands once it is on the disk."""
        return await (await self.send(*args, **kwargs))

    async def flush(self) -> None:
        """Wait for buffered messages."""
        await self.buffer.flush()

    def key_partition(self, topic: str, key: bytes) -> TP:
        """Return the partition of `key`."""
        return TP(topic, partition_of(key, log_of(self.app).partitions(topic)))

    async def create_topic(self, topic: str, partitions: int, replication: int, **options: Any) -> None:
        """Do nothing: topics are created before the app starts."""


class Transport(base.Transport):
    """Makes consumers and producers on the log of an `EmbeddedApp`."""

    Consumer = Consumer
    Producer = Producer
    driver_version = "embedded"
