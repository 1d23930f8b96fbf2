"""A Faust table store that keeps raw rows by partition: one partition can be opened or dropped alone.

Beside the rows of a partition stands one that tells their format, `v/`: `{"v": 1}`. It is written with the
first rows, and again with the first that a later program writes.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from faust.stores.base import Store
from faust.types import TP

from schemas.codec import Unreadable, decode, encode

FORMAT = "v/"
"""Key of the row that tells the format; no hop has it."""


class RowsTooNewError(Exception):
    """The rows of a partition were written by a later program; the message says what to do."""


class _Format(msgspec.Struct, frozen=True):
    v: int


def format_row(version: int) -> bytes:
    """Return the row that tells the format of those beside it."""
    return encode(_Format(version))


def readable(hop: str, known: int, rows: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the rows without the one that tells their format.

    Raises
    ------
    RowsTooNewError
        when their format is later than `known`; judging on without them would forget what was told.
    """
    if FORMAT not in rows:
        return rows
    found = decode(rows[FORMAT], _Format)
    if isinstance(found, Unreadable) or found.v > known:
        version = "an unknown format" if isinstance(found, Unreadable) else f"format {found.v}"
        raise RowsTooNewError(
            f"the rows of hop {hop} are of {version}; this program reads up to {known}: use a newer program"
        )
    return {key: row for key, row in rows.items() if key != FORMAT}


class RowStore(Store[Any, Any]):
    """Rows as bytes, by partition and key. Faust's own memory store mixes partitions under one key."""

    def __post_init__(self) -> None:
        self.partitions: dict[int, dict[str, bytes]] = {}

    def rows(self, partition: int) -> Mapping[str, bytes]:
        """Return the rows of `partition`: the live mapping."""
        return self.partitions.setdefault(partition, {})

    def put(self, partition: int, rows: Mapping[str, bytes | None]) -> None:
        """Write rows; None deletes one."""
        kept = self.partitions.setdefault(partition, {})
        for key, value in rows.items():
            if value is None:
                kept.pop(key, None)
            else:
                kept[key] = value

    def apply_changelog_batch(
        self, batch: Iterable[Any], to_key: Callable[[Any], Any], to_value: Callable[[Any], Any]
    ) -> None:
        """Take back rows from the changelog."""
        del to_key, to_value
        for event in batch:
            message = event.message
            self.put(message.partition, {message.key.decode(): message.value})

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Forget partitions that are no longer ours: they come back whole from the changelog."""
        del newly_assigned, generation_id
        topic = self.table.changelog_topic.get_topic_name()
        for tp in revoked:
            if tp.topic == topic:
                self.partitions.pop(tp.partition, None)
        for partition in set(self.partitions) - {tp.partition for tp in assigned if tp.topic == topic}:
            del self.partitions[partition]

    def persisted_offset(self, tp: TP) -> int | None:
        """Return None: nothing of it outlives the worker, so recovery reads the whole changelog."""
        del tp
        return None

    async def backup_partition(
        self,
        tp: TP | int,
        flush: bool = True,  # noqa: FBT001, FBT002 - Faust's own signature
        purge: bool = False,  # noqa: FBT001, FBT002 - the same
        keep: int = 1,
    ) -> None:
        """Do nothing: the changelog is the copy."""

    def restore_backup(
        self,
        tp: TP | int,
        latest: bool = True,  # noqa: FBT001, FBT002 - Faust's own signature
        backup_id: int = 0,
    ) -> None:
        """Do nothing: the changelog is the copy."""

    def reset_state(self) -> None:
        """Forget everything."""
        self.partitions.clear()

    def __getitem__(self, key: Any) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return sum(len(rows) for rows in self.partitions.values())
