"""`kafka://`: Faust's own transport, mended where messages would wait for the next restart."""

from collections.abc import Mapping
from typing import Any

from faust.transport.drivers import aiokafka
from faust.types import TP

from streams.engine.faust_private import Steady, seek_to_beginning


class Consumer(Steady, aiokafka.Consumer):
    """Faust's consumer, mended."""

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109
        """Return records of partitions active now.

        Faust hands its live set to the fetching thread. When the last partition is paused meanwhile, the
        empty set means "all" there: records are taken, dropped, and not read again.
        """
        if not active_partitions:
            return {}
        return await super()._getmany(set(active_partitions), timeout)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Go to the committed offsets, and to the beginning where none is: aiokafka would stay put."""
        committed = await super().seek_to_committed()
        changelogs = self.app.tables.changelog_topics
        first = [tp for tp, offset in committed.items() if not offset and tp.topic not in changelogs]
        if first:
            await seek_to_beginning(self, first)
        return committed


class Transport(aiokafka.Transport):
    """Faust's transport with that consumer."""

    Consumer = Consumer
