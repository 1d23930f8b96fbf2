"""The judgement: pure functions of options, state, input and now."""

from functools import cache
from typing import Any

from detectors.base import Detector
from detectors.hotspot import HOTSPOT
from detectors.reading import READING
from detectors.witness import REPORT, SIGHTING

DETECTORS: tuple[Detector, ...] = (HOTSPOT, REPORT, SIGHTING, READING)
"""Every detector in service; adding one is one file and one name here."""


@cache
def detector_of(kind: type[Any]) -> Detector | None:
    """Return the detector that judges observations of this kind, or None."""
    return next((one for one in DETECTORS if issubclass(kind, one.consumes)), None)
