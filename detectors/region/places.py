"""Places of many positions: areas that hold or touch them, with how likely, and the nearest marks."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from detectors.region.atlas import Page, pages
from detectors.region.footprint import Footprints, circles
from detectors.region.layer import Layer
from detectors.region.nearest import nearest, within
from schemas.incident import Place

ADMIN_LAYERS = ("province", "city", "county", "township")
"""Administrative levels, from the widest to the narrowest."""

AREA_LAYERS = (
    *ADMIN_LAYERS, "protected_areas", "risk_zones", "stands", "grassland", "wetland", "carbon_projects",
)  # fmt: skip
"""Layers that a position is inside of."""

NEAR_LAYERS = ("settlements", "facilities", "ancient_trees", "ranger_posts", "roads")
"""Layers of which the nearest feature is told."""

MARK_LAYERS = ("settlements", "facilities", "ancient_trees")
"""Layers of which every feature is told that a fire comes near to, and not the nearest alone."""

NEAR_KM = 5.0
"""How far away a nearest feature is still told of, km."""

LEAST_PROBABILITY = 0.0001
"""What touches is never told to be impossible; probabilities are told to four digits."""


def areas_of(found_on: tuple[Page, ...], footprints: Footprints) -> list[list[Place]]:
    """Areas that each footprint touches: in the order of their layers, held ones first, then by id."""
    ranked: list[list[tuple[int, bool, str, Place]]] = [[] for _ in range(len(footprints))]
    for page in found_on:
        touches = page.shares(footprints)
        likely = np.maximum(np.round(touches.probability, 4), LEAST_PROBABILITY)
        pairs = (touches.at, touches.row, page.rank_of(touches.row), touches.held, likely)
        for at, row, rank, held, chance in zip(*(one.tolist() for one in pairs), strict=True):
            place = page.place(row, "inside" if held else "possibly_inside", probability=chance)
            ranked[at].append((rank, not held, place.place_id, place))
    return [[one[3] for one in sorted(areas, key=lambda one: one[:3])] for areas in ranked]


def marks_of(found_on: tuple[Page, ...], lon: ArrayLike, lat: ArrayLike) -> list[list[Place]]:
    """The nearest feature of each layer within 5 km of each position, with the bearing from it."""
    ranked: list[list[tuple[int, Place]]] = [[] for _ in range(np.size(lon))]
    for page in found_on:
        ranks = page.row_ranks
        near = nearest(page.sheet, lon, lat, NEAR_KM * 1000.0, ranks)
        pairs = (near.at, near.row, ranks[near.row], near.distance_m, near.bearing_deg)
        for at, row, rank, distance_m, bearing_deg in zip(*(one.tolist() for one in pairs), strict=True):
            azimuth = round(bearing_deg + 180.0, 1) % 360.0 if distance_m > 0.0 else None
            gap_km = round(distance_m / 1000.0, 3)
            ranked[at].append((rank, page.place(row, "near", distance_km=gap_km, azimuth_deg=azimuth)))
    return [[place for _, place in sorted(marks, key=lambda one: one[0])] for marks in ranked]


def marks_within(found_on: tuple[Page, ...], lon: float, lat: float, limit_km: float) -> list[Place]:
    """Every feature within `limit_km` of one position, the nearest first, with the bearing from it."""
    found = []
    for page in found_on:
        near = within(page.sheet, [lon], [lat], limit_km * 1000.0)
        rows = zip(near.row.tolist(), near.distance_m.tolist(), near.bearing_deg.tolist(), strict=True)
        for row, distance_m, bearing_deg in rows:
            azimuth = round(bearing_deg + 180.0, 1) % 360.0 if distance_m > 0.0 else None
            gap_km = round(distance_m / 1000.0, 3)
            found.append(page.place(row, "near", distance_km=gap_km, azimuth_deg=azimuth))
    return sorted(found, key=lambda one: (one.distance_km or 0.0, one.layer, one.place_id))


@dataclass(frozen=True, eq=False)
class Places:
    """Pages of areas and of marks."""

    areas: tuple[Page, ...]
    marks: tuple[Page, ...]

    @classmethod
    def of(cls, layers: Mapping[str, Layer]) -> "Places":
        """What these layers can tell."""
        return cls(pages(layers, AREA_LAYERS), pages(layers, NEAR_LAYERS))

    def told(self, lon: ArrayLike, lat: ArrayLike, radius_m: ArrayLike) -> list[tuple[Place, ...]]:
        """Areas of each circle of uncertainty, widest first, then what is near."""
        count = np.size(lon)
        areas = areas_of(self.areas, circles(lon, lat, radius_m)) if self.areas else [[]] * count
        marks = marks_of(self.marks, lon, lat) if self.marks else [[]] * count
        return [(*one, *other) for one, other in zip(areas, marks, strict=True)]
