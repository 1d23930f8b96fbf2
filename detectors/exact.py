"""A sum of floats that forgets nothing: terms come and go in any order, and the total is always the same.

The sum is kept in parts that do not overlap (Shewchuk 1997, "Adaptive precision floating-point arithmetic",
as `math.fsum` does), so a term that is taken out again leaves no trace.
"""

import math
from collections.abc import Sequence


class ExactSum:
    """The exact sum of what was added less what was taken out."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[float] = []

    def add(self, term: float) -> None:
        """Add one finite term; to take it out add its negative.

        >>> total = ExactSum()
        >>> for term in (1e16, 1.0, -1e16):
        ...     total.add(term)
        >>> total.value()
        1.0
        """
        parts, kept = self._parts, 0
        for part in parts:
            high, low = (part, term) if abs(term) < abs(part) else (term, part)
            term = high + low
            rest = low - (term - high)
            if rest:
                parts[kept] = rest
                kept += 1
        parts[kept:] = [term]

    def extend(self, terms: Sequence[float]) -> None:
        """Add many finite terms at once: the sum is what it is, and then what rounding it left, and so on.

        >>> total = ExactSum()
        >>> total.extend([1e16, 1.0, -1e16])
        >>> total.value()
        1.0
        """
        every, kept = [*self._parts, *terms], []
        rest = math.fsum(every)
        while rest:
            kept.append(rest)
            every.append(-rest)
            rest = math.fsum(every)
        self._parts = kept[::-1] or [0.0]

    def value(self) -> float:
        """Return the sum, rounded once: what `math.fsum` makes of the terms."""
        return math.fsum(self._parts)
