"""A source that speaks now and then is one loss: it is back when it has kept its rhythm for a while."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st
from judged import judge
from lost import REGION, at, blind_of, expecting, frame, looked, passing, told

from detectors.trust.rhythm import Rhythm
from streams.hops.settling import span

LINE = {"source": "cameras-0", "every_s": 300, "grace_s": 60, "missed": 2}


def run(minutes, *, until=None, line=LINE, **more):
    said = [looked("cameras-0", one) for one in minutes]
    return judge(passing(*said, every=2, until=until), settings=expecting(line), region=REGION, **more)


def test_one_that_speaks_every_twenty_minutes_is_one_loss_that_does_not_flap():
    outcome = run(range(0, 300, 20))
    (lost,) = blind_of(outcome)
    assert (lost.status, lost.opened_at) == ("open", at(0))
    assert [row[0] for row in told(outcome)] == ["new"]


def test_it_ends_once_the_rhythm_is_kept_and_a_restart_in_between_changes_nothing():
    minutes = [0, 20, 40, *range(60, 110, 5)]
    outcome = run(minutes)
    (lost,) = blind_of(outcome)
    assert (lost.status, lost.closed_at) == ("closed", at(80))
    assert [row[0] for row in told(outcome)] == ["new", "close"]
    again = run(minutes, restarts=True)
    assert (again.alerts, again.incidents) == (outcome.alerts, outcome.incidents)


def test_of_a_mast_the_camera_that_is_back_leaves_the_loss_and_the_other_stays():
    said = [frame(f"mast/{n}", 0, 1, mast="hill", saw="unknown") for n in (1, 2)]
    said += [looked("mast/1", minute) for minute in range(60, 100, 5)]
    outcome = judge(passing(*said, every=2), settings=expecting({**LINE, "source": "mast/*"}), region=REGION)
    (lost,) = blind_of(outcome)
    assert (lost.status, lost.sources) == ("open", ("mast/2",))
    assert [(row[0], row[2]) for row in told(outcome)] == [
        ("new", ("mast/1", "mast/2")),
        ("downgrade", ("mast/2",)),
    ]


def test_a_daily_source_is_back_at_its_first_word():
    assert span(Rhythm(every_s=86400, missed=1)).total_seconds() == 0
    assert span(Rhythm(every_s=600, grace_s=2400, missed=2)).total_seconds() == 4200


@settings(max_examples=12)
@given(st.lists(st.integers(0, 120), max_size=20, unique=True))
def test_no_loss_ever_ends_on_a_single_word(minutes):
    outcome = run(sorted(minutes), until=125, line={**LINE, "every_s": 600})
    for one in outcome.alerts:
        if one.kind == "blind" and one.action == "close":
            since = one.issued_at - span(Rhythm(every_s=600, grace_s=60, missed=2)) - dt.timedelta(minutes=2)
            assert sum(since <= at(minute + 1) <= one.issued_at for minute in minutes) >= 2
