"""`kafka://`: Faust's own transport, mended where messages would wait for the next restart."""

from collections.abc import Mapping

from faust.transport.drivers import aiokafka
from faust.types import TP

from streams.engine.faust_private import SteadyOnKafka, seek_to_beginning


class Consumer(SteadyOnKafka, aiokafka.Consumer):
    """Faust's consumer, mended."""

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
