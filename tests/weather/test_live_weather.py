"""Live weather of the judge: a function of what stations said, whatever the order; unknown stays unknown."""

import datetime as dt
import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vanwagner import rows as vanwagner_rows

from detectors.region import WORLD
from schemas.codec import decode, encode
from schemas.observation import Reading
from streams.hops.diary import measured
from streams.hops.forecast import Forecast, Given, Options
from streams.hops.weather import WEATHER_ROWS, Weather
from streams.tables import load_fire_weather

START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
PLACE = (102.25, 27.9)


def reading(quantity, value, at, *, station="A", lon=102.2, lat=27.9, rank=0, high=1500.0, over_h=None):
    one = Reading(
        observation_id=f"{station}/{quantity}/{at.isoformat()}", source=station, observed_at=at,
        frame="wgs84", longitude=lon, latitude=lat, quantity=quantity, value=value,
        station_elevation_m=high, over_h=over_h,
    )  # fmt: skip
    return measured(one, rank)


def weather(options=None):
    return Weather(Given(options or Options(), load_fire_weather()), region=WORLD)


def hours(days, *, warm=26.0, damp=22.0, wind=6.2, rain=0.0, start=START, **more):
    """One reading an hour of everything, for so many days."""
    for hour in range(24 * days):
        at = start + HOUR * hour
        yield reading("temperature_c", warm, at, **more)
        yield reading("relative_humidity_percent", damp, at, **more)
        yield reading("wind_speed_ms", wind, at, **more)
        yield reading("wind_direction_deg", 225.0, at, **more)
        yield reading("precipitation_mm", rain, at, over_h=1.0, **more)


def test_what_stands_near_says_what_the_weather_is_and_how_old_that_is():
    live = weather()
    live.take(list(hours(1)))
    now = START + HOUR * 23.5
    found = live.at(*PLACE, now)
    assert (found.temperature_c, found.humidity_pct, found.wind_ms) == (26.0, 22.0, 6.2)
    assert found.wind_from_deg == 225.0
    assert found.rain_24h_mm == 0.0
    (heard,) = found.stations
    assert (heard.station, heard.age_h) == ("A", 0.5)
    assert heard.distance_km == pytest.approx(4.91, abs=0.02)


def test_nobody_near_or_nobody_lately_is_unknown():
    live = weather()
    assert live.at(*PLACE, START) is None
    live.take(list(hours(1)))
    assert live.at(110.0, 28.0, START + HOUR * 23) is None
    # of a station that fell silent the rain of its last day is known for a while, and nothing else
    found = live.at(*PLACE, START + HOUR * 27)
    assert (found.temperature_c, found.wind_ms, found.rain_24h_mm) == (None, None, 0.0)
    assert live.at(*PLACE, START + HOUR * 31) is None
    # an hour of rain is not the rain of a day, and a day's level is not known from one hour
    short = weather()
    short.take([one for one in hours(1) if one.observed_at == START])
    found = short.at(*PLACE, START + HOUR / 2)
    assert found.temperature_c == 26.0
    assert (found.rain_24h_mm, found.danger_level, found.fwi) == (None, None, None)
    assert found.why[0].code == "not_computed"
    assert found.why[0].ref == "A"


def test_the_level_needs_to_know_what_is_green():
    live, green = weather(), weather(Options(green_percent=(0.0,) * 12))
    for one in (live, green):
        one.take(list(hours(13)))
    now = START + dt.timedelta(days=13) - HOUR / 2
    assert "green_percent" in live.at(*PLACE, now).why[0].rule
    # 26 degrees 15, 22 % 15, dry for twelve days 50, force 4 20: 100, above 90
    assert green.at(*PLACE, now).danger_level == 5


def test_four_millimetres_six_days_ago_are_level_four():
    live = weather(Options(green_percent=(0.0,) * 12))
    live.take(list(hours(14)))
    noon = dt.datetime(2026, 3, 8, 5, tzinfo=dt.UTC)
    live.take([reading("precipitation_mm", 4.0, noon - HOUR * 3, over_h=1.0, rank=1)])
    # the printed example of the standard's tables: 15 + 15 + 35 + 20 = 85
    assert live.at(*PLACE, dt.datetime(2026, 3, 14, 14, tzinfo=dt.UTC)).danger_level == 4


def test_noons_in_a_row_give_the_published_index():
    live = weather()
    for day, (warm, damp, wind_kmh, rain), codes, _ in list(vanwagner_rows())[:5]:
        noon = dt.datetime(1985, day.month, day.day, 19, tzinfo=dt.UTC)
        given_noon = {"lon": -100.0, "lat": 40.0, "at": noon}
        live.take(
            [
                reading("temperature_c", warm, **given_noon),
                reading("relative_humidity_percent", damp, **given_noon),
                reading("wind_speed_ms", wind_kmh / 3.6, **given_noon),
                reading("precipitation_mm", rain, **given_noon, over_h=24.0),
            ]
        )
        assert live.at(-100.0, 40.0, noon + HOUR * 2).fwi == pytest.approx(codes[5], abs=0.02)


def test_a_thousand_metres_of_ground_without_heights_is_what_the_neighbours_say():
    live = weather()
    live.take(list(hours(1, high=None)))
    assert live.at(*PLACE, START + HOUR * 23).temperature_c == 26.0


def test_a_better_version_corrects_and_a_sum_in_a_sum_counts_once():
    live = weather()
    live.take(list(hours(1, rain=1.0)))
    now = START + HOUR * 23
    live.take([reading("precipitation_mm", 24.0, now, over_h=24.0)])
    assert live.at(*PLACE, now).rain_24h_mm == 24.0
    live.take([reading("precipitation_mm", 9.0, now, over_h=1.0, rank=5)])
    assert live.at(*PLACE, now).rain_24h_mm == 32.0


def test_a_forecast_fills_only_what_no_station_says_while_it_is_in_force():
    told = Forecast(
        name="bureau",
        from_at=START,
        to_at=START + HOUR * 24,
        wind_ms=9.0,
        wind_from_deg=270.0,
        danger_level=5,
    )
    live = weather(Options(forecast=(told,)))
    assert live.at(*PLACE, START).wind_ms == 9.0
    assert live.at(*PLACE, START + HOUR * 24) is None
    live.take([reading("wind_speed_ms", 3.0, START)])
    found = live.at(*PLACE, START + HOUR)
    assert (found.wind_ms, found.wind_from_deg, found.danger_level, found.forecast) == (
        3.0,
        270.0,
        5,
        "bureau",
    )
    far = msgspec.structs.replace(told, longitude=110.0, latitude=28.0)
    assert weather(Options(forecast=(far,))).at(*PLACE, START) is None


def gauge(name, mm, *, lon=102.2, hour=0):
    return reading("precipitation_mm", mm, START + HOUR * hour, station=name, lon=lon, over_h=24.0)


def test_a_station_that_tells_rain_alone_tells_rain_and_leaves_the_air_unknown():
    live = weather()
    live.take([gauge("R", 12.0)])
    found = live.at(*PLACE, START + HOUR * 4)
    assert found.rain_24h_mm == 12.0
    assert (found.temperature_c, found.humidity_pct, found.wind_ms, found.wind_from_deg) == (None,) * 4
    assert found.danger_level is None
    assert found.why[0].code == "not_computed"
    assert [(one.station, one.age_h) for one in found.stations] == [("R", 4.0)]
    # a day later its sum says nothing of the last 24 hours
    assert live.at(*PLACE, START + HOUR * 23) is None


def test_a_dense_net_of_rain_gauges_does_not_stand_before_the_station_that_says_what_the_air_is_like():
    live = weather()
    live.take([gauge(f"R{n:02}", 4.0) for n in range(40)])
    live.take(list(hours(1, station="far", lon=102.7)))
    found = live.at(*PLACE, START + HOUR * 1.5)
    assert (found.temperature_c, found.rain_24h_mm) == (26.0, 4.0)
    assert live.is_news_of_place(reading("temperature_c", 20.0, START, station="R00"))
    assert not live.is_news_of_place(gauge("R00", 5.0, hour=1))


def _some(dice):
    """Seventeen days of two stations, every three hours, not quite on time."""
    for name, lon in (("A", 102.2), ("B", 102.4)):
        for hour in range(0, 24 * 17, 3):
            at = START + HOUR * hour
            yield reading("precipitation_mm", round(dice.random(), 1), at, station=name, lon=lon, over_h=3.0)
            for quantity in ("temperature_c", "relative_humidity_percent", "wind_speed_ms"):
                late = at + HOUR * 0.3 * dice.random()
                yield reading(quantity, round(dice.uniform(0, 40), 1), late, station=name, lon=lon)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_order_repetition_restart_and_folding_change_nothing(dice, pieces):
    dice = random.Random(dice.random())
    readings = list(_some(dice))
    plain = weather()
    plain.take(readings)
    now = START + dt.timedelta(days=17)
    expected = plain.at(*PLACE, now)
    assert expected.fwi is not None
    # a week at a time in any order, some twice, with sweeps between and a restart after each
    rows = {}
    week = [[one for one in readings if START + dt.timedelta(days=7 * k) <= one.observed_at
             < START + dt.timedelta(days=7 * k + 7)] for k in range(3)]  # fmt: skip
    for k, once in enumerate(week):
        some = once + dice.sample(once, len(once) // 4)
        dice.shuffle(some)
        for piece in range(pieces):
            live = weather()
            for key, raw in rows.items():
                shape, put = WEATHER_ROWS[key[:2]]
                put(live, key, decode(raw, shape))
            changed = live.take(some[piece::pieces])
            changed.update(live.retire(START + dt.timedelta(days=7 * k + 7)))
            for key, row in changed.items():
                rows.pop(key, None)
                if row is not None:
                    rows[key] = encode(row)
    assert live.records
    assert live.at(*PLACE, now) == expected
