"""Layers put together, so that one question reaches all: small ones on one sheet, large ones alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors.region.footprint import Footprints
from detectors.region.layer import Layer
from detectors.region.prepared import Prepared
from detectors.region.ragged import Whole, starts_of
from detectors.region.sheet import Sheet
from detectors.region.touching import Touches, shares
from schemas.incident import Place, Relation

SMALL = 1_000_000
"""Vertices up to which layers are copied onto one sheet and prepared (some 100 MB of memory)."""

REMEMBERED = 50_000
"""Rows of a page whose words are kept at hand (about 20 MB)."""

ILLUSTRATIVE = "illustrative"
"""Attribute that is true where a row is made up to show something."""

TOLD = ("level", "zone", "owner")
"""Attributes of an area that its place carries: what grades and receivers ask for."""


@dataclass(frozen=True, eq=False)
class Page:
    """One sheet with the rows of one layer or of several, one after the other."""

    sheet: Sheet
    layers: tuple[Layer, ...]
    ranks: NDArray[np.int64]
    _starts: Whole
    _known: dict[int, Place] = field(default_factory=dict)

    @classmethod
    def of(cls, layers: Sequence[Layer], order: Sequence[str]) -> "Page":
        """Page of these layers; `order` ranks them by name."""
        counts = np.array([len(part) for part in layers], dtype=np.int64)
        sheet = layers[0].sheet if len(layers) == 1 else Sheet.joined([part.sheet for part in layers])
        ranks = np.array([order.index(part.name) for part in layers], dtype=np.int64)
        return cls(sheet, tuple(layers), ranks, starts_of(counts))

    def part_of(self, rows: Whole) -> Whole:
        """Number of the layer of each row."""
        return np.searchsorted(self._starts, rows, side="right") - 1

    def rank_of(self, rows: Whole) -> Whole:
        """Rank of the layer of each row."""
        return self.ranks[self.part_of(rows)]

    @cached_property
    def _prepared(self) -> Prepared | None:
        return Prepared.of(self.sheet) if len(self.sheet.shapes.xy) <= SMALL else None

    def shares(self, footprints: Footprints) -> Touches:
        """Rows that each footprint touches, with share and probability."""
        if self._prepared is None:
            return shares(self.sheet, footprints)
        return self._prepared.shares(footprints)

    @cached_property
    def row_ranks(self) -> Whole:
        """Rank of every row."""
        return np.repeat(self.ranks, np.diff(self._starts))

    def _said(self, row: int) -> Place:
        """The row as a place, whatever its relation."""
        known = self._known.get(row)
        if known is None:
            part = int(self.part_of(np.array([row]))[0])
            layer, own = self.layers[part], np.array([row - self._starts[part]])
            told: dict[str, Any] = {
                name: str(layer.column(name, own)[0] or "") for name in TOLD if name in layer.columns
            }
            known = Place(
                layer=layer.name,
                place_id=layer.ids(own)[0],
                name=layer.names(own)[0],
                relation="inside",
                illustrative=ILLUSTRATIVE in layer.columns and bool(layer.column(ILLUSTRATIVE, own)[0]),
                **told,
            )
            if len(self._known) < REMEMBERED:
                self._known[row] = known
        return known

    def place(self, row: int, relation: Relation, **more: Any) -> Place:
        """The row as a place, with more of its fields."""
        return msgspec.structs.replace(self._said(row), relation=relation, **more)


def pages(layers: Mapping[str, Layer], order: Sequence[str]) -> tuple[Page, ...]:
    """Pages of the layers that `order` names: the small ones on one, the others each on its own."""
    there = [layers[name] for name in order if name in layers and len(layers[name])]
    small: list[Layer] = []
    left = SMALL
    for part in sorted(there, key=lambda one: len(one.shapes.xy)):
        left -= len(part.shapes.xy)
        if left >= 0:
            small.append(part)
    large = [part for part in there if part not in small]
    groups = [[part for part in there if part in small], *([part] for part in large)]
    return tuple(Page.of(group, order) for group in groups if group)
