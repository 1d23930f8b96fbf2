"""A picture of a camera is a bundle of looks: a place in the picture is a direction and a tilt.

The angle off the middle grows with the arc tangent of the distance from it, not with the distance: a linear
rule is degrees off in a wide picture. u runs from 0 at the left edge to 1 at the right, v from 0 at the top
to 1 at the bottom.
"""

from typing import Annotated

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Preset(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a camera looks: the direction, tilt and roll of the middle of its picture, and its width.

    `field_deg` is the angle between left and right edge; `ratio` the picture's height by its width;
    `roll_deg` how far the camera is turned clockwise.
    """

    azimuth_deg: Annotated[float, Meta(ge=0, lt=360)]
    tilt_deg: Annotated[float, Meta(ge=-90, le=90)] = 0.0
    roll_deg: Annotated[float, Meta(ge=-180, le=180)] = 0.0
    field_deg: Annotated[float, Meta(gt=0, lt=180)]
    ratio: Annotated[float, Meta(gt=0)] = 9 / 16


class Box(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found in a picture, as shares of its width and height."""

    left: Annotated[float, Meta(ge=0, le=1)]
    top: Annotated[float, Meta(ge=0, le=1)]
    right: Annotated[float, Meta(ge=0, le=1)]
    bottom: Annotated[float, Meta(ge=0, le=1)]


class Cone(Struct, frozen=True, kw_only=True):
    """Between which directions something is, degrees clockwise from north, and the tilt of its lower edge."""

    azimuth_deg: float
    half_angle_deg: float
    tilt_deg: float


def looks(preset: Preset, u: ArrayLike, v: ArrayLike) -> tuple[Floats, Floats]:
    """Return azimuth and tilt, degrees, of places in the picture; level and unrolled it is the tangent rule.

    >>> level = Preset(azimuth_deg=90.0, field_deg=60.0)
    >>> [round(float(part), 3) for part in looks(level, 0.75, 0.5)]
    [106.102, 0.0]
    """
    half = np.tan(np.radians(preset.field_deg / 2.0))
    right = (2.0 * np.asarray(u, dtype=np.float64) - 1.0) * half
    up = (1.0 - 2.0 * np.asarray(v, dtype=np.float64)) * half * preset.ratio
    roll, tilt = np.radians(preset.roll_deg), np.radians(preset.tilt_deg)
    across = np.cos(roll) * right + np.sin(roll) * up
    above = np.cos(roll) * up - np.sin(roll) * right
    ahead = np.cos(tilt) - np.sin(tilt) * above
    height = np.sin(tilt) + np.cos(tilt) * above
    azimuth = (preset.azimuth_deg + np.degrees(np.arctan2(across, ahead))) % 360.0
    azimuth = np.where(azimuth >= 360.0, 0.0, azimuth)
    return azimuth, np.degrees(np.arctan2(height, np.hypot(across, ahead)))


def cone_of(preset: Preset, box: Box) -> Cone:
    """Return the directions between which a box lies, and the tilt of the middle of its lower edge.

    Smoke stands on its fire: the lower edge is the nearest to it that can be seen.

    Raises
    ------
    ValueError
        when the box has no width or is upside down.
    """
    if box.right <= box.left or box.bottom < box.top:
        raise ValueError("a box whose right edge is left of the left one, or its bottom above its top")
    middle, tilt = (float(part) for part in looks(preset, (box.left + box.right) / 2.0, box.bottom))
    sides = np.array([box.left, box.right, box.left, box.right])
    azimuth, _ = looks(preset, sides, np.array([box.top, box.top, box.bottom, box.bottom]))
    turns = (azimuth - middle + 180.0) % 360.0 - 180.0
    low, high = float(turns.min()), float(turns.max())
    azimuth_deg = (middle + (low + high) / 2.0) % 360.0
    return Cone(azimuth_deg=azimuth_deg, half_angle_deg=(high - low) / 2.0, tilt_deg=tilt)
