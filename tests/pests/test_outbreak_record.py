"""What is on record: sub-compartments by township, counties positive in our log; outlines; doubts told."""

import datetime as dt

import numpy as np
import pytest
import shapely
from pested import NOW, SAWYER, WEEK, lab, quiet, survey, told, trap
from shapely.geometry import shape

from detectors.pests.grading import after
from detectors.pests.register import Register, Where
from detectors.region import Region
from detectors.region.layer import Layer

DAY = dt.timedelta(days=1)
WEST, EAST = shapely.box(106.5, 30.5, 107.0, 31.5), shapely.box(107.0, 30.5, 107.5, 31.5)


def region(**more):
    layers = {
        "city": Layer.of("city", [WEST.union(EAST)], ["c"], ["达州市"]),
        "county": Layer.of("county", [WEST.union(EAST)], ["k"], ["宣汉县"]),
        "township": Layer.of("township", [WEST, EAST], ["w", "e"], ["双河镇", "天生镇"]),
    }
    return Region("test", layers | more)


HERE, THERE = {"longitude": 106.9, "latitude": 31.0}, {"longitude": 107.1, "latitude": 31.0}


def test_the_same_number_in_another_township_is_another_sub_compartment():
    outcome = told(
        [lab("a", unit_id="12", **HERE), lab("b", NOW + DAY, unit_id="12", **THERE)], region=region()
    )
    assert [(one.action, one.grade, one.pages) for one in outcome.alerts] == [("new", "I", True)] * 2
    assert [one.pest.unit_id for one in outcome.alerts] == ["12", "12"]
    assert len({one.incident_id for one in outcome.alerts}) == 2


@pytest.mark.parametrize(
    ("units", "pages"),
    [(["双河镇/12"], [False, True]), (["宣汉县/双河镇/12"], [False, True]), (["w/12"], [False, True])],
)
def test_the_register_names_them_with_their_place(units, pages):
    recorded = {"townships": ["双河镇", "天生镇"], "units": units}
    finds = [lab("a", unit_id="12", **HERE), lab("b", NOW + DAY, unit_id="12", **THERE)]
    outcome = told(finds, region=region(), recorded=recorded)
    assert [one.pages for one in outcome.alerts] == pages


def test_a_county_found_positive_in_the_log_is_on_record_from_then_on():
    register = Register()
    first = Where(unit="1", township="t", county="天全县", in_epidemic_list=False)
    later = Where(unit="2", township="t2", county="天全县", in_epidemic_list=False)
    assert after(register, [], first, "S1").reasons[1].rule == "county"
    assert after(register, [first], later, "S2").reasons[1].rule == "township"
    assert after(register, [first], Where(unit="3", township="t", county="天全县"), "S3").reasons[1].rule == (
        "sub-compartment"
    )


STANDS = [shapely.box(107.0, 31.0, 107.008, 31.006), shapely.box(107.02, 31.0, 107.028, 31.006)]


def standing(*finds):
    stands = Layer.of("stands", STANDS, ["s0", "s1"], ["s0", "s1"], [{"species": "马尾松"}] * 2)
    return next(iter(told(finds, region=region(stands=stands)).incidents.values()))


def test_the_footprint_is_the_stand_that_holds_the_find():
    one = standing(
        survey(
            longitude=107.004, latitude=31.003, measure="larvae_per_tree", value=40.0, species="马尾松毛虫"
        )
    )
    assert one.pest.footprint_of == "stands"
    assert shape(one.footprint).equals(STANDS[0])
    assert one.area_ha == pytest.approx(50.7, rel=0.02), "762 m by 667 m"


def test_signs_outside_every_stand_keep_their_hull_and_it_is_said():
    pest = {"species": "马尾松毛虫", "measure": "larvae_per_tree", "value": 40.0}
    inside = survey("a", longitude=107.004, latitude=31.003, **pest)
    outside = survey("b", longitude=107.014, latitude=31.003, **pest)
    both, bare = standing(inside, outside), standing(outside)
    assert (both.pest.footprint_of, bare.pest.footprint_of) == ("stands and signs", "signs")
    assert shape(both.footprint).area == pytest.approx(STANDS[0].area + shape(bare.footprint).area, rel=1e-3)


def test_what_does_not_fit_about_a_visit_is_told_in_the_stream():
    rows = {one.observation_id: one for one in quiet()}
    rows["t1/0"] = trap(1, 0, 5.0, started_at=NOW - 2 * WEEK)
    rows["t2/0"] = trap(2, 0, 5.0, longitude=107.2)
    rows["t3/0"] = trap(3, 0, 90.0, started_at=NOW - 5 * DAY)
    outcome = told([*rows.values(), trap(9, -1)], finding={"trap": {"clusters": False}})
    silent = {name: outcome.silences[name].reason for name in ("t1/0", "t2/0", "t4/0")}
    assert [(one.code, one.rule) for one in silent.values()] == [
        ("below_threshold", "overlaps"),
        ("below_threshold", "moved"),
        ("below_threshold", ""),
    ]
    assert silent["t1/0"].ref == "t1/1"
    (found,) = [one for one in outcome.incidents.values() if one.pest.species == SAWYER]
    codes = [why.code for why in found.reasons]
    assert codes[:3] == ["excess", "compared_by", "false_finds"]
    assert codes[-1] == "gap"
    assert np.isfinite(found.reasons[1].value)
