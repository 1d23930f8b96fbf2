"""The grades of traps in the newest whole weeks: each against its own past, and all together in space.

Only weeks that are over are judged, so that a trap read on Tuesday and one read on Friday are compared alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct, field

from detectors.pests import chance, excess, scan
from detectors.pests.arrays import Floats
from detectors.pests.count import Catch
from detectors.pests.grading import Graded, TrapSign, of_trap
from detectors.pests.grading import Options as GradeOptions
from detectors.pests.ledger import Ledger
from schemas.reason import Reason


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
    graded: set[int] = dataclass_field(default_factory=set)
    """Weeks whose grades were given."""
    by: Options | None = None
    """What it was judged by: other settings judge anew."""

    def forget(self, week: int) -> None:
        """Forget this week and all later ones."""
        for kept in (self.weeks, self.clusters):
            for one in [one for one in kept if one >= week]:
                del kept[one]
        self.graded = {one for one in self.graded if one < week}


def judge(
    options: Options,
    grades: GradeOptions,
    ledger: Ledger,
    week: int,
    past: Past | None = None,
) -> dict[int, list[tuple[Graded, Catch]]]:
    """Return the grade of every visit in the newest weeks of one species; no grade comes with its reason.

    `week` is the number of weeks since `MONDAY` that are over; the newest whole week is the one before.
    `past` keeps what was judged for the next time: a week that it has, with the one before, is not given
    again.
    """
    past = Past() if past is None else past
    if past.by != options:
        past.weeks, past.clusters, past.graded, past.by = {}, {}, set(), options
    first = min(ledger.weeks, default=week) - 1
    _look_back(options, past, ledger, range(first, week))
    wanted = [one for one in range(week - options.weeks, week) if one in past.weeks]
    fresh = [one for one in wanted if one not in past.graded]
    past.graded = set(wanted)
    return {number: _graded(options, grades, past, number) for number in fresh}


def _graded(options: Options, grades: GradeOptions, past: Past, number: int) -> list[tuple[Graded, Catch]]:
    if number not in past.clusters:
        past.clusters[number] = _clusters(options, past, number)
    one, clustered = past.weeks[number], past.clusters[number]
    before = _p_of(past.weeks.get(number - 1))
    return [
        (_grade(grades, one, row, before.get(one.traps[row]), clustered.get(one.traps[row])), visit)
        for row, visit in sorted(one.visits.items())
    ]


def _look_back(options: Options, past: Past, ledger: Ledger, weeks: range) -> None:
    """Judge the newest weeks in which anything was read, as many as are told of or scanned."""
    # the oldest week that is told of is scanned over as many weeks as the newest
    reach = options.weeks + options.scanning.most_weeks - 1
    for one in [one for one in past.weeks if one < weeks.stop - reach]:
        del past.weeks[one]
    wanted = [one for one in weeks[-reach:] if one not in past.weeks and one in ledger.weeks]
    if not wanted:
        return
    table = ledger.table(weeks.start, len(weeks))
    row = {trap: at for at, trap in enumerate(table.traps)}
    for number in wanted:
        got = excess.judge(table.caught, table.trap_days, number - weeks.start, options.comparing)
        # of several visits in a week the newest speaks for all
        past.weeks[number] = Week(table.traps, got, {row[one.trap]: one for one in ledger.visits(number)})


def _p_of(week: Week | None) -> dict[str, float]:
    return {} if week is None else dict(zip(week.traps, week.got.p.tolist(), strict=True))


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
