"""Every private name of Faust 0.15.3 that is used, each with the reason; `tests/engine` checks each one."""

import asyncio
from collections.abc import Mapping
from typing import Any

from faust.assignor.client_assignment import ClientAssignment
from faust.stores import STORES
from faust.transport.drivers import TRANSPORTS
from faust.types import TP

SOON_S = 0.01


def register() -> None:
    """Make our transports and our table store known to Faust, by scheme and the dotted names of their classes.

    The registries are module variables; the public way to add to them is entry points of an installed package.
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
    app.assignor._assignment = ClientAssignment(actives=actives, standbys={})  # noqa: SLF001
    app.assignor._active_tps = set(assigned)  # noqa: SLF001


def committed(app: Any) -> Mapping[TP, int]:
    """Return the committed offset of each partition as the consumer knows it."""
    return {tp: offset for tp, offset in app.consumer._committed_offset.items() if offset is not None}  # noqa: SLF001


def rows_to_recover(app: Any) -> int:
    """Return how many rows table recovery has still to read."""
    recovery = app.tables._recovery  # noqa: SLF001
    return 0 if recovery is None else max(0, recovery.active_remaining_total())


def set_read_offset(consumer: Any, tp: TP, offset: int) -> None:
    """Set what was read last: what lies before is a repeat."""
    if offset > 0:
        consumer._read_offset[tp] = offset  # noqa: SLF001
    else:
        consumer._read_offset.pop(tp, None)  # noqa: SLF001


async def is_new(consumer: Any, tp: TP, offset: int) -> bool:
    """Return whether `offset` is new; notes offsets that are missing, so that commits pass them."""
    last = consumer._read_offset[tp]  # noqa: SLF001
    if last is None:
        return True
    if offset - last > 1 and consumer.app.topics.acks_enabled_for(tp.topic):
        await consumer._add_gap(tp, last + 1, offset)  # noqa: SLF001
    return bool(offset >= last)


class Prompt:
    """Mixin for consumers: goes on soon after a full buffer has room.

    Faust stops reading a partition whose buffer is nearly full, and when that is every partition sleeps
    a whole second, or waits a second for the others: a backlog would go at some hundred messages a second.
    """

    app: Any
    flow_active: bool
    _buffered_partitions: set[TP]

    async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's own signature
        if self.flow_active and not self._get_active_partitions():  # type: ignore[attr-defined]
            await asyncio.sleep(SOON_S)
            return {}, set()
        wait = min(timeout, SOON_S) if self._buffered_partitions else timeout
        return await super()._wait_next_records(wait)  # type: ignore[misc]
