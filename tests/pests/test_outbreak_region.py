"""What the region adds to a find: announced county, recorded places, stands within the rings, carbon."""

import datetime as dt

import pytest
import shapely
from pested import NOW, lab, survey, told

from detectors.region import Region
from detectors.region.layer import Layer

COUNTY = shapely.box(106.5, 30.5, 107.5, 31.5)
STANDS = [shapely.box(107.0 + 0.01 * n, 31.0, 107.008 + 0.01 * n, 31.006) for n in range(4)]
KINDS = ["马尾松", "云南松", "杉木", "华山松"]
SPOT = {"longitude": 107.004, "latitude": 31.003}

IN_FLIGHT = NOW.replace(month=6, day=15)


def region(county="宣汉县", **more):
    def area(layer, name):
        return Layer.of(layer, [COUNTY], [layer], [name])

    ids = [f"s{n}" for n in range(4)]
    said = [{"species": one, "volume_m3_ha": 100.0} for one in KINDS]
    layers = {
        "city": area("city", "达州市"),
        "county": area("county", county),
        "township": area("township", "双河镇"),
        "stands": Layer.of("stands", STANDS, ids, ids, said),
    }
    return Region("test", layers | more)


def first(finds, where, **outbreak):
    return told(finds, region=where, **outbreak).alerts[0]


@pytest.mark.parametrize(
    ("county", "outbreak", "novelty"),
    [
        ("天全县", {}, "county"),
        ("宣汉县", {}, "township"),
        ("宣汉县", {"recorded": {"townships": ["双河镇"]}}, "sub-compartment"),
        ("宣汉县", {"recorded": {"townships": ["双河镇"], "units": ["s0"]}}, ""),
    ],
)
def test_red_pages_where_it_is_new_and_only_there(county, outbreak, novelty):
    alert = first([lab(**SPOT)], region(county), **outbreak)
    assert (alert.grade, alert.pest.novelty, alert.pages) == ("I", novelty, bool(novelty))
    assert alert.pest.unit_id == "s0", "the stand that holds it is its sub-compartment"
    assert ("疑似新发县" in alert.headline["zh"]) == (novelty == "county")


def test_before_the_first_announced_list_it_is_not_known_which_counties_are_on_it():
    early = lab(at=NOW - dt.timedelta(days=400), **SPOT)
    assert first([early], region()).pest.novelty == "county"


def test_rings_count_hosts_and_the_nearest_host_is_most_at_risk():
    pest = first([lab(at=IN_FLIGHT, **SPOT)], region()).pest
    assert {one.name: one.stands for one in pest.rings} == {"core": 1, "watch": 1, "flight": 1, "human": 0}
    assert [one.stand_id for one in pest.threatened][:2] == ["s0", "s1"]
    assert "s2" not in {one.stand_id for one in pest.threatened}, "no host"
    chances = [one.probability for one in pest.threatened]
    assert chances == sorted(chances, reverse=True)
    assert all(0 < one <= 1 for one in chances)


def test_in_winter_only_people_carry_it():
    summer, winter = (first([lab(at=at, **SPOT)], region()).pest for at in (IN_FLIGHT, NOW))
    assert (summer.season, winter.season) == (1.0, 0.0)
    assert sum(one.probability for one in winter.threatened) < 0.01
    assert summer.threatened[0].probability > 0.1


def test_roads_raise_the_risk_of_the_stands_beside_them():
    line = shapely.LineString([(107.0, 31.005), (107.008, 31.005)])
    finds = [lab(at=IN_FLIGHT, longitude=107.02, latitude=31.003)]
    bare = {one.stand_id: one.probability for one in first(finds, region()).pest.threatened}
    with_road = region(roads=Layer.of("roads", [line], ["r"], ["r"]))
    beside = {one.stand_id: one.probability for one in first(finds, with_road).pest.threatened}
    assert beside["s0"] > bare["s0"], "more road about it than about the median stand"
    assert beside["s3"] < bare["s3"], "no road about it"


def test_carbon_is_that_of_pine_wilt_and_in_no_sum_that_others_see():
    outcome = told([lab(**SPOT)], region=region())
    carbon = outcome.alerts[0].carbon
    assert carbon.carbon_t > 0
    assert carbon.committed_t >= carbon.carbon_t
    assert not outcome.carbon


def test_carbon_of_a_pest_that_is_for_everybody_is_in_the_sums():
    larvae = survey(species="Dendrolimus punctatus", measure="larvae_per_tree", value=35.0, **SPOT)
    outcome = told([larvae], region=region())
    assert outcome.alerts[0].carbon.exposed.mean_t > 0
    assert outcome.alerts[0].audience == ""
