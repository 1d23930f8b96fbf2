"""Where pine wilt may go from a find: risk rings, and kernel mass over the stands that can host it.

Mixture of near flight, far flight and transport by people; rings at 200 m (core), 1.2 km (watch), 5 km
(flight) and 20 km (people). Evidence: next year's infestation most likely 1.2 km away (Nguyen et al. 2017,
Korea), half of flown *Monochamus saltuarius* beyond 1 km, neighbouring sub-compartments explain 78 %
(Fushun); weights and scales of the mixture are proposals. A probability here is relative risk until it is
calibrated on finds.
"""

from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct
from msgspec.structs import replace

from detectors.pests.arrays import Floats
from detectors.pests.zones import distances_between_km


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Kernel, rings and weights; all proposals."""

    near_weight: Annotated[float, Meta(ge=0, le=1, description="Share of beetles that fly near.")] = 0.90
    near_m: Annotated[float, Meta(gt=0, description="Scale of near flight, m; its mean is twice that.")] = (
        100.0
    )
    far_weight: Annotated[float, Meta(ge=0, le=1, description="Share that flies far.")] = 0.09
    far_m: Annotated[float, Meta(gt=0, description="Scale of far flight, m.")] = 600.0
    people_weight: Annotated[float, Meta(ge=0, le=1, description="Share that people carry.")] = 0.01
    people_m: Annotated[float, Meta(gt=0, description="Scale of transport by people, m.")] = 20_000.0
    people_p: Annotated[float, Meta(gt=1, description="Shape of its tail.")] = 2.0
    rings_m: Annotated[tuple[float, ...], Meta(description="Outer radii of the rings told.")] = (
        200.0,
        1200.0,
        5000.0,
        20_000.0,
    )
    road_beta: Annotated[float, Meta(ge=0, description="How much roads add.")] = 0.5
    road_most: Annotated[float, Meta(gt=0, description="Road density over the median, at most.")] = 3.0
    high_m: Annotated[float, Meta(description="Above it the disease is seldom, m.")] = 1500.0
    high_factor: Annotated[float, Meta(ge=0, le=1, description="Factor on the risk above `high_m`.")] = 0.3


RINGS = ("core", "watch", "flight", "human")


def exponential_within(radius_m: Floats, scale_m: float) -> Floats:
    """Return the share of f = exp(-r/a) / (2 pi a^2) that falls within a radius."""
    r = np.asarray(radius_m, dtype=np.float64) / scale_m
    result: Floats = 1 - (1 + r) * np.exp(-r)
    return result


def fat_tail_within(radius_m: Floats, scale_m: float, p: float) -> Floats:
    """Return the share of the 2Dt kernel f = (p-1) / (pi u) (1 + r^2/u)^-p, u = scale^2, within a radius."""
    r = np.asarray(radius_m, dtype=np.float64) / scale_m
    result: Floats = 1 - (1 + r * r) ** (1 - p)
    return result


def within(options: Options, radius_m: Floats) -> Floats:
    """Return the share of dispersal that ends within a radius, m."""
    near = options.near_weight * exponential_within(radius_m, options.near_m)
    far = options.far_weight * exponential_within(radius_m, options.far_m)
    people = options.people_weight * fat_tail_within(radius_m, options.people_m, options.people_p)
    result: Floats = near + far + people
    return result


def density(options: Options, radius_m: Floats) -> Floats:
    """Return the share of dispersal that ends on one m² at a distance, 1/m²."""
    r = np.asarray(radius_m, dtype=np.float64)
    near, far = (
        weight * np.exp(-r / scale) / (2 * np.pi * scale**2)
        for weight, scale in ((options.near_weight, options.near_m), (options.far_weight, options.far_m))
    )
    u = options.people_m**2
    people = (options.people_p - 1) / (np.pi * u) * (1 + r * r / u) ** -options.people_p
    result: Floats = near + far + options.people_weight * people
    return result


def quantile_m(options: Options, share: float) -> float:
    """Return the radius within which a share of dispersal ends, m."""
    low, high = 0.0, 1.0
    while float(within(options, np.array(high))) < share:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if float(within(options, np.array(middle))) < share else (low, middle)
    return high


class Stands(NamedTuple):
    """Stands: centres (WGS 84), area, share of host times susceptibility, height, road density over median.

    NaN in height or road density is unknown: no cap, and the median.
    """

    longitude: Floats
    latitude: Floats
    area_ha: Floats
    host: Floats
    height_m: Floats
    road: Floats


class Risk(NamedTuple):
    """For each stand: probability of an arrival that finds a host, nearest find, ring (4: outside all)."""

    probability: Floats
    nearest_m: Floats
    ring: Floats


def risk(options: Options, stands: Stands, longitude: Floats, latitude: Floats, gate: float) -> Risk:
    """Return the risk of each stand from finds at given places; `gate` 0 to 1 is the season of flight.

    One find sends one dispersal: p = kernel mass on the stand x host x height x road x season, and a stand's
    probability is 1 - prod(1 - p) over all finds. Transport by people does not wait for the season.

    Raises ValueError when the gate is not within 0 and 1.
    """
    if not 0 <= gate <= 1:
        raise ValueError("the season gate lies between 0 and 1")
    apart = distances_between_km(stands.longitude, stands.latitude, longitude, latitude) * 1000
    if apart.shape[1] == 0:
        far = np.full(len(stands.area_ha), np.inf)
        return Risk(np.zeros(len(far)), far, np.full(len(far), float(len(options.rings_m))))
    flown = _mass(options, stands, apart, flight=True) * gate + _mass(options, stands, apart, flight=False)
    road = 1 + options.road_beta * np.minimum(
        np.where(np.isnan(stands.road), 1.0, stands.road), options.road_most
    )
    high = np.where(stands.height_m > options.high_m, options.high_factor, 1.0)
    weight = np.clip(stands.host, 0, 1) * high * road
    probability = 1 - np.prod(1 - np.clip(flown * weight[:, None], 0, 1), axis=1)
    nearest = apart.min(axis=1)
    ring = np.searchsorted(np.asarray(options.rings_m), nearest, side="left").astype(np.float64)
    return Risk(probability, nearest, ring)


def _mass(options: Options, stands: Stands, apart_m: Floats, *, flight: bool) -> Floats:
    """Return the kernel's mass on each stand (rows) from each find (columns): a disc of the stand's area.

    At a distance the density at the centre times the area; a disc about the find itself holds what falls
    within its radius, which also is the most that any stand of this size can hold.
    """
    keep = {"people_weight": 0.0} if flight else {"near_weight": 0.0, "far_weight": 0.0}
    part = replace(options, **keep)
    area = (stands.area_ha * 10_000)[:, None]
    most = within(part, np.sqrt(area / np.pi))
    return np.minimum(density(part, apart_m) * area, most)
