"""Acts and claims in any order and doubled end in the same incidents as in the order given."""

import datetime as dt

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from judged import START, Line, delivery, hotspot, judge, living, report

from alerts.grade import ORDER
from detectors.region import WORLD
from schemas.act import DeclareOut, EnterFigures, Merge, Middles, Relabel, Relocate, Reopen, Split, Undo
from schemas.settings import Settings
from streams.said import delivered

CLAIMS = [
    *(report(n, 1.2 * n, who=f"c{n}", radius=100.0) for n in range(4)),
    report(5, 12.0, who="far"),
    hotspot(90, 12.4, 0.2, lag=30),
    hotspot(95, 1.0, 0.4, satellite="NPP", lag=20),
]
END = START + dt.timedelta(days=3)
LONG, FAR = (
    min(one.incident_id for one in judge([delivery(*CLAIMS[:4])]).incidents.values()),
    min(one.incident_id for one in judge([delivery(CLAIMS[4])]).incidents.values()),
)


def act(kind, minutes, incident_id, **fields):
    at = START + dt.timedelta(minutes=minutes)
    return kind(act_id=f"{kind.__name__}-{minutes}", incident_id=incident_id, author="duty", at=at,
                received_at=at, **fields)  # fmt: skip


MINUTES = st.integers(1, 600)
LANDS = ["forest", "grassland"]
ACTS = st.one_of(
    st.builds(lambda m, land: act(Relabel, m, LONG, land=land), MINUTES, st.sampled_from(LANDS)),
    st.builds(lambda m, ha: act(EnterFigures, m, LONG, area_ha=ha), MINUTES, st.sampled_from([0.5, 120.0])),
    st.builds(lambda m, dead: act(EnterFigures, m, FAR, deaths=dead), MINUTES, st.integers(0, 3)),
    st.builds(
        lambda m, east: act(Relocate, m, FAR, frame="wgs84", longitude=102.1 + east, latitude=28.01),
        MINUTES, st.sampled_from([0.0, 0.02]),
    ),
    st.builds(lambda m: act(Merge, m, LONG, other_id=FAR), MINUTES),
    st.builds(lambda m, kind: act(kind, m, FAR), MINUTES, st.sampled_from([DeclareOut, Reopen])),
)  # fmt: skip


def once(acts):
    return list({one.act_id: one for one in acts}.values())


@given(st.lists(ACTS, min_size=1, max_size=6).map(once), st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_2_acts_and_claims_in_any_order_and_doubled_end_in_the_same_incidents(acts, data):
    given_ = [*(delivery(one) for one in CLAIMS), *map(delivered, acts)]
    expected = judge(given_, end=END)
    again = [one for one in given_ if data.draw(st.booleans())]
    shuffled = data.draw(st.permutations([*given_, *again]))
    found = judge(shuffled, end=END)
    assert living(found) == living(expected)
    assert {one.act_id for one in found.acts if one.outcome == "applied"} == {one.act_id for one in acts}


LATE = [
    report(40, 1.7, who="d", radius=100.0),
    report(41, 1.9, who="e", radius=100.0),
    hotspot(60, 3.4, lag=9),
]


@given(st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_2_what_comes_before_or_after_a_split_in_any_order_ends_in_the_same_incidents(data):
    split = delivered(act(Split, 30, LONG, observation_ids=tuple(one.observation_id for one in CLAIMS[2:4])))
    expected = judge([delivery(*CLAIMS), split, *(delivery(one) for one in LATE)], end=END)
    assert len(living(expected)) == 3
    early = data.draw(st.permutations([delivery(one) for one in CLAIMS]))
    late = data.draw(st.permutations([delivery(one) for one in [*LATE, *CLAIMS[:2]]] + [split]))
    found = judge([*early, split, *late], end=END)
    assert living(found) == living(expected)


MIDDLES = Middles(
    longitude=102.0 + 0.6 / 98.2, latitude=28.0, other_longitude=102.0 + 3.0 / 98.2, other_latitude=28.0,
    radius_km=14.0,
)  # fmt: skip


@given(st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_2_a_split_by_named_middles_is_the_same_whatever_of_the_fire_is_there_when_it_comes(data):
    named = tuple(one.observation_id for one in CLAIMS[2:4])
    split = delivered(act(Split, 3, LONG, observation_ids=named, middles=MIDDLES))
    every = [*(delivery(one) for one in [*CLAIMS, *LATE]), split]
    expected = judge(every, end=END)
    assert len(living(expected)) == 3
    order = data.draw(st.permutations(every))
    found = judge(order, end=END)
    assert living(found) == living(expected)
    assert [one.outcome for one in found.acts][-1] == "applied"


@given(st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_2_a_split_that_comes_before_what_it_names_waits_for_it_and_ends_in_the_same_incidents(data):
    split = delivered(act(Split, 3, LONG, observation_ids=tuple(one.observation_id for one in CLAIMS[2:4])))
    claims = [delivery(one) for one in CLAIMS[:5]]
    expected = judge([*claims, split], end=END)
    assert len(living(expected)) == 3
    shuffled = data.draw(st.permutations([*claims, split]))
    found = judge(shuffled, end=END)
    assert living(found) == living(expected)
    assert [one.outcome for one in found.acts][-1] == "applied"


GRAVE = [
    *(report(n, 1.2 * n, who=f"g{n}", radius=100.0, kind=("public", "ground")[n % 2]) for n in range(4)),
    hotspot(4, 4.4, 0.1, lag=3),
    hotspot(5, 5.2, 0.1, lag=3),
    hotspot(5, 12.4, 0.2, lag=3),
    report(5, 12.0, who="far", radius=100.0),
]
WEST, EAST = (one.incident_id for one in judge([delivery(*GRAVE)]).incidents.values())


def to_and_fro(minutes, choice):
    """An act on what lies to the west of 6 km and to the east of it, or inside the western part."""
    named = tuple(one.observation_id for one in (GRAVE[2:6] if choice == "inner" else GRAVE[6:]))
    match choice:
        case "merge":
            return act(Merge, minutes, WEST, other_id=EAST)
        case "label":
            return act(Relabel, minutes, WEST, land="forest")
        case "undo":
            return act(Undo, minutes, WEST, of=f"Merge-{minutes - 10}")
    return act(Split, minutes, WEST, observation_ids=named)


@given(st.lists(st.sampled_from(["merge", "outer", "inner", "undo", "label"]), min_size=2, max_size=9))
@example(["merge", "outer", "merge", "outer", "inner", "merge"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_merges_splits_and_relabels_to_and_fro_page_nobody_again_for_what_they_were_paged_for(choices):
    line = Line(Settings(), WORLD, origins=1, outage_s=None, draw=None, restarts=False)
    acts = [delivered(to_and_fro(300 + 10 * n, choice)) for n, choice in enumerate(choices)]
    told = {}
    for step in [*(delivery(one) for one in GRAVE), *acts]:
        known = len(line.outcome.alerts)
        line.watch(step, 0)
        line.drain_all()
        for alert in [one for one in line.outcome.alerts[known:] if one.pages]:
            nodes = line.states[1].by_id[alert.incident_id].nodes
            seen, rank = [node.claim.observation_id for node in nodes], ORDER[alert.grade]
            assert not step.acts or any(told.get(one, 0) < rank for one in seen)
            told |= {one: max(rank, told.get(one, 0)) for one in seen}
    assert told, "somebody was paged"
