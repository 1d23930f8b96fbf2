"""The made-up province of traps: the same seed, the same catches; scores by hand."""

import numpy as np
import pytest

from streams.bench.outbreaks import FIRST, Judged, ears_c2, fixed, remarks, score, table
from streams.bench.trap_world import LASTS, SIZES, in_season, make

WORLD = make(7, traps=80, of_each=1)
NOTHING = np.zeros(WORLD.counts.shape[1])


def test_the_same_seed_makes_the_same_world_and_another_another():
    np.testing.assert_array_equal(make(7, 80, 1).counts, WORLD.counts)
    assert not np.array_equal(make(8, 80, 1).counts, WORLD.counts, equal_nan=True)


def test_outbreaks_share_no_trap_and_lie_in_season_of_the_last_two_years():
    traps = np.concatenate([one.traps for one in WORLD.outbreaks])
    assert len(set(traps.tolist())) == len(traps) == sum(size.traps for size in SIZES)
    for one in WORLD.outbreaks:
        weeks = np.arange(one.week, one.week + LASTS)
        assert weeks[0] >= FIRST
        assert in_season(WORLD.counts.shape[1])[weeks].all()


def test_winter_is_unread_and_is_no_zero():
    winter = ~in_season(WORLD.counts.shape[1])
    assert np.isnan(WORLD.counts[:, winter]).all()
    assert np.isfinite(WORLD.counts[:, ~winter]).mean() == pytest.approx(0.95, abs=0.02)


def test_a_perfect_way_finds_all_in_the_first_week_and_a_silent_one_nothing():
    perfect = score(WORLD, "perfect", Judged(WORLD.within, NOTHING))
    assert perfect.found == (1, 1, 1)
    assert perfect.days == (7, 7, 7)
    assert perfect.false_a_week == 0
    silent = score(WORLD, "silent", Judged(np.zeros_like(WORLD.within), NOTHING))
    assert silent.found == (0, 0, 0)
    assert "–" in table([silent])


def test_calling_everything_is_false_everywhere_else():
    all_in = score(WORLD, "all", Judged(np.ones_like(WORLD.within), NOTHING))
    season = np.flatnonzero(in_season(WORLD.counts.shape[1]))
    season = season[season >= FIRST]
    assert all_in.false_a_week == pytest.approx(80 - WORLD.within[:, season].sum() / len(season))


def test_the_simple_ways_call_what_their_rule_says():
    assert fixed(WORLD).alerts.sum() == np.nansum(WORLD.counts >= 20)
    assert not ears_c2(WORLD).alerts[np.isnan(WORLD.counts)].any()


def test_what_is_said_beside_the_table_is_counted():
    read = np.isfinite(WORLD.counts)
    every, planted = Judged(read, NOTHING), Judged(read & WORLD.within, NOTHING)
    season = np.flatnonzero(in_season(WORLD.counts.shape[1]))
    season = season[season >= FIRST]
    said = remarks(WORLD, {"own past": every, "EARS C2": every})
    false = (read & ~WORLD.within)[:, season].sum()
    running = WORLD.within[:, season].any(axis=0).sum()
    assert said.startswith(f"own past: {read[:, season].sum()} alerts, {false} false, ")
    assert f"in the {running} of {len(season)} weeks" in said
    assert said.endswith("one quiet trap-week in 1")
    assert " 0 false, 0 of them" in remarks(WORLD, {"own past": planted, "EARS C2": planted})
