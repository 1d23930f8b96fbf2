"""Areas of accounts are those that the region knows: any other is refused with the codes that are nearest."""

import difflib
from collections.abc import Iterable, Mapping

import numpy as np

from detectors.region import Region
from detectors.region.places import ADMIN_LAYERS

NEAREST, SHOWN = 3, 5
"""Codes that are named beside a refusal: the nearest, else the first."""


def areas_of(region: Region) -> dict[str, str]:
    """Return the administrative areas of a region: name by code, the widest layer first."""
    found: dict[str, str] = {}
    for layer in (region.layers[name] for name in ADMIN_LAYERS if name in region.layers):
        every = np.arange(len(layer))
        found.update(zip(layer.ids(every), layer.names(every), strict=True))
    return found


def unknown_area(known: Mapping[str, str], areas: Iterable[str]) -> str | None:
    """Return why one of these areas cannot be given, None where all are known."""
    for one in areas:
        if one not in known:
            return f"the region has no administrative area {one!r}; {_instead(known, one)}"
    return None


def _instead(known: Mapping[str, str], asked: str) -> str:
    named = [code for code, name in known.items() if name == asked]
    near = named or difflib.get_close_matches(asked, known, NEAREST, 0.5)
    codes = near or list(known)[:SHOWN]
    said = ", ".join(f"{code} {known[code]}".strip() for code in codes)
    if not known:
        return "it has none at all: leave the area out"
    return f"nearest: {said}" if near else f"it has {said} and {len(known) - len(codes)} more"
