"""The identities one partition has read: a row for each delivery, forgotten once too old to come again."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from schemas.codec import Unreadable, decode
from schemas.hop import Result
from streams.hops.memories import PREFIX, Memories
from streams.hops.timing import PREFIX as TIMES
from streams.hops.timing import Clockwork


class SeenOnce(Struct, frozen=True, array_like=True):
    """One remembered identity: when it was observed and how good its version was."""

    observation_id: str
    observed_at: datetime
    rank: int


@dataclass
class State:
    """The identities one partition has read, by id, with the rows that keep them."""

    partition: int
    seen: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    rows: dict[str, tuple[datetime, list[str]]] = field(default_factory=dict)
    ages: list[tuple[datetime, str]] = field(default_factory=list)
    """When the newest of each row was observed, a heap: the row to forget first comes first."""
    swept_at: datetime | None = None
    memories: Memories = field(default_factory=Memories)
    documents: dict[str, Any] = field(default_factory=dict)
    clocks: Clockwork = field(default_factory=Clockwork)
    unreadable: dict[str, str] = field(default_factory=dict)
    """Rows that could not be read, and why; the engine says so loudly."""

    def keep(self, key: str, newest: datetime, names: list[str]) -> None:
        """Note which identities a row holds, and when the newest of them was observed."""
        self.rows[key] = newest, names
        heapq.heappush(self.ages, (newest, key))


def open_state(_given: Any, partition: int, rows: Mapping[str, bytes]) -> State:
    """Return the state of one partition from its rows."""
    state = State(partition)
    for key, raw in rows.items():
        if key.startswith((PREFIX, TIMES)):
            why = (state.memories if key.startswith(PREFIX) else state.clocks).put(key, raw)
            if why is not None:
                state.unreadable[key] = why
            continue
        kept = decode(raw, list[SeenOnce])
        if isinstance(kept, Unreadable):
            state.unreadable[key] = kept.why
            continue
        for one in kept:
            known = state.seen.get(one.observation_id)
            if known is None or one.rank >= known[1]:
                state.seen[one.observation_id] = (one.observed_at, one.rank)
        if kept:
            state.keep(key, max(one.observed_at for one in kept), [one.observation_id for one in kept])
    return state


def sweep(remember_d: float, state: State, now: datetime, result: Result) -> None:
    """Once an hour of received time, forget identities too old to come again in time.

    After a leap of more than a day nothing is forgotten yet: the clock may be wrong and come back.
    """
    before = state.swept_at
    if before is not None and timedelta(0) <= now - before < timedelta(hours=1):
        return
    state.swept_at = now
    if before is not None and abs(now - before) > timedelta(days=1):
        return
    state.memories.sweep(now, result)
    state.clocks.sweep(now, result)
    oldest = now - timedelta(days=remember_d)
    while state.ages and state.ages[0][0] < oldest:
        newest, key = heapq.heappop(state.ages)
        if state.rows.get(key, (None,))[0] != newest:
            # written again since, or forgotten
            continue
        for observation_id in state.rows.pop(key)[1]:
            known = state.seen.get(observation_id)
            if known is not None and known[0] < oldest:
                del state.seen[observation_id]
        result.rows[key] = None
