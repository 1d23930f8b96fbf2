"""Footprints: what a source may have seen, as convex pieces in grid steps, and how likely each part of it is.

A pixel or a cone is as likely everywhere. A circle or an ellipse is a normal distribution whose stated radius
is two standard errors; what lies beyond is left out and the rest scaled up to 1.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.region.ellipsoid import metres_per_step
from detectors.region.grid import HALF_TURN, STEPS, to_degrees, to_positions
from detectors.region.ragged import Whole, spread
from detectors.region.sector import ring_area

Floats = NDArray[np.float64]

CORNERS = 24
"""Corners of a circle's ring; they lie just outside, which makes it 0.9 % too wide."""

SMALLEST_M = 1.0
"""Least half-width of a footprint, m: below every position's error, and wide enough for whole steps."""

WIDEST_DEG = 89.0
"""Most that a piece reaches to either side of its middle, degrees; only beside a pole is that too little."""

SLICE_DEG = 7.5
"""Most that one piece of a cone spans, degrees."""


@dataclass(frozen=True, eq=False)
class Footprints:
    """`count` footprints of convex pieces.

    `x`, `y` (n) are the likeliest positions in grid steps, `known` which of them are on the map.
    `owner` (m) tells whose piece it is, `middle` (m, 2) a position inside it, `corners` (m, k, 2) its ring,
    not closed, counter-clockwise; a ring keeps on past the 180th meridian. `errors` (n, 2, 2) turns steps
    from the middle into standard errors; None: as likely everywhere.
    """

    x: Whole
    y: Whole
    known: NDArray[np.bool_]
    owner: Whole
    middle: Whole
    corners: Whole
    errors: Floats | None = None

    def __len__(self) -> int:
        """How many footprints there are."""
        return len(self.x)

    def rings(self) -> Floats:
        """Closed rings of all pieces, degrees, shape (m, k + 1, 2)."""
        return to_degrees(np.concatenate([self.corners, self.corners[:, :1]], axis=1))

    @property
    def centred(self) -> bool:
        """Whether each footprint is one piece whose middle is the likeliest position."""
        return len(self.owner) == len(self.x) and np.array_equal(self.middle[:, 0], self.x)

    @cached_property
    def piece_share(self) -> Floats:
        """Part of its footprint that each piece is."""
        if self.centred:
            return np.ones(len(self))
        pieces = ring_area((self.corners - self.middle[:, None]).astype(np.float64).transpose(2, 1, 0))
        whole: Floats = np.bincount(self.owner, pieces, minlength=len(self)).astype(np.float64)
        return pieces / whole[self.owner]


def circles(lon: ArrayLike, lat: ArrayLike, radius_m: ArrayLike) -> Footprints:
    """Circles of uncertainty: degrees, and two standard errors in metres."""
    return ellipses(lon, lat, radius_m, radius_m, 0.0)


def ellipses(
    lon: ArrayLike,
    lat: ArrayLike,
    semi_major_m: ArrayLike,
    semi_minor_m: ArrayLike,
    azimuth_deg: ArrayLike,
) -> Footprints:
    """Ellipses of uncertainty: half axes are two standard errors, m; the major one to `azimuth_deg`."""
    x, y, known = to_positions(lon, lat)
    major, minor = _half(semi_major_m, x), _half(semi_minor_m, x)
    turns = np.linspace(0.0, 2 * np.pi, CORNERS, endpoint=False)
    out = 1.0 / np.cos(np.pi / CORNERS)
    ahead, left = np.cos(turns) * out, np.sin(turns) * out
    axes = _axes(azimuth_deg, x)
    flat = axes[:, None, 0] * (major[:, None] * ahead)[..., None]
    flat = flat + axes[:, None, 1] * (minor[:, None] * left)[..., None]
    scale = _scale(y)
    errors = axes * scale[:, None, :] * (2.0 / np.stack([major, minor], axis=1))[..., None]
    middle = np.stack([x, y], axis=1)
    return Footprints(x, y, known, np.arange(len(x)), middle, _placed(middle, flat, scale), errors)


def pixels(
    lon: ArrayLike, lat: ArrayLike, scan_km: ArrayLike, track_km: ArrayLike, azimuth_deg: ArrayLike = 0.0
) -> Footprints:
    """Satellite pixels: `track_km` along the flight towards `azimuth_deg`, `scan_km` across it."""
    x, y, known = to_positions(lon, lat)
    along = _half(np.multiply(track_km, 500.0), x)
    across = _half(np.multiply(scan_km, 500.0), x)
    axes = _axes(azimuth_deg, x)
    signs = np.array([(1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)])
    flat = axes[:, None, 0] * (along[:, None] * signs[:, 0])[..., None]
    flat = flat + axes[:, None, 1] * (across[:, None] * signs[:, 1])[..., None]
    middle = np.stack([x, y], axis=1)
    return Footprints(x, y, known, np.arange(len(x)), middle, _placed(middle, flat, _scale(y)))


def cones(  # noqa: PLR0913, PLR0917 - a cone has these parts
    lon: ArrayLike,
    lat: ArrayLike,
    azimuth_deg: ArrayLike,
    half_angle_deg: ArrayLike,
    near_m: ArrayLike,
    far_m: ArrayLike,
) -> Footprints:
    """What cameras see: from `near_m` to `far_m`, `half_angle_deg` (up to 180) to either side of the azimuth.

    A camera stands at the position given; the likeliest position is the middle of its axis.
    """
    x, y, known = to_positions(lon, lat)
    camera = np.stack([x, y], axis=1)
    far = _half(far_m, x)
    near = np.minimum(_half(near_m, x), far - SMALLEST_M / 2)
    half = np.radians(
        np.clip(np.broadcast_to(np.asarray(half_angle_deg, dtype=np.float64), x.shape), 0.1, 180)
    )
    axes = _axes(azimuth_deg, x)
    pieces = np.ceil(2 * half / np.radians(SLICE_DEG)).astype(np.int64)
    owner, number = spread(np.zeros(len(x), dtype=np.int64), pieces)
    step = (2 * half / pieces)[owner]
    right = number * step - half[owner]
    out = far[owner] / np.cos(step / 2)
    away = np.stack([near[owner], out, out, near[owner]], axis=1)
    turns = np.stack([right, right, right + step, right + step], axis=1)
    corners = _ahead(camera[owner], axes[owner], away, turns)
    middle = np.rint(corners.mean(axis=1)).astype(np.int64)
    likeliest = _ahead(camera, axes, ((near + far) / 2)[:, None], np.zeros((len(x), 1)))[:, 0]
    likeliest[:, 0] = (likeliest[:, 0] + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN
    return Footprints(likeliest[:, 0], likeliest[:, 1], known, owner, middle, corners)


def _ahead(origin: Whole, axes: Floats, away_m: Floats, turns: Floats) -> Whole:
    """Positions (n, k, 2) at these distances and angles (radians, to the left) from the first axis."""
    flat = axes[:, None, 0] * (away_m * np.cos(turns))[..., None]
    flat = flat + axes[:, None, 1] * (away_m * np.sin(turns))[..., None]
    _, north = metres_per_step(to_degrees(origin[:, 1]))
    rise = flat[..., 1] / north[:, None]
    east, _ = metres_per_step(np.clip(to_degrees(origin[:, None, 1] + rise / 2), -90.0, 90.0))
    steps = np.stack([flat[..., 0] / np.maximum(east, 1e-9), rise], axis=-1)
    return _on_map(origin, steps)


def _half(metres: ArrayLike, like: Whole) -> Floats:
    wide = np.broadcast_to(np.asarray(metres, dtype=np.float64), like.shape)
    return np.maximum(np.where(np.isfinite(wide), wide, 0.0), SMALLEST_M)


def _axes(azimuth_deg: ArrayLike, like: Whole) -> Floats:
    """Unit vectors (n, 2, 2) east and north: ahead, and to the left of it."""
    turn = np.radians(np.broadcast_to(np.asarray(azimuth_deg, dtype=np.float64), like.shape))
    east, north = np.sin(turn), np.cos(turn)
    return np.stack([np.stack([east, north], axis=1), np.stack([-north, east], axis=1)], axis=1)


def _scale(y: Whole) -> Floats:
    """Metres in a step east and north of each position, shape (n, 2); never zero."""
    east, north = metres_per_step(to_degrees(y))
    return np.stack([np.maximum(east, 1e-9), north], axis=1)


def _placed(middle: Whole, flat: Floats, scale: Floats) -> Whole:
    """Grid steps of corners that are given in metres from the middle."""
    return _on_map(middle, flat / scale[:, None, :])


def _on_map(origin: Whole, steps: Floats) -> Whole:
    near = np.minimum(np.maximum(steps, -WIDEST_DEG * STEPS), WIDEST_DEG * STEPS)
    placed = origin[:, None, :] + np.rint(near).astype(np.int64)
    placed[..., 1] = np.minimum(np.maximum(placed[..., 1], -HALF_TURN // 2), HALF_TURN // 2)
    return placed
