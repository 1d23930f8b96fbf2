"""What a trap without a past of its own may be held against: a published mean of its pest and month.

Such a mean is of other traps. How far one trap lies from it is in k, which was learned over all of them, and
is taken no narrower than that of the pest; what the mean is itself uncertain by widens it further
(`widened`).
"""

from datetime import UTC, datetime, timedelta
from math import log
from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct

from detectors.pests.arrays import Floats
from detectors.pests.recent import widened

MIDDLE_TO_SIGMA = 2 * 1.959964
"""Standard errors in the middle 95 % of a normal law."""

HALF_A_WEEK = timedelta(days=3.5)


class Month(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mean of one month of the year, with its middle 95 %, and of how much it is known."""

    month: Annotated[int, Meta(ge=1, le=12, description="Of the middle of the week.")]
    per_trap_week: Annotated[float, Meta(gt=0, le=7000, description="Catch per trap and week.")]
    low: Annotated[float, Meta(gt=0, description="Of its middle 95 %.")]
    high: Annotated[float, Meta(gt=0, description="Of its middle 95 %.")]
    k: Annotated[float, Meta(gt=0, description="Dispersion of single rounds about it, over all traps.")]
    traps: Annotated[int, Meta(ge=2, description="Traps that it is of.")]
    rounds: Annotated[int, Meta(ge=2, description="Rounds that it is of.")]

    def __post_init__(self) -> None:
        """Raise ValueError for a mean outside of its own interval."""
        if not self.low <= self.per_trap_week <= self.high:
            raise ValueError(f"month {self.month}: per_trap_week is not between low and high")

    @property
    def error(self) -> float:
        """Standard error of the logarithm of the mean."""
        return log(self.high / self.low) / MIDDLE_TO_SIGMA


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The means of one pest; none of a month: a trap without a past of its own is compared with nothing."""

    version: Annotated[
        str, Meta(max_length=40, pattern=r"^[\w.-]*$", description="Named in every sign that stands on it.")
    ] = ""
    months: Annotated[
        tuple[Month, ...], Meta(max_length=12, description="Only in a layer `species:NAME`; for new traps.")
    ] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for a month given twice, or means without a version."""
        if len({one.month for one in self.months}) < len(self.months):
            raise ValueError("a month is given twice")
        if self.months and not self.version:
            raise ValueError("means need a version")

    def of(self, month: int) -> Month | None:
        """Return the mean of a month, None where none is published."""
        return next((one for one in self.months if one.month == month), None)

    def named(self, month: int) -> str:
        """Return which mean of which version, and of how much it is known, for a reason."""
        one = self.of(month)
        if one is None:
            return ""
        return (
            f"baseline {self.version}, month {month}: {one.per_trap_week:g} ({one.low:g} to {one.high:g}) "
            f"per trap and week, of {one.traps} traps and {one.rounds} rounds"
        )


class Law(NamedTuple):
    """Mean and k of each trap."""

    mean: Floats
    k: Floats


def law(one: Month, trap_days: Floats, pooled_k: float) -> Law:
    """Return the law of a count over so many trap-days."""
    k = widened(np.full(len(trap_days), min(one.k, pooled_k)), np.full(len(trap_days), one.error))
    return Law(one.per_trap_week / 7 * trap_days, k)


def month_of(begins_at: datetime) -> int:
    """Return the month, in UTC, of the middle of a week that begins then."""
    return (begins_at + HALF_A_WEEK).astimezone(UTC).month
