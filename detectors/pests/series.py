"""What each trap caught by week beside what was to be expected of it: the judge's own figures, for people.

Each week is compared with the weeks before it, as the judge compares it when it is over. A week in which the
trap was not read has no count; its expectation is that of the trap's usual trap-days.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import numpy as np

from detectors.pests import excess
from detectors.pests.arrays import Floats, Integers
from detectors.pests.count import Catch
from detectors.pests.ledger import MONDAY, WEEK, week_of
from detectors.pests.published import month_of
from detectors.pests.table import Table, tabulate
from detectors.pests.tails import upper_quantile

BAND = 0.8
"""Share of weeks that the band is to hold, if nothing is out of the ordinary."""

State = Literal["read", "at_least", "unread"]


class Week(NamedTuple):
    """One week of one trap; None is unknown. `limit` is the threshold of the excess, in animals."""

    week: int
    begins_at: datetime
    state: State
    catch: float | None
    trap_days: float
    mean: float | None
    low: float | None
    high: float | None
    limit: float | None
    method: str
    observation_id: str
    """The newest visit of the week, which speaks for it; empty: nobody came."""


def series(
    options: excess.Options, catches: Sequence[Catch], first: int, weeks: range
) -> Mapping[str, tuple[Week, ...]]:
    """Return for each trap among `catches` of one species its `weeks`, from its first visit on.

    `first` is the week of the oldest visit of the species to any trap: the judge counts its weeks from there.
    """
    if not catches or not weeks:
        return {}
    begin = MONDAY + WEEK * (first - 1)
    table = tabulate(catches, begin, weeks.stop - first + 1)
    days = _hung(table.trap_days)
    visits = _newest(catches)
    rows: dict[str, list[Week]] = {trap: [] for trap in table.traps}
    for week in weeks:
        at = week - first + 1
        if at < 1:
            continue
        drawn, methods = _drawn(table, days, at, options, month_of(MONDAY + WEEK * week))
        for row, trap in enumerate(table.traps):
            if rows[trap] or np.isfinite(table.caught[row, : at + 1]).any():
                one = _week(table, row, at, drawn, excess.METHODS[methods[row]])
                seen = visits.get((trap, week), "")
                rows[trap].append(
                    one._replace(week=week, begins_at=MONDAY + WEEK * week, observation_id=seen)
                )
    return {trap: tuple(found) for trap, found in rows.items()}


def _drawn(
    table: Table, days: Floats, at: int, options: excess.Options, month: int
) -> tuple[tuple[Floats, ...], Integers]:
    """Return mean, band and threshold of each trap in a week, and by which method.

    All unknown in weeks about which nobody read any trap, as in winter: there is nothing to compare.
    """
    if not np.isfinite(table.caught[:, at - 1 : at + 2]).any():
        unknown = np.full(len(table.traps), np.nan)
        return (unknown,) * 4, np.zeros(len(table.traps), dtype=np.int64)
    got = excess.judge(table.caught, days, at, options, table.at_least)
    got = excess.filled(got, table.caught[:, : at + 1], days[:, : at + 1], month, options)
    low, high = (upper_quantile((1 + side * BAND) / 2, got.mean, got.k) for side in (-1, 1))
    return (got.mean, low, high, got.upper), got.method


def _hung(trap_days: Floats) -> Floats:
    """Return the trap-days, with a trap's usual ones where nobody read it."""
    known = np.where(trap_days > 0, trap_days, np.nan)
    usual = np.array([np.nanmedian(row) if np.isfinite(row).any() else 0.0 for row in known])
    return np.where(trap_days > 0, trap_days, usual[:, None])


def _newest(catches: Sequence[Catch]) -> dict[tuple[str, int], str]:
    ordered = sorted(catches, key=lambda one: (one.ended_at, one.observation_id))
    return {(one.trap, week_of(one.ended_at)): one.observation_id for one in ordered}


def _week(table: Table, row: int, at: int, drawn: tuple[Floats, ...], method: str) -> Week:
    count = table.caught[row, at]
    state: State = "unread"
    if np.isfinite(count):
        state = "at_least" if table.at_least[row, at] else "read"
    mean, low, high, limit = (float(one[row]) if np.isfinite(one[row]) else None for one in drawn)
    return Week(
        week=0,
        begins_at=MONDAY,
        state=state,
        catch=None if state == "unread" else float(count),
        trap_days=float(table.trap_days[row, at]),
        mean=mean,
        low=low,
        high=high,
        limit=limit,
        method=method,
        observation_id="",
    )
