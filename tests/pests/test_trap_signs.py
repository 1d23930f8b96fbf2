"""Traps judged week by week: how seldom quiet ones are called, slow rises, clusters and their model."""

import numpy as np
import pytest

from detectors.pests import chance, clustering, cusum, scan, trap_sign
from detectors.pests.clustering import Seen, judge
from detectors.pests.grading import Graded
from detectors.pests.grading import Options as Grades
from detectors.pests.ledger import Ledger
from detectors.pests.scan import permuted
from schemas.reason import Reason
from streams.bench import outbreaks
from streams.bench.trap_world import make

QUICK = chance.Options(simulations=99, stop_at=5)
ALONE = trap_sign.Options(clusters=False, rise_weeks=4, scanning=scan.Options(score="auto", most_weeks=4))


def world_of(counts, seed=1):
    return make(seed, len(counts), 0)._replace(counts=counts)


def weeks_of(counts, first, options=ALONE, grades=None):
    """Yield the grades of each week from `first` on, judged one after the other."""
    world, ledger, past = world_of(counts), Ledger(), trap_sign.Past()
    for week in range(counts.shape[1]):
        for visit in outbreaks.round_of(world, week):
            ledger.put(visit)
        if week >= first:
            given = trap_sign.judge(options, grades or Grades(), ledger, week + 1, past)
            yield week, {int(visit.trap): graded for graded, visit in given[week]}


def test_quiet_traps_are_called_seldom_and_without_the_share_of_false_finds_they_would_be_often():
    """At most one false sign a week of 400 quiet traps; by p, score and two weeks running alone, many."""
    counts = np.random.default_rng(11).negative_binomial(2, 0.3, (400, 34)).astype(float)
    weeks = range(22, 34)

    def called(grades):
        found = weeks_of(counts, weeks.start, grades=grades)
        return sum(one.grade is not None for _, told in found for one in told.values())

    assert called(Grades()) <= len(weeks)
    assert called(Grades(blue_q=1.0)) > 3 * len(weeks)


def test_a_slow_rise_is_told_though_none_of_its_weeks_is():
    counts = np.random.default_rng(2).poisson(20, (8, 165)).astype(float)
    counts[0, 160:] = 27, 28, 28, 28, 29
    *_, (_, told) = weeks_of(counts, 164, trap_sign.Options(clusters=False, rise_weeks=8))
    assert told[0].grade == "III"
    assert [one.rule for one in told[0].reasons if one.code == "excess"] == ["cusum"]
    assert [one.rule for one in told[0].reasons if one.code == "compared_by"] == ["farrington"]
    assert {told[trap].grade for trap in range(1, 8)} == {None}


def test_the_bound_on_a_slow_rise_holds_for_quiet_scores():
    total = cusum.added(np.random.default_rng(5).normal(size=(20_000, 12)), 1.04)[:, -1]
    for height in (0.5, 1.0, 2.0):
        assert np.mean(total >= height) <= cusum.at_most_p(np.array([height]), 1.04)[0]
    p = np.array([0.5, 0.025, np.nan])
    np.testing.assert_allclose(cusum.normal_scores(p), [0, 1.959964, np.nan], atol=1e-6)


PLACES = np.random.default_rng(1).uniform(0, 0.3, (2, 40))


def seen(counts, expected=4.0, k=None):
    mean = None if expected is None else np.full(counts.shape, expected)
    spread = None if k is None else np.full(len(counts), k)
    return Seen(counts, mean, spread, 107 + PLACES[0], 31 + PLACES[1])


def loud(wide, seed=4):
    rng = np.random.default_rng(seed)
    counts = (rng.negative_binomial(1.5, 1.5 / 5.5, (40, 8)) if wide else rng.poisson(4, (40, 8))).astype(
        float
    )
    near = np.argsort(np.hypot(*(PLACES - PLACES[:, :1])))[:4]
    counts[near, -2:] += 25
    return counts, set(near.tolist())


@pytest.mark.parametrize(
    ("score", "expected", "k", "model"),
    [
        ("auto", 4.0, np.inf, "expectation, Poisson"),
        ("auto", 4.0, 1.5, "expectation, negative binomial"),
        ("auto", 4.0, 1e4, "expectation, Poisson"),
        ("auto", None, None, "permutation, negative binomial"),
        ("poisson", 4.0, 1.5, "poisson, negative binomial"),
    ],
)
def test_the_scan_is_the_one_that_what_is_known_allows(score, expected, k, model):
    counts, near = loud(wide=True)
    options = clustering.Options(scanning=scan.Options(score=score, most_period=1.0), simulating=QUICK)
    best = judge(options, seen(counts, expected, k))[0]
    assert best.told.model == model
    assert set(best.rows) & near == near
    assert best.told.p < 0.05
    assert best.told.recurrence_weeks == pytest.approx(1 / best.told.p)


def test_without_expectation_counts_no_wider_than_poisson_are_dealt_out_anew():
    counts, _ = loud(wide=False)
    options = clustering.Options(simulating=QUICK)
    assert judge(options, seen(counts, None))[0].told.model == "permutation, dealt out anew"
    wide = np.random.default_rng(8).negative_binomial(1.5, 1.5 / 5.5, (40, 8)).astype(float)
    quiet = [one.told.p for one in judge(options, seen(wide, None))]
    assert min(quiet, default=1.0) > 0.05


def test_what_was_unread_is_expected_to_have_caught_nothing_and_the_sums_stay():
    counts = np.random.default_rng(3).poisson(5, (9, 7)).astype(float)
    read = np.random.default_rng(4).uniform(size=counts.shape) > 0.2
    counts[~read] = 0
    mean = permuted(counts, read)
    assert (mean[~read] == 0).all()
    np.testing.assert_allclose(mean.sum(axis=0), counts.sum(axis=0), rtol=1e-6)
    np.testing.assert_allclose(mean.sum(axis=1), counts.sum(axis=1), rtol=1e-6)


def test_a_network_too_young_for_any_expectation_is_scanned_too():
    counts = np.random.default_rng(9).poisson(3, (40, 5)).astype(float)
    world = world_of(counts)
    apart = np.hypot(world.longitude - world.longitude[0], world.latitude - world.latitude[0])
    counts[np.argsort(apart)[:4], -1] += 25
    options = trap_sign.Options(simulating=QUICK)
    *_, (_, told) = weeks_of(counts, 4, options)
    graded: Graded = told[int(np.argsort(apart)[0])]
    assert graded.grade == "II"
    assert [one.code for one in graded.reasons] == ["cluster", "recurrence"]
    assert graded.reasons[0].rule.startswith("permutation")
    assert graded.reasons[1].value >= 20


def test_the_simulation_measures_the_rule_of_the_judge(monkeypatch):
    world, asked = make(3, 6, 0), []

    def judge_of_traps(options, grades, ledger, week, past):
        asked.append((options, grades))
        past.clusters[week - 1] = {}
        why = Reason(code="excess", rule="score")
        return {week - 1: [(Graded("II", True, (why,)), one) for one in ledger.visits(week - 1)]}

    monkeypatch.setattr(trap_sign, "judge", judge_of_traps)
    given = outbreaks.ways(world, outbreaks.lived(world, trap_sign.Options(), lambda _: None))
    read = np.isfinite(world.counts)
    read[:, : outbreaks.FIRST] = False
    np.testing.assert_array_equal(given["own past"].alerts, read)
    assert set(map(repr, asked)) == {repr((trap_sign.Options(), Grades()))}
