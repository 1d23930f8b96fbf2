"""What a trap visit says: unread is never zero, full is at least, corrections supersede, doubts are kept."""

import datetime as dt
import itertools

import numpy as np
import pytest

from detectors.pests.count import Catch, Options, catch_of, doubts, in_force
from detectors.pests.table import tabulate
from schemas.observation import TrapCount
from schemas.reason import Reason
from streams.pest_tables import load_species

MONDAY = dt.datetime(2024, 6, 3, tzinfo=dt.UTC)


def visit(days=7.0, catch=12.0, end=MONDAY, **fields):
    given_ = {"status": "ok", "source": "trap/1", "species": "Monochamus alternatus", "frame": "wgs84"}
    given_ |= {"longitude": 105.0, "latitude": 31.0, "observation_id": f"trap/1/{end:%F}"}
    given_ |= {"started_at": end - dt.timedelta(days=days), "observed_at": end, "catch": catch}
    return TrapCount(**given_ | fields)


def judged(**fields):
    return catch_of(Options(), visit(**fields))


def code(**fields):
    got = judged(**fields)
    assert isinstance(got, Reason), got
    return got.code


def test_the_rate_is_per_working_trap_and_week():
    got = judged(days=14.0, catch=12.0, working_traps=3)
    assert (got.count, got.trap_days) == (12, 42)
    assert got.per_week == pytest.approx(2)


@pytest.mark.parametrize("status", ["missing", "damaged"])
def test_an_unread_trap_is_no_zero_even_with_a_zero_written(status):
    assert code(status=status, catch=0.0) == "not_read"
    assert code(status="ok", catch=None) == "not_read"
    assert code(working_traps=0) == "not_read"


def test_a_full_trap_caught_at_least_what_was_counted():
    got = judged(status="full", catch=40.0)
    assert got.at_least
    assert [note.code for note in got.notes] == ["at_least"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"catch": 0.1}, "bad_value"),
        ({"catch": 1e6}, "bad_value"),
        ({"days": 0.0}, "bad_time"),
        ({"days": -3.0}, "bad_time"),
        ({"days": 20_000.0}, "bad_time"),
        ({"days": 2.0, "scheduled_d": 7.0}, "short_exposure"),
        ({"working_traps": 1, "installed_traps": 4}, "short_exposure"),
    ],
)
def test_what_cannot_be_compared_says_why(fields, why):
    assert code(**fields) == why


def test_more_traps_working_than_hang_there_do_not_thin_out_a_catch_and_are_noted():
    got = judged(catch=50.0, working_traps=10, installed_traps=1)
    assert (got.count, got.trap_days) == (50, pytest.approx(7))
    assert [(why.code, why.value, why.threshold) for why in got.notes] == [("bad_value", 10, 1)]
    assert judged(working_traps=3, installed_traps=4).notes == ()
    assert judged(working_traps=3).trap_days == pytest.approx(21), "how many hang there nobody said"


def test_at_the_edge_of_the_schedule_it_still_counts():
    assert isinstance(judged(days=2.1, scheduled_d=7.0), Catch)


def test_an_old_lure_divides_the_trap_days_and_is_noted():
    assert judged(lure_age_d=0.0).trap_days == pytest.approx(7)
    assert judged(lure_age_d=30.0).trap_days == pytest.approx(7 * 2**-0.29)
    old = judged(lure_age_d=60.0)
    assert old.trap_days == pytest.approx(7 * 2**-0.58)
    assert [note.code for note in old.notes] == ["lure_weak"]
    assert judged(lure_age_d=900.0).trap_days == pytest.approx(3.5)
    assert judged(status="lure_expired").trap_days == pytest.approx(3.5)


def test_the_exponent_is_what_the_experiment_gives():
    assert Options().lure_exponent == pytest.approx(np.log(1.598) / np.log(5), abs=0.005)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_a_correction_takes_the_place_of_what_it_corrects_in_any_order(order):
    told = [
        visit(),
        visit(catch=21.0, revision=1),
        visit(catch=None, status="missing", revision=2),
        visit(end=MONDAY + dt.timedelta(days=7)),
    ]
    got = in_force([told[at] for at in order])
    assert [(one.revision, one.status) for one in got] == [(2, "missing"), (0, "ok")]


def test_overlaps_gaps_and_moves_are_noted_and_nothing_is_dropped():
    week = dt.timedelta(days=7)
    visits = [
        visit(),
        visit(end=MONDAY + week, days=9.0),
        visit(end=MONDAY + 3 * week),
        visit(end=MONDAY + 4 * week, longitude=105.01),
    ]
    catches = [catch_of(Options(), one) for one in visits]
    found = doubts(Options(), catches)
    assert [[note.code for note in found.get(one.observation_id, ())] for one in catches] == [
        [],
        ["overlaps"],
        ["gap"],
        ["moved"],
    ]


def test_a_table_has_nan_where_nothing_was_read():
    week = dt.timedelta(days=7)
    visits = [
        visit(),
        visit(end=MONDAY + dt.timedelta(days=3), days=3.0, catch=1.0),
        visit(end=MONDAY + 2 * week, status="full"),
        visit(end=MONDAY + 2 * week, source="trap/2", observation_id="b"),
    ]
    table = tabulate([catch_of(Options(), one) for one in visits], MONDAY - week, 5)
    assert table.traps == ("1", "2")
    np.testing.assert_array_equal(table.caught[0], [12, 1, 12, np.nan, np.nan])
    np.testing.assert_allclose(table.trap_days[0], [7, 3, 7, 0, 0])
    assert table.at_least[0].tolist() == [False, False, True, False, False]


def test_two_visits_of_one_interval_add_up():
    days = dt.timedelta(days=3)
    visits = [visit(end=MONDAY, days=3.0, catch=2.0), visit(end=MONDAY + days, days=3.0, catch=5.0)]
    table = tabulate([catch_of(Options(), one) for one in visits], MONDAY - days, 1)
    assert table.caught.tolist() == [[7]]
    assert table.trap_days.tolist() == [[6]]


@pytest.mark.parametrize(
    "written", ["Monochamus alternatus", "MONOCHAMUS  ALTERNATUS", "松墨天牛", "松褐天牛", "M.alternatus"]
)
def test_a_species_is_known_by_any_of_its_names(written):
    assert load_species().find(written).name == "Monochamus alternatus"


@pytest.mark.parametrize(
    ("written", "near"), [("Monochamus alternata", "松墨天牛"), ("松墨天午", "松墨天牛")]
)
def test_an_unknown_species_is_refused_with_the_nearest_names(written, near):
    got = load_species().find(written)
    assert got.code == "unknown_species"
    assert near in got.detail


def test_no_name_stands_for_two_species_and_each_says_where_it_is_from():
    table = load_species()
    assert len(table.by_name) > len(table.species) * 2
    assert [one.name for one in table.species if one.status == "verified" and not one.source] == []
