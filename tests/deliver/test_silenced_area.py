"""A silence over an area mutes a fire that lies there, and none that is near it or may be elsewhere."""

import pytest
from alerted import COUNTY, a_receiver, an_alert, at
from hypothesis import given
from hypothesis import strategies as st

from alerts.policy import Decision
from alerts.restraint import silenced
from schemas.incident import Place
from schemas.reason import Reason
from schemas.silencing import Silencing

A, B, C = "513401102", "513401105", "513401107"
YES = Decision(send=True, reason=Reason(code="first_notice"))


def township(code, relation="possibly_inside"):
    near = {"distance_km": 0.9} if relation == "near" else {"probability": 0.5}
    return Place(layer="township", place_id=code, name=code, relation=relation, **near)


def muted(areas, *places):
    silence = Silencing(author="a", reason="burn", start=at(-10), until=at(999), areas=areas)
    alert = an_alert(grade="III", places=(COUNTY, *places))
    return not silenced(YES, (silence,), alert, a_receiver(), at(2)).send


@pytest.mark.parametrize(
    ("areas", "places", "expected"),
    [
        ((A,), (township(A, "inside"),), True),
        ((A,), (township(B, "inside"), township(A, "near")), False),
        ((A,), (township(A), township(B)), False),
        ((A, B), (township(A), township(B)), True),
        (("513401",), (township(A), township(B)), True),
        (
            ("reserve",),
            (Place(layer="protected_areas", place_id="reserve", name="r", relation="inside"),),
            True,
        ),
        (
            ("reserve",),
            (Place(layer="protected_areas", place_id="reserve", name="r", relation="possibly_inside"),),
            False,
        ),
    ],
)
def test_a_silence_covers_only_what_lies_in_it(areas, places, expected):
    assert muted(areas, *places) == expected


CANDIDATES = st.lists(st.sampled_from([A, B, C]), min_size=1, max_size=3, unique=True)


@given(areas=CANDIDATES, candidates=CANDIDATES, near=CANDIDATES)
def test_every_candidate_must_be_covered(areas, candidates, near):
    places = [*map(township, candidates), *(township(one, "near") for one in near if one not in candidates)]
    assert muted(tuple(areas), *places) == (set(candidates) <= set(areas))
