"""The grades of traps in the newest whole weeks: each against its own past, and all together in space.

Only weeks that are over are judged, so that a trap read on Tuesday and one read on Friday are compared alike.
"""

from collections.abc import Mapping, Sequence
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
    least_traps: Annotated[int, Meta(ge=2, description="Traps for a scan.")] = 10
    comparing: excess.Options = field(default_factory=excess.Options)
    scanning: scan.Options = field(default_factory=lambda: scan.Options(most_period=1.0))
    simulating: chance.Options = field(default_factory=chance.Options)


class _Week(NamedTuple):
    """One judged week: its column, what came of it, and the visit of each trap that was read."""

    at: int
    got: excess.Excess
    visits: Mapping[int, Catch]


def judge(
    options: Options, grades: GradeOptions, catches: Sequence[Catch], week: int
) -> list[tuple[Graded, Catch]]:
    """Return the grade of every visit in the newest weeks of one species; no grade comes with its reason.

    `week` is the number of weeks since `MONDAY` that are over; the newest whole week is the one before.
    """
    first = min((one.ended_at - MONDAY) // WEEK for one in catches) - 1
    begin = MONDAY + WEEK * first
    table = tabulate(catches, begin, max(week - first, 1))
    judged = _judged(options, table, _visits(catches, table, begin))
    graded: list[tuple[Graded, Catch]] = []
    for number, one in enumerate(judged):
        if one.at < table.caught.shape[1] - options.weeks:
            continue
        clustered = _clusters(options, judged[: number + 1])
        before = judged[number - 1] if number and judged[number - 1].at == one.at - 1 else None
        graded += [
            (_grade(grades, one, before, row, clustered.get(row)), visit)
            for row, visit in sorted(one.visits.items())
        ]
    return graded


def _visits(catches: Sequence[Catch], table: Table, begin: datetime) -> dict[int, dict[int, Catch]]:
    """Return the newest visit of each trap (row) in each interval (column)."""
    row = {trap: at for at, trap in enumerate(table.traps)}
    found: dict[int, dict[int, Catch]] = {}
    for one in sorted(catches, key=lambda one: (one.ended_at, one.observation_id)):
        found.setdefault(-((begin - one.ended_at) // WEEK) - 1, {})[row[one.trap]] = one
    return found


def _judged(options: Options, table: Table, visits: Mapping[int, Mapping[int, Catch]]) -> list[_Week]:
    """Return the newest weeks in which anything was read, as many as are told of or scanned."""
    last = table.caught.shape[1]
    begin = max(last - max(options.weeks + 1, options.scanning.most_weeks), 0)
    return [
        _Week(at, excess.judge(table.caught, table.trap_days, at, options.comparing), visits[at])
        for at in range(begin, last)
        if at in visits
    ]


def _grade(
    grades: GradeOptions, one: _Week, before: _Week | None, row: int, cluster_p: float | None
) -> Graded:
    if one.got.method[row] == excess.NONE:
        return Graded(None, False, (Reason(code="waiting_for", rule="history of the trap"),))
    span = one.got.upper[row] - one.got.mean[row]
    sign = TrapSign(
        p=_known(one.got.p[row]),
        q=_known(one.got.q[row]),
        before_p=None if before is None else _known(before.got.p[row]),
        score=_known((one.got.caught[row] - one.got.mean[row]) / span) if span > 0 else None,
        cluster_p=cluster_p,
    )
    return of_trap(grades, sign)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _clusters(options: Options, weeks: Sequence[_Week]) -> dict[int, float]:
    """Return the p of the cluster that each trap is in, by row; empty for too few traps to look among."""
    newest = weeks[-1]
    rows = [row for row in sorted(newest.visits) if np.isfinite(newest.got.mean[row])]
    if len(rows) < options.least_traps:
        return {}
    columns = [one for one in weeks if one.at > newest.at - options.scanning.most_weeks]
    caught = np.column_stack([one.got.caught[rows] for one in columns])
    mean = np.column_stack([one.got.mean[rows] for one in columns])
    visits = [newest.visits[row] for row in rows]
    places: list[Floats] = [
        np.array([getattr(one, name) for one in visits]) for name in ("longitude", "latitude")
    ]
    given = scan.prepare(options.scanning, np.where(np.isfinite(mean), caught, np.nan), mean, *places)
    judged = chance.judge(
        options.scanning, options.simulating, given, np.nan_to_num(newest.got.k[rows], posinf=1e9)
    )
    return {rows[trap]: one.p for one in reversed(judged) for trap in one.found.traps}
