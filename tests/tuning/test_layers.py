"""Thresholds may differ by place: the narrower wins, says so, and what is silenced says what it lacks."""

import datetime as dt

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import delivery, hotspot, judge, living

from alerts import grade, lifecycle
from alerts.tuning.layers import Local, Rules, keys_of
from detectors.region import WORLD, Region
from detectors.region.layer import Layer as Shapes
from schemas.incident import Place
from schemas.settings import Layer, Settings
from streams.hops.build import build_hops
from streams.tables import load_tables
from streams.toml_file import ConfigError

BASE = Rules(grades=load_tables().grades, grading=grade.Options(), lifecycle=lifecycle.Options())


def place(layer, name, relation="inside", **more):
    return Place(layer=layer, place_id=name, name=name, relation=relation, **more)


HERE = (
    place("province", "51"),
    place("city", "5134"),
    place("county", "513401"),
    place("protected_areas", "P"),
)
WIDTHS = ("province:51", "city:5134", "county:513401", "area:P")


@given(st.dictionaries(st.sampled_from(WIDTHS), st.floats(0, 0.9), max_size=4))
@settings(max_examples=40)
def test_the_narrowest_layer_that_says_anything_wins(tasks):
    local = Local(BASE, tuple(Layer(scope=scope, grade={"task": task}) for scope, task in tasks.items()))
    found = local.at(HERE)
    named = [scope for scope in WIDTHS if scope in tasks]
    assert list(found.scopes) == named
    assert found.grading.task == (tasks[named[-1]] if named else 0.0)
    assert local.at((place("county", "other"),)).scopes == ()


def test_a_rule_of_a_layer_takes_the_place_of_its_grade_alone():
    rule = {"grade": "IV", "probability": 0.8}
    local = Local(BASE, (Layer(scope="county:513401", grade={"rule": [rule]}),))
    asked = {one.grade: one.probability for one in local.at(HERE).grades.rule}
    assert asked == {one.grade: one.probability for one in BASE.grades.rule} | {"IV": 0.8}


def test_of_two_counties_the_likelier_holds_an_incident():
    both = (
        place("county", "a", "possibly_inside", probability=0.3),
        place("county", "b", "possibly_inside", probability=0.6),
    )
    assert keys_of(both) == ("county:b",)
    assert keys_of((place("county", "near", "near"),)) == ()


WEAK = [delivery(hotspot(0, frp=4.0)), delivery(hotspot(600, east=30.0, frp=60.0))]


def test_what_is_less_sure_than_its_floor_makes_no_task_and_says_what_it_lacks():
    loud, quiet = judge(WEAK), judge(WEAK, settings=Settings(grade={"task": 0.1}))
    assert living(loud) == living(quiet)
    assert len({one.alert_id for one in loud.alerts}) == 2
    assert len({one.alert_id for one in quiet.alerts}) == 1
    (silence,) = quiet.silences.values()
    why = silence.reason
    assert (why.code, why.rule, why.threshold) == ("below_threshold", "grade.task", 0.1)
    assert why.margin == pytest.approx(why.value - 0.1, abs=1e-4)
    assert why.margin < 0.0


def test_a_silent_fire_is_told_once_it_is_sure_enough_and_its_observations_lead_to_it():
    later = [*WEAK, delivery(hotspot(300, frp=4.0)), delivery(hotspot(700, frp=300.0))]
    told = judge(later, settings=Settings(grade={"task": 0.1}))
    assert told.silences == {}
    assert len({one.alert_id for one in told.alerts}) == 2


def test_restarts_and_repeats_change_nothing_of_what_is_silent():
    given = Settings(grade={"task": 0.1})
    plain = judge([*WEAK, *WEAK], settings=given)
    assert judge(WEAK, settings=given, restarts=True).silences.keys() == plain.silences.keys()


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Layer(scope="county:1", grade={"tsk": 0.1}), "did you mean task"),
        (Layer(scope="county:1", grade={"task": 1.5}), "task"),
        (Layer(scope="station:cam", grade={"task": 0.1}), "asked of places"),
        (Layer(scope="area:1", detectors={"hotspot": {}}), "station"),
        (Layer(scope="county:1", carbon={"horizon_d": 1.0}), r"carbon.horizon_d: unknown"),
        (Layer(scope="station:cam", detectors={"hotspt": {}}), "did you mean hotspot"),
        (Layer(scope="station:cam", detectors={"hotspot": {"probability": 2.0}}), "probability"),
    ],
)
def test_what_cannot_hold_in_a_scope_is_refused_with_its_path(layer, words):
    with pytest.raises(ConfigError, match=words) as caught:
        build_hops(Settings(layers=(layer,)), WORLD)
    assert "$.layers[0]" in str(caught.value)


def test_a_station_is_judged_by_its_own_options():
    layer = Layer(scope="station:N20/VIIRS", detectors={"hotspot": {"probability": 0.6}})
    own = judge(WEAK, settings=Settings(layers=(layer,)))
    assert max(one.probability for one in own.alerts) > max(one.probability for one in judge(WEAK).alerts)


COUNTIES = Region(
    "two counties",
    {
        "county": Shapes.of(
            "county",
            [shapely.box(101.0, 27.0, 102.0, 29.0), shapely.box(102.0, 27.0, 103.0, 29.0)],
            ["west", "east"],
            ["West", "East"],
        )
    },
)
BOTH = [
    delivery(hotspot(0, -20.0, lag=0), hotspot(0, 20.0, lag=0)),
    delivery(hotspot(30, -20.1, lag=0), hotspot(30, 20.1, lag=0)),
]


def of_sides(outcome):
    """What became of the fires west and east of 102 E."""
    return sorted(
        (one for one in outcome.incidents.values() if one.status != "merged"), key=lambda one: one.longitude
    )


def in_county(**tables):
    end = BOTH[-1].received_at + dt.timedelta(hours=10)
    one = Settings(layers=(Layer(scope="county:east", **tables),))
    return judge(BOTH, settings=one, region=COUNTIES, end=end, restarts=True)


def test_a_county_says_when_its_own_fires_are_closed_and_how_long_their_alerts_hold():
    found = in_county(lifecycle={"quiet_h": 6.0, "valid_h": 8.0})
    assert [one.status for one in of_sides(found)] == ["open", "closed"]
    held = {
        one.longitude > 102.0: one.expires_at - one.observed_at for one in found.alerts if one.action == "new"
    }
    assert (held[True], held[False]) == (dt.timedelta(hours=8), dt.timedelta(hours=24))


def test_a_detector_judges_by_the_county_where_something_was_seen_and_by_the_station_before_it():
    west, east = of_sides(in_county(detectors={"hotspot": {"probability": 0.6}}))
    assert west.probability < east.probability
    both = (
        Layer(scope="county:east", detectors={"hotspot": {"probability": 0.6}}),
        Layer(scope="station:N20/VIIRS", detectors={"hotspot": {"probability": 0.02}}),
    )
    west, east = of_sides(judge(BOTH, settings=Settings(layers=both), region=COUNTIES))
    assert west.probability == east.probability


def test_what_the_law_asks_for_and_what_is_counted_as_carbon_may_differ_from_county_to_county():
    layers = (Layer(scope="county:east", carbon={"horizon_h": 2.0}, report_duty={}),)
    given_ = build_hops(Settings(layers=layers), COUNTIES)[1].options
    assert given_.local.at((place("county", "east"),)).carbon.horizon_h == 2.0
    assert given_.local.at((place("county", "west"),)).carbon == given_.counting
