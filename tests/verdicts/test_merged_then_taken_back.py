"""What a source takes back of two fires that an officer merged is gone, as if it had never been said."""

import datetime as dt

import pytest
from judged import START, delivery, hotspot, judge, report
from msgspec.structs import replace

from schemas.act import Merge
from schemas.observation import Retraction
from streams.said import delivered

PIXELS = [
    hotspot(0, 0.0, lag=5, satellite="N21"),
    hotspot(0, 0.4, lag=5),
    hotspot(0, 0.8, lag=5, satellite="N21", frp=120.0),
    hotspot(0, 1.2, lag=5),
]
CALL = delivery(report(60, -2.0, who="b"))
FIRE, OTHER = (next(iter(judge([one]).incidents)) for one in (delivery(*PIXELS), CALL))
AT = START + dt.timedelta(minutes=90)
MERGED = delivered(
    Merge(act_id="m", incident_id=OTHER, other_id=FIRE, author="duty-1", at=AT, received_at=AT)
)


def back(one):
    return delivery(
        Retraction(
            observation_id=f"back {one.observation_id}", source=one.source, observed_at=one.observed_at,
            received_at=AT + dt.timedelta(minutes=30), retracts=one.observation_id,
        )
    )  # fmt: skip


def said(outcome):
    (one,) = [one for one in outcome.incidents.values() if one.status == "open"]
    reasons = [why for why in one.reasons if why.code in {"seen_by", "seen_again", "pixels", "strong"}]
    return one.observation_count, one.probability, one.grade, one.area_ha, reasons


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("gone", [PIXELS[0], PIXELS[2], PIXELS[3]])
def test_it_is_as_if_it_had_never_been_said_and_nothing_counts_twice(gone, restarts):
    end = AT + dt.timedelta(hours=1)
    outcome = judge([delivery(*PIXELS), CALL, MERGED, back(gone)], ticks=True, end=end, restarts=restarts)
    rest = [one for one in PIXELS if one is not gone]
    name = next(iter(judge([delivery(*rest)]).incidents))
    act = replace(MERGED.acts[0], other_id=name)
    assert said(outcome) == said(judge([delivery(*rest), CALL, delivered(act)], ticks=True, end=end))
