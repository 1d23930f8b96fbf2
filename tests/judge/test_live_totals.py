"""Live totals count every stand once, whatever the order, and a fire that is over is closed out."""

from datetime import timedelta

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, report

from alerts.carbon.at_risk import Options
from detectors.region import Layer, Region
from schemas.carbon import LEVELS, CarbonTotal, CloseOut
from schemas.observation import Reading
from schemas.settings import Settings
from streams.carbon_places import Belonging
from streams.carbon_statement import sources
from streams.carbon_totals import totals
from streams.hops.carbon import Assessor
from streams.tables import load_tables


def station(minutes, quantity, value):
    at = START + timedelta(minutes=minutes)
    return Reading(
        observation_id=f"s1/{quantity}/{minutes}", source="s1", frame="wgs84", observed_at=at,
        received_at=at + timedelta(minutes=1), longitude=102.05, latitude=28.0,
        quantity=quantity, value=value,
    )  # fmt: skip


SETTINGS = Settings(carbon={"scenarios": 4, "horizon_h": 1.0})
EDGES = [102.0 + 0.04 * k for k in range(-3, 4)]


def region():
    boxes = [shapely.box(west, 27.9, west + 0.04, 28.1) for west in EDGES]
    said = [
        {"species": "云南松", "volume_m3_ha": 90.0, "owner": "国有" if k % 2 else "集体"}
        for k in range(len(boxes))
    ]
    names = [f"s{k}" for k in range(len(boxes))]
    halves = [shapely.box(101.8, 27.8, 102.0, 28.2), shapely.box(102.0, 27.8, 102.3, 28.2)]
    project = shapely.box(101.99, 27.95, 102.01, 28.05)
    return Region(
        "county",
        {
            "stands": Layer.of("stands", boxes, names, names, said),
            "county": Layer.of("county", halves, ["west", "east"], ["西县", "东县"]),
            "carbon_projects": Layer.of("carbon_projects", [project], ["P1"], ["一号"]),
        },
    )


REGION = region()


def last(outcome):
    """What was last said of each level and key, without what is at risk no more."""
    said = {(one.level, one.key): one for one in outcome.carbon if isinstance(one, CarbonTotal)}
    return {place: one for place, one in said.items() if one.incidents}


def fires(*east, **more):
    given = [delivery(report(5 + k, east=km, who=f"p{k}")) for k, km in enumerate(east)]
    return judge(given, settings=SETTINGS, region=REGION, **more)


def test_two_fires_in_one_stand_are_less_than_their_sum_and_every_level_adds_up():
    outcome = fires(0.4, 3.2)
    said = last(outcome)
    assert len({key for level, key in said if level == "incident"}) == 2
    whole = said["total", ""]
    alone = sum(one.loss_t for (level, _), one in said.items() if level == "incident")
    assert 0 < whole.loss_t < alone
    assert whole.low_t <= whole.loss_t <= whole.high_t <= whole.exposed_t
    for level in ("stand", "owner", "project", "county", "province"):
        parts = [one for (name, _), one in said.items() if name == level]
        assert sum(one.loss_t for one in parts) == pytest.approx(whole.loss_t, rel=1e-4), level
    assert said["province", ""].loss_t == whole.loss_t
    assert said["county", "west"].name == "西县"
    project = said["project", "P1"]
    assert project.share_of_stock == pytest.approx(project.loss_t / project.stock_t, rel=1e-4)
    assert set(project.reversal) == {"0", "10", "25", "50", "100"}
    assert (whole.unit, whole.gwp_set, whole.tiers) == ("t C", "AR6", ("volume",))
    assert whole.parameters
    assert "agb" in whole.pools


def test_live_totals_are_those_computed_from_the_alerts_afterwards():
    blown = [
        station(0, "wind_speed_ms", 9.0), station(0, "wind_direction_deg", 250.0),
        station(0, "temperature_c", 24.0), station(0, "relative_humidity_percent", 18.0),
    ]  # fmt: skip
    outcome = judge(
        [delivery(one) for one in (*blown, report(5, east=0.4, who="a"), report(6, east=3.2, who="b"))],
        settings=SETTINGS, region=REGION,
    )  # fmt: skip
    assert all(one.carbon.weather.stations[0].station == "s1" for one in outcome.alerts)
    assessor = Assessor(load_tables().carbon, Options(scenarios=4, horizon_h=1.0), REGION)
    given_alerts = sources(outcome.alerts, START, START + timedelta(days=1))
    said = last(outcome)
    for level in LEVELS:
        again = {one.key: one.loss_t for one in totals(assessor, given_alerts, level, "Asia/Shanghai")}
        live = {key: one.loss_t for (name, key), one in said.items() if name == level}
        assert live == pytest.approx(again, rel=1e-4), level


@settings(max_examples=4, deadline=None)
@given(st.permutations([0.4, 3.2, 6.0]), st.booleans(), st.sampled_from([1, 2]))
def test_order_restarts_and_partitions_change_no_total(east, restarts, origins):
    given_fires = [(km, 5 + k) for k, km in enumerate([0.4, 3.2, 6.0])]
    turned = sorted(given_fires, key=lambda pair: east.index(pair[0]))
    end = START + timedelta(hours=1)
    outcome = judge(
        [delivery(report(at, east=km, who=f"p{at}"), at=end) for km, at in turned],
        settings=SETTINGS, region=REGION, restarts=restarts, origins=origins, end=end,
    )  # fmt: skip
    plain = judge(
        [delivery(report(at, east=km, who=f"p{at}"), at=end) for km, at in given_fires],
        settings=SETTINGS, region=REGION, end=end,
    )  # fmt: skip
    assert last(outcome) == last(plain)


def test_a_total_is_said_once_and_what_is_over_is_said_to_be():
    end = START + timedelta(days=3)
    outcome = fires(0.0, ticks=True, end=end, restarts=True)
    said = [(one.level, one.key, one.loss_t) for one in outcome.carbon if isinstance(one, CarbonTotal)]
    assert len(said) == len(set(said))
    current = last(outcome)
    # the day stays what it was; now nothing is at risk
    assert {level for level, _ in current} == {"day"}
    zero = next(
        one for one in reversed(outcome.carbon) if isinstance(one, CarbonTotal) and one.level == "total"
    )
    assert (zero.incidents, zero.loss_t) == (0, 0.0)


def test_a_fire_that_is_over_is_closed_out_and_one_without_extent_says_why():
    end = START + timedelta(days=3)
    seen = judge(
        [delivery(*(hotspot(5, east=0.3 * k) for k in range(4)))], settings=SETTINGS, region=REGION, end=end
    )
    (closed,) = [one for one in seen.carbon if isinstance(one, CloseOut)]
    first = next(one.carbon for one in seen.alerts if one.carbon.carbon_t is not None)
    assert (closed.forecast_t, closed.low_t, closed.high_t) == (first.carbon_t, first.low_t, first.high_t)
    assert closed.exposed_t == first.exposed.mean_t
    assert closed.error_t == pytest.approx(closed.forecast_t - closed.realised_t)
    assert closed.is_within == (closed.low_t <= closed.realised_t <= closed.high_t)
    assert closed.perimeter == "pixels"
    assert closed.closed_at is not None
    (unseen,) = [one for one in fires(0.0, end=end).carbon if isinstance(one, CloseOut)]
    assert (unseen.realised_t, unseen.is_within) == (None, None)
    assert unseen.why


def test_fires_that_become_one_are_not_counted_twice():
    apart = [report(5, east=0.0, who="a"), report(6, east=5.0, who="b")]
    between = [hotspot(7, east=0.35 * k) for k in range(15)]
    outcome = judge(
        [delivery(apart[0]), delivery(apart[1]), delivery(*between)],
        settings=SETTINGS,
        region=REGION,
        ticks=True,
    )
    living = [one.incident_id for one in outcome.incidents.values() if one.status == "open"]
    assert [key for level, key in last(outcome) if level == "incident"] == living


def test_a_stand_that_another_version_of_the_region_lost_is_counted_under_no_name():
    belonging = Belonging(Assessor(load_tables().carbon, Options(), REGION))
    assert belonging.of("stands/gone") == belonging.of("peat/s1")
    assert set(belonging.of("stands/gone")["county"]) == {""}
    assert belonging.name("county", "gone") == ""
    assert belonging.stock_t("P9", START.date()) is None
