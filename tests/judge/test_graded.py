"""Looks in vain, contradictions and surroundings as the judge takes them, in any order of arrival."""

import datetime as dt

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, living, report

from detectors.region import WORLD, Region
from detectors.region.layer import Layer
from schemas.observation import Pass
from schemas.settings import Settings
from schemas.weather import Conditions
from streams.hops.build import build_hops

HOUR = 60
FIRE = [hotspot(0, 0.4 * i, 0.0, frp=20.0, lag=30) for i in range(10)]
"""Ten pixels of one look."""


def looked(minutes, source="NPP/VIIRS", **box):
    at = START + dt.timedelta(minutes=minutes)
    around = {"west": 101.0, "south": 27.0, "east": 103.0, "north": 29.0} | box
    return Pass(
        observation_id=f"pass-{source}-{minutes}", source=source, observed_at=at,
        received_at=at + dt.timedelta(minutes=10), looked=True, **around,
    )  # fmt: skip


def nothing(minutes, who="ranger"):
    return report(minutes, 1.8, 0.0, who=who, kind="ground", saw="nothing", radius=5000.0)


def one(*observations, **more):
    outcome = judge([delivery(each) for each in observations], **more)
    [incident] = [each for each in outcome.incidents.values() if each.status == "open"]
    return incident, outcome


def codes(incident):
    return [reason.code for reason in incident.reasons]


def test_a_look_that_comes_later_and_could_see_it_makes_it_less_sure_at_once():
    before, _ = one(*FIRE)
    after, _ = one(*FIRE, looked(2 * HOUR))
    assert after.probability < before.probability
    assert "looked_in_vain" in codes(after)
    assert after.seen_clear_at == START + dt.timedelta(hours=2)


def test_a_coarse_eye_hides_no_small_fire_and_keeps_no_page_back():
    before, _ = one(*FIRE[:3])
    after, _ = one(*FIRE[:3], looked(2 * HOUR, "Himawari-9/AHI"), looked(2 * HOUR, "NPP/NEW"))
    assert (after.probability, after.seen_clear_at) == (before.probability, None)


def test_a_fire_that_people_saw_is_not_denied_from_space():
    after, _ = one(*FIRE, report(10, 1.8, 0.0), looked(2 * HOUR))
    assert "looked_in_vain" not in codes(after)


def test_a_ranger_who_finds_nothing_is_evidence_and_a_contradiction_is_for_a_person():
    before, _ = one(*FIRE)
    after, outcome = one(*FIRE, nothing(HOUR))
    assert "conflict" in codes(after)
    assert after.probability == before.probability, "not averaged"
    assert after.grade == before.grade
    clash = next(reason for reason in after.reasons if reason.code == "conflict")
    assert clash.value > clash.threshold == 0.5
    told = [(alert.action, alert.reasons[0].code, alert.pages) for alert in outcome.alerts]
    assert told[-1] == ("update", "conflict", False)
    again, outcome = one(*FIRE, nothing(HOUR), nothing(2 * HOUR))
    assert [alert.reasons[0].code for alert in outcome.alerts].count("conflict") == 1, "said once"
    assert "conflict" in codes(again)


def test_a_lone_hotspot_where_a_ranger_finds_nothing_is_no_contradiction_and_stays_a_task():
    lone = hotspot(0, frp=20.0, lag=30)
    after, outcome = one(lone, nothing(HOUR))
    assert after.grade == "task"
    assert after.probability < 0.05
    assert not [alert for alert in outcome.alerts if alert.action in {"cancel", "close"}]


def test_new_evidence_after_the_look_makes_it_void():
    again = hotspot(4 * HOUR, 1.8, 0.0, satellite="N21", lag=30)
    with_look, _ = one(*FIRE, looked(2 * HOUR), again)
    without, _ = one(*FIRE, again)
    assert with_look.probability == without.probability


@given(
    st.permutations(
        [
            *FIRE[:4],
            looked(2 * HOUR),
            looked(3 * HOUR, "Terra/MODIS"),
            nothing(4 * HOUR, "a"),
            report(30, 1.0, 0.0),
        ]
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_2_looks_and_claims_in_any_order_end_in_the_same_incidents(observations):
    end = START + dt.timedelta(hours=12)
    expected = judge(
        [delivery(each) for each in sorted(observations, key=lambda each: each.observation_id)], end=end
    )
    assert living(judge([delivery(each) for each in observations], end=end)) == living(expected)


def test_a_hotspot_in_a_forest_is_surer_and_a_restart_says_the_same():
    stands = Layer.of("stands", [shapely.box(101.9, 27.9, 102.1, 28.1)], ["s1"], ["s1"])
    region = Region("wood", {"stands": stands})
    outcome = judge([delivery(hotspot(0))], region=region, restarts=True)
    [incident] = outcome.incidents.values()
    assert incident.probability > 0.15
    assert "surroundings" in codes(incident)


class Sky:
    """Weather that is told by the hour, wherever one asks."""

    def __init__(self, *levels):
        self.levels = levels

    def at(self, _longitude, _latitude, now):
        hour = int((now - START).total_seconds() // 3600)
        known = [level for since, level in self.levels if since <= hour]
        return Conditions(danger_level=known[-1]) if known and known[-1] else None


def graded_under(sky, *observations):
    """The grade of the one fire that these observations make, in this weather."""
    observe, hop, *_ = build_hops(Settings(), WORLD)
    state, desk = observe.open(observe.options, 0, {}), hop.open(hop.options, 0, {})
    desk.weather.at = sky.at
    for one in observations:
        given_ = delivery(one)
        for output in observe.step(observe.options, state, given_, given_.received_at).outputs:
            hop.step(hop.options, desk, output.value, given_.received_at)
    [row] = desk.rows.values()
    return row.incident


def test_a_wet_day_asks_for_more_and_missing_weather_for_nothing():
    dry = graded_under(Sky((0, 3)), *FIRE)
    assert (dry.grade, graded_under(Sky(), *FIRE).grade) == ("III", "III")
    wet = graded_under(Sky((0, 1)), *FIRE)
    assert (wet.grade, "wet_day" in codes(wet)) == ("task", True)
    stands_there = report(20, 1.8, 0.0, who="ranger", kind="ground")
    assert graded_under(Sky((0, 1)), *FIRE, stands_there).grade != "task"


def test_rain_that_sets_in_lowers_no_grade_before_its_time_whatever_the_arrival():
    again = [*FIRE, hotspot(70, 1.8, 0.1, satellite="NPP", lag=30)]
    found = [graded_under(Sky((0, 3), (1, 1)), *order) for order in (again, again[::-1])]
    assert [one.grade for one in found] == ["III", "III"]
    assert all("grade_kept" in codes(one) for one in found)


def test_ancient_trees_and_fire_risk_zones_of_the_region_raise_the_grade_and_are_named():
    tree = Layer.of("ancient_trees", [shapely.Point(102.005, 28.0)], ["t1"], ["old cypress"])
    zone = Layer.of(
        "risk_zones", [shapely.box(101.9, 27.9, 102.1, 28.1)], ["z1"], ["zone"], [{"level": "高风险"}]
    )
    seen = [delivery(report(5, who=who, kind="ground")) for who in ("a", "b")]
    bare, *found = (
        next(iter(judge(seen, region=Region("county", layers)).incidents.values()))
        for layers in ({}, {"ancient_trees": tree}, {"risk_zones": zone})
    )
    assert bare.grade == "IV"
    assert [one.grade for one in found] == ["III", "III"]
    held = [next(why for why in one.reasons if why.code == "grade_condition") for one in found]
    assert [(why.rule, why.ref) for why in held] == [("ancient_km", "t1"), ("risk_zone", "z1")]
