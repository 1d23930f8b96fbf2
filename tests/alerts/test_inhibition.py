"""A confirmed fire that was told inhibits its further observations, and nothing else."""

import pytest
from alerted import COUNTY, T0, a_receiver, an_alert, replaced
from hypothesis import given
from hypothesis import strategies as st

from alerts.inhibition import inhibited
from alerts.policy import Told, decide
from alerts.routing import RANK
from schemas.reason import Reason
from schemas.verdict import Verification

HOLDS = Told(receiver="ranger", alert_id="F20200330-AAAAAAAA", touched_at=T0, grade="III", revision=3)
FIRE = Verification(state="county", ruling="fire")


def ruled(told, alert):
    return inhibited(decide(told, alert, a_receiver()), told, alert)


def an_update(*codes, feedback=FIRE, action="update", grade="III", **fields):
    reasons = tuple(Reason(code=code) for code in codes)
    return an_alert(4, action, grade, reasons=reasons, feedback=feedback, **fields)


@pytest.mark.parametrize("code", ["seen_again", "new_source", "grew"])
def test_a_further_observation_of_a_confirmed_fire_is_inhibited_and_says_by_what(code):
    decision = ruled(HOLDS, an_update(code))
    assert not decision.send
    assert decision.reason == Reason(code="inhibited_by", ref="F20200330-AAAAAAAA.3", detail=code)


@pytest.mark.parametrize(
    "alert",
    [
        an_update("new_field"),
        an_update("new_place", places=(replaced(COUNTY, place_id=""),)),
        an_update("new_source", "new_field"),
        an_update("seen_again", "threatens"),
        an_update("grew", "spotting"),
        an_update("seen_again", relation="spotting", parent="F20200330-BBBBBBBB"),
        an_update("kin_changed"),
        an_update("conflict"),
        an_update("seen_again", feedback=None),
        an_update("seen_again", feedback=Verification(state="county", ruling="no_fire")),
        an_update("seen_again", feedback=Verification(state="county", ruling="fire", contradicted=True)),
    ],
)
def test_a_new_field_a_new_place_a_spot_fire_and_what_is_not_confirmed_pass(alert):
    brings = {"new_field", "new_place"} & {one.code for one in alert.reasons}
    assert ruled(HOLDS, alert).reason.code == ("further_news" if brings else "already_told")
    assert ruled(HOLDS, alert).send == bool(brings)


def test_a_spotting_child_and_whoever_was_not_told_are_told():
    child = an_update("spotting", action="new", alert_id="F20200330-BBBBBBBB", relation="spotting")
    assert ruled(None, child).send
    assert ruled(None, an_update("seen_again")).reason.code == "reached_area"
    assert ruled(HOLDS, an_update("seen_again", action="upgrade", grade="II")).reason.code == "grade_raised"


@given(
    st.none() | st.sampled_from(["IV", "III", "II", "I"]),
    st.sampled_from(["new", "update", "upgrade", "downgrade", "confirm", "cancel", "expire", "close"]),
    st.sampled_from(["IV", "III", "II", "I"]),
    st.lists(
        st.sampled_from(["seen_again", "grew", "new_field", "spotting", "opened"]), min_size=1, max_size=3
    ),
)
def test_inhibition_silences_nobody_who_would_be_told(held, action, grade, codes):
    told = None if held is None else Told(receiver="a", alert_id="F", touched_at=T0, grade=held, revision=1)
    alert = an_update(*codes, action=action, grade=grade)
    plain, after = decide(told, alert, a_receiver()), ruled(told, alert)
    assert plain.send == after.send
    if after.reason.code == "inhibited_by":
        assert held is not None
        assert set(codes) <= {"seen_again", "grew", "opened"}
    if held is not None and action == "upgrade" and RANK[grade] > RANK[held]:
        assert after.send
