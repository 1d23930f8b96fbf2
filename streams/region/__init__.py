"""Regions on disk: built from files, written as a folder of arrays, opened as mapped files."""

from streams.region.demo import demo_region
from streams.region.layer_writer import LayerWriter
from streams.region.loading import load_region
from streams.region.opening import open_region
from streams.region.write import RegionWriter, write_region

__all__ = [
    "LayerWriter",
    "RegionWriter",
    "demo_region",
    "load_region",
    "open_region",
    "write_region",
]
