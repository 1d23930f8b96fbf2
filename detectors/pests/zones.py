"""The circles in which traps are looked at together: each trap with its nearest, one more at a time."""

from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct

from detectors.geodesy import EARTH_RADIUS_KM
from detectors.pests.arrays import Flags, Floats, Integers


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How large a circle may grow."""

    most_traps: Annotated[int, Meta(ge=1, description="Traps in a circle.")] = 80
    most_km: Annotated[float, Meta(gt=0, description="Radius, km.")] = 30.0
    most_share: Annotated[float, Meta(gt=0, le=1, description="Share of all that is expected.")] = 0.5


class Zones(NamedTuple):
    """For each centre (rows) the traps by distance (columns), the distances, and which columns end a circle.

    A circle that ends at column j holds the traps of columns 0 to j.
    """

    order: Integers
    km: Floats
    ends: Flags


def circles(longitude: Floats, latitude: Floats, options: Options) -> Zones:
    """Return the circles about every trap; traps at one distance from the centre come in together."""
    apart = distances_km(longitude, latitude)
    most = min(options.most_traps, len(longitude))
    order = np.argsort(apart, axis=1, kind="stable")
    km = np.take_along_axis(apart, order, axis=1)
    # A circle never cuts traps at one distance in two: each column is compared with the next.
    after = np.column_stack([km[:, 1:], np.full(len(km), np.inf)])
    ends = (after > km + 1e-9) & (km <= options.most_km)
    return Zones(order[:, :most], km[:, :most], ends[:, :most])


def distances_km(longitude: Floats, latitude: Floats) -> Floats:
    """Return the great-circle distances between all pairs, km."""
    return distances_between_km(longitude, latitude, longitude, latitude)


def distances_between_km(
    longitude: Floats, latitude: Floats, to_longitude: Floats, to_latitude: Floats
) -> Floats:
    """Return the great-circle distances from each place (rows) to each other (columns), km (haversine)."""
    lon, lat, to_lon, to_lat = (np.radians(part) for part in (longitude, latitude, to_longitude, to_latitude))
    half = np.sin((lat[:, None] - to_lat) / 2) ** 2
    half = half + np.cos(lat)[:, None] * np.cos(to_lat) * np.sin((lon[:, None] - to_lon) / 2) ** 2
    result: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return result


def paired_km(longitude: Floats, latitude: Floats, to_longitude: Floats, to_latitude: Floats) -> Floats:
    """Return the great-circle distance of each place from its partner, km: the same formula, pair by pair."""
    lon, lat, to_lon, to_lat = (np.radians(part) for part in (longitude, latitude, to_longitude, to_latitude))
    half = np.sin((lat - to_lat) / 2) ** 2 + np.cos(lat) * np.cos(to_lat) * np.sin((lon - to_lon) / 2) ** 2
    result: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return result
