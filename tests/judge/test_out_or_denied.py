"""What lies ahead of a fire that people say was none, or is out, is no task on it."""

import datetime as dt

import pytest
from answered_words import told as said
from answered_words import verdict
from judged import START, delivery, judge
from test_spotting import NIGHT, large, lone, told

from schemas.act import DeclareOut, Undo
from streams.said import delivered

(LARGE,) = (one.incident_id for one in judge([delivery(*large())]).incidents.values())


def over(kind, minutes, **fields):
    at = START + dt.timedelta(minutes=minutes)
    return delivered(
        kind(
            act_id=f"{kind.__name__}-{minutes}",
            incident_id=LARGE,
            author="Li",
            at=at,
            received_at=at,
            **fields,
        )
    )


DENIED = said(verdict(NIGHT + 20, 3, LARGE, level="city", name="the-denial"))
OUT = over(DeclareOut, NIGHT + 40)


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize(
    ("ends", "minutes", "relation"),
    [
        ([DENIED], 60, ""),
        ([OUT], 60, ""),
        ([OUT], 20, "spotting_candidate"),
        ([DENIED, over(Undo, NIGHT + 50, of="the-denial")], 60, "spotting_candidate"),
        ([], 60, "spotting_candidate"),
    ],
    ids=["denied", "out before", "out after", "denial taken back", "burning"],
)
def test_ahead_of_a_fire_that_is_denied_or_out_a_lone_night_pixel_is_a_claim_of_its_own(
    ends, minutes, relation, restarts
):
    spot = delivery(lone(NIGHT + minutes))
    for order in ([delivery(*large()), *ends, spot], [delivery(*large()), spot, *ends]):
        outcome = judge(order, ticks=True, restarts=restarts)
        mine = [one for one in outcome.alerts if one.observation_count == 1]
        assert (mine[-1].relation, mine[-1].grade) == (relation, "task")
        assert len(told(outcome)) == (1 if relation or DENIED in ends else 2)
