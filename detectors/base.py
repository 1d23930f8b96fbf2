"""The record of a detector: what it consumes, its options, and how it judges one observation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schemas.detection import Detection
from schemas.reason import Reason


@dataclass(frozen=True)
class Detector:
    """One detector. `judge(options, observation, received_at)` gives a claim or the reason for none."""

    name: str
    consumes: type[Any]
    options: type[Any]
    judge: Callable[..., Detection | Reason]
