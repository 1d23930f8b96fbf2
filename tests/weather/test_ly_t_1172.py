"""LY/T 1172-95: its tables as data, its levels, and unknown where something is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.fire_weather.ly_t_1172 import Day, Rated, dry_points, rate
from streams.tables import load_fire_weather

TABLES = load_fire_weather().ly_t_1172
DAY = Day(
    highest_c=26.0,
    lowest_humidity_percent=22.0,
    strongest_wind_ms=6.2,
    last_rain_mm=4.0,
    dry_days=6,
    green_percent=0.0,
)


def test_the_set_of_tables_decides_the_colour():
    standard, other = rate(TABLES, DAY), rate(TABLES, DAY, "lv2020")
    assert (standard.parts, standard.htz) == ((15, 15, 35, 20, 0), 85)
    assert (standard.level, standard.name) == (4, "高度危险")
    assert (other.parts, other.htz, other.level) == ((20, 20, 35, 20, 0), 95, 5)
    assert (standard.tables, other.tables) == ("standard", "lv2020")


@pytest.mark.parametrize(
    ("field", "value", "part", "points"),
    [
        ("highest_c", 5.0, 0, 0), ("highest_c", 5.1, 0, 4), ("highest_c", 5.04, 0, 0),
        ("highest_c", 25.1, 0, 15),
        ("lowest_humidity_percent", 71.0, 1, 0), ("lowest_humidity_percent", 70.0, 1, 3),
        ("lowest_humidity_percent", 30.0, 1, 15), ("lowest_humidity_percent", 31.0, 1, 12),
        ("strongest_wind_ms", 0.2, 3, 0), ("strongest_wind_ms", 0.3, 3, 5), ("strongest_wind_ms", 1.6, 3, 10),
        ("strongest_wind_ms", 5.4, 3, 15), ("strongest_wind_ms", 7.9, 3, 20),
        ("strongest_wind_ms", 10.8, 3, 30),
        ("strongest_wind_ms", 17.1, 3, 35), ("strongest_wind_ms", 17.2, 3, 40),
        ("green_percent", 100.0, 4, 20), ("green_percent", 75.0, 4, 15), ("green_percent", 20.0, 4, 5),
        ("green_percent", 19.0, 4, 0), ("snow_percent", 90.0, 4, 20), ("snow_percent", 60.0, 4, 15),
        ("snow_percent", 10.0, 4, 5),
    ],
)  # fmt: skip
def test_bounds_are_where_the_tables_put_them(field, value, part, points):
    assert rate(TABLES, replace(DAY, **{field: value})).parts[part] == points


@pytest.mark.parametrize(
    ("rain", "days", "points"),
    [
        (0.2, 0, 50),
        (0.3, 0, 10),
        (2.0, 3, 25),
        (2.1, 0, 5),
        (5.1, 1, 5),
        (10.1, 1, 0),
        (10.1, 2, 5),
        (3, 99, 50),
    ],
)
def test_dry_days_add_up_to_fifty(rain, days, points):
    assert dry_points(TABLES.drought, rain, days) == points


DAYS = st.builds(
    Day,
    highest_c=st.floats(-20, 45),
    lowest_humidity_percent=st.floats(0, 100),
    strongest_wind_ms=st.floats(0, 40),
    last_rain_mm=st.floats(0, 100),
    dry_days=st.integers(0, 60),
    green_percent=st.floats(0, 100),
)


@given(DAYS)
def test_every_day_has_a_level_and_hotter_drier_windier_is_never_lower(day):
    made = rate(TABLES, day)
    assert isinstance(made, Rated)
    assert 1 <= made.level <= 5
    worse = replace(
        day,
        highest_c=day.highest_c + 3,
        lowest_humidity_percent=day.lowest_humidity_percent * 0.8,
        strongest_wind_ms=day.strongest_wind_ms + 2,
        dry_days=day.dry_days + 1,
    )
    assert rate(TABLES, worse).level >= made.level


NEEDED = ["highest_c", "lowest_humidity_percent", "strongest_wind_ms", "last_rain_mm", "dry_days"]


@pytest.mark.parametrize("field", NEEDED)
def test_a_missing_value_is_unknown_with_its_name(field):
    made = rate(TABLES, replace(DAY, **{field: None}))
    assert (made.code, made.rule) == ("not_computed", f"missing: {field}")


def test_nobody_knows_what_is_green_and_so_nobody_knows_the_level():
    assert rate(TABLES, replace(DAY, green_percent=None)).code == "not_computed"


def test_what_is_from_memory_says_so():
    assert TABLES.sets["standard"].temperature.status == "from memory"
    assert TABLES.drought.status == "from memory"
    assert TABLES.wind.status.startswith("verified")
