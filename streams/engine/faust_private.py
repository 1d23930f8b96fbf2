"""Every private name of Faust 0.15.3 that is used, each with the reason; `tests/engine` checks each one."""

from collections.abc import Mapping
from typing import Any

from faust.assignor.client_assignment import ClientAssignment
from faust.stores import STORES
from faust.transport.drivers import TRANSPORTS
from faust.types import TP


def register(scheme: str, transport: str, store: str) -> None:
    """Make `scheme://` known as a transport and as a table store, by the dotted names of their classes.

    The registries are module variables without a public way to add to them but entry points, which need an
    installed package.
    """
    TRANSPORTS.aliases[scheme] = transport
    STORES.aliases[scheme] = store


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
    """Set from where messages are no repeats: after a seek Faust drops what lies before."""
    if offset > 0:
        consumer._read_offset[tp] = offset  # noqa: SLF001
    else:
        consumer._read_offset.pop(tp, None)  # noqa: SLF001
