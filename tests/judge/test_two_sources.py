"""Two sources that both count from one are two: none is taken for a repeat, none takes the other's back."""

import datetime as dt
from itertools import permutations

import msgspec
import pytest
from judged import START, as_read, delivery, judge, report

from detectors.identity import LONGEST, lasting_id_of
from schemas.codec import encode
from schemas.observation import Permit, Retraction
from streams.feeds import ndjson
from streams.feeds.base import Limits

LIMITS = Limits(START + dt.timedelta(days=30))


def read(*said):
    """What was written as a source wrote it, as the feed reads it."""
    parsed = ndjson.parse(b"\n".join(encode(one) for one in said), LIMITS)
    assert not parsed.rejected
    return parsed.observations


def first(who, east, minutes=0):
    return msgspec.structs.replace(report(minutes, east, who=who, kind="ground"), observation_id="1")


def back(who, retracts, number="2", minutes=30):
    at = START + dt.timedelta(minutes=minutes)
    return Retraction(observation_id=number, source=who, observed_at=START, received_at=at, retracts=retracts)


def places(outcome):
    return sorted(round(one.longitude, 2) for one in outcome.incidents.values() if one.status == "open")


@pytest.mark.parametrize("origins", [1, 4])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_each_first_report_is_told_in_any_order(order, origins):
    said = read(first("patrol/7", 0.0), first("12119", 20.0), first("patrol/8", 40.0))
    outcome = judge([delivery(said[k]) for k in order], origins=origins)
    assert places(outcome) == [102.0, 102.2, 102.41]
    assert len({one.incident_id for one in outcome.alerts if one.action == "new"}) == 3
    assert not outcome.duplicates


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_each_takes_back_its_own_first_report_and_no_other(order):
    said = read(first("a", 0.0), first("b", 20.0), back("b", "1"), back("a", "of nobody"))
    assert places(judge([delivery(said[k]) for k in order])) == [102.0]
    both = [delivery(one) for one in read(first("a", 0.0), first("b", 20.0), back("b", "1"), back("a", "1"))]
    assert places(judge([both[k] for k in order])) == []
    undone = [*both, *(delivery(one) for one in read(back("b", "2", number="3", minutes=60)))]
    assert places(judge([undone[k] for k in (*order, 4)])) == [102.2]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_nobody_takes_back_what_another_said(order):
    said = read(first("a", 0.0), first("b", 20.0), back("desk", "a~1"))
    outcome = judge([delivery(said[k]) for k in order])
    assert places(outcome) == [102.0, 102.2]
    # what has yet to come is not known to be another's
    why = outcome.silences["desk~2"].reason
    assert (why.code, why.ref) == ("takes_back" if order.index(2) < order.index(0) else "not_its_own", "a~1")
    # from before ids had their source: the first is kept as it came, and only its own source takes it back
    old = [first("a", 0.0), *read(first("b", 20.0), back("b", "1"))]
    assert places(judge([delivery(old[k]) for k in order])) == [102.0]
    old = [first("a", 0.0), *read(first("b", 20.0), back("a", "1"))]
    assert places(judge([delivery(one) for one in old])) == [102.2]


def test_what_an_archive_kept_under_its_first_id_is_read_under_it():
    old = msgspec.structs.replace(first("a", 0.0), feed="http")
    (again,) = read(old)
    assert again.observation_id == "1"


def test_names_of_sources_that_begin_alike_are_told_apart():
    made = {lasting_id_of(*pair) for pair in (("patrol", "7/1"), ("patrol/7", "1"), ("a", "1"), ("a", "a/1"))}
    assert len(made) == 4
    seal = "0" * 40
    assert lasting_id_of("a", f"alarm/{seal}") != lasting_id_of("b", f"alarm/{seal}")


def test_an_id_that_names_its_source_or_was_made_of_what_was_said_stands():
    one = report(0, who="cam-3")
    (made,) = read(msgspec.json.decode(encode(one)) | {"observation_id": None})
    assert made.observation_id.startswith("report/")
    for name in (made.observation_id, "cam-3/1", "cam-3~1"):
        (again,) = read(msgspec.structs.replace(one, observation_id=name))
        assert again.observation_id == name
        assert as_read(again) == again


def test_a_permit_keeps_its_number_whoever_sends_it():
    at = START.isoformat()
    permit = {
        "kind": "permit", "observation_id": "permit/川2024-1", "number": "川2024-1", "source": "office",
        "observed_at": at, "frame": "gcj02", "longitude": 102.0, "latitude": 28.0, "radius_m": 500.0,
        "starts_at": at, "ends_at": (START + dt.timedelta(hours=3)).isoformat(), "purpose": "farm_fire",
    }  # fmt: skip
    (read_permit,) = read(permit)
    assert isinstance(read_permit, Permit)
    assert read_permit.observation_id == "permit/川2024-1"


def test_a_long_id_is_cut_and_still_tells_apart():
    one, two = (lasting_id_of("s" * 100, "x" * 150 + end) for end in "12")
    assert len(one) == len(two) == LONGEST
    assert one != two
    assert lasting_id_of("s" * 100, one) == one
