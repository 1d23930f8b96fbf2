"""The grades of traps in the newest whole weeks: each against its own past, and all together in space.

Only weeks that are over are judged, so that a trap read on Tuesday and one read on Friday are compared alike.
A full trap is unusual where even what was counted is; where it is not, nobody knows, and it is to be emptied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct, field

from detectors.pests import chance, clustering, crowd, cusum, excess, scan
from detectors.pests.arrays import Flags, Floats
from detectors.pests.clustering import Seen
from detectors.pests.count import Catch
from detectors.pests.grading import Graded
from detectors.pests.grading import Options as GradeOptions
from detectors.pests.ledger import MONDAY, WEEK, Ledger
from detectors.pests.multiple import adjusted
from detectors.pests.published import month_of
from detectors.pests.recent import NONE
from detectors.pests.unusual import Together, TrapSign, of_trap
from schemas.reason import Reason


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many weeks are told of, and what the statistics are given."""

    weeks: Annotated[int, Meta(ge=1, description="Newest weeks in which a trap's excess is a sign.")] = 4
    clusters: Annotated[bool, Meta(description="Look for clusters in space and time.")] = True
    least_traps: Annotated[int, Meta(ge=2, description="Traps for a scan.")] = 10
    least_weeks: Annotated[int, Meta(ge=2, description="Weeks read, for a scan without any expectation.")] = 4
    rise_weeks: Annotated[int, Meta(ge=2, description="Newest weeks over which a slow rise adds up.")] = 12
    rise_k: Annotated[float, Meta(gt=0, description="What the CUSUM lets pass each week.")] = 1.04
    comparing: excess.Options = field(default_factory=excess.Options)
    scanning: scan.Options = field(default_factory=lambda: clustering.Options().scanning)
    simulating: chance.Options = field(default_factory=chance.Options)
    dispersed_from: Annotated[
        float, Meta(gt=1, description="Variance over mean from which the scan simulates negative binomial.")
    ] = 1.1


FULL = "full trap: empty it and count"
"""What is to be done where a lower bound is no more than usual: that is not below any threshold."""


class Week(NamedTuple):
    """One judged week: its traps, what came of each, and the visit of each trap that was read, by its row."""

    traps: tuple[str, ...]
    got: excess.Excess
    scores: Floats
    """Normal score of each trap's p, NaN without one."""
    visits: Mapping[int, Catch]
    is_full: Flags
    """Where the count is a lower bound."""
    told: excess.Excess
    """The same with new traps held against a published mean: it tells of them alone, for how far a place lies
    from the mean of others is the same every week, and would add up as a rise, a second week or a cluster."""
    named: str
    """Which mean that is."""
    common: float
    """Times the expectation that all traps caught, a good year of them all: 1 and more."""


@dataclass
class Past:
    """Weeks that were judged, by number: a week looks at nothing after it, so it is judged once.

    Whoever changes a catch of a week forgets it and all later ones.
    """

    weeks: dict[int, Week] = dataclass_field(default_factory=dict)
    clusters: dict[int, Mapping[str, Together]] = dataclass_field(default_factory=dict)
    graded: set[int] = dataclass_field(default_factory=set)
    """Weeks whose grades were given."""
    by: tuple[Options, GradeOptions] | None = None
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
    if past.by != (options, grades):
        past.weeks, past.clusters, past.graded, past.by = {}, {}, set(), (options, grades)
    first = min(ledger.weeks, default=week) - 1
    _look_back(options, past, ledger, range(first, week))
    wanted = [one for one in range(week - options.weeks, week) if one in past.weeks]
    fresh = [one for one in wanted if one not in past.graded]
    past.graded = set(wanted)
    return {number: _graded(options, grades, past, number) for number in fresh}


class _Beside(NamedTuple):
    """What else is known of a trap beside this week: p of the week before, slow rise and its q, cluster."""

    before_p: float | None
    rise: float
    rise_q: float
    cluster: Together | None


def _graded(options: Options, grades: GradeOptions, past: Past, number: int) -> list[tuple[Graded, Catch]]:
    if number not in past.clusters:
        past.clusters[number] = _clusters(options, past, number)
    one, clustered = past.weeks[number], past.clusters[number]
    rows = sorted(one.visits)
    rise, rise_q = _rises(options, past, number, rows)
    before = _p_of(past.weeks.get(number - 1))
    found: list[tuple[Graded, Catch]] = []
    for at, row in enumerate(rows):
        name = one.traps[row]
        beside = _Beside(before.get(name), float(rise[at]), float(rise_q[at]), clustered.get(name))
        found.append((of_trap(grades, _sign(one, row, beside)), one.visits[row]))
        if found[-1][0].grade is None and one.is_full[row]:
            found[-1] = Graded(None, False, (_to_empty(one, row),)), one.visits[row]
        elif found[-1][0].grade is None and one.told.method[row] == NONE:
            waiting = Graded(None, False, (Reason(code="waiting_for", rule="history of the trap"),))
            found[-1] = waiting, one.visits[row]
    return found


def _to_empty(one: Week, row: int) -> Reason:
    limit = _known(one.told.upper[row])
    return Reason(code="at_least", rule=FULL, value=float(one.told.caught[row]), threshold=limit)


def _look_back(options: Options, past: Past, ledger: Ledger, weeks: range) -> None:
    """Judge the newest weeks in which anything was read, as many as are told of, scanned or added up."""
    # the oldest week that is told of looks back as far as the newest
    reach = options.weeks + max(options.scanning.most_weeks, options.rise_weeks) - 1
    for one in [one for one in past.weeks if one < weeks.stop - reach]:
        del past.weeks[one]
    wanted = [one for one in weeks[-reach:] if one not in past.weeks and one in ledger.weeks]
    if not wanted:
        return
    table = ledger.table(weeks.start, len(weeks))
    row = {trap: at for at, trap in enumerate(table.traps)}
    for number in wanted:
        at = number - weeks.start
        got = excess.judge(table.caught, table.trap_days, at, options.comparing, table.at_least)
        # of several visits in a week the newest speaks for all
        visits = {row[one.trap]: one for one in ledger.visits(number)}
        common = _common(options, got) if options.clusters else 1.0
        full, scores = table.at_least[:, at], cusum.normal_scores(got.p)
        month, shown = month_of(MONDAY + WEEK * number), slice(0, at + 1)
        told = excess.filled(got, table.caught[:, shown], table.trap_days[:, shown], month, options.comparing)
        named = options.comparing.published.named(month)
        past.weeks[number] = Week(table.traps, got, scores, visits, full, told, named, common)


def _common(options: Options, got: excess.Excess) -> float:
    return crowd.common_factor(got.caught, got.mean, got.wide_k, options.comparing.against)


def _p_of(week: Week | None) -> dict[str, float]:
    return {} if week is None else dict(zip(week.traps, week.got.p.tolist(), strict=True))


def _sign(one: Week, row: int, beside: _Beside) -> TrapSign:
    got = one.told
    is_own = got.method[row] != excess.PUBLISHED
    # against the mean of others no score: a good place alone is no strong excess
    span = got.upper[row] - got.mean[row] if is_own else 0.0
    return TrapSign(
        p=_known(got.p[row]),
        q=_known(got.q[row]),
        before_p=None if beside.before_p is None or not is_own else _known(beside.before_p),
        score=_known((got.caught[row] - got.mean[row]) / span) if span > 0 else None,
        rise=_known(beside.rise),
        rise_q=_known(beside.rise_q),
        is_over=bool(got.caught[row] > got.upper[row]) if got.method[row] in excess.EARS else None,
        cluster=beside.cluster,
        method=excess.METHODS[got.method[row]],
        caught=_known(got.caught[row]),
        limit=_known(got.upper[row]),
        baseline="" if is_own else one.named,
    )


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _weeks(past: Past, week: int, reach: int) -> list[Week]:
    return [past.weeks[one] for one in sorted(past.weeks) if week - reach < one <= week]


def _rises(options: Options, past: Past, week: int, rows: Sequence[int]) -> tuple[Floats, Floats]:
    """Return S of the visited traps where this week adds to it, NaN elsewhere, and its q over all of them."""
    newest = past.weeks[week]
    names = [newest.traps[row] for row in rows]
    columns = [_column(one, names, one.scores) for one in _weeks(past, week, options.rise_weeks)]
    total = cusum.added(np.column_stack(columns), options.rise_k)
    before = total[:, -2] if total.shape[1] > 1 else np.zeros(len(total))
    known = np.isfinite(columns[-1])
    q = adjusted(np.where(known, cusum.at_most_p(total[:, -1], options.rise_k), np.nan))
    return np.where(known & (total[:, -1] > before), total[:, -1], np.nan), q


def _clusters(options: Options, past: Past, week: int) -> dict[str, Together]:
    """Return the cluster that each trap is in; empty for too few traps or weeks to look among."""
    newest, seen = past.weeks[week], _seen(options, past, week)
    if seen is None:
        return {}
    rows, what = seen
    how = clustering.Options(
        scanning=options.scanning, simulating=options.simulating, dispersed_from=options.dispersed_from
    )
    found = clustering.judge(how, what)
    return {newest.traps[rows[at]]: one.told for one in reversed(found) for at in one.rows}


def _seen(options: Options, past: Past, week: int) -> tuple[list[int], Seen] | None:
    """Return what is scanned and which rows of the week: traps with an expectation, else all read."""
    newest, columns = past.weeks[week], _weeks(past, week, options.scanning.most_weeks)
    rows = sorted(newest.visits)
    known = [row for row in rows if np.isfinite(newest.got.mean[row])]
    is_new = len(known) < options.least_traps or options.scanning.score == "permutation"
    rows = rows if is_new else known
    if not options.clusters or len(rows) < options.least_traps:
        return None
    is_free = options.scanning.score in {"auto", "permutation"}
    if is_new and not (is_free and len(columns) >= options.least_weeks):
        return None
    names = [newest.traps[row] for row in rows]
    caught, mean = (
        np.column_stack([_column(one, names, getattr(one.got, part)) for one in columns])
        for part in ("caught", "mean")
    )
    visits = [newest.visits[row] for row in rows]
    lon, lat = (np.array([getattr(one, name) for one in visits]) for name in ("longitude", "latitude"))
    if is_new:
        # shares of a bound would make little of its weeks and much of all others
        full = np.column_stack([_column(one, names, one.is_full) for one in columns]) == 1
        caught = np.where(full & (np.arange(len(columns)) < len(columns) - 1), np.nan, caught)
        return rows, Seen(caught, None, None, lon, lat)
    mean = mean * np.array([one.common for one in columns])
    return rows, Seen(np.where(np.isfinite(mean), caught, np.nan), mean, newest.got.wide_k[rows], lon, lat)


def _column(week: Week, names: Sequence[str], values: Floats | Flags) -> Floats:
    """Return the values of these traps in a week, NaN for one that nobody had put up yet."""
    row = {trap: at for at, trap in enumerate(week.traps)}
    return np.array([values[row[one]] if one in row else np.nan for one in names])
