"""Which scan what is known allows, and what is told of its clusters: p, recurrence and the model in words.

Without an expectation the space-time permutation, else expectation-based over what was read; counts are
simulated negative binomial where they spread wider than Poisson (Kulldorff 2005, Neill 2009, Dwass 1957). A
setting may fix the score.
"""

from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct, field

from detectors.pests import chance, scan
from detectors.pests.arrays import Floats
from detectors.pests.unusual import Together

WEEK_D = 7.0


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is scanned how, and from when on counts are more than Poisson."""

    scanning: scan.Options = field(default_factory=lambda: scan.Options(score="auto", most_period=1.0))
    simulating: chance.Options = field(default_factory=chance.Options)
    dispersed_from: Annotated[
        float, Meta(gt=1, description="Variance over mean from which the simulation is negative binomial.")
    ] = 1.1
    least_k: Annotated[float, Meta(gt=0, description="k estimated from the counts, at least.")] = 0.5


class Seen(NamedTuple):
    """What is looked at: counts (places, intervals) with NaN unread, what was expected, k, and where.

    `expected` and `k` None: not known.
    """

    counts: Floats
    expected: Floats | None
    k: Floats | None
    longitude: Floats
    latitude: Floats


class Cluster(NamedTuple):
    """A cluster and the rows of what was seen that are in it."""

    told: Together
    rows: tuple[int, ...]


def judge(options: Options, seen: Seen) -> list[Cluster]:
    """Return the clusters that end in the newest interval, best first, no two sharing a place."""
    scanning = scan.chosen(options.scanning, has_expected=seen.expected is not None)
    given = scan.prepare(scanning, seen.counts, seen.expected, seen.longitude, seen.latitude)
    k = seen.k
    if k is None or scanning.score != "expectation":
        k = _by_moments(options, scanning, given)
    k = _wide(options, given, k)
    law = "Poisson" if k is None else "negative binomial"
    if scanning.score != "expectation" and k is None:
        law = "dealt out anew"
    found = chance.judge(scanning, options.simulating, given, k)
    weeks = options.simulating.days_between / WEEK_D
    return [
        Cluster(
            Together(p=one.p, recurrence_weeks=weeks / one.p, model=f"{scanning.score}, {law}"),
            one.found.traps,
        )
        for one in found
    ]


def _wide(options: Options, given: scan.Field, k: Floats) -> Floats | None:
    """Return k where counts spread wider than Poisson, else None."""
    mean = given.expected
    spread = np.where(np.isfinite(k), 1 / k, 0.0)
    ratio = 1 + float((mean**2 * spread[:, None]).sum() / max(float(mean.sum()), 1e-300))
    return np.where(np.isfinite(k), k, 1e9) if ratio >= options.dispersed_from else None


def _by_moments(options: Options, scanning: scan.Options, given: scan.Field) -> Floats:
    """Return one k for all from how far the counts lie from what is expected, outside the best cylinder.

    Inside, an outbreak would pass for dispersion; by permutation it would also bend what is expected of the
    rest. Infinite where counts spread no wider than Poisson.
    """
    plain = scan.Options(score="expectation", most_period=1.0)
    used = given.expected > 0
    best = scan.clusters(plain, given, 1)
    if best:
        traps, weeks = np.array(best[0].traps), best[0].weeks
        used[traps, used.shape[1] - weeks :] = False
    mean, count = given.expected, given.counts
    if scanning.score == "permutation":
        mean = scan.permuted(np.where(used, count, 0), used)
    mean, count = mean[used], count[used]
    square = float((mean**2).sum())
    wider = float(((count - mean) ** 2 - mean).sum())
    k = square / wider if wider > 0 and square > 0 else np.inf
    return np.full(len(given.counts), max(k, options.least_k))
