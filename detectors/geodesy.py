"""Distances, bearings and small shapes on the sphere; numbers or numpy arrays in, degrees and kilometres.

Longitude comes before latitude. Everything is computed from unit vectors or haversines, so the 180th meridian
needs no care, except in rings: a ring keeps its longitudes continuous round its centre, past 180 if need be,
and `cut_at_antimeridian` brings the finished shape into the form of RFC 7946.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of WGS 84, (2a + b) / 3, km (IUGG)."""

KM_PER_DEGREE = EARTH_RADIUS_KM * np.pi / 180
"""Length of one degree of latitude on that sphere, km."""


def distance_km(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Floats:
    """Great-circle distance, km; within 0.6 % of the ellipsoid everywhere.

    >>> round(float(distance_km(102.0, 27.0, 102.0, 28.0)), 3)
    111.195
    >>> round(float(distance_km(179.9, 0.0, -179.9, 0.0)), 3)
    22.239
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half_lat = np.sin((phi2 - phi1) / 2) ** 2
    half_lon = np.sin(np.radians(np.subtract(lon2, lon1)) / 2) ** 2
    square = np.clip(half_lat + np.cos(phi1) * np.cos(phi2) * half_lon, 0.0, 1.0)
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(square)))


def bearing_deg(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Floats:
    """First bearing of the great circle from 1 to 2, degrees clockwise from north, 0 to below 360.

    >>> round(float(bearing_deg(0.0, 0.0, 1.0, 0.0)), 6)
    90.0
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    turn = np.radians(np.subtract(lon2, lon1))
    east = np.sin(turn) * np.cos(phi2)
    north = np.cos(phi1) * np.sin(phi2) - np.sin(phi1) * np.cos(phi2) * np.cos(turn)
    degrees = np.degrees(np.arctan2(east, north)) % 360.0
    # A tiny negative angle rounds up to exactly 360 in the line above.
    return np.where(degrees >= 360.0, 0.0, degrees)


def destination(
    lon: ArrayLike, lat: ArrayLike, bearing: ArrayLike, distance: ArrayLike
) -> tuple[Floats, Floats]:
    """Longitude and latitude reached by going `distance` km on `bearing` degrees; longitude from -180 to 180.

    >>> [round(float(part), 3) for part in destination(179.95, 0.0, 90.0, 11.1195)]
    [-179.95, 0.0]
    """
    phi, theta = np.radians(lat), np.radians(bearing)
    arc = np.divide(distance, EARTH_RADIUS_KM)
    sine = np.sin(phi) * np.cos(arc) + np.cos(phi) * np.sin(arc) * np.cos(theta)
    east = np.sin(theta) * np.sin(arc) * np.cos(phi)
    reached = np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))
    turned = np.add(lon, np.degrees(np.arctan2(east, np.cos(arc) - np.sin(phi) * sine)))
    return wrap_longitude(turned), np.asarray(reached)


def wrap_longitude(lon: ArrayLike) -> Floats:
    """The same meridian between -180 and 180; what already lies there is left exactly as it is.

    >>> [float(lon) for lon in wrap_longitude([181.0, -181.0, 180.0, 102.2])]
    [-179.0, 179.0, 180.0, 102.2]
    """
    given = np.asarray(lon, dtype=np.float64)
    return np.where(np.abs(given) <= 180.0, given, (given + 180.0) % 360.0 - 180.0)


def unit_vectors(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Unit vectors of shape (..., 3); no meridian or pole is special among them.

    >>> [round(float(part), 6) for part in unit_vectors(90.0, 0.0)]
    [0.0, 1.0, 0.0]
    """
    phi, turn = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(turn), np.cos(phi) * np.sin(turn), np.sin(phi)], axis=-1)


def positions(vectors: ArrayLike) -> tuple[Floats, Floats]:
    """Longitude and latitude of vectors of shape (..., 3) and any length above zero."""
    x, y, z = np.moveaxis(np.asarray(vectors, dtype=np.float64), -1, 0)
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))


def chord(distance: ArrayLike) -> Floats:
    """Straight distance between two unit vectors that are `distance` km apart on the ground."""
    return np.asarray(2 * np.sin(np.divide(distance, 2 * EARTH_RADIUS_KM)))


def pixel_ring(lon: ArrayLike, lat: ArrayLike, scan_km: ArrayLike, track_km: ArrayLike) -> Floats:
    """Closed ring of a satellite pixel, shape (..., 5, 2), counter-clockwise, longitudes continuous.

    `scan_km` is laid west to east and `track_km` south to north; the tilt of a polar orbit (about 10 degrees)
    is left out, because no FIRMS column tells its sign.
    """
    centre_lon, centre_lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    half_lat = np.divide(track_km, 2 * KM_PER_DEGREE)
    # A pixel that holds a pole spans every meridian.
    cosine = np.maximum(np.cos(np.radians(centre_lat)), 1e-6)
    half_lon = np.minimum(np.divide(scan_km, 2 * KM_PER_DEGREE) / cosine, 180.0)
    east, north = np.array([-1.0, 1.0, 1.0, -1.0, -1.0]), np.array([-1.0, -1.0, 1.0, 1.0, -1.0])
    x = centre_lon[..., None] + half_lon[..., None] * east
    y = np.clip(centre_lat[..., None] + half_lat[..., None] * north, -90.0, 90.0)
    return np.stack(np.broadcast_arrays(x, y), axis=-1)


def circle_ring(lon: ArrayLike, lat: ArrayLike, radius_km: ArrayLike, corners: int = 24) -> Floats:
    """Closed ring round a circle, shape (..., corners + 1, 2), counter-clockwise, longitudes continuous.

    The corners lie just outside, so that the ring holds the whole circle (24 corners: 0.9 % too wide).
    Not for circles that hold a pole.
    """
    centre_lon, centre_lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    turns = -np.linspace(0.0, 360.0, corners + 1)
    reach = np.divide(radius_km, np.cos(np.pi / corners))
    x, y = destination(
        centre_lon[..., None], centre_lat[..., None], turns, np.asarray(reach, dtype=np.float64)[..., None]
    )
    x = centre_lon[..., None] + ((x - centre_lon[..., None] + 180.0) % 360.0 - 180.0)
    ring = np.stack(np.broadcast_arrays(x, y), axis=-1)
    ring[..., -1, :] = ring[..., 0, :]
    return ring


def cut_at_antimeridian(shape: Any) -> Any:
    """The same shapely geometry between -180 and 180, cut in two where it crosses (RFC 7946)."""
    west, _, east, _ = shape.bounds
    if west >= -180.0 and east <= 180.0:
        return shape
    pieces = [
        shapely.transform(part, lambda xy, turn=turn: xy - [turn, 0.0])
        for turn in (-360.0, 0.0, 360.0)
        if not (part := shape.intersection(shapely.box(turn - 180.0, -90.0, turn + 180.0, 90.0))).is_empty
    ]
    return shapely.union_all(pieces)
