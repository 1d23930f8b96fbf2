"""How high simulated catches reach in any circle, where they reach a limit at all: no logarithm below it.

The ratio of a cylinder rises with its count, so for each expected count there is a smallest count that
reaches a limit. Simulations are summed trap by trap outwards from every centre, many at a time, and compared
with that count; a ratio is worked out only where it is reached.
"""

import numpy as np

from detectors.pests.arrays import Floats
from detectors.pests.scan import Field, expectation_llr

NEVER = np.iinfo(np.int32).max
NEWTON = 6
"""Steps to the smallest count: from above, and the ratio is convex, so each comes nearer."""


class Reaching:
    """The circles of a scan by the expectation-based score, laid out by how many traps they hold."""

    def __init__(self, given: Field) -> None:
        longest = len(given.windows)
        centres, columns = np.nonzero(given.allowed)
        shape = (given.zones.order.shape[1], len(given.counts), longest)
        self._order = given.zones.order.T.copy()
        self._mean = np.zeros(shape)
        self._mean[columns, centres] = given.windows.T
        self._limit = 0.0
        self._least = np.full((*shape[:2], 1, shape[2]), NEVER, dtype=np.int32)

    def limit(self, llr: float) -> None:
        """Set what must be reached; what stays below it is not told apart."""
        self._limit = llr
        mean = np.where(self._mean > 0, self._mean, 1.0)
        part = llr / (3 * mean)
        # (1 + u) ln(1 + u) - u >= u^2 / (2 (1 + u / 3)): Bernstein's bound, so the root lies below
        count = mean * (1 + part + np.sqrt(part**2 + 2 * llr / mean))
        for _ in range(NEWTON):
            slope = np.maximum(np.log(count / mean), 1e-12)
            count = np.maximum(count - (count * slope - count + mean - llr) / slope, mean)
        least = np.where(self._mean > 0, np.ceil(count - 1e-6), NEVER)
        self._least = np.minimum(least, NEVER).astype(np.int32)[:, :, None, :]

    def tops(self, counts: Floats) -> Floats:
        """Return the highest ratio of each simulation (simulations, traps, intervals), 0 below the limit."""
        longest = self._mean.shape[2]
        # the last interval, the last two, ...: (traps, simulations, cylinders)
        back = counts[:, :, ::-1][:, :, :longest].astype(np.int32)
        sums = np.ascontiguousarray(np.cumsum(back, axis=2, dtype=np.int32).transpose(1, 0, 2))
        inside = np.zeros_like(sums)
        top = np.zeros(len(counts))
        for order, least, mean in zip(self._order, self._least, self._mean, strict=True):
            inside += sums[order]
            over = inside >= least
            if over.any():
                centre, which, weeks = np.nonzero(over)
                ratio = expectation_llr(inside[over].astype(np.float64), mean[centre, weeks])
                np.maximum.at(top, which, ratio)
        return top
