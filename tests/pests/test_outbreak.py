"""From observations to outbreaks: any order, any repetition, corrections, unread traps, ids that last."""

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from shapely.geometry import Point, shape

from detectors.pests import chance
from detectors.pests.ledger import MONDAY
from detectors.pests.outbreak import Options as OutbreakOptions
from detectors.pests.outbreak import outbreak_id, outbreaks
from detectors.pests.register import Register, Where
from detectors.pests.sign import Options, Rules, Sign, signs
from detectors.pests.trap_sign import Options as TrapOptions
from schemas.observation import LabResult, PestSurvey, TrapCount
from schemas.reason import Reason
from streams.pest_tables import load_rules, load_species

LAW = load_rules()
RULES = Rules(
    species=load_species(), occurrence=LAW.occurrence, disaster=LAW.disaster, grassland=LAW.grassland
)
WEEK = dt.timedelta(days=7)
NOW = MONDAY + 1300 * WEEK
SAWYER = "Monochamus alternatus"
TRAPS = 12


def trap(number, weeks_ago, catch=5.0, **fields):
    end = NOW - weeks_ago * WEEK - dt.timedelta(days=2)
    given_ = {
        "observation_id": f"t{number}/{weeks_ago}",
        "source": f"trap/{number}",
        "observed_at": end,
        "started_at": end - WEEK,
        "frame": "wgs84",
        "longitude": 107.0 + 0.02 * number,
        "latitude": 31.0,
        "species": SAWYER,
        "status": "ok",
        "catch": catch,
    }
    return TrapCount(**given_ | fields)


def quiet(seed=1):
    rng = np.random.default_rng(seed)
    return [trap(n, w, float(rng.poisson(5))) for n in range(TRAPS) for w in range(30)]


def loud(*numbers):
    """The quiet year with many beetles in these traps in the newest whole week."""
    return [
        trap(int(one.source[5:]), 0, 60.0) if one.observation_id in {f"t{n}/0" for n in numbers} else one
        for one in quiet()
    ]


def survey(measure, value, species="Dendrolimus punctatus", days=5, **fields):
    given_ = {
        "observation_id": f"{measure}/{days}",
        "source": "survey/county",
        "observed_at": NOW - dt.timedelta(days=days),
        "frame": "wgs84",
        "longitude": 107.5,
        "latitude": 31.5,
        "species": species,
        "measure": measure,
        "value": value,
        "unit_id": "12-3",
    }
    return PestSurvey(**given_ | fields)


def sample(result="positive", **fields):
    given_ = {
        "observation_id": "lab/1",
        "source": "lab/province",
        "observed_at": NOW - dt.timedelta(days=1),
        "frame": "wgs84",
        "longitude": 107.6,
        "latitude": 31.6,
        "species": "Bursaphelenchus xylophilus",
        "result": result,
        "sample_id": "S-1",
        "unit_id": "12-3",
    }
    return LabResult(**given_ | fields)


QUICK = Options(trap=TrapOptions(weeks=2, simulating=chance.Options(simulations=39, stop_at=3)))


def judged(observations, **given_):
    return signs(QUICK, given_.pop("rules", RULES), observations, NOW, **given_)


def test_quiet_traps_are_no_sign_and_each_says_why():
    got = judged(quiet())
    assert got.signs == ()
    assert len(got.unjudged) == TRAPS * 30
    codes = {one.reason.code for one in got.unjudged}
    assert codes == {"below_threshold", "waiting_for"}


def test_one_loud_trap_is_one_outbreak_with_its_reason():
    got = judged(loud(3))
    assert [one.sign_id for one in got.signs] == ["t3/0"]
    assert got.signs[0].grade in ("II", "III")
    assert got.signs[0].reasons[0].code in {"excess", "cluster"}


def test_loud_neighbours_are_one_outbreak_and_a_far_one_is_another():
    found = outbreaks(OutbreakOptions(link_km=2.5), judged(loud(3, 4, 10)).signs)
    assert ("t10/0",) in [one.observation_ids for one in found]
    assert any({"t3/0", "t4/0"} <= set(one.observation_ids) for one in found)
    assert len(found) == 2


SPOKEN = [
    *loud(3, 4)[::5],
    survey("larvae_per_tree", 31.0),
    survey("larvae_per_tree", 2.0, days=9, longitude=107.9),
    sample(),
    trap(5, 1, None, status="missing"),
]


@given(st.permutations(SPOKEN), st.lists(st.sampled_from(SPOKEN), max_size=4))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_1_2_order_and_repetition_change_nothing(observations, again):
    expected = judged(SPOKEN)
    got = judged([*observations, *again])
    assert got == expected
    assert outbreaks(OutbreakOptions(), got.signs) == outbreaks(OutbreakOptions(), expected.signs)


def test_a_correction_takes_the_sign_back():
    wrong = loud(3)
    assert judged(wrong).signs != ()
    right = trap(3, 0, 6.0, revision=1)
    assert judged([*wrong, right]).signs == judged([right, *wrong]).signs == ()


def codes(got, start):
    return {one.reason.code for one in got.unjudged if one.observation_id.startswith(start)}


@pytest.mark.parametrize("status", ["missing", "damaged"])
def test_9_an_unread_trap_is_no_zero(status):
    heard = loud(3)
    unread = [replace(one, status=status, catch=None) if one.source == "trap/7" else one for one in heard]
    zero = [replace(one, catch=0.0) if one.source == "trap/7" else one for one in heard]
    without = [one for one in heard if one.source != "trap/7"]
    assert judged(unread).signs == judged(without).signs
    assert codes(judged(unread), "t7/") == {"not_read"}
    assert "not_read" not in codes(judged(zero), "t7/")


def test_nothing_after_now_is_looked_at():
    later = trap(3, -1, 900.0)
    assert judged([*quiet(), later]) == judged(quiet())


@pytest.mark.parametrize(
    ("measure", "value", "species", "grade"),
    [
        ("larvae_per_tree", 4.9, "Dendrolimus punctatus", None),
        ("larvae_per_tree", 5.0, "马尾松毛虫", "IV"),
        ("larvae_per_tree", 14.0, "Dendrolimus punctatus", "III"),
        ("larvae_per_tree", 31.0, "Dendrolimus punctatus", "II"),
        ("defoliation_percent", 60.0, "Dendrolimus punctatus", "I"),
        ("infested_stems_percent", 20.0, SAWYER, "I"),
        ("burrows_per_ha", 180.0, "Ochotona curzoniae", "III"),
        ("dead_pines", 10.0, "松材线虫病", "II"),
        ("cover_percent", 50.0, "Ochotona curzoniae", None),
    ],
)
def test_surveys(measure, value, species, grade):
    got = judged([survey(measure, value, species)])
    assert [one.grade for one in got.signs] == ([grade] if grade else [])
    assert len(got.unjudged) == (0 if grade else 1)


def test_a_positive_is_red_at_once_and_in_a_recorded_place_pages_nobody():
    (sign,) = judged([sample()]).signs
    assert (sign.grade, sign.may_page) == ("I", True)
    where = {"lab/1": Where(unit="12-3", township="t", county="c", in_epidemic_list=True)}
    register = Register(units=frozenset({"12-3"}), townships=frozenset({"t"}), counties=frozenset({"c"}))
    (sign,) = judged([sample()], rules=replace(RULES, register=register), where=where).signs
    assert (sign.grade, sign.may_page) == ("I", False)


@pytest.mark.parametrize("result", ["negative", "inconclusive"])
def test_what_a_laboratory_did_not_find_is_no_sign(result):
    got = judged([sample(result)])
    assert got.signs == ()
    assert got.unjudged[0].reason.rule == result


def test_an_unknown_pest_is_told_with_the_nearest_names():
    got = judged([survey("larvae_per_tree", 50.0, "马尾松毛冲")])
    assert got.unjudged[0].reason.code == "unknown_species"
    assert "马尾松毛虫" in got.unjudged[0].reason.detail


def sign(name, lon, day, **fields):
    given_ = {"species": SAWYER, "latitude": 31.0, "grade": "III", "may_page": True}
    given_ |= {"reasons": (Reason(code="excess"),), "observation_ids": (name,)}
    at = NOW - dt.timedelta(days=day)
    return Sign(sign_id=name, longitude=lon, observed_at=at, **given_ | fields)


CHAIN = [sign("a", 107.000, 50), sign("b", 107.015, 40), sign("c", 107.030, 30), sign("d", 107.3, 20)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_a_chain_of_signs_is_one_outbreak_named_by_its_oldest(order):
    found = outbreaks(OutbreakOptions(), [CHAIN[at] for at in order])
    assert [one.observation_ids for one in found] == [("a", "b", "c"), ("d",)]
    assert found[0].outbreak_id == outbreak_id(CHAIN[0])
    assert found[0].opened_at == CHAIN[0].observed_at


def test_every_id_ever_shown_leads_to_the_outbreak_that_grew_over_it():
    before = outbreaks(OutbreakOptions(), [CHAIN[0], CHAIN[2]])
    after = outbreaks(OutbreakOptions(), CHAIN)
    for old in before:
        assert sum(old.outbreak_id in one.aliases for one in after) == 1


def test_other_species_other_places_and_other_seasons_are_other_outbreaks():
    near = sign("x", 107.001, 50, species="Dendrolimus punctatus")
    late = sign("y", 107.001, -20)
    assert len(outbreaks(OutbreakOptions(), [CHAIN[0], near])) == 2
    assert len(outbreaks(OutbreakOptions(), [CHAIN[0], late])) == 2


def test_the_footprint_holds_every_sign_and_the_radius_too():
    (one, _) = outbreaks(OutbreakOptions(), CHAIN)
    area = shape(one.footprint)
    assert area.is_valid
    assert all(area.contains(Point(member.longitude, member.latitude)) for member in CHAIN[:3])
    assert one.radius_m == pytest.approx(0.015 * 111_195 * np.cos(np.radians(31)) + 200, abs=5)
    assert one.longitude == pytest.approx(107.015)


def test_the_highest_grade_gives_the_outbreak_its_own():
    (one,) = outbreaks(OutbreakOptions(), [CHAIN[0], sign("r", 107.001, 49, grade="I", may_page=False)])
    assert (one.grade, one.may_page) == ("I", False)


def test_no_signs_are_no_outbreaks():
    assert outbreaks(OutbreakOptions(), []) == ()
