"""The loop every hop runs in: take what is there, step each, write all of it, then let the messages go."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import faust

from schemas.codec import Unreadable, decode, encode
from schemas.dead_letter import DeadLetter
from schemas.hop import Hop
from schemas.settings import Kafka
from schemas.topics import DEAD_LETTER
from streams.engine.batches import batches
from streams.engine.letters import letter_of, letter_of_row
from streams.engine.log import Record
from streams.engine.places import changelog_name, partition_of, partitions_of, topic_name
from streams.engine.pulse import FrozenError
from streams.engine.rows import FORMAT, RowStore, format_row, readable
from streams.engine.sinks import Sink, Written

logger = logging.getLogger(__name__)

MOST_MESSAGES = 256
"""Messages in one micro-batch."""
STEPPING_S = 0.05
"""How long to step before what is done is written and others get their turn."""
MOST_BYTES = 1024 * 1024
"""What a micro-batch holds before it is written; Kafka takes three times as much in one piece."""
VALUE_BYTES = 2 * 1024 * 1024
"""Largest message or row; a step that yields a larger one is refused, as no broker would take it."""
RETRY_S = (0.2, 1.0, 5.0, 15.0)
"""Waits between attempts to write; the last one repeats."""

Spy = Callable[[str], None]
"""Called with `step`, `write` and `written`; tests kill the worker there."""


class HopLoop:
    """One hop on one worker: the state of its partitions, and the loop over its messages."""

    def __init__(self, hop: Hop, kafka: Kafka, table: Any, sink: Sink) -> None:
        self.hop = hop
        self.on_dead_letter: Callable[[DeadLetter], None] | None = None
        self.on_written: Callable[[list[str]], None] | None = None
        self.spy: Spy | None = None
        self._kafka = kafka
        self._table = table
        self._sink = sink
        self._values = {topic_name(kafka, topic): topic.value for topic in hop.topics}
        self._format = format_row(hop.version)
        self._states: dict[int, Any] = {}
        self._before: dict[int, dict[str, bytes | None]] = {}
        self._next: dict[tuple[str, int], int] = {}
        self._lost: dict[int, dict[str, str]] = {}

    @property
    def _store(self) -> RowStore:
        store: RowStore = self._table.data
        return store

    def states(self, partitions: Iterable[int]) -> list[Any]:
        """Return the states of these partitions, opened from their rows where they are not open yet."""
        return [self._state(number) for number in partitions]

    def unwritten(self, partition: int) -> Mapping[str, bytes | None]:
        """Return what was written under the keys that a step has changed since (None: nothing)."""
        return self._before.get(partition, {})

    def forget(self) -> None:
        """Drop every state: after a rebalance each is opened anew from its rows."""
        self._states.clear()
        self._before.clear()
        self._next.clear()
        self._lost.clear()

    async def run(self, app: faust.App, stream: Any) -> None:
        """Work until cancelled. What cannot be written is tried again; anything else ends the app loudly."""
        try:
            async for events in batches(app, stream, MOST_MESSAGES):
                await self._take(app, events)
        except Exception as error:
            logger.exception("hop %s cannot go on", self.hop.name)
            await app.crash(error)
            raise

    async def _take(self, app: faust.App, events: list[Any]) -> None:
        written, taken, started = Written(), [], time.monotonic()
        for event in events:
            self._judge(event.message, written)
            taken.append(event)
            if time.monotonic() - started > STEPPING_S or written.size > MOST_BYTES:
                await self._let_go(app, written, taken)
                written, taken, started = Written(), [], time.monotonic()
        await self._let_go(app, written, taken)

    def _judge(self, message: Any, written: Written) -> None:
        """Step one message and add what it yields to `written`; a repeat yields nothing."""
        place = (message.topic, message.partition)
        if message.offset < self._next.get(place, 0):
            return
        self._next[place] = written.positions[place] = message.offset + 1
        value = decode(message.value, self._values[message.topic])
        if isinstance(value, Unreadable):
            self._refuse(message, "unreadable", value.why, written)
            return
        state = self._state(message.partition)
        self._tell_lost(message, written)
        self._call_spy("step")
        try:
            records, rows = self._step(state, value)
        except Exception as error:
            logger.exception("hop %s cannot judge %s offset %d", self.hop.name, place, message.offset)
            self._states.pop(message.partition, None)
            self._refuse(message, "step_failed", f"{type(error).__name__}: {error}", written)
            return
        written.add_records(records)
        if rows and self._store.rows(message.partition).get(FORMAT) != self._format:
            rows = {FORMAT: self._format, **rows}
        written.add_rows(message.partition, rows)
        kept, before = self._store.rows(message.partition), self._before.setdefault(message.partition, {})
        for key in rows:
            before.setdefault(key, kept.get(key))
        self._store.put(message.partition, rows)

    def _step(self, state: Any, value: Any) -> tuple[list[Record], dict[str, bytes | None]]:
        """Return what one step wants written, as bytes; raises what the step raises."""
        hop = self.hop
        result = hop.step(hop.options, state, value, hop.now(value))
        records = [self._record(out.topic, out.key, out.value, out.partition) for out in result.outputs]
        rows = {key: None if row is None else fitting(encode(row), key) for key, row in result.rows.items()}
        return records, rows

    def _record(self, topic: Any, key: str, value: Any, partition: int | None = None) -> Record:
        raw = key.encode()
        count = partitions_of(self._kafka, topic)
        if partition is None:
            partition = partition_of(raw, count)
        elif not 0 <= partition < count:
            raise ValueError(f"{topic.name} has no partition {partition}")
        return Record(topic_name(self._kafka, topic), partition, raw, fitting(encode(value), topic.name))

    def _state(self, partition: int) -> Any:
        if partition not in self._states:
            rows = readable(self.hop.name, self.hop.version, self._store.rows(partition))
            state = self._states[partition] = self.hop.open(self.hop.options, partition, rows)
            lost: Mapping[str, str] = getattr(state, "unreadable", {})
            for key, why in lost.items():
                self._lost.setdefault(partition, {})[key] = why
                logger.error(
                    "hop %s goes on without row %r of partition %d: %s", self.hop.name, key, partition, why
                )
        return self._states[partition]

    def _tell_lost(self, message: Any, written: Written) -> None:
        """Add a dead letter for each row of this partition that could not be read."""
        for key, why in self._lost.pop(message.partition, {}).items():
            place = f"{changelog_name(self._kafka, self.hop.name)}/{message.partition}/{key}"
            raw = self._store.rows(message.partition).get(key, b"")
            at = datetime.fromtimestamp(message.timestamp, UTC)
            self._add_letter(letter_of_row(place, raw, self.hop.name, at, why), written)

    def _refuse(self, message: Any, code: str, why: str, written: Written) -> None:
        self._add_letter(letter_of(message, self.hop.name, code, why), written)

    def _add_letter(self, letter: DeadLetter, written: Written) -> None:
        written.add_records([self._record(DEAD_LETTER, letter.source, letter)])
        written.letters.append(letter)

    async def _let_go(self, app: faust.App, written: Written, taken: list[Any]) -> None:
        self._call_spy("write")
        await self._write(app, written)
        self._call_spy("written")
        keys = [key for rows in self._before.values() for key in rows]
        self._before.clear()
        if self.on_written is not None:
            self.on_written(keys)
        for event in taken:
            event.ack()
        if self.on_dead_letter is not None:
            for letter in written.letters:
                self.on_dead_letter(letter)

    async def _write(self, app: faust.App, written: Written) -> None:
        """Write until it is written: messages are let go only then, and nothing overtakes."""
        began, attempt = time.monotonic(), 0
        while True:
            try:
                await self._sink.write(written)
            except Exception as error:
                wait = RETRY_S[min(attempt, len(RETRY_S) - 1)]
                late = time.monotonic() + wait - began > self._sink.give_up_s
                if late or app.should_stop or isinstance(error, FrozenError):
                    raise
                logger.exception("hop %s cannot write; trying again in %.1f s", self.hop.name, wait)
                await asyncio.sleep(wait)
                attempt += 1
            else:
                return

    def _call_spy(self, where: str) -> None:
        if self.spy is not None:
            self.spy(where)


def fitting(body: bytes, what: str) -> bytes:
    """Return `body`; raises `ValueError` when it is too large for any broker."""
    if len(body) > VALUE_BYTES:
        raise ValueError(f"{what}: {len(body)} bytes, at most {VALUE_BYTES} can be written")
    return body
