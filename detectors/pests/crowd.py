"""What all traps do in one week is not news of any one of them: p-values are held against the crowd's.

Where the whole crowd lies higher or wider than its laws say (a good year, a season that a short history
cannot know, a mean a little too low), the scores are moved and narrowed until the middle half of the crowd is
standard normal: the empirical null of Efron, J. Am. Stat. Assoc. 99 (2004) 96. Only ever towards less
surprise; the middle half stays what it is while fewer than a quarter of all traps see an outbreak. To the
scan in space the same year is one factor for all traps: it asks where more is caught than that.
"""

from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from detectors.pests.arrays import Floats, Integers
from detectors.pests.cusum import normal_scores
from detectors.pests.tails import mid_p, normal_quantile, normal_tail

_HALVINGS = 12


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From how many traps on there is a crowd, and how far it may move what is expected."""

    least: Annotated[int, Meta(ge=8, description="Traps judged by one method, to be held against them.")] = 40
    most_shift: Annotated[float, Meta(ge=0, description="Standard deviations, at most.")] = 1.5
    most_spread: Annotated[float, Meta(ge=1, description="Factor of the standard deviation, at most.")] = 2.0
    most_factor: Annotated[
        float,
        Meta(ge=1, description="Times the mean that a good year is to the scan, at most; proposed."),
    ] = 2.0


def held_against(p: Floats, method: Integers, options: Options) -> Floats:
    """Return p-values no smaller than those given; each method's traps are a crowd of their own."""
    result = p.copy()
    scores = normal_scores(p)
    upper = normal_quantile(0.75)
    for one in np.unique(method):
        mine = (method == one) & np.isfinite(scores)
        if mine.sum() < options.least:
            continue
        middle, high = np.quantile(scores[mine], [0.5, 0.75])
        shift = np.clip(middle, 0, options.most_shift)
        spread = np.clip((high - middle) / upper, 1, options.most_spread)
        result[mine] = np.maximum(p[mine], normal_tail((scores[mine] - shift) / spread))
    return result


def common_factor(counts: Floats, mean: Floats, k: Floats, options: Options) -> float:
    """Return by how much all traps of one week catch more than expected: 1 to `most_factor`.

    That which makes the median of their mid-p one half; 1 where it is no less anyway, and below `least`
    traps.
    """
    known = np.isfinite(counts) & np.isfinite(mean) & (mean > 0) & ~np.isnan(k)
    if known.sum() < options.least:
        return 1.0
    counts, mean, k = counts[known], mean[known], k[known]

    def is_enough(factor: float) -> bool:
        return float(np.median(mid_p(counts, mean * factor, k))) >= 0.5

    low, high = 1.0, options.most_factor
    if is_enough(low):
        return low
    if not is_enough(high):
        return high
    for _ in range(_HALVINGS):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
