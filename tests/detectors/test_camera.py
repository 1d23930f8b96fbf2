import doctest
import itertools

import msgspec
import numpy as np
import pytest
from hills import some
from hypothesis import given
from hypothesis import strategies as st

from detectors import camera
from detectors.calibration import CalibrationError, Landmark, calibrated
from detectors.camera import Box, Preset, cone_of, looks

PRESETS = st.builds(
    Preset,
    azimuth_deg=st.floats(0, 359.9),
    tilt_deg=st.floats(-40, 20),
    roll_deg=st.floats(-5, 5),
    field_deg=st.floats(5, 90),
    ratio=st.floats(0.5, 1.0),
)
SHARE = st.floats(0, 1)


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(camera).failed == 0


@given(st.floats(0, 359.9), st.floats(2, 120), SHARE)
def test_a_level_camera_follows_the_tangent_rule(azimuth, field, u):
    seen, tilt = looks(Preset(azimuth_deg=azimuth, field_deg=field), u, 0.5)
    rule = np.degrees(np.arctan((2 * u - 1) * np.tan(np.radians(field / 2))))
    assert abs((float(seen) - azimuth - rule + 180) % 360 - 180) < 1e-9
    assert float(tilt) == pytest.approx(0.0, abs=1e-9)


def test_a_linear_rule_would_be_degrees_off_in_a_wide_picture():
    seen, _ = looks(Preset(azimuth_deg=0.0, field_deg=90.0), 0.75, 0.5)
    assert float(seen) == pytest.approx(26.565, abs=0.001)
    assert 90.0 * 0.25 == 22.5


def matrix(preset):
    """An independent way: three turns of a ray, as matrices; x east, y north, z up."""
    r, t, a = (np.radians(one) for one in (preset.roll_deg, preset.tilt_deg, preset.azimuth_deg))
    roll = np.array([[np.cos(r), 0, np.sin(r)], [0, 1, 0], [-np.sin(r), 0, np.cos(r)]])
    tilt = np.array([[1, 0, 0], [0, np.cos(t), -np.sin(t)], [0, np.sin(t), np.cos(t)]])
    turn = np.array([[np.cos(a), np.sin(a), 0], [-np.sin(a), np.cos(a), 0], [0, 0, 1]])
    return turn @ tilt @ roll


@given(PRESETS, SHARE, SHARE)
def test_any_place_in_the_picture_is_where_turning_a_ray_puts_it(preset, u, v):
    half = np.tan(np.radians(preset.field_deg / 2))
    ray = matrix(preset) @ np.array([(2 * u - 1) * half, 1.0, (1 - 2 * v) * half * preset.ratio])
    azimuth, tilt = looks(preset, u, v)
    assert float(tilt) == pytest.approx(np.degrees(np.arctan2(ray[2], np.hypot(ray[0], ray[1]))), abs=1e-8)
    turn = float(azimuth) - np.degrees(np.arctan2(ray[0], ray[1]))
    assert abs((turn + 180) % 360 - 180) < 1e-7
    assert 0.0 <= float(azimuth) < 360.0


LOW, HIGH = st.floats(0, 0.45), st.floats(0.55, 1)


@given(PRESETS, st.builds(Box, left=LOW, right=HIGH, top=LOW, bottom=HIGH), st.integers(0, 359))
def test_the_cone_of_a_box_holds_all_its_corners_and_turns_with_the_camera(preset, box, turn):
    cone = cone_of(preset, box)
    for u, v in itertools.product((box.left, box.right), (box.top, box.bottom)):
        azimuth, _ = looks(preset, u, v)
        assert abs((float(azimuth) - cone.azimuth_deg + 180) % 360 - 180) <= cone.half_angle_deg + 1e-9
    turned = cone_of(msgspec.structs.replace(preset, azimuth_deg=(preset.azimuth_deg + turn) % 360.0), box)
    assert abs((turned.azimuth_deg - cone.azimuth_deg - turn + 180) % 360 - 180) < 1e-6
    assert turned.half_angle_deg == pytest.approx(cone.half_angle_deg, abs=1e-6)
    assert turned.tilt_deg == cone.tilt_deg


def test_a_box_that_is_none_is_refused():
    preset = Preset(azimuth_deg=0.0, field_deg=60.0)
    for box in (Box(left=0.5, top=0.1, right=0.5, bottom=0.2), Box(left=0.1, top=0.6, right=0.5, bottom=0.2)):
        with pytest.raises(ValueError, match="a box whose right edge"):
            cone_of(preset, box)


@pytest.mark.parametrize(
    ("kind", "given_as"),
    [
        (Box, {"left": -0.1, "top": 0.1, "right": 0.4, "bottom": 0.3}),
        (Box, {"left": 0.1, "top": 0.1, "right": 1.4, "bottom": 0.3}),
        (Preset, {"azimuth_deg": 400.0, "field_deg": 60.0}),
        (Preset, {"azimuth_deg": 40.0, "field_deg": 0.0}),
        (Preset, {"azimuth_deg": 40.0, "field_deg": 180.0}),
    ],
)
def test_a_box_outside_the_picture_and_an_impossible_preset_are_refused(kind, given_as):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(given_as, kind)


def landmarks(preset, places):
    seen = [(u, v, *map(float, looks(preset, u, v))) for u, v in places]
    return tuple(Landmark(u=u, v=v, azimuth_deg=azimuth, tilt_deg=tilt) for u, v, azimuth, tilt in seen)


FOUR = ((0.1, 0.3), (0.9, 0.4), (0.5, 0.8), (0.3, 0.6))


@some
@given(PRESETS, st.floats(-15, 15), st.floats(-5, 5), st.floats(0.8, 1.25))
def test_a_camera_that_stands_wrong_is_set_right_by_landmarks(true, turned, tilted, wider):
    rough = msgspec.structs.replace(
        true,
        azimuth_deg=(true.azimuth_deg + turned) % 360.0,
        tilt_deg=true.tilt_deg + tilted,
        field_deg=true.field_deg * wider,
        roll_deg=0.0,
    )
    told = calibrated(rough, landmarks(true, FOUR))
    assert abs((told.preset.azimuth_deg - true.azimuth_deg + 180) % 360 - 180) < 1e-5
    for part in ("tilt_deg", "roll_deg", "field_deg"):
        assert getattr(told.preset, part) == pytest.approx(getattr(true, part), abs=1e-5)
    assert told.error_deg == pytest.approx(0.0, abs=1e-5)


def test_one_landmark_turns_the_camera_and_says_nothing_of_its_error():
    rough, true = (
        Preset(azimuth_deg=10.0, field_deg=60.0),
        Preset(azimuth_deg=13.0, tilt_deg=-2.0, field_deg=60.0),
    )
    told = calibrated(rough, landmarks(true, FOUR[:1]))
    assert (told.preset.azimuth_deg, told.preset.tilt_deg) == pytest.approx((13.0, -2.0), abs=0.05)
    assert (told.preset.field_deg, told.error_deg) == (60.0, None)


def test_landmarks_that_are_a_little_off_show_in_the_error():
    true = Preset(azimuth_deg=13.0, tilt_deg=-2.0, field_deg=60.0)
    seen = list(landmarks(true, FOUR))
    seen[0] = msgspec.structs.replace(seen[0], azimuth_deg=seen[0].azimuth_deg + 1.0)
    told = calibrated(true, tuple(seen))
    assert 0.1 < told.error_deg < 1.0


@pytest.mark.parametrize(
    ("places", "turn", "why"),
    [
        ((), 0.0, "no landmark"),
        (FOUR, 80.0, "degrees from where it is expected"),
        ((FOUR[0],) * 3, 1.0, "too close"),
    ],
)
def test_landmarks_that_cannot_tell_are_refused(places, turn, why):
    true = Preset(azimuth_deg=100.0, field_deg=60.0)
    rough = msgspec.structs.replace(true, azimuth_deg=100.0 + turn)
    with pytest.raises(CalibrationError, match=why):
        calibrated(rough, landmarks(true, places))
