"""Which published settings document a step judges by: kept with its state, chosen by the step's own `now`.

A document comes over the ordered log like an observation, so every worker, a restart and a replay change
at the same message. It is in force from `effective_at`, or from when it was received if that is later;
of what has begun the last published counts.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from schemas.codec import Unreadable, decode
from schemas.hop import Hop, Output, Result
from schemas.settings import Setting
from schemas.topics import DETECTION

PREFIX = "d/"


class Begun(Struct, frozen=True, kw_only=True):
    """Row of one document: `d/{version}`."""

    setting: Setting
    since: datetime


Documents = dict[str, Begun]
Remade = Callable[[Setting], Any]
"""Makes what a step is given under a document; None where it makes nothing that can be used."""


def take(kept: Documents, settings: Iterable[Setting], received_at: datetime) -> Documents:
    """Keep documents that are new and return their rows; what came first under a version stays."""
    rows: Documents = {}
    for one in settings:
        key = f"{PREFIX}{one.version:06d}"
        if key not in kept:
            since = max(one.effective_at, received_at)
            kept[key] = rows[key] = Begun(setting=one, since=since)
    return rows


def begun(kept: Documents, now: datetime) -> Begun | None:
    """Return the document in force at `now` and since when; None: the settings file alone."""
    found = [one for one in kept.values() if one.since <= now]
    return max(found, key=lambda one: one.setting.version, default=None)


def newest(kept: Documents, now: datetime) -> Setting | None:
    """Return the document in force at `now`; None: the settings file alone."""
    one = begun(kept, now)
    return None if one is None else one.setting


def followed(hop: Hop, remade: Remade) -> Hop:
    """Return a hop whose every step judges by the document in force at its `now`, and hands documents on."""

    def opened(given: Any, partition: int, rows: Mapping[str, bytes]) -> Any:
        mine = {key: raw for key, raw in rows.items() if key.startswith(PREFIX)}
        state = hop.open(given, partition, {k: v for k, v in rows.items() if k not in mine} if mine else rows)
        for key, raw in mine.items():
            begun = decode(raw, Begun)
            if isinstance(begun, Unreadable):
                state.unreadable[key] = begun.why
            else:
                state.documents[key] = begun
        return state

    def step(given: Any, state: Any, message: Any, now: datetime) -> Result:
        rows = take(state.documents, message.settings, now)
        one = newest(state.documents, now) if state.documents else None
        result = hop.step(given if one is None else remade(one) or given, state, message, now)
        if message.settings:
            result.rows |= rows
            result.outputs = [_handed_on(output, message.settings) for output in result.outputs]
        return result

    return replace(hop, open=opened, step=step)


def _handed_on(output: Output, settings: tuple[Setting, ...]) -> Output:
    """Return claims with the documents that came with their delivery; anything else as it is."""
    if output.topic is not DETECTION:
        return output
    claims = msgspec.structs.replace(output.value, settings=settings)
    return Output(output.topic, output.key, claims, output.partition)
