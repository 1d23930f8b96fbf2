"""Tables that state is kept by are taken up live: what is known stays, what comes is judged anew."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, living
from lost import REGION, blind_of, looked, passing
from pested import NEMATODE, lab

from detectors.association import Graph, Options
from detectors.geodesy import bearing_deg
from detectors.hotspot import HOTSPOT
from detectors.region import WORLD
from schemas.codec import encode
from schemas.observation import Delivery, Sighting
from schemas.settings import Setting, Settings
from streams.demo.season import season
from streams.recorded import deliveries as as_received
from streams.region import demo_region
from streams.replay import run
from streams.said import with_said


def setting(version, since, text, received=None):
    begins, came = (
        START + dt.timedelta(minutes=one) for one in (since, since if received is None else received)
    )
    return Setting(name="default", version=version, author="Li Ming", reason="tried on the past",
                   document=text, effective_at=begins, received_at=came)  # fmt: skip


def across(looks, *published, **more):
    """Judge it once as it comes, and once with every state opened from its rows before each message."""
    given_ = list(with_said(looks, published))
    once, again = judge(given_, **more), judge(given_, restarts=True, **more)
    assert encode(once.alerts) == encode(again.alerts)
    assert encode(sorted(once.incidents.items())) == encode(sorted(again.incidents.items()))
    assert len({(one.alert_id, one.revision) for one in once.alerts}) == len(once.alerts)
    return once


def pixel(minutes, east, north=0.0, **more):
    return delivery(hotspot(minutes, east, north, lag=0, **more))


def fires(outcome):
    return [one for one in outcome.incidents.values() if one.kind == "fire" and one.status == "open"]


WIDE = "[association]\nfloor_km = 3.0\n"


def test_fires_stay_as_they_were_joined_and_what_comes_is_joined_by_the_new_distance():
    looks = [pixel(0, 0.0), pixel(10, 2.5), pixel(60, -2.5)]
    assert len(fires(judge(looks))) == 3
    assert sorted(one.observation_count for one in fires(across(looks, setting(1, 30, WIDE)))) == [1, 2]
    assert len(fires(across(looks, setting(1, 5, WIDE)))) == 1
    # narrower again: what is one fire stays one, and takes no more in
    narrower = across(looks, setting(1, 5, WIDE), setting(2, 59, ""))
    assert sorted(one.observation_count for one in fires(narrower)) == [1, 2]


@settings(max_examples=6, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 8)), min_size=3, max_size=9, unique=True), st.data()
)
def test_over_the_switch_neither_restarts_nor_partitions_change_which_fires_there_are(spots, data):
    looks = sorted((pixel(m, 1.1 * east) for m, east in spots), key=lambda one: one.received_at)
    published = [
        setting(1, 30, WIDE, received=0),
        setting(2, 60, "[association]\nfloor_km = 0.5\n", received=0),
    ]
    once = across(looks, *published)
    spread = judge(list(with_said(looks, published)), origins=3, draw=data.draw)
    assert living(spread) == living(once)


def test_a_version_over_another_settings_file_links_as_if_it_always_had():
    claims = [claim_of(minutes, east) for minutes, east in ((0, 0.0), (20, 2.5), (30, 9.0))]
    wide, narrow = Options(floor_km=3.0), Options(floor_km=1.0)
    graph, always = Graph(Options()), Graph(Options())
    graph.begin(1, wide, START + dt.timedelta(minutes=10))
    always.begin(1, narrow, START + dt.timedelta(minutes=10))
    for one in claims:
        graph.add(one)
        always.add(one)
    assert sorted(pieces(graph)) == [1, 2]
    graph.begin(1, narrow, START + dt.timedelta(minutes=10))
    assert sorted(pieces(graph)) == sorted(pieces(always)) == [1, 1, 1]


def claim_of(minutes, east):
    one = hotspot(minutes, east, lag=0)
    return HOTSPOT.judge(HOTSPOT.options(), one, one.received_at)


def pieces(graph):
    return [len(fire.nodes) for fire in {id(n.fire): n.fire for n in graph.nodes.values()}.values()]


def look(name, station, minutes=0.0):
    """A bearing from a camera so many km east on what burns 4 km north-east of the first."""
    here, there = (102.0 + station / 98.2, 28.0), (102.0 + 4.0 / 98.2, 28.0 + 4.0 / 111.195)
    seen = START + dt.timedelta(minutes=minutes)
    return Sighting(observation_id=f"{name}@{minutes}", source=name, source_class="video", frame="wgs84",
                    observed_at=seen, received_at=seen, station_longitude=here[0], station_latitude=here[1],
                    azimuth_deg=float(bearing_deg(*here, *there)) % 360.0)  # fmt: skip


def test_bearings_are_crossed_by_the_new_window_when_something_comes_that_concerns_them():
    looks = [delivery(one) for one in (look("cam-1", 0.0), look("cam-2", 8.0, 50), look("cam-2", 8.0, 55))]
    longer = "[crossing]\nwindow_min = 60.0\n"
    crossed = [
        len(fires(across(looks, *one))) for one in ([], [setting(1, 53, longer)], [setting(1, 58, longer)])
    ]
    assert crossed == [2, 1, 2]
    # shorter again: the crossing stands until something comes that concerns it, and then falls apart whole
    looks.append(delivery(look("cam-1", 0.0, 110)))
    back = across(looks, setting(1, 53, longer), setting(2, 100, ""))
    assert len(fires(back)) == 2


EXPECT = '[blind]\nexpected = [{ layer = "cameras", every_s = 300, grace_s = 60, missed = 2 }]\n'


def test_who_is_newly_expected_is_missed_from_then_on_and_who_no_longer_is_was_not_seen_again():
    given_ = passing(*(looked("cameras-0", minutes) for minutes in (0, 5)), every=5, until=90)
    assert not blind_of(judge(given_, region=REGION))
    lost = across(given_, setting(1, 40, EXPECT), setting(2, 70, ""), region=REGION)
    told = [one for one in lost.alerts if one.sources == ("cameras-0",)]
    assert [one.action for one in told] == ["new", "close"]
    assert told[0].issued_at == START + dt.timedelta(minutes=40)  # its silence until then counts
    assert told[1].reasons[0].code == "no_longer_expected"
    assert "设置不再要求" in told[1].description["zh"]
    assert "恢复：" not in told[1].headline["zh"]
    replayed = run(list(with_said(given_[:3] + given_[-1:], [setting(1, 40, EXPECT)])), Settings(), REGION)
    assert blind_of(replayed), "time passes in a replay too where only a document expects anybody"


FORETOLD = """
[[weather.forecast]]
name = "county bureau"
from_at = 2024-03-01T00:00:00Z
to_at = 2024-03-03T00:00:00Z
wind_ms = 14.0
wind_from_deg = 270.0
"""


NIGHT = 19 * 60


def large():
    """One look at a large fire in deep night, its eastern edge at 1.6 km."""
    return delivery(*(hotspot(NIGHT, 0.4 * i, 0.4 * j, lag=0) for i in range(5) for j in range(4)))


def lone(minutes, east=4.2, north=0.5):
    return hotspot(minutes, east, north, frp=4.0, lag=0)


def test_weather_foretold_in_a_document_is_that_of_what_is_judged_next():
    night = [large(), delivery(lone(NIGHT + 20), lone(NIGHT + 20, north=0.9))]
    plain, windy = across(night), across(night, setting(1, NIGHT + 10, FORETOLD))
    details = [
        [why.detail for one in each.alerts for why in one.reasons if why.code == "spotting"]
        for each in (plain, windy)
    ]
    assert all("wind not known" in one for one in details[0])
    assert details[1]
    assert all("wind 14.0 m/s from 270 deg" in one for one in details[1])


def test_sparks_that_fly_further_are_looked_for_further_away():
    night = [large(), delivery(lone(NIGHT + 20, east=10.0)), delivery(lone(NIGHT + 40, east=-9.0))]
    parents = [
        sum(one.parent is not None for one in across(night, *published).incidents.values())
        for published in ([], [setting(1, NIGHT + 30, "[spotting]\nreach_km = 12.0\n")])
    ]
    assert parents == [0, 1]


def test_carbon_is_counted_as_the_document_says_from_then_on():
    deliveries = [
        Delivery(delivery_id=f"{key}/{at.isoformat()}", received_at=at, observations=tuple(some))
        for at, key, some in season()
        if dt.timedelta()
        <= at - dt.datetime(2020, 3, 30, 6, 20, tzinfo=dt.UTC)
        < dt.timedelta(hours=1, minutes=45)
    ]
    half = deliveries[len(deliveries) // 2].received_at
    minutes = (half - START).total_seconds() / 60.0
    published = setting(1, minutes, '[carbon]\nhorizon_h = 2.0\nscenarios = 8\ngwp_set = "AR5"\n')
    found = run(list(with_said(deliveries, [published])), Settings(), demo_region()).alerts
    counted = {
        (one.issued_at >= half, one.carbon.horizon_h, one.carbon.gwp_set)
        for one in found
        if one.carbon.carbon_t is not None
    }
    assert counted == {(False, 6.0, "AR6"), (True, 2.0, "AR5")}


def test_outbreaks_are_linked_as_the_document_says_when_anything_comes_of_their_pest():
    first = [lab("lab/1"), lab("lab/2", longitude=107.03)]
    later = lab("lab/3", first[0].observed_at + dt.timedelta(days=2), longitude=108.0)
    since = (first[0].observed_at - START).total_seconds() / 60.0 + 1440.0
    given_ = as_received([*first, later])
    found = [
        run(list(with_said(given_, published)), Settings(), WORLD)
        for published in ([], [setting(1, since, "[outbreak.linking]\nlink_km = 5.0\n")])
    ]
    opened = [sum(one.status == "open" for one in each.incidents.values()) for each in found]
    assert opened == [3, 2]
    assert {one.pest.species for one in found[1].incidents.values()} == {NEMATODE}
