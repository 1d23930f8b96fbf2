import math

import numpy as np
import pytest
from hills import ground, hills, some
from hypothesis import given
from hypothesis import strategies as st
from judged import hotspot
from msgspec.structs import replace

from detectors.base import Ground
from detectors.geodesy import distance_km
from detectors.hotspot import Options, judge, place
from detectors.parallax import drawn
from streams.tables import load_tables

SATELLITES = load_tables().satellites
HIGH = ground(np.full((900, 900), 3800.0))
MOUNTAINS = ground(hills(5, rows=900, columns=900, relief_m=500.0) + 800.0)


def seen(longitude, latitude, satellite="Himawari-9", **said):
    one = hotspot(0, satellite=satellite, scan=3.5, **said)
    return replace(one, longitude=longitude, latitude=latitude, track_km=2.1)


def claimed(one, terrain, options=None):
    options = options or Options()
    found = place(options, [one], Ground(terrain, SATELLITES))
    return judge(options, one, one.received_at, *found.values())


def test_a_himawari_pixel_over_a_plateau_is_moved_by_height_times_the_tangent():
    one = seen(*(float(part) for part in drawn(102.3, 27.7, 3800.0, 140.7)))
    claim = claimed(one, HIGH)
    assert float(distance_km(102.3, 27.7, claim.longitude, claim.latitude)) < 0.05
    (note,) = claim.placing.notes
    # Xichang: 1.33 km for each km of height
    assert (note.code, note.value) == ("parallax", pytest.approx(1.33 * 3.8, abs=0.1))
    assert claim.sigma_km == pytest.approx(math.sqrt((3.5**2 + 2.1**2) / 24 + 0.07**2))


def test_without_heights_it_stays_and_its_error_is_longer_towards_the_satellite():
    one = seen(102.264, 27.894)
    claim = claimed(one, None)
    assert (claim.longitude, claim.latitude) == (102.264, 27.894)
    ellipse = claim.placing.ellipse
    assert ellipse.azimuth_deg == pytest.approx(120.5, abs=0.1)
    most_m = 1330.0 * 4.0
    assert ellipse.semi_major_m == pytest.approx(math.sqrt(3500**2 / 12 + 70**2 + most_m**2 / 3), rel=0.005)
    assert ellipse.semi_minor_m == pytest.approx(math.sqrt(2100**2 / 12 + 70**2), abs=0.1)
    note = claim.placing.notes[0]
    assert (note.code, note.threshold, note.unit) == ("parallax_unknown", 4.0, "km")


@pytest.mark.parametrize(("satellite", "shift"), [("FY-4B", 0.64), ("FY-4A", 0.75), ("GK-2A", 0.94)])
def test_each_satellite_draws_in_its_own_direction(satellite, shift):
    note = claimed(seen(102.264, 27.894, satellite=satellite), None).placing.notes[0]
    assert note.value == pytest.approx(4.0 * shift, abs=0.03)


def test_polar_pixels_and_feeds_already_on_the_terrain_are_left_alone():
    assert claimed(seen(102.3, 27.7, satellite="N20"), HIGH).placing is None
    assert claimed(seen(102.3, 27.7), HIGH, Options(orthocorrected=("Himawari-9",))).placing is None


def test_what_the_satellite_cannot_see_is_left_where_it_was_said():
    assert claimed(seen(-60.0, 0.0), HIGH).placing is None


@some
@given(st.floats(102.2, 102.5), st.floats(27.5, 27.8))
def test_known_heights_never_leave_a_longer_error_than_unknown_ones(lon, lat):
    one = seen(lon, lat)
    on_ground, stretched = claimed(one, MOUNTAINS), claimed(one, None)
    assert on_ground.placing.how == "ground"
    assert on_ground.sigma_km < stretched.sigma_km
