"""What was seen weighs by land, hour and weather; what is unknown changes nothing."""

import math

import pytest
from claimed import claim
from hypothesis import given, settings
from hypothesis import strategies as st
from reported import a_place

from detectors.assembly import order
from detectors.context import Context, gained, is_day, land_of, moved, ratio
from detectors.evidence import MOST_SURE, judge
from streams.tables import load_tables

TABLE = load_tables().evidence
HERE = TABLE.surroundings
PERSON = {name: getattr(TABLE.person, name) for name in ("ground", "public", "video")}


def probability(claims, context):
    """As the judge weighs it: evidence and then surroundings."""
    found, looks, _ = judge(TABLE, sorted(claims, key=order))
    return moved(found, gained(HERE, context, looks, PERSON), MOST_SURE)


@pytest.mark.parametrize(
    ("places", "land"),
    [
        ([], "unknown"),
        ([a_place("经久乡")], "unknown"),
        ([a_place("s1", "stands", probability=0.4), a_place("g1", "grassland", probability=0.5)],
         "grassland"),
        ([a_place("s1", "stands", probability=0.3), a_place("s2", "stands", probability=0.3),
          a_place("g1", "grassland", probability=0.5)], "forest"),
        ([a_place("s1", "stands"), a_place("村", "settlements", "near", distance_km=0.2)], "settlement"),
        ([a_place("s1", "stands"), a_place("村", "settlements", "near", distance_km=0.4)], "forest"),
        ([a_place("厂", "facilities", "near", distance_km=0.1),
          a_place("村", "settlements", "near", distance_km=0.2)], "facility"),
    ],
)  # fmt: skip
def test_land_comes_from_the_places(places, land):
    assert land_of(HERE, places) == land


def test_day_is_the_suns_at_that_longitude():
    noon = 12 * 3600.0
    assert is_day(HERE, noon, 0.0)
    assert not is_day(HERE, noon, 180.0)
    assert not is_day(HERE, noon, 102.0), "18:48 by the sun in Sichuan"
    assert is_day(HERE, 10.9 * 3600.0, 102.0)


@pytest.mark.parametrize(
    ("land", "hour", "danger", "expected"),
    [("forest", 4, None, 1.3), ("forest", 16, None, 1.6), ("facility", 4, None, 0.3),
     ("unknown", 4, None, 1.0), ("forest", 4, 1, 0.65), ("unknown", 4, 5, 1.4), ("forest", 16, 3, 1.6)],
)  # fmt: skip
def test_the_ratio_of_a_satellite_look(land, hour, danger, expected):
    _, looks, _ = judge(TABLE, [claim(60.0 * hour)])
    assert ratio(HERE, Context(land=land, longitude=102.0, danger=danger), looks[0]) == pytest.approx(
        expected
    )


def test_a_hotspot_beside_a_works_is_less_and_at_night_in_a_forest_more_than_the_base_rate():
    lone = [claim(16 * 60.0)]
    unknown = probability(lone, Context())
    assert probability(lone, Context(land="facility", longitude=102.0)) < unknown
    assert probability(lone, Context(land="forest", longitude=102.0)) > unknown
    assert unknown == pytest.approx(TABLE.prior.value)


@st.composite
def seen(draw):
    kind = draw(st.sampled_from(["satellite", "satellite", "public", "ground", "video"]))
    return claim(
        30 * draw(st.integers(0, 48)),
        look=draw(st.sampled_from("abcd")) + kind,
        kind=kind,
        frp_mw=draw(st.one_of(st.none(), st.floats(1, 200))) if kind == "satellite" else None,
        probability=draw(st.sampled_from([0.05, 0.15, 0.19])) if kind == "satellite" else 0.3,
    )


CONTEXTS = st.builds(
    Context,
    land=st.sampled_from(["forest", "grassland", "wetland", "settlement", "facility", "unknown"]),
    longitude=st.floats(-180, 180),
    danger=st.one_of(st.none(), st.integers(1, 5)),
)


@given(st.lists(seen(), min_size=1, max_size=8), seen(), CONTEXTS)
@settings(max_examples=120, deadline=None)
def test_independent_evidence_never_lowers_the_probability_wherever_it_is(known, new, context):
    apart = TABLE.look.minutes * 60
    if all(
        one.look != new.look or abs((one.observed_at - new.observed_at).total_seconds()) >= apart
        for one in known
    ):
        assert probability([*known, new], context) >= probability(known, context) - 1e-9


def test_worked_odds():
    sure = 0.10
    for factor, expected in ((8, 0.4706), (4, 0.7805), (50, 0.9944)):
        sure = moved(sure, math.log(factor), 1.0)
        assert round(sure, 4) == expected
