"""The outbox as it is on the disk: what a step changed and is not written yet is given as it was before.

Nobody may be told of a decision that a crash would undo.
"""

from schemas.settings import Kafka
from schemas.topics import NOTICE
from streams.engine.places import partition_of, partitions_of, topic_name
from streams.engine.worker import Worker
from streams.hops.outbox import Pending, rows_written


class WrittenRows:
    """Rows of the partitions that a worker owns; none while it recovers."""

    def __init__(self, worker: Worker, kafka: Kafka) -> None:
        self._worker = worker
        self._kafka = kafka
        self._topic = topic_name(kafka, NOTICE)

    def rows(self) -> list[Pending]:
        """Return every row."""
        ours = sorted(self._ours())
        loop = self._worker.app.hop_loops["deliver"]
        places = zip(loop.states(ours), map(loop.unwritten, ours), strict=True)
        return [row for state, before in places for row in rows_written(state, before)]

    def row(self, receiver: str, notice_id: str) -> Pending | None:
        """Return one row, or None: it is gone, not ours, or being changed right now."""
        partition = partition_of(receiver.encode(), partitions_of(self._kafka, NOTICE))
        if partition not in self._ours():
            return None
        loop = self._worker.app.hop_loops["deliver"]
        if f"outbox/{receiver}/{notice_id}" in loop.unwritten(partition):
            return None
        found: Pending | None = loop.states((partition,))[0].pending.get(receiver, {}).get(notice_id)
        return found

    def _ours(self) -> set[int]:
        if not self._worker.ready:
            return set()
        return {tp.partition for tp in self._worker.app.consumer.assignment() if tp.topic == self._topic}
