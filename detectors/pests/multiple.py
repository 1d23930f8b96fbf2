"""Eight hundred traps at one per cent are eight false finds a week: the share of false finds is held instead.

Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995) 289; Benjamini and Yekutieli, Ann. Statist. 29 (2001)
1165.
"""

import numpy as np

from detectors.pests.arrays import Floats


def adjusted(p: Floats, *, any_dependence: bool = False) -> Floats:
    """Return the q-value of every p-value; one that is NaN (unread) takes no part and stays NaN.

    Valid for independent and positively dependent tests, which neighbouring traps are; with `any_dependence`
    for every dependence (Benjamini and Yekutieli), which is stricter.
    """
    p = np.asarray(p, dtype=np.float64)
    result = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    number = len(known)
    order = known[np.argsort(-p[known], kind="stable")]
    ranks = np.arange(number, 0, -1)
    factor = np.sum(1 / ranks) if any_dependence else 1.0
    result[order] = np.minimum(np.minimum.accumulate(p[order] * number * factor / ranks), 1.0)
    return result
