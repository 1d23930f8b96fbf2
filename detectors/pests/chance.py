"""How often chance alone brings a cluster as strong: seeded simulation, stopped where it is clear.

p = (1 + #{simulated >= observed}) / (R + 1) (Dwass 1957); with sequential stopping h / l once h of l
simulations reach it (Besag and Clifford, Biometrika 78 (1991) 301). Catches are aggregated: where a
dispersion k is given the simulated counts are negative binomial by whichever score, for Poisson alone would
call half of all weeks a cluster. Without one they are dealt out anew (permutation), multinomial (Poisson) or
Poisson (expectation).
"""

from collections.abc import Iterator
from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct

from detectors.pests.arrays import Flags, Floats
from detectors.pests.reaching import Reaching
from detectors.pests.scan import Field, Found, clusters, of_simulated, scores
from detectors.pests.scan import Options as ScanOptions

AT_ONCE = 8
"""Simulations summed together."""

HAIR = 1e-9


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many simulations, when to stop, and how often one looks."""

    simulations: Annotated[int, Meta(ge=1, description="Simulations at most.")] = 999
    stop_at: Annotated[int, Meta(ge=1, description="Stop once so many reached the observed.")] = 20
    seed: Annotated[int, Meta(ge=0, description="Same seed, same p.")] = 0
    days_between: Annotated[float, Meta(gt=0, description="Days from one scan to the next.")] = 7.0


class Cluster(NamedTuple):
    """A cylinder with its p-value and the days in which chance brings one as strong, on average."""

    found: Found
    p: float
    recurrence_d: float


def judge(
    scanning: ScanOptions, options: Options, given: Field, k: Floats | None = None, most: int = 5
) -> list[Cluster]:
    """Return the clusters with their p-values, best first; `k` (traps,) or one for all is the dispersion."""
    found = clusters(scanning, given, most)
    if not found:
        return []
    observed = np.array([one.llr for one in found])
    reached, stopped = np.zeros(len(found)), np.full(len(found), np.inf)
    is_open = np.ones(len(found), dtype=np.bool_)
    number = 0
    for top in _tops(scanning, options, given, k, (observed, is_open)):
        number += 1
        # A hair of tolerance: equal cylinders must not differ by rounding.
        reached[is_open] += top >= observed[is_open] - HAIR
        stopped[is_open & (reached >= options.stop_at)] = number
        is_open &= np.isinf(stopped)
        if not is_open[0]:
            break
    p = np.where(np.isfinite(stopped), options.stop_at / stopped, (1 + reached) / (number + 1))
    return [
        Cluster(one, float(chance), options.days_between / float(chance))
        for one, chance in zip(found, p, strict=True)
    ]


def _tops(
    scanning: ScanOptions, options: Options, given: Field, k: Floats | None, asked: tuple[Floats, Flags]
) -> Iterator[float]:
    """Yield the highest ratio of one simulation after the other; 0 where it reaches nothing still asked."""
    observed, is_open = asked
    rng = np.random.default_rng(options.seed)
    reaching = Reaching(given) if scanning.score == "expectation" else None
    limit = np.inf
    for begin in range(0, options.simulations, AT_ONCE):
        size = min(AT_ONCE, options.simulations - begin)
        counts = [simulated(scanning, given, k, rng) for _ in range(size)]
        if reaching is None:
            again = ((of_simulated(scanning, given, one), one) for one in counts)
            yield from (float(scores(scanning, field, one).max()) for field, one in again)
            continue
        if limit != observed[is_open].min():
            limit = observed[is_open].min()
            reaching.limit(limit - HAIR)
        yield from reaching.tops(np.stack(counts)).tolist()


def simulated(scanning: ScanOptions, given: Field, k: Floats | None, rng: np.random.Generator) -> Floats:
    """Return counts of the same shape as chance would bring them under the score's null hypothesis."""
    if k is not None:
        size = np.broadcast_to(np.reshape(k, (-1, 1)), given.expected.shape)
        spread = np.where(np.isfinite(size), size, 1e9)
        rate = given.expected * rng.gamma(spread, 1 / spread)
        return rng.poisson(rate).astype(np.float64)
    if scanning.score == "expectation":
        return rng.poisson(given.expected).astype(np.float64)
    if scanning.score == "permutation" and given.read.all():
        return _shuffled(given.counts, rng)
    share = given.expected.ravel() / given.expected.sum()
    dealt = rng.multinomial(round(given.counts.sum()), share).reshape(given.counts.shape)
    return dealt.astype(np.float64)


def _shuffled(counts: Floats, rng: np.random.Generator) -> Floats:
    """Return the same catches with the intervals dealt out anew; sums of traps and of intervals stay."""
    traps, intervals = counts.shape
    number = np.rint(counts).astype(np.int64)
    whose = np.repeat(np.arange(traps), number.sum(axis=1))
    when = rng.permutation(np.repeat(np.arange(intervals), number.sum(axis=0)))
    dealt = np.bincount(whose * intervals + when, minlength=traps * intervals)
    return dealt.reshape(counts.shape).astype(np.float64)
