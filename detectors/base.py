"""The record of a detector: what it consumes, its options, and how it judges one observation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from detectors.region.terrain import Terrain
from schemas.detection import Detection
from schemas.reason import Reason


@dataclass(frozen=True)
class Ground:
    """What a detector may need to know: heights, where satellites stand, what sensors measure."""

    terrain: Terrain | None = None
    satellites: Mapping[str, Any] = field(default_factory=dict)
    sensors: Mapping[str, Any] = field(default_factory=dict)


class Taken(NamedTuple):
    """One observation, what it claims by itself or why nothing, and its place."""

    observation: Any
    claim: Any
    place: Any = None


@dataclass
class Recalled:
    """What observations say in the light of those before them.

    `rows` are to be kept, by name; `claims` take the place of what an observation says alone, by its id;
    `earlier` are claims of observations that had waited; `unable` says which could not look, and why.
    """

    rows: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Detection | Reason] = field(default_factory=dict)
    earlier: list[Detection] = field(default_factory=list)
    unable: dict[str, Reason] = field(default_factory=dict)


Recall = Callable[[str], Any]
"""The row of that name of the source at hand, None where there is none."""


@dataclass(frozen=True)
class Memory:
    """What a detector remembers of each source: rows of one kind, bounded, and how they are used.

    `step(options, recall, taken, received_at)` is given what one source said in one delivery and changes
    nothing: what it returns should not depend on the order in which observations came. `also` are kinds of
    observation that it wants to see besides those that it judges.
    """

    row: type[Any]
    step: Callable[[Any, Recall, Sequence[Taken], datetime], Recalled]
    also: tuple[type[Any], ...] = ()


@dataclass(frozen=True)
class Detector:
    """One detector. `judge(options, observation, received_at)` gives a claim or the reason for none.

    Where places must be worked out, `place(options, observations, ground)` gives them for a whole delivery at
    once, by id; `judge` is handed that of its observation as a fourth argument.
    """

    name: str
    consumes: type[Any]
    options: type[Any]
    judge: Callable[..., Detection | Reason]
    place: Callable[[Any, Sequence[Any], Ground], Mapping[str, Any]] | None = None
    memory: Memory | None = None
