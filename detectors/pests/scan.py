"""Whether more is caught in some circle in the last weeks than elsewhere: the prospective space-time scan.

Kulldorff, Commun. Statist. Theory Meth. 26 (1997) 1481 (Poisson), J. R. Statist. Soc. A 164 (2001) 61
(prospective); Kulldorff et al., PLoS Med. 2 (2005) e59 (space-time permutation, which needs no expectation);
Neill, Int. J. Forecast. 25 (2009) 498 (expectation-based: against what was expected, not against the rest).
Every cylinder ends now. An unread trap neither caught nor was expected to catch anything in that week, by
whichever score.
"""

from typing import Annotated, Literal, NamedTuple

import numpy as np
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from detectors.pests import zones
from detectors.pests.arrays import Flags, Floats
from detectors.pests.zones import Zones, circles

Score = Literal["auto", "poisson", "permutation", "expectation"]

ROUNDS, CLOSE = 100, 1e-9
"""Rounds of fitting to the sums of traps and weeks, and how near is near enough."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Score, lengths and circles."""

    score: Annotated[
        Score, Meta(description="`auto`: expectation-based where an expectation is known, else permutation.")
    ] = "expectation"
    most_weeks: Annotated[int, Meta(ge=1, description="Longest cylinder, intervals.")] = 12
    most_period: Annotated[float, Meta(gt=0, le=1, description="Share of the intervals given.")] = 0.5
    circle: zones.Options = field(default_factory=zones.Options)


class Field(NamedTuple):
    """What is scanned: counts and expected (traps, intervals), both 0 where unread, circles, what was read.

    `windows` holds what is expected in every allowed circle (columns) over the last 1, 2, ... intervals
    (rows).
    """

    counts: Floats
    expected: Floats
    zones: Zones
    allowed: Flags
    windows: Floats
    read: Flags


class Found(NamedTuple):
    """One cylinder: centre and circle, intervals up to now, count, expected count, log-likelihood ratio."""

    traps: tuple[int, ...]
    radius_km: float
    weeks: int
    caught: float
    expected: float
    llr: float


def conditional_llr(count: Floats, expected: Floats, total: Floats | float) -> Floats:
    """Return c ln(c/E) + (C-c) ln((C-c)/(C-E)) where the rate inside is the higher, else 0 (Kulldorff 1997).

    `expected` must add up to `total` over all of space and time.
    """
    count, expected = np.asarray(count, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    rest, rest_expected = total - count, total - expected
    higher = (count * rest_expected > rest * expected) & (expected > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = count * np.log(count / expected)
        outside = np.where(rest > 0, rest * np.log(rest / rest_expected), 0.0)
    return np.where(higher, inside + outside, 0.0)


def expectation_llr(count: Floats, expected: Floats) -> Floats:
    """Return c ln(c/E) - (c - E) where more was caught than expected, else 0 (Neill 2009)."""
    count, expected = np.asarray(count, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    higher = (count > expected) & (expected > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = count * np.log(count / expected) - (count - expected)
    return np.where(higher, ratio, 0.0)


def chosen(options: Options, *, has_expected: bool) -> Options:
    """Return the options with the score that what is known allows, where they leave it open."""
    if options.score != "auto":
        return options
    return replace(options, score="expectation" if has_expected else "permutation")


def prepare(
    options: Options, counts: Floats, expected: Floats | None, longitude: Floats, latitude: Floats
) -> Field:
    """Return what is scanned; NaN in counts is unread, and counts then as nothing caught of nothing expected.

    `expected` may be None for the permutation score alone. The conditional scores scale it to what was
    caught.

    Raises ValueError when it is None for another score, or the score is not `chosen` yet.
    """
    read = np.isfinite(counts)
    caught = np.where(read, counts, 0.0)
    if options.score == "auto":
        raise ValueError("which score is to be used has not been chosen")
    if options.score == "permutation":
        mean = permuted(caught, read)
    elif expected is None:
        raise ValueError(f"the {options.score} score needs an expected count")
    else:
        mean = np.where(read & np.isfinite(expected), expected, 0.0)
        caught = np.where(mean > 0, caught, 0.0)
        if options.score == "poisson":
            mean = mean * caught.sum() / max(mean.sum(), 1e-300)
    found = circles(longitude, latitude, options.circle)
    share = np.cumsum(mean.sum(axis=1)[found.order], axis=1)
    allowed = found.ends & (share <= options.circle.most_share * mean.sum() * (1 + 1e-12))
    intervals = caught.shape[1]
    longest = max(1, min(options.most_weeks, int(intervals * options.most_period)))
    return _expecting(Field(caught, mean, found, allowed, np.empty((longest, 0)), read), mean)


def _expecting(given: Field, mean: Floats) -> Field:
    """Return the same field with other expected counts."""
    sums = [_inside(mean, given.zones, given.allowed, weeks) for weeks in range(1, len(given.windows) + 1)]
    return given._replace(expected=mean, windows=np.stack(sums))


def of_simulated(options: Options, given: Field, counts: Floats) -> Field:
    """Return what is expected once `counts` stand in place of what was caught: the conditional scores ask it.

    Permutation takes it from the sums of traps and weeks, Poisson scales it to the total.
    """
    if options.score == "permutation":
        return _expecting(given, permuted(counts, given.read))
    if options.score == "poisson":
        factor = counts.sum() / max(float(given.expected.sum()), 1e-300)
        return given._replace(expected=given.expected * factor, windows=given.windows * factor)
    return given


def _inside(counts: Floats, found: Zones, allowed: Flags, weeks: int) -> Floats:
    """Return the sum of each allowed circle over the last intervals."""
    last = counts[:, counts.shape[1] - weeks :].sum(axis=1)
    result: Floats = np.cumsum(last[found.order], axis=1)[allowed]
    return result


def permuted(counts: Floats, read: Flags | None = None) -> Floats:
    """Return what each trap and interval would have caught were time and place independent: C_z C_d / C.

    Where some are unread, the like over those that were read: a part for each trap times a part for each
    interval, with the same sums (iterative proportional fitting, Deming and Stephan 1940).
    """
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    if read is None or read.all():
        result: Floats = np.outer(rows, columns) / max(float(rows.sum()), 1e-300)
        return result
    mean = read.astype(np.float64)
    for _ in range(ROUNDS):
        off = rows - mean.sum(axis=1)
        mean *= (rows / np.maximum(mean.sum(axis=1), 1e-300))[:, None]
        mean *= columns / np.maximum(mean.sum(axis=0), 1e-300)
        if np.abs(off).max() <= CLOSE * max(float(rows.sum()), 1.0):
            break
    return mean


def scores(options: Options, given: Field, counts: Floats) -> Floats:
    """Return the ratio of every allowed circle (columns) over the last 1, 2, ... intervals (rows)."""
    total = float(counts.sum())
    return np.stack(
        [
            _llr(options, _inside(counts, given.zones, given.allowed, weeks), mean, total)
            for weeks, mean in enumerate(given.windows, 1)
        ]
    )


def _llr(options: Options, inside: Floats, mean: Floats, total: float) -> Floats:
    """Return the ratios; only where more was caught than expected are there any logarithms to take."""
    found = np.zeros(inside.shape)
    more = (inside > mean) & (mean > 0)
    if options.score == "expectation":
        found[more] = expectation_llr(inside[more], mean[more])
    else:
        found[more] = conditional_llr(inside[more], mean[more], total)
    return found


def clusters(options: Options, given: Field, most: int = 5) -> list[Found]:
    """Return the cylinders that stand out most, best first, no two sharing a trap; at most `most`."""
    ratio = scores(options, given, given.counts)
    centres, lasts = np.nonzero(given.allowed)
    found: list[Found] = []
    taken = np.zeros(len(given.counts), dtype=np.bool_)
    while len(found) < most and ratio.size:
        weeks, spot = (int(at) for at in np.unravel_index(int(np.argmax(ratio)), ratio.shape))
        llr, centre, last = float(ratio[weeks, spot]), int(centres[spot]), int(lasts[spot])
        if llr <= 0:
            break
        traps = np.sort(given.zones.order[centre, : last + 1])
        when = slice(given.counts.shape[1] - weeks - 1, None)
        caught, mean = given.counts[traps, when].sum(), given.expected[traps, when].sum()
        radius = float(given.zones.km[centre, last])
        found.append(Found(tuple(traps.tolist()), radius, weeks + 1, float(caught), float(mean), llr))
        taken[traps] = True
        # What shares a trap with one that is told says nothing new.
        ratio[:, np.maximum.accumulate(taken[given.zones.order], axis=1)[given.allowed]] = -1.0
    return found
