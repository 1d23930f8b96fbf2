"""Thresholds may differ by place: the narrower wins, says so, and what is silenced says what it lacks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import delivery, hotspot, judge, living

from alerts import grade, lifecycle
from alerts.tuning.layers import Local, Rules, keys_of
from detectors.region import WORLD
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
        (Layer(scope="county:1", lifecycle={"quiet_h": 3.0}), "holds everywhere"),
        (Layer(scope="station:cam", grade={"task": 0.1}), "asked of places"),
        (Layer(scope="county:1", detectors={"hotspot": {}}), "station"),
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
