"""The shape of a step: one message in, messages out and rows to keep; the same on every engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct

from schemas.topics import Topic


class Output(Struct, frozen=True):
    """One message to send. `partition` None means by hash of `key`."""

    topic: Topic
    key: str
    value: Any
    partition: int | None = None


@dataclass(slots=True)
class Result:
    """What one step yields: messages to send, then rows to write (None deletes a row).

    `marks` say from which output on what is put out belongs to which key, for steps that go through what
    they judge in the order of a key; no engine asks.
    """

    outputs: list[Output] = field(default_factory=list)
    rows: dict[str, Any] = field(default_factory=dict)
    marks: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)


@dataclass(frozen=True)
class Hop:
    """One place where a decision is taken: a pure step over the messages of its topics.

    `open(options, rows)` builds the state of one partition from its rows (row key to encoded bytes);
    the state is a cache of the rows and may be thrown away at any time.
    `step(options, state, message, now)` judges one message and returns a `Result`. It may update
    `state`; if it raises, the state is built anew from the rows and the message is dead-lettered.
    `version` is the format of its rows: `open` reads it and every earlier one. The engine keeps it beside
    the rows and refuses to open rows of a later one.
    """

    name: str
    topics: tuple[Topic, ...]
    open: Callable[[Any, int, Mapping[str, bytes]], Any]
    step: Callable[[Any, Any, Any, datetime], Result]
    now: Callable[[Any], datetime]
    options: Any = None
    consumes: frozenset[str] = frozenset()
    version: int = 1
