"""One map: which areas hold a position or meet a footprint, what is near, and what each is called."""

from detectors.region.layer import Layer
from detectors.region.region import WORLD, Region

__all__ = ["WORLD", "Layer", "Region"]
