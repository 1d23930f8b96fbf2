"""Two officers at two servers: the order of the log alone says who was first, whatever their clocks say."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, delivery, judge, report

from schemas.act import Relabel, Undo
from schemas.verdict import Verdict
from streams.said import delivered

SEEN = delivery(report(0, 0.0, who="a"))
(FIRE,) = judge([SEEN]).incidents


def word(number, knew, *, minutes=30, level="county", kind=Verdict, received=None):
    at = START + dt.timedelta(minutes=minutes)
    settled = {"incident_id": FIRE, "author": f"duty-{number}", "at": at, "received_at": received or at}
    if kind is Verdict:
        return Verdict(verdict_id=f"w{number}", code=1, level=level, knew=knew, **settled)
    more = {"of": "w1"} if kind is Undo else {"land": "grassland"}
    return kind(act_id=f"w{number}", knew=knew, **settled, **more)


def became(*words, restarts=False):
    """Return the last outcome of each word, and whom the judge names as first."""
    outcome = judge([SEEN, *map(delivered, words)], restarts=restarts)
    said = {getattr(one, "verdict_id", None) or one.act_id: one for one in (*outcome.verdicts, *outcome.acts)}
    return {name: one.outcome for name, one in said.items()}, {
        name: one.reason.ref for name, one in said.items() if one.outcome == "refused"
    }


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("second", [Verdict, Relabel])
@pytest.mark.parametrize("first", [Verdict, Relabel])
def test_of_two_words_that_did_not_know_each_other_the_second_in_the_log_is_refused(first, second, restarts):
    words = word(1, (), kind=first), word(2, (), kind=second)
    assert became(*words, restarts=restarts) == ({"w1": "applied", "w2": "refused"}, {"w2": "w1"})
    outcome = judge([SEEN, *map(delivered, words)])
    (why,) = [one.reason for one in (*outcome.verdicts, *outcome.acts) if one.outcome == "refused"]
    assert why.code == "not_first"
    assert why.detail.startswith("duty-1, 2024-03-01T00:30:00Z: ")


def test_a_slow_clock_of_the_other_server_makes_nobody_first():
    early = START + dt.timedelta(minutes=2)
    assert became(word(1, ()), word(2, (), received=early))[1] == {"w2": "w1"}


def test_who_knew_or_does_not_ask_is_heard_and_answers_from_the_spot_hinder_nobody():
    assert became(word(1, ()), word(2, ("w1",)), word(3, None, kind=Relabel))[1] == {}
    assert became(word(1, (), level="field"), word(2, (), kind=Relabel))[1] == {}


def test_what_was_taken_back_unseen_counts_too_and_a_day_later_nobody_is_held_up():
    back = word(2, ("w1",), kind=Undo, minutes=31)
    assert became(word(1, ()), back, word(3, ("w1",), minutes=32))[1] == {"w3": "w2"}
    assert became(word(1, ()), word(2, (), minutes=30 + 24 * 60 + 1, kind=Relabel))[1] == {}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([Verdict, Relabel]), st.integers(0, 4)), min_size=1, max_size=5))
def test_whoever_is_taken_knew_everything_that_was_taken_before_in_the_last_day(steps):
    taken, expected = [], {}
    words = []
    for number, (kind, seen) in enumerate(steps):
        knew = tuple(taken[:seen])
        words.append(word(number, knew, kind=kind))
        is_heard = set(taken) <= set(knew)
        expected[f"w{number}"] = "applied" if is_heard else "refused"
        if is_heard:
            taken.append(f"w{number}")
    assert became(*words)[0] == expected
