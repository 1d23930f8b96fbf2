"""A camera's preset is set right by landmarks: where known points stand in its picture.

Direction, tilt, width and roll are found together by least squares over the landmarks' directions (Gauss and
Newton). One landmark turns the camera, two also give the width of the picture, three also the roll.
"""

from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from detectors.camera import Preset, looks

Floats = NDArray[np.float64]

ROUNDS = 30
"""Steps at most; a few are enough where the landmarks fit."""

STEP_DEG = 1e-4
"""Step of the numerical derivative."""

SETTLED_DEG = 1e-9
"""A step below this is none."""

FARTHEST_TURN_DEG = 45.0
"""A landmark further than this from where the preset expects it is another landmark."""


class Landmark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A known point: where it stands in the picture, and its true direction and tilt from the camera."""

    u: Annotated[float, Meta(ge=0, le=1)]
    v: Annotated[float, Meta(ge=0, le=1)]
    azimuth_deg: Annotated[float, Meta(ge=0, lt=360)]
    tilt_deg: Annotated[float, Meta(ge=-90, le=90)]


class Calibrated(Struct, frozen=True, kw_only=True):
    """The preset set right, and how well the landmarks then fit.

    `error_deg` is the standard error of a direction; None where there are just enough landmarks to turn the
    camera, so that nothing tells how well they fit.
    """

    preset: Preset
    error_deg: float | None


class CalibrationError(ValueError):
    """The landmarks do not tell how the camera looks; the message says why."""


def calibrated(preset: Preset, landmarks: tuple[Landmark, ...]) -> Calibrated:
    """Return the preset that fits the landmarks best, from one that is roughly right.

    Raises
    ------
    CalibrationError
        when there is no landmark, one is far from where it is expected, or they stand too close together.
    """
    if not landmarks:
        raise CalibrationError("no landmark")
    u, v = (np.array([getattr(one, part) for one in landmarks]) for part in ("u", "v"))
    true = np.array([[one.azimuth_deg for one in landmarks], [one.tilt_deg for one in landmarks]])
    fields = ("azimuth_deg", "tilt_deg", "field_deg", "roll_deg")[: min(len(landmarks), 3) + 1]
    values = np.array([getattr(preset, field) for field in fields])
    left = _left(preset, u, v, true)
    if float(np.abs(left).max()) > FARTHEST_TURN_DEG:
        raise CalibrationError(f"a landmark is {np.abs(left).max():.0f} degrees from where it is expected")
    for _ in range(ROUNDS):
        slopes = [
            _left(_with(preset, fields, values + step), u, v, true) for step in STEP_DEG * np.eye(len(fields))
        ]
        jacobian = (np.array(slopes) - left).T / STEP_DEG
        change, _, rank, _ = np.linalg.lstsq(jacobian, -left, rcond=1e-6)
        if rank < len(fields):
            raise CalibrationError("the landmarks stand too close together in the picture")
        values = values + change
        left = _left(_with(preset, fields, values), u, v, true)
        if float(np.abs(change).max()) < SETTLED_DEG:
            break
    spare = left.size - len(fields)
    error = float(np.sqrt(np.sum(left**2) / spare)) if spare else None
    return Calibrated(preset=_with(preset, fields, values), error_deg=error)


def _with(preset: Preset, fields: tuple[str, ...], values: Floats) -> Preset:
    """Return the preset with some values; a picture keeps some width, and directions stay in the circle."""
    given = dict(zip(fields, values.tolist(), strict=True))
    given["azimuth_deg"] %= 360.0
    if "field_deg" in given:
        given["field_deg"] = min(max(given["field_deg"], 0.1), 179.0)
    return msgspec.structs.replace(preset, **given)


def _left(preset: Preset, u: Floats, v: Floats, true: Floats) -> Floats:
    """Return by how much the preset misses each landmark, degrees, measured across the sky."""
    azimuth, tilt = looks(preset, u, v)
    turn = (azimuth - true[0] + 180.0) % 360.0 - 180.0
    return np.concatenate([turn * np.cos(np.radians(true[1])), tilt - true[1]])
