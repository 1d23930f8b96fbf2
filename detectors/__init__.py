"""The judgement: pure functions of options, state, input and now."""

from detectors.base import Detector
from detectors.hotspot import HOTSPOT
from detectors.witness import REPORT, SIGHTING

DETECTORS: tuple[Detector, ...] = (HOTSPOT, REPORT, SIGHTING)
"""Every detector in service; adding one is one file and one name here."""
