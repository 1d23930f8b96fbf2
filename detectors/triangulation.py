"""Where bearings from several stations cross: weighted least squares on the sphere, with an ellipse of error.

Each bearing counts by 1 / σ². A crossing that cannot be trusted is refused with its reason: bearings that are
almost parallel, that meet behind a station or at its foot, that come from one mast, or that contradict each
other. Of the bearings from one mast only the sharpest counts. The covariance is (JᵀWJ)⁻¹ with the rows
(cos azimuth, -sin azimuth) / distance: the usual fix by bearings alone.
"""

from typing import Annotated, Literal

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from detectors.geodesy import bearing_deg, destination, distance_km, positions, unit_vectors

Floats = NDArray[np.float64]
Why = Literal[
    "too_few", "one_mast", "narrow_crossing", "behind_station", "at_station", "too_far", "contradictory"
]

ROUNDS = 30
"""Steps at most; three or four are usually enough."""

LEAST_TURN = 1e-6
"""Planes that are turned against each other by less than this (some metres in 6,000 km) are one."""

SETTLED_M = 0.01
"""A step below this is none."""

NORMAL_99 = 2.326
"""99 % point of the normal distribution."""


class Bearing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One bearing: from where, in which direction, and its standard error."""

    longitude: Annotated[float, Meta(ge=-180, le=180)]
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    azimuth_deg: Annotated[float, Meta(ge=0, lt=360)]
    sigma_deg: Annotated[float, Meta(gt=0, le=45)]


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a crossing must keep to be believed."""

    least_crossing_deg: Annotated[float, Meta(ge=0, le=90)] = 15.0
    least_baseline_m: Annotated[float, Meta(ge=0)] = 100.0
    least_distance_m: Annotated[float, Meta(ge=0)] = 200.0
    most_distance_m: Annotated[float, Meta(gt=0)] = 60_000.0


class Crossing(Struct, frozen=True, kw_only=True):
    """Where bearings cross, and the ellipse of one standard error; `azimuth_deg` is that of its long axis."""

    longitude: float
    latitude: float
    semi_major_m: float
    semi_minor_m: float
    azimuth_deg: float
    crossing_deg: float
    chi_square: float


class Refusal(Struct, frozen=True, kw_only=True):
    """Why bearings give no place: a word for it, and what was found against what is asked for."""

    why: Why
    found: float
    limit: float


def crossing(bearings: tuple[Bearing, ...], limits: Limits | None = None) -> Crossing | Refusal:
    """Return where the bearings cross, or why they are not believed. Their order changes nothing."""
    asked, different = limits or Limits(), len(set(bearings))
    given = one_a_mast(bearings, asked.least_baseline_m)
    if len(given) < 2:
        why: Why = "too_few" if different < 2 else "one_mast"
        return Refusal(why=why, found=float(min(different, 1)), limit=2.0)
    station = np.array([(one.longitude, one.latitude) for one in given])
    azimuth = np.array([one.azimuth_deg for one in given])
    sigma = np.array([one.sigma_deg for one in given])
    start = _first(station, azimuth, sigma)
    if start is None:
        return Refusal(why="narrow_crossing", found=0.0, limit=asked.least_crossing_deg)
    fix = _Fix(station, azimuth, np.radians(sigma), start)
    refused = fix.doubt(asked, settled=False)
    if refused is None:
        fix.settle()
        refused = fix.doubt(asked, settled=True)
    return refused or fix.crossing()


class _Fix:
    """A place that is moved until the bearings to it fit best."""

    def __init__(self, station: Floats, azimuth: Floats, sigma: Floats, start: tuple[float, float]) -> None:
        self.station, self.azimuth, self.sigma = station, azimuth, sigma
        self.place = start
        self.look()

    def look(self) -> None:
        """Note distance (m), direction at the place, and what is left of each bearing (radians)."""
        (lon, lat), place = self.station.T, self.place
        self.distance = distance_km(lon, lat, place[0], place[1]) * 1000.0
        back = bearing_deg(place[0], place[1], lon, lat)
        # where a look arrives it has another direction than where it starts: meridians turn
        self.arrives = np.radians(back + 180.0)
        seen = bearing_deg(lon, lat, place[0], place[1])
        self.left = np.radians((self.azimuth - seen + 180.0) % 360.0 - 180.0)

    def rows(self) -> Floats:
        """Return by how many standard errors a metre to the east and to the north turns each bearing."""
        near = np.maximum(self.distance, 1.0)
        across = np.stack([np.cos(self.arrives), -np.sin(self.arrives)], axis=1)
        return np.asarray(across / (near * self.sigma)[:, None])

    def settle(self) -> None:
        """Move until the step is none, by half of it or less where the whole one fits worse."""
        for _ in range(ROUNDS):
            step, *_ = np.linalg.lstsq(self.rows(), self.left / self.sigma, rcond=None)
            length, ahead = float(np.hypot(*step)), float(np.degrees(np.arctan2(step[0], step[1])))
            here, was = self.place, self.chi_square()
            while length >= SETTLED_M:
                lon, lat = destination(*here, ahead, length / 1000.0)
                self.place = float(lon), float(lat)
                self.look()
                if self.chi_square() < was:
                    break
                length /= 2.0
            else:
                self.place = here
                self.look()
                return

    def angle_deg(self) -> float:
        """Return the widest angle under which two of the looks cross, 0 to 90 degrees."""
        turn = np.abs(np.sin(self.arrives[:, None] - self.arrives[None, :]))
        return float(np.degrees(np.arcsin(np.clip(turn.max(), 0.0, 1.0))))

    def chi_square(self) -> float:
        """Return the sum of the squares of what is left, each in standard errors."""
        return float(np.sum((self.left / self.sigma) ** 2))

    def doubt(self, asked: Limits, *, settled: bool) -> Refusal | None:
        """Return why the place is not believed, the first reason that holds."""
        angle, behind = self.angle_deg(), float(np.degrees(np.abs(self.left).max()))
        least, most = float(self.distance.min()), float(self.distance.max())
        spare, off = len(self.left) - 2, self.chi_square()
        asks: list[tuple[Why, bool, float, float]] = [
            ("narrow_crossing", angle < asked.least_crossing_deg, angle, asked.least_crossing_deg),
            ("behind_station", behind > 90.0, behind, 90.0),
            ("at_station", settled and least < asked.least_distance_m, least, asked.least_distance_m),
            ("too_far", settled and most > asked.most_distance_m, most, asked.most_distance_m),
            (
                "contradictory",
                settled and spare > 0 and off > chi_square_99(spare),
                off,
                chi_square_99(spare),
            ),
        ]
        hold = (Refusal(why=why, found=found, limit=limit) for why, holds, found, limit in asks if holds)
        return next(hold, None)

    def crossing(self) -> Crossing:
        """Return the place with its ellipse."""
        rows = self.rows()
        values, axes = np.linalg.eigh(np.linalg.inv(rows.T @ rows))
        return Crossing(
            longitude=self.place[0],
            latitude=self.place[1],
            semi_major_m=float(np.sqrt(values[1])),
            semi_minor_m=float(np.sqrt(values[0])),
            azimuth_deg=float(np.degrees(np.arctan2(axes[0, 1], axes[1, 1])) % 180.0),
            crossing_deg=self.angle_deg(),
            chi_square=self.chi_square(),
        )


def chi_square_99(freedom: int) -> float:
    """Return the 99 % point of the chi-square distribution (Wilson and Hilferty 1931: right to 1 %).

    >>> [round(chi_square_99(freedom), 1) for freedom in (1, 2, 5, 30)]
    [6.6, 9.2, 15.1, 50.9]
    """
    if freedom < 1:
        return 0.0
    share = 2.0 / (9.0 * freedom)
    return float(freedom * (1.0 - share + NORMAL_99 * share**0.5) ** 3)


def one_a_mast(bearings: tuple[Bearing, ...], apart_m: float) -> list[Bearing]:
    """Return the sharpest bearing of each mast, in an order of their own."""
    kept: list[Bearing] = []
    for one in sorted(bearings, key=_order):
        here = one.longitude, one.latitude
        if all(float(distance_km(*here, k.longitude, k.latitude)) * 1000.0 >= apart_m for k in kept):
            kept.append(one)
    return kept


def _order(one: Bearing) -> tuple[float, float, float, float]:
    return one.sigma_deg, one.longitude, one.latitude, one.azimuth_deg


def _first(station: Floats, azimuth: Floats, sigma: Floats) -> tuple[float, float] | None:
    """Return about where the great circles cross, or None when they are one: where all planes nearly meet.

    Each plane holds its station and has a normal; of two opposite points that on the stations' side counts.
    """
    up = unit_vectors(station[:, 0], station[:, 1])
    ahead = unit_vectors(*destination(station[:, 0], station[:, 1], azimuth, 1000.0))
    normal = np.cross(up, ahead)
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    _, size, axes = np.linalg.svd(normal / sigma[:, None])
    if size[1] < LEAST_TURN * size[0]:
        return None
    place = axes[-1] * np.sign(axes[-1] @ up.sum(axis=0) or 1.0)
    lon, lat = positions(place)
    return float(lon), float(lat)
