"""Every private name of Faust 0.15.3 that is used, each with the reason; `tests/engine` checks each one."""

# ruff: noqa: SLF001 - this is the one file for it

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from faust.assignor.client_assignment import ClientAssignment
from faust.stores import STORES
from faust.transport.drivers import TRANSPORTS
from faust.types import TP

SOON_S = 0.01


def register() -> None:
    """Make our transports and our table store known to Faust by scheme and dotted name of the class.

    The registries are module variables; the public way to add is entry points of an installed package.
    """
    TRANSPORTS.aliases["embedded"] = "streams.engine.embedded:Transport"
    TRANSPORTS.aliases["kafka"] = "streams.engine.kafka_transport:Transport"
    STORES.aliases["rows"] = "streams.engine.rows:RowStore"


def set_assignment(app: Any, assigned: set[TP]) -> None:
    """Tell Faust's assignor what is ours, before `on_partitions_assigned`: table recovery asks it.

    Without `_assignment` recovery finds no changelog of ours, restores nothing and says nothing.
    """
    actives: dict[str, list[int]] = {}
    for tp in sorted(assigned):
        actives.setdefault(tp.topic, []).append(tp.partition)
    app.assignor._assignment = ClientAssignment(actives=actives, standbys={})
    app.assignor._active_tps = set(assigned)


def committed(app: Any) -> Mapping[TP, int]:
    """Return the committed offset of each partition as the consumer knows it."""
    return {tp: offset for tp, offset in app.consumer._committed_offset.items() if offset is not None}


def rows_to_recover(app: Any) -> int:
    """Return how many rows table recovery has still to read."""
    recovery = app.tables._recovery
    return 0 if recovery is None else max(0, recovery.active_remaining_total())


def set_read_offset(consumer: Any, tp: TP, offset: int) -> None:
    """Set what was read last: what lies before is a repeat."""
    if offset > 0:
        consumer._read_offset[tp] = offset
    else:
        consumer._read_offset.pop(tp, None)


async def is_new(consumer: Any, tp: TP, offset: int) -> bool:
    """Return whether `offset` is new; notes offsets that are missing, so that commits pass them."""
    last = consumer._read_offset[tp]
    if last is None:
        return True
    if offset - last > 1 and consumer.app.topics.acks_enabled_for(tp.topic):
        await consumer._add_gap(tp, last + 1, offset)
    return bool(offset >= last)


async def seek_to_beginning(consumer: Any, tps: Iterable[TP]) -> None:
    """Go to the first offset of each; Faust has it on the consumer's thread only."""
    await consumer._thread.seek_to_beginning(*tps)


class Steady:
    """Mixin for consumers that mends two faults of Faust's own.

    At the end of table recovery Faust resumes the source partitions, then seeks, then clears every buffer:
    what was fetched in between is gone until a restart, and commits stop there. Here they are resumed last.
    A buffer that empties while its partition is paused would resume it in the middle of recovery.

    Faust stops reading a partition whose buffer is nearly full, and when that is every partition sleeps
    a whole second, or waits a second for the others: a backlog would go at some hundred messages a second.
    """

    app: Any
    flow_active: bool
    _buffered_partitions: set[TP]
    _paused_partitions: set[TP]
    _held: frozenset[TP] = frozenset()

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Resume changelogs at once, and what hops read with `resume_flow`."""
        changelogs = {tp for tp in tps if tp.topic in self.app.tables.changelog_topics}
        self._held |= set(tps) - changelogs
        super().resume_partitions(changelogs)  # type: ignore[misc]  # the consumer has it

    def pause_partitions(self, tps: Iterable[TP]) -> None:
        """Pause; what was held is not resumed."""
        self._held -= set(tps)
        super().pause_partitions(tps)  # type: ignore[misc]

    def resume_flow(self) -> None:
        """Let messages flow: the last thing Faust does when recovery has ended."""
        held, self._held = self._held, frozenset()
        super().resume_partitions(held)  # type: ignore[misc]
        super().resume_flow()  # type: ignore[misc]

    def on_buffer_drop(self, tp: TP) -> None:
        """Read on where a buffer has room again, unless the partition is paused."""
        if tp in self._paused_partitions:
            self._buffered_partitions.discard(tp)
        else:
            super().on_buffer_drop(tp)  # type: ignore[misc]

    async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's own signature
        if self.flow_active and not self._get_active_partitions():  # type: ignore[attr-defined]  # the same
            await asyncio.sleep(SOON_S)
            return {}, set()
        soon = self._buffered_partitions or self.app.in_recovery
        wait = min(timeout, SOON_S) if soon else timeout
        return await super()._wait_next_records(wait)  # type: ignore[misc]


class SteadyOnKafka(Steady):
    """Mixin for the consumer on aiokafka, with one fault more."""

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's own signature
        """Return records of partitions active now.

        Faust hands its live set to the fetching thread. When the last partition is paused meanwhile, the
        empty set means "all" there: records are taken, dropped, and not read again.
        """
        if not active_partitions:
            return {}
        return await super()._getmany(set(active_partitions), timeout)  # type: ignore[misc]
