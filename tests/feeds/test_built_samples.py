"""Small tables built in the shape of real ones: cameras, station weather in foreign units, withdrawals."""

import shutil
from collections import Counter
from datetime import UTC, datetime

import pytest

from streams.feeds import read
from streams.feeds.base import Limits
from streams.feeds.mapping import read_mapped
from streams.maps import load_map

LIMITS = Limits(datetime(2026, 6, 1, tzinfo=UTC))

STATIONS = "station_id,name,lon,lat,elev_m\n7,BUILT,-122.17,37.13,791.9\n8,OTHER,-121.36,36.84,123.1\n"


@pytest.fixture
def table(root):
    return lambda name: (root / "tests" / "feeds" / "data" / name).read_bytes()


@pytest.fixture
def maps(root):
    return lambda name: load_map(root / "tests" / "feeds" / "maps" / f"{name}.toml")


def said(parsed):
    return [(one.source, one.quantity, round(one.value, 3)) for one in parsed.observations]


def test_cameras_without_a_position_are_refused_and_a_turn_of_a_little_over_360_is_north(maps, table):
    parsed = read_mapped(maps("alertcalifornia"), table("cameras_built.csv"), LIMITS)
    assert [(one.source, round(one.azimuth_deg, 2)) for one in parsed.observations] == [
        ("camera/Axis-North", 0.31),
        ("camera/Axis-South", 180.01),
        ("camera/Axis-Blind", 90.5),
    ]
    assert [one.field_of_view_deg for one in parsed.observations] == [62.8, 62.8, None]
    assert parsed.observations[0].station_elevation_m == 1470.0
    assert [(row.line, row.reason.code, row.reason.ref) for row in parsed.rejected] == [
        (5, "bad_position", "camera/Axis-Nowhere"),
        (6, "bad_position", "camera/Axis-Half"),
        (7, "bad_value", "camera/Axis-Wild"),
    ]


def test_kelvin_shares_and_metres_of_rain_become_ours_and_forecasts_are_no_readings(root, tmp_path, table):
    shutil.copy(root / "tests/feeds/maps/fems.toml", tmp_path)
    (tmp_path / "fems_stations.csv").write_text(STATIONS, encoding="utf-8")
    parsed = read_mapped(load_map(tmp_path / "fems.toml"), table("fems_built.csv"), LIMITS)
    assert (parsed.skipped, parsed.rejected) == (1, ())
    assert said(parsed) == [
        ("fems/7", "temperature_c", 14.5), ("fems/7", "relative_humidity_percent", 31.0),
        ("fems/7", "precipitation_mm", 0.0), ("fems/7", "wind_speed_ms", 2.235),
        ("fems/7", "wind_direction_deg", 77.0),
        ("fems/8", "temperature_c", 0.0), ("fems/8", "relative_humidity_percent", 100.0),
        ("fems/8", "precipitation_mm", 2.54),
    ]  # fmt: skip
    assert parsed.observations[0].station_elevation_m == 791.9
    assert {one.over_h for one in parsed.observations if one.quantity == "precipitation_mm"} == {1.0}


def test_fahrenheit_miles_and_inches_become_ours_and_a_storm_that_cannot_be_is_refused(maps, table):
    parsed = read_mapped(maps("nyc"), table("airports_built.csv"), LIMITS)
    assert said(parsed)[:6] == [
        ("airport/EWR", "temperature_c", 3.9), ("airport/EWR", "relative_humidity_percent", 59.37),
        ("airport/EWR", "wind_speed_ms", 4.63), ("airport/EWR", "precipitation_mm", 2.54),
        ("airport/EWR", "pressure_hpa", 1012.0), ("airport/EWR", "visibility_km", 16.093),
    ]  # fmt: skip
    assert Counter(one.quantity for one in parsed.observations)["pressure_hpa"] == 1
    assert [(row.line, row.reason.rule, row.reason.threshold) for row in parsed.rejected] == [
        (3, "wind_speed_ms", 115.0)
    ]


HMS = "Lat,Lon,FRP,Satellite,Method,Ecosys,YearDay,Time,acq,first_seen,last_seen,n_seen\n"


def hms_row(number, last_seen, frp=9.5):
    return (
        f"35.{number:06d},-105.4,{frp},NOAA 20,VIIRS,22,2022096,1859,2022-04-06 18:59:00+00:00,"
        f"2022-04-06 20:14:24+00:00,{last_seen},2\n"
    )


def test_withdrawals_of_analysts_are_retractions_and_the_last_collection_takes_nothing_back():
    first, last = "2022-04-06 20:14:24+00:00", "2022-04-06 22:14:24+00:00"
    rows = [
        hms_row(1, last),
        hms_row(2, first),
        hms_row(3, "2022-04-06 21:14:24+00:00", -999.0),
        hms_row(4, last),
    ]
    parsed = read((HMS + "".join(rows)).encode(), LIMITS)
    ids = [one.observation_id for one in parsed.observations]
    assert [back.retracts for back in parsed.retractions] == [ids[1], ids[2]]
    assert [back.received_at.hour for back in parsed.retractions] == [21, 22]
    assert [one.frp_mw for one in parsed.observations] == [9.5, 9.5, None, 9.5]
