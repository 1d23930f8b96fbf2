"""Each look counts once, and whatever is added independently never makes a fire less likely."""

import math

import pytest
from claimed import AT, claim
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.assembly import order
from detectors.evidence import MOST_SURE, judge, looks
from streams.tables import load_tables

TABLE = load_tables().evidence
HOUR = 60.0


def probability(*claims):
    return judge(TABLE, sorted(claims, key=order))[0]


def codes(*claims):
    return [reason.code for reason in judge(TABLE, sorted(claims, key=order))[2]]


def odds(p):
    return p / (1 - p)


def worked(*factors):
    """The base rate's odds times the factors, as a probability."""
    by_hand = odds(TABLE.prior.value) * math.prod(factors)
    return pytest.approx(by_hand / (1 + by_hand))


def pixels(count, minutes=0.0, look="N20/VIIRS", **fields):
    return [claim(minutes, 102.0 + 0.01 * i, look=look, **fields) for i in range(count)]


S, P = TABLE.satellite, TABLE.person
WORKED = {
    "one pixel is the base rate": (pixels(1), []),
    "two pixels of a look say no more than one": (pixels(2), []),
    "three pixels of a look": (pixels(3), [S.pixels_3]),
    "ten pixels of a look": (pixels(10, frp_mw=9.99), [S.pixels_10, S.weak]),
    "just below strong": ([claim(frp_mw=99.9)], []),
    "strong": ([claim(frp_mw=100.0)], [S.strong]),
    "strong in all": (pixels(2, frp_mw=50.0), [S.strong]),
    "weak alone": ([claim(frp_mw=9.9)], [S.weak]),
    "not known to be weak": ([claim(frp_mw=None)], []),
    "weak, but somebody else saw it": (
        [claim(frp_mw=9.9), claim(look="12119", kind="public")],
        [P.public],
    ),
    "seen again": ([claim(), claim(2.9 * HOUR, look="NPP/VIIRS")], [S.again]),
    "still seen after hours": ([claim(), claim(3 * HOUR, look="NPP/VIIRS")], [S.persisting]),
    "seen all along for hours": (
        [claim(), claim(2 * HOUR, look="NPP/VIIRS"), claim(4 * HOUR, look="Aqua/MODIS")],
        [S.again, S.persisting],
    ),
    "two pixels in each of two looks": (pixels(2) + pixels(2, HOUR, "NPP/VIIRS"), [S.again]),
    "a patrol": ([claim(look="patrol", kind="ground")], [P.ground]),
    "two callers": ([claim(look="a", kind="public"), claim(look="b", kind="public")], [P.public, P.public]),
    "one caller twice in half an hour": (
        [claim(look="a", kind="public"), claim(29.0, look="a", kind="public")],
        [P.public],
    ),
}


@pytest.mark.parametrize("case", WORKED)
def test_worked_values(case):
    claims, factors = WORKED[case]
    assert probability(*claims) == worked(*factors)


def test_satellites_together_weigh_no_more_than_the_most():
    many = [claim(4 * HOUR * i, look=f"s{i}") for i in range(10)]
    assert probability(*many) == worked(S.most)


def test_no_remote_evidence_makes_certain():
    crowd = [claim(look=f"caller {i}", kind="public") for i in range(20)]
    assert probability(*crowd, *pixels(12, frp_mw=300.0)) == MOST_SURE


def test_a_pixel_its_source_doubts_lowers_only_what_nobody_else_saw():
    doubted = claim(probability=0.05)
    assert probability(doubted) == worked(odds(0.05) / odds(0.15))
    assert probability(doubted, claim(look="12119", kind="public")) == worked(P.public)


def test_every_factor_gives_its_reason():
    assert codes(*pixels(10, frp_mw=60.0), claim(HOUR, look="NPP/VIIRS"), claim(look="x", kind="tower")) == [
        "prior",
        "seen_by",
        "seen_again",
        "pixels",
        "strong",
    ]
    assert codes(claim(frp_mw=1.0)) == ["prior", "weak"]


def test_one_source_within_half_an_hour_is_one_look():
    found = looks(TABLE, [claim(), claim(29.9), claim(30.0), claim(30.0, look="NPP/VIIRS")])
    assert [(one.look, one.pixels) for one in found] == [("N20/VIIRS", 2), ("N20/VIIRS", 1), ("NPP/VIIRS", 1)]
    assert found[1].seconds == AT.timestamp() + 1800


def test_a_pixel_read_again_at_a_moved_centre_counts_once():
    first, better = pixels(3), [claim(0.0, 102.001 + 0.01 * i, rank=1 << 32) for i in range(3)]
    assert probability(*first, *better) == probability(*first)
    beside = [claim(0.0, 102.005 + 0.01 * i, rank=1 << 32) for i in range(3)]
    assert [one.pixels for one in looks(TABLE, sorted([*first, *beside], key=order))] == [6]


@st.composite
def seen(draw):
    kind = draw(st.sampled_from(["satellite", "satellite", "public", "ground", "video"]))
    return claim(
        30 * draw(st.integers(0, 24)),
        round(102.0 + draw(st.integers(0, 40)) * 0.01, 5),
        look=draw(st.sampled_from(["a", "b", "c"])) + kind,
        kind=kind,
        frp_mw=draw(st.one_of(st.none(), st.floats(1, 200))) if kind == "satellite" else None,
        probability=draw(st.sampled_from([0.05, 0.15, 0.19])) if kind == "satellite" else 0.3,
    )


def independent(new, known):
    """A look of another source, or of the same one at another time."""
    apart = TABLE.look.minutes * 60
    return all(
        one.look != new.look or abs((one.observed_at - new.observed_at).total_seconds()) >= apart
        for one in known
    )


@given(st.lists(seen(), min_size=1, max_size=12), seen())
@settings(max_examples=500, deadline=None)
def test_independent_evidence_never_lowers_the_probability(known, new):
    if independent(new, known):
        assert probability(*known, new) >= probability(*known) - 1e-12


@given(st.lists(st.integers(0, 24), min_size=1, max_size=5), st.integers(0, 24))
@settings(max_examples=500, deadline=None)
def test_another_satellites_look_never_lowers_the_probability_whenever_it_was(halves, new):
    known = [claim(30 * half, look=f"s{i}") for i, half in enumerate(halves)]
    assert probability(*known, claim(30 * new, look="new")) >= probability(*known) - 1e-12


@given(st.lists(seen(), min_size=1, max_size=12))
@settings(max_examples=200, deadline=None)
def test_a_probability_lies_between_none_and_the_most(known):
    found, found_looks, _ = judge(TABLE, sorted(known, key=order))
    assert 0.0 < found <= MOST_SURE
    assert len(found_looks) <= len(known)
