"""The judgement: pure functions of options, state, input and now."""

from detectors.base import Detector
from detectors.hotspot import HOTSPOT
from detectors.reading import READING
from detectors.witness import REPORT, SIGHTING

DETECTORS: tuple[Detector, ...] = (HOTSPOT, REPORT, SIGHTING, READING)
"""Every detector in service; adding one is one file and one name here."""
