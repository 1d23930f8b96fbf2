"""Weather that comes after the claims judges them anew, and ends where weather before them would have."""

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, living, report

from schemas.observation import Reading
from streams.replay import tick

FIRE = [hotspot(0, 0.4 * i, 0.0, frp=20.0, lag=30) for i in range(10)]
"""Ten pixels of one look."""
DAY = dt.timedelta(days=1)
END = START + 9 * DAY
STATION_KM = 5.0


def said(minutes, quantity, value, *, who, lag, east, over_h=None):
    at = START + dt.timedelta(minutes=minutes)
    return Reading(
        observation_id=f"{who}/{quantity}/{minutes}", source=who, frame="wgs84", observed_at=at,
        received_at=at + dt.timedelta(minutes=lag), longitude=102.0 + east / 98.2, latitude=28.0,
        quantity=quantity, value=value, over_h=over_h,
    )  # fmt: skip


def rain(minutes, mm, *, who="s1", lag=5, east=STATION_KM):
    return said(minutes, "precipitation_mm", mm, who=who, lag=lag, east=east, over_h=24.0)


def wind(minutes, speed, *, who="s1", lag=5, east=STATION_KM):
    return said(minutes, "wind_speed_ms", speed, who=who, lag=lag, east=east)


def wet(minutes, **more):
    """A station that speaks of now, and of much rain."""
    return delivery(wind(minutes, 3.0, **more), rain(minutes, 20.0, **more))


def last_of(outcome):
    [incident] = outcome.incidents.values()
    return incident


def test_a_wet_day_that_is_known_late_lowers_the_grade_and_says_why():
    outcome = judge([delivery(*FIRE), wet(-30, lag=90)], end=START + dt.timedelta(hours=3))
    assert [(one.action, one.grade) for one in outcome.alerts] == [("new", "III"), ("downgrade", "IV")]
    assert "wet_day" in {reason.code for reason in last_of(outcome).reasons}


def test_a_reading_that_tells_nothing_of_the_look_judges_nothing_anew():
    for more in (wet(180), wet(-30, who="far", lag=90, east=400.0), delivery(rain(-600, 20.0, lag=900))):
        # after the look, too far, and of another day's rain
        assert last_of(judge([delivery(*FIRE), more])).revision == 1
    known = delivery(wind(-40, 3.0), rain(-40, 20.0))
    again = delivery(wind(-30, 3.0, lag=90))
    assert last_of(judge([known, delivery(*FIRE), again])).revision == 1


def test_a_gauge_that_tells_rain_alone_makes_a_day_wet_before_the_claims_or_after():
    early, late = delivery(rain(-30, 20.0)), delivery(rain(-30, 20.0, lag=90))
    for steps in ([early, delivery(*FIRE)], [delivery(*FIRE), late]):
        last = last_of(judge(steps))
        assert last.grade == "IV"
        assert "wet_day" in {reason.code for reason in last.reasons}
    assert last_of(judge([delivery(rain(-30, 0.0)), delivery(*FIRE)])).grade == "III"


def test_weather_of_a_fire_that_is_closed_changes_its_grade_and_opens_nothing():
    outcome = judge([delivery(*FIRE), tick(START + 2 * DAY), wet(-30, lag=3 * 1440)], end=END)
    incident = last_of(outcome)
    assert (incident.status, incident.grade) == ("closed", "IV")
    assert [one.action for one in outcome.alerts] == ["new", "close"]
    first = judge([wet(-30), delivery(*FIRE)], end=END)
    assert living(outcome) == living(first)


PIXELS = st.builds(
    hotspot,
    st.integers(0, 40).map(lambda half: half * 30),
    st.floats(-4.0, 4.0),
    st.floats(-4.0, 4.0),
    satellite=st.sampled_from(["N20", "NPP"]),
    frp=st.sampled_from([5.0, 60.0]),
)
READINGS = st.one_of(
    st.builds(rain, st.integers(-20, 50).map(lambda half: half * 30), st.sampled_from([0.0, 4.0, 30.0]),
              who=st.sampled_from(["s1", "s2", "gauge"])),
    st.builds(wind, st.integers(-4, 44).map(lambda half: half * 30), st.sampled_from([2.0, 14.0])),
)  # fmt: skip


REPORTS = st.builds(report, st.integers(0, 900), st.floats(-4.0, 4.0), st.floats(-4.0, 4.0))


@given(
    st.lists(st.one_of(PIXELS, REPORTS), max_size=5),
    st.lists(READINGS, min_size=1, max_size=6),
    st.data(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_2_weather_and_claims_in_any_order_end_in_the_same_incidents(claims, readings, data):
    readings = [wind(-40, 3.0), rain(-40, 20.0), *readings]
    deliveries = [delivery(*FIRE), *(delivery(one) for one in claims)]
    weather_first = judge([delivery(*readings), *deliveries], end=END)
    early = [delivery(one) for one in readings if data.draw(st.booleans())]
    late = START + data.draw(st.integers(1, 3)) * DAY
    shuffled = data.draw(st.permutations(deliveries + early))
    found = judge([*shuffled, tick(late), delivery(*readings, at=late)], end=END)
    assert living(found) == living(weather_first)
