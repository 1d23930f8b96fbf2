"""Who denies one fire does not deny its neighbour, however the two grow together later."""

import datetime as dt

import pytest
from answered_words import actions, heard, last, told, verdict
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, living, report

from schemas.act import Merge
from streams.said import delivered

ONE = delivery(report(0, 0.0, who="a", kind="ground", radius=100.0))
TWO = delivery(report(2, 2.6, who="b", kind="ground", radius=100.0))
BETWEEN = delivery(hotspot(60, 1.3, lag=5, frp=15.0))
LATE = delivery(hotspot(10, 1.3, lag=180, frp=15.0))


def name_of(one):
    return last(judge([one])).incident_id


FIRST, SECOND = name_of(ONE), name_of(TWO)


def merge(minutes):
    at = START + dt.timedelta(minutes=minutes)
    settled = {"author": "duty-1", "at": at, "received_at": at}
    return delivered(Merge(act_id=f"m-{minutes}", incident_id=FIRST, other_id=SECOND, **settled))


def codes(outcome):
    return {one.code for one in last(outcome).reasons}


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("level", ["county", "city"])
@pytest.mark.parametrize("denied", [FIRST, SECOND])
@pytest.mark.parametrize("joins", [BETWEEN, LATE, merge(60)], ids=["pixel", "late pixel", "officer"])
def test_a_fire_burns_on_though_a_neighbour_that_was_none_becomes_one_with_it(denied, joins, level, restarts):
    outcome = heard(ONE, TWO, verdict(20, 3, denied, level=level, author="Li"), joins, restarts=restarts)
    assert (last(outcome).status, last(outcome).grade) == ("open", "IV")
    assert last(outcome).probability < 0.7, "what was denied is no evidence for the other"
    assert actions(outcome).count("cancel") == 1, "of the one that was denied"
    assert "denied_in_part" in codes(outcome)


def test_what_an_office_found_of_the_other_stands_and_an_officer_is_asked():
    found = verdict(15, 0, FIRST, level="county", author="Wang")
    outcome = heard(ONE, TWO, found, verdict(20, 3, SECOND, level="city", author="Li"), BETWEEN)
    said = last(outcome).feedback
    assert (said.ruling, said.contradicted, len(said.steps)) == ("fire", True, 2)
    assert last(outcome).probability == 1.0


@pytest.mark.parametrize("joined", [[BETWEEN], [merge(60)]])
def test_who_denies_them_when_they_are_one_denies_both(joined):
    outcome = heard(ONE, TWO, *joined, verdict(90, 3, SECOND, level="city", author="Li"))
    assert last(outcome).status == "false_alarm"
    assert "denied_in_part" not in codes(outcome)


def test_two_that_were_denied_one_by_one_stay_denied_when_they_become_one():
    said = [
        verdict(20, 3, FIRST, level="county", author="Li"),
        verdict(25, 3, SECOND, level="city", author="Wu"),
    ]
    outcome = heard(ONE, TWO, *said, BETWEEN)
    assert last(outcome).status == "false_alarm"
    assert "new" not in actions(outcome)[2:]


@settings(max_examples=12)
@given(
    st.permutations([ONE, TWO]),
    st.permutations([BETWEEN, LATE, None]),
    st.sampled_from([FIRST, SECOND]),
    st.booleans(),
)
def test_2_in_any_order_they_end_as_the_same(shown, later, denied, restarts):
    said = told(verdict(20, 3, denied, level="city", author="Li"))
    end = START + dt.timedelta(hours=4)
    wanted = living(judge([ONE, TWO, said, BETWEEN, LATE], end=end))
    order = [*shown, *(one or said for one in later)]
    assert wanted == living(judge(order, end=end, restarts=restarts)) != []
