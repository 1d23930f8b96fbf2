"""One pixel, one name."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.identity import hotspot_id, key_of, place, satellite_name, tile
from streams.feeds.pest_identity import identity as pest_identity

AT = datetime(2024, 3, 15, 0, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("1", "N20", "NOAA-20", "NOAA20", "noaa 20", "JPSS-1", "1.0"), "N20"),
        (("N", "NPP", "Suomi-NPP", "S-NPP", "SUOMI NPP"), "NPP"),
        (("2", "N21", "NOAA-21", "NOAA21"), "N21"),
        (("T", "Terra"), "Terra"),
        (("A", "aqua"), "Aqua"),
        (("H08", "Himawari-8"), "Himawari-8"),
        (("H09", "himawari 9"), "Himawari-9"),
        (("G16", "GOES-16"), "GOES-16"),
        (("fy-3d", "FY3D"), "FY-3D"),
        (("Sentinel-3A",), "SENTINEL-3A"),
    ],
)
def test_every_spelling_is_one_satellite(words, name):
    assert {satellite_name(word) for word in words} == {name}


def test_five_decimals_keep_neighbours_apart():
    assert hotspot_id("N20", "VIIRS", AT, 101.2001, 30.1001) == "N20/VIIRS/20240315T0045Z/101.20010,30.10010"
    assert place(101.2001, 30.1) != place(101.20011, 30.1)
    assert place(-0.0, -0.000001) == place(0.0, 0.0) == "0.00000,0.00000"
    assert place(180.0, 1.0) == place(-180.0, 1.0)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_place_s_name_is_the_name_of_the_rounded_place(lon, lat):
    assert place(lon, lat) == place(round(lon, 5), round(lat, 5))
    assert "-0.00000" not in place(lon, lat)


@given(st.floats(-180, 180), st.floats(-90, 90), st.sampled_from([1, 5, 10, 30]))
def test_a_tile_holds_what_it_is_named_for(lon, lat, size):
    name = tile(lon, lat, size)
    west = int(name[1:4]) * (-1 if name[0] == "W" else 1)
    south = int(name[5:7]) * (-1 if name[4] == "S" else 1)
    assert west <= (lon if lon < 180 else -180) <= west + size
    assert south <= lat <= south + size
    assert west % size == south % size == 0


def test_keys_are_satellite_and_tile_or_the_source(payload):
    keys = [key_of(observation) for observation in payload("kinds.ndjson").observations]
    assert keys == ["N20/E100N20", "12119", "tower-1", "s1", "trap-7", "N20/VIIRS"]


def test_a_pest_row_without_a_position_has_an_identity_all_the_same():
    bare = {"kind": "pest_survey", "measure": "dead_pines", "longitude": None, "latitude": None}
    assert pest_identity({**bare}) == pest_identity({**bare, "stage": "unknown"})
    assert pest_identity(bare) != pest_identity({**bare, "longitude": 102.2})
