"""The index of place names is built once the layer has its order, and lies in a folder of its own."""

from detectors.region import Layer
from detectors.region.place_names import name_index
from streams.region.build.spelling import spellings
from streams.region.manifest import NAMES
from streams.region.write import RegionWriter


def keep_names(build: RegionWriter, layer: Layer) -> None:
    """Write the index of a finished layer `place_names` and take its files up."""
    build.keep_arrays(NAMES, name_index(layer, readings(layer)))


def readings(layer: Layer) -> list[tuple[str, ...]]:
    """Return the spellings of every row: what its column `pinyin` says, syllables apart, comes first."""
    own = layer.column("pinyin") if "pinyin" in layer.columns else [None] * len(layer)
    return [
        tuple(dict.fromkeys([said, *spellings(name)] if said else spellings(name)))
        for said, name in zip(own, layer.names(), strict=True)
    ]
