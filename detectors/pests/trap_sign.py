"""The grades of traps in the newest whole weeks: each against its own past, and all together in space.

Only weeks that are over are judged, so that a trap read on Tuesday and one read on Friday are compared alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct, field

from detectors.pests import chance, excess, scan
from detectors.pests.arrays import Floats
from detectors.pests.count import Catch
from detectors.pests.grading import Graded, TrapSign, of_trap
from detectors.pests.grading import Options as GradeOptions
from detectors.pests.table import Table, tabulate
from schemas.reason import Reason

MONDAY = datetime(2000, 1, 2, 16, tzinfo=UTC)
"""Weeks begin on Monday in China; a fixed first one, so that no observation decides where weeks are cut."""

WEEK = timedelta(days=7)


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many weeks are told of, and what the statistics are given."""

    weeks: Annotated[int, Meta(ge=1, description="Newest weeks in which a trap's excess is a sign.")] = 4
    clusters: Annotated[bool, Meta(description="Look for clusters in space and time.")] = True
    least_traps: Annotated[int, Meta(ge=2, description="Traps for a scan.")] = 10
    comparing: excess.Options = field(default_factory=excess.Options)
    scanning: scan.Options = field(default_factory=lambda: scan.Options(most_period=1.0))
    simulating: chance.Options = field(default_factory=chance.Options)


class Week(NamedTuple):
    """One judged week: its traps, what came of each, and the visit of each trap that was read, by its row."""

    traps: tuple[str, ...]
    got: excess.Excess
    visits: Mapping[int, Catch]


@dataclass
class Past:
    """Weeks that were judged, by number: a week looks at nothing after it, so it is judged once.

    Whoever changes a catch of a week forgets it and all later ones.
    """

    weeks: dict[int, Week] = dataclass_field(default_factory=dict)
    clusters: dict[int, Mapping[str, float]] = dataclass_field(default_factory=dict)

    def forget(self, week: int) -> None:
        """Forget this week and all later ones."""
        for kept in (self.weeks, self.clusters):
            for one in [one for one in kept if one >= week]:
                del kept[one]


def week_of(at: datetime) -> int:
    """Return the number of the week that a visit at this time belongs to, counted from `MONDAY`."""
    return -((MONDAY - at) // WEEK) - 1


def judge(
    options: Options,
    grades: GradeOptions,
    catches: Sequence[Catch],
    week: int,
    past: Past | None = None,
) -> list[tuple[Graded, Catch]]:
    """Return the grade of every visit in the newest weeks of one species; no grade comes with its reason.

    `week` is the number of weeks since `MONDAY` that are over; the newest whole week is the one before.
    `past` keeps what was judged for the next time.
    """
    past = Past() if past is None else past
    first = min((one.ended_at - MONDAY) // WEEK for one in catches) - 1
    _look_back(options, past, catches, range(first, week))
    graded: list[tuple[Graded, Catch]] = []
    for number in range(max(week - options.weeks, first), week):
        if number not in past.weeks:
            continue
        if number not in past.clusters:
            past.clusters[number] = _clusters(options, past, number)
        one, clustered = past.weeks[number], past.clusters[number]
        before = _p_of(past.weeks.get(number - 1))
        graded += [
            (_grade(grades, one, row, before.get(one.traps[row]), clustered.get(one.traps[row])), visit)
            for row, visit in sorted(one.visits.items())
        ]
    return graded


def _look_back(options: Options, past: Past, catches: Sequence[Catch], weeks: range) -> None:
    """Judge the newest weeks in which anything was read, as many as are told of or scanned."""
    # the oldest week that is told of is scanned over as many weeks as the newest
    reach = options.weeks + options.scanning.most_weeks - 1
    for one in [one for one in past.weeks if one < weeks.stop - reach]:
        del past.weeks[one]
    if len(weeks) <= 0:
        return
    wanted = [one for one in weeks[-reach:] if one not in past.weeks]
    read = {week_of(one.ended_at) for one in catches}
    if not read.intersection(wanted):
        return
    begin = MONDAY + WEEK * weeks.start
    table = tabulate(catches, begin, len(weeks))
    visits = _visits(catches, table, begin)
    for number in wanted:
        at = number - weeks.start
        if at in visits:
            got = excess.judge(table.caught, table.trap_days, at, options.comparing)
            past.weeks[number] = Week(table.traps, got, visits[at])


def _p_of(week: Week | None) -> dict[str, float]:
    return {} if week is None else dict(zip(week.traps, week.got.p.tolist(), strict=True))


def _visits(catches: Sequence[Catch], table: Table, begin: datetime) -> dict[int, dict[int, Catch]]:
    """Return the newest visit of each trap (row) in each interval (column)."""
    row = {trap: at for at, trap in enumerate(table.traps)}
    found: dict[int, dict[int, Catch]] = {}
    for one in sorted(catches, key=lambda one: (one.ended_at, one.observation_id)):
        found.setdefault(-((begin - one.ended_at) // WEEK) - 1, {})[row[one.trap]] = one
    return found


def _grade(
    grades: GradeOptions, one: Week, row: int, before_p: float | None, cluster_p: float | None
) -> Graded:
    if one.got.method[row] == excess.NONE:
        return Graded(None, False, (Reason(code="waiting_for", rule="history of the trap"),))
    span = one.got.upper[row] - one.got.mean[row]
    sign = TrapSign(
        p=_known(one.got.p[row]),
        q=_known(one.got.q[row]),
        before_p=None if before_p is None else _known(before_p),
        score=_known((one.got.caught[row] - one.got.mean[row]) / span) if span > 0 else None,
        cluster_p=cluster_p,
    )
    return of_trap(grades, sign)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _clusters(options: Options, past: Past, week: int) -> dict[str, float]:
    """Return the p of the cluster that each trap is in; empty for too few traps to look among."""
    newest = past.weeks[week]
    rows = [row for row in sorted(newest.visits) if np.isfinite(newest.got.mean[row])]
    if not options.clusters or len(rows) < options.least_traps:
        return {}
    names = [newest.traps[row] for row in rows]
    begin = week - options.scanning.most_weeks
    columns = [past.weeks[one] for one in sorted(past.weeks) if begin < one <= week]
    caught, mean = (
        np.column_stack([_column(one, names, getattr(one.got, part)) for one in columns])
        for part in ("caught", "mean")
    )
    visits = [newest.visits[row] for row in rows]
    places: list[Floats] = [
        np.array([getattr(one, name) for one in visits]) for name in ("longitude", "latitude")
    ]
    given = scan.prepare(options.scanning, np.where(np.isfinite(mean), caught, np.nan), mean, *places)
    judged = chance.judge(
        options.scanning, options.simulating, given, np.nan_to_num(newest.got.k[rows], posinf=1e9)
    )
    return {names[trap]: one.p for one in reversed(judged) for trap in one.found.traps}


def _column(week: Week, names: Sequence[str], values: Floats) -> Floats:
    """Return the values of these traps in a week, NaN for one that nobody had put up yet."""
    row = {trap: at for at, trap in enumerate(week.traps)}
    return np.array([values[row[one]] if one in row else np.nan for one in names])
