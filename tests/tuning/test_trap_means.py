"""Means for traps without a past: learned with intervals, published through the door, the last resort."""

import datetime as dt

import msgspec
import numpy as np
import pytest
from pested import NOW, SAWYER, WEEK, quiet, trap

from alerts.tuning.baseline_learning import Round, tables, trap_means
from alerts.tuning.story import Story
from alerts.tuning.trap_learning import document
from detectors.pests import excess, published
from detectors.pests.tails import mid_p
from detectors.region import WORLD
from schemas.codec import encode
from schemas.settings import Setting, Settings
from streams.hops.build import OWNERS
from streams.recorded import deliveries as as_received
from streams.replay import run
from streams.said import with_said
from streams.tuning.document import DocumentError, read
from streams.tuning.layers import pests
from streams.tuning.publishing import Door, Wish, publish
from streams.tuning.rounds import rounds_of

TRUE = 6.0


def visit(name, count, **more):
    given = {"species": SAWYER, "trap": f"{name}", "month": 6, "ended_at": NOW, "trap_days": 7.0,
             "is_full": False, "longitude": 107.0, "latitude": 31.0}  # fmt: skip
    return Round(count=int(count), **given | more)


def drawn(seed, traps=24, rounds=4, level=TRUE, alike=4.0):
    """Traps that differ in their places, and rounds that differ about each of them."""
    rng = np.random.default_rng(seed)
    mean = level * rng.gamma(alike, 1 / alike, traps)
    counts = rng.poisson(mean[:, None] * rng.gamma(5.0, 0.2, (traps, rounds)))
    return [visit(n, count) for n, row in enumerate(counts) for count in row]


def table_of(rounds, stories=(), said=()):
    return tables(trap_means(rounds, stories, said), NOW)


def laid(rounds):
    return read(document([], table_of(rounds)), Settings(), OWNERS)


def test_the_interval_holds_the_true_mean_and_trap_days_are_no_matter_of_it():
    found = [trap_means(drawn(seed), (), ())[0] for seed in range(60)]
    assert sum(one.low <= TRUE <= one.high for one in found) >= 52
    assert np.mean([one.per_trap_week for one in found]) == pytest.approx(TRUE, rel=0.05)
    assert all((one.traps, one.rounds, one.thin) == (24, 96, "") for one in found)
    double = [msgspec.structs.replace(one, count=2 * one.count, trap_days=14.0) for one in drawn(1)]
    assert trap_means(double, (), ())[0].per_trap_week == trap_means(drawn(1), (), ())[0].per_trap_week


@pytest.mark.parametrize("alike", [0.6, 4.0])
def test_new_traps_held_against_it_are_called_no_more_often_than_p_says(alike):
    called = []
    for seed in range(16):
        (one,) = pests(laid(drawn(seed, traps=48, alike=alike)))[
            SAWYER
        ].finding.trap.comparing.published.months
        law = published.law(one, np.full(200, 7.0), 1.5)
        new = np.array([float(each.count) for each in drawn(1000 + seed, traps=200, rounds=1, alike=alike)])
        called.append(mid_p(new, law.mean, law.k))
    assert 0.02 < np.mean(np.array(called) < 0.05) <= 0.05


@pytest.mark.parametrize(
    ("rounds", "word"),
    [
        (drawn(1, traps=19), "19 traps, 20 are asked for"),
        (drawn(1, traps=24, rounds=1), "24 rounds, 40 are asked for"),
        (drawn(1, level=0.0), "so little was caught"),
        ([*drawn(1, level=0.0), *(visit(n, n == 1) for n in range(24))], "so little was caught"),
        ([visit(n, 400 if n == 3 else n % 2) for n in range(50)], "known only from"),
        ([msgspec.structs.replace(one, is_full=one.trap < "12") for one in drawn(1)], "found a full trap"),
    ],
)
def test_what_is_known_too_badly_is_shown_and_not_proposed(rounds, word):
    (one,) = trap_means(rounds, (), ())
    assert word in one.thin
    assert document([], table_of(rounds)) == ""


def outbreak(k, longitude):
    return Story(incident_id=f"P{k}", lineage=(f"P{k}",), kind="outbreak", species=SAWYER,
                 opened_at=NOW - WEEK, last_observed_at=NOW, longitude=longitude, latitude=31.0,
                 radius_m=300.0, probability=0.5)  # fmt: skip


def test_rounds_of_confirmed_outbreaks_are_left_out_and_all_others_stay():
    stories = [outbreak(k, 107.0 + k) for k in range(1, 4)]
    hit = [visit(f"hit{k}", 90, longitude=107.003 + k) for k in range(1, 4)]
    before = visit("before", 5, longitude=108.0, ended_at=NOW - 6 * WEEK)
    (one,) = trap_means([*drawn(2), *hit, before], stories, [True, False, None])
    assert (one.confirmed, one.denied, one.unknown, one.rounds) == (1, 1, 1, 96 + 3)
    (other,) = trap_means([*drawn(2), hit[1], hit[2], before], (), ())
    assert (one.per_trap_week, one.low, one.high) == (other.per_trap_week, other.low, other.high)


def test_the_same_evidence_is_the_same_document_whatever_its_order():
    rounds = drawn(3)
    assert document([], table_of(rounds)) == document([], table_of(rounds[::-1]))
    assert table_of(rounds) != table_of(rounds[1:])


def test_it_goes_through_the_door_and_only_for_one_pest(tmp_path):
    text = document([], table_of(drawn(4)))
    wish = Wish(text=text, author="Li", reason="new traps this year", effective_at=NOW)
    publish(Door(tmp_path, Settings(), OWNERS), wish, NOW)
    row = "{month = 6, per_trap_week = 5.0, low = 4.0, high = 6.0, k = 1.0, traps = 12, rounds = 40}"
    path = "outbreak.finding.trap.comparing.published"
    for wrong, word in (
        (f'[{path}]\nversion = "a"\nmonths = [{row}]\n', "mean of one pest"),
        (text.replace("month = 6", "month = 13"), "month"),
        (text.replace("low = ", "lowest = "), "lowest"),
        (text.replace("low = ", "low = 9"), "not between low and high"),
        (text.replace("version = ", 'version = "" #'), "not TOML"),
    ):
        with pytest.raises(DocumentError, match=word):
            read(wrong, Settings(), OWNERS)


def test_only_a_trap_with_no_past_is_held_against_it_and_q_is_over_all():
    month = published.Month(month=6, per_trap_week=6.0, low=5.0, high=7.0, k=2.0, traps=24, rounds=96)
    options = excess.Options(published=published.Options(version="a", months=(month,)))
    counts = np.full((4, 30), 6.0)
    counts[1, :-1] = np.nan  # new
    counts[2, 20:-1] = np.nan  # rested
    counts[3, :] = np.nan  # never read
    counts[1, -1] = 90.0
    days = np.where(np.isfinite(counts), 7.0, 0.0)
    plain = excess.judge(counts, days, 29, options)
    got = excess.filled(plain, counts, days, 6, options)
    named = [excess.METHODS[one] for one in got.method]
    assert [one for at, one in enumerate(named) if at != 1] == [
        excess.METHODS[one] for at, one in enumerate(plain.method) if at != 1
    ]
    assert (named[1], named[3]) == ("published_baseline", "none")
    assert got.p[1] < 1e-3
    assert got.q[1] == pytest.approx(got.p[1] * np.isfinite(got.p).sum())
    assert np.isnan(got.p[3])
    assert excess.filled(plain, counts, days, 7, options) is plain


def setting(text, at):
    return Setting(name="default", version=1, author="Li", reason="new traps", document=text,
                   effective_at=at, received_at=at)  # fmt: skip


def test_taken_up_live_a_new_trap_is_compared_and_its_sign_names_baseline_and_version():
    old = quiet(traps=24, weeks=8)
    alone = Settings(outbreak={"finding": {"trap": {"clusters": False}}})
    text = document([], tables(trap_means(rounds_of(old, Settings()), (), ()), NOW))
    new = trap(40, 1, 120.0, longitude=109.0)
    given = as_received([*old, new, trap(41, 0, 5.0, longitude=109.5)])
    plain = run(list(with_said(given, [])), alone, WORLD)
    since = new.received_at - dt.timedelta(days=1)
    live = run(list(with_said(given, [setting(text, since)])), alone, WORLD)
    again = run(list(with_said(given, [setting(text, since)])), alone, WORLD)

    def compared(outcome):
        return [why for one in outcome.alerts for why in one.reasons if why.rule == "published_baseline"]

    assert compared(plain) == []
    version = pests(read(text, Settings(), OWNERS))[SAWYER].finding.trap.comparing.published.version
    assert compared(live)
    said = {(one.code, one.rule) for each in live.alerts for one in each.reasons if one.code == "excess"}
    assert said == {("excess", "p and q")}
    assert all(f"baseline {version}, month" in why.detail for why in compared(live))
    assert encode(live.alerts) == encode(again.alerts)
