"""One map: which areas hold a position or meet a footprint, what is near, and what each is called."""

from detectors.region.layer import Layer
from detectors.region.region import WORLD, Region
from detectors.region.timeline import AnyRegion, Regions

__all__ = ["WORLD", "AnyRegion", "Layer", "Region", "Regions"]
