"""The record of a detector: what it consumes, its options, and how it judges one observation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detectors.region.terrain import Terrain
from schemas.detection import Detection
from schemas.reason import Reason


@dataclass(frozen=True)
class Ground:
    """What a detector may need to place what it judges: heights, and where geostationary satellites stand."""

    terrain: Terrain | None = None
    satellites: Mapping[str, Any] = field(default_factory=dict)


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
