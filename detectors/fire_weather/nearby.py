"""Weather at a place from the stations round it: nearer ones count more, and air cools as the ground rises.

Weights are the inverse square of the distance; temperature is first brought to the height of the place by the
lapse rate of the ICAO standard atmosphere. What no station near enough knows is unknown (NaN), never zero.
"""

from typing import Annotated

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import ArrayLike, NDArray

from detectors.geodesy import distance_km

Floats = NDArray[np.float64]

LAPSE_K_PER_M = 0.0065
"""ICAO standard atmosphere (Doc 7488): 6.5 K per km."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many stations count, and from how far."""

    most: Annotated[int, Meta(ge=1)] = 4
    reach_km: Annotated[float, Meta(gt=0)] = 80.0
    least_km: Annotated[float, Meta(gt=0)] = 0.5


class Stations(Struct, frozen=True, kw_only=True):
    """Where stations stand: arrays of equal length; height NaN where it is unknown."""

    lon: Floats
    lat: Floats
    elevation_m: Floats


class At(Struct, frozen=True, kw_only=True):
    """Values at places, how many stations made each, and how far the nearest of them is, km."""

    value: Floats
    stations: NDArray[np.int64]
    nearest_km: Floats


def interpolate(  # noqa: PLR0913, PLR0917 - stations, their values, places
    options: Options,
    stations: Stations,
    values: ArrayLike,
    lon: ArrayLike,
    lat: ArrayLike,
    elevation_m: ArrayLike | None = None,
    lapse_k_per_m: float = 0.0,
) -> At:
    """Return a quantity at places (n) from the values (m) of stations, NaN where unknown.

    With a lapse rate, stations of unknown height do not count, and a place of unknown height is unknown.
    """
    at_lon, at_lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    km = distance_km(at_lon[:, None], at_lat[:, None], stations.lon[None, :], stations.lat[None, :])
    known = np.broadcast_to(np.asarray(values, dtype=np.float64), km.shape)
    if lapse_k_per_m:
        high = np.full(at_lon.shape, np.nan) if elevation_m is None else np.atleast_1d(elevation_m)
        known = known - lapse_k_per_m * (np.asarray(high, float)[:, None] - stations.elevation_m[None, :])
    km = np.where(np.isfinite(known) & (km <= options.reach_km), km, np.inf)
    most = min(options.most, km.shape[1])
    if most == 0:
        nothing = np.full(at_lon.shape, np.nan)
        return At(value=nothing, stations=np.zeros(at_lon.shape, np.int64), nearest_km=nothing)
    near = np.argsort(km, axis=1, kind="stable")[:, :most]
    far = np.take_along_axis(km, near, axis=1)
    used = np.isfinite(far)
    weight = np.where(used, 1.0 / np.maximum(far, options.least_km) ** 2, 0.0)
    total = weight.sum(axis=1)
    there = np.where(used, np.take_along_axis(known, near, axis=1), 0.0)
    value = np.where(total > 0, (weight * there).sum(axis=1) / np.where(total > 0, total, 1.0), np.nan)
    nearest = np.where(used.any(axis=1), far[:, 0], np.nan)
    return At(value=value, stations=used.sum(axis=1), nearest_km=nearest)


def temperature(  # noqa: PLR0913, PLR0917 - stations, their values, places
    options: Options,
    stations: Stations,
    values_c: ArrayLike,
    lon: ArrayLike,
    lat: ArrayLike,
    elevation_m: ArrayLike,
) -> At:
    """Return temperature, °C, at places of known height."""
    return interpolate(options, stations, values_c, lon, lat, elevation_m, LAPSE_K_PER_M)
