"""How soon planted outbreaks are found, and how often nothing is taken for one: ways on the same traps.

    python -m streams.bench.outbreaks --seed 1

Fixed threshold of catches, EARS C2 alone, and what the judge itself gives week by week (`trap_sign.judge`
with its live settings): each trap against its own past, the space-time scan, both. Prints a table; the same
seed prints the same table.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import click
import numpy as np

from detectors.pests import ears, trap_sign
from detectors.pests.arrays import Flags, Floats
from detectors.pests.count import Catch
from detectors.pests.grading import Graded
from detectors.pests.grading import Options as GradeOptions
from detectors.pests.ledger import MONDAY, WEEK, Ledger
from streams.bench.trap_world import LASTS, SIZES, WEEKS, YEARS, World, in_season, make

FIXED = 20.0
"""Catches a week that a fixed threshold calls an outbreak: a usual rule of thumb."""

FIRST = (YEARS - 2) * WEEKS


class Judged(NamedTuple):
    """Alerts of one way (traps, weeks), and for each week the false ones that are clusters, not traps."""

    alerts: Flags
    false_clusters: Floats


def fixed(world: World) -> Judged:
    """Return the alerts of a fixed threshold."""
    return Judged(np.nan_to_num(world.counts) >= FIXED, np.zeros(world.counts.shape[1]))


def ears_c2(world: World) -> Judged:
    """Return the alerts of EARS C2 alone."""
    upper = ears.limits(world.counts, ears.Options(least_sigma=0.5)).c2
    return Judged(world.counts > upper, np.zeros(world.counts.shape[1]))


def round_of(world: World, week: int) -> Iterator[Catch]:
    """Yield the visits of a week that were read, as the judge keeps them."""
    at = MONDAY + WEEK * week + dt.timedelta(days=5)
    for trap in np.flatnonzero(np.isfinite(world.counts[:, week])).tolist():
        yield Catch(
            observation_id=f"{trap}/{week}",
            trap=f"{trap:04d}",
            species="Monochamus alternatus",
            started_at=at - WEEK,
            ended_at=at,
            longitude=float(world.longitude[trap]),
            latitude=float(world.latitude[trap]),
            count=int(world.counts[trap, week]),
            at_least=False,
            trap_days=7.0,
        )


class Told(NamedTuple):
    """What the judge told in one week: the grade of each trap, and the clusters as sets of traps."""

    week: int
    graded: dict[int, Graded]
    clusters: list[set[int]]


def lived(world: World, options: trap_sign.Options, tell: Callable[[str], None]) -> Iterator[Told]:
    """Yield what the judge tells in every week of season of the last two years, as they end."""
    ledger, past, grades = Ledger(), trap_sign.Past(), GradeOptions()
    for week in np.flatnonzero(in_season(world.counts.shape[1])).tolist():
        for visit in round_of(world, week):
            ledger.put(visit)
        if week < FIRST:
            continue
        given = trap_sign.judge(options, grades, ledger, week + 1, past)
        known: dict[int, set[int]] = {}
        for trap, one in past.clusters[week].items():
            if one.p < grades.cluster_p:
                known.setdefault(id(one), set()).add(int(trap))
        tell(f"week {week}")
        yield Told(week, {int(visit.trap): one for one, visit in given[week]}, list(known.values()))


def ways(world: World, told: Iterator[Told]) -> dict[str, Judged]:
    """Return the alerts of grade III and higher by the traps' own past, by the scan, and by either."""
    own, scan = np.zeros(world.counts.shape, dtype=np.bool_), np.zeros(world.counts.shape, dtype=np.bool_)
    false = np.zeros(world.counts.shape[1])
    for one in told:
        for trap, graded in one.graded.items():
            own[trap, one.week] = is_own(graded)
        for traps in one.clusters:
            scan[list(traps), one.week] = True
            false[one.week] += not world.within[list(traps), one.week].any()
    return {
        "own past": Judged(own, np.zeros(len(false))),
        "space-time scan": Judged(scan, false),
        "both, as it runs": Judged(own | scan, false + (own & ~scan & ~world.within).sum(axis=0)),
    }


def is_own(graded: Graded) -> bool:
    """Return whether a trap's own past alone gives grade III or higher."""
    if graded.grade == "IV":
        return False
    blue = GradeOptions().blue_p
    whys = [why for why in graded.reasons if why.code == "excess"]
    return any(why.rule != "p and q" or (why.threshold or 1.0) < blue for why in whys)


class Line(NamedTuple):
    """One row of the table: share found of each size, median days to it, false alerts a week in season."""

    way: str
    found: tuple[float, ...]
    days: tuple[float, ...]
    false_a_week: float


def score(world: World, way: str, judged: Judged, *, clusters: bool = False) -> Line:
    """Return how a way did; a cluster is one false alert, however many traps it has."""
    found, days = [], []
    for size in SIZES:
        delays = []
        mine = [one for one in world.outbreaks if one.size == size]
        for one in mine:
            hit = judged.alerts[one.traps, one.week : one.week + LASTS].any(axis=0)
            if hit.any():
                delays.append(7.0 * (int(np.argmax(hit)) + 1))
        found.append(len(delays) / max(len(mine), 1))
        days.append(float(np.median(delays)) if delays else float("nan"))
    season = np.flatnonzero(in_season(world.counts.shape[1]))
    season = season[season >= FIRST]
    false = (
        (judged.alerts & ~world.within)[:, season].sum()
        if not clusters
        else judged.false_clusters[season].sum()
    )
    return Line(way, tuple(found), tuple(days), float(false) / len(season))


def table(lines: list[Line]) -> str:
    """Return the lines as Markdown."""
    heads = [f"{size.name}: found, median days" for size in SIZES]
    rows = [f"| way | {' | '.join(heads)} | false alerts a week |", "| --- " * (len(SIZES) + 2) + "|"]
    for line in lines:
        cells = [
            f"{100 * share:.0f} %, " + ("–" if np.isnan(day) else f"{day:.0f}")
            for share, day in zip(line.found, line.days, strict=True)
        ]
        rows.append(f"| {line.way} | {' | '.join(cells)} | {line.false_a_week:.2f} |")
    return "\n".join(rows)


def remarks(world: World, judged: dict[str, Judged]) -> str:
    """Return what the table does not show: how many alerts the own past gives, how often EARS C2 calls."""
    season = np.flatnonzero(in_season(world.counts.shape[1]))
    season = season[season >= FIRST]
    planted, read = world.within[:, season], np.isfinite(world.counts[:, season])
    running = planted.any(axis=0)
    own, c2 = judged["own past"].alerts[:, season], judged["EARS C2"].alerts[:, season]
    false, quiet = own & ~planted, read & ~planted
    often = quiet.sum() / max(int((c2 & quiet).sum()), 1)
    return (
        f"own past: {own.sum()} alerts, {false.sum()} false, {false[:, running].sum()} of them in the "
        f"{running.sum()} of {len(season)} weeks in which outbreaks run; "
        f"EARS C2 calls one quiet trap-week in {often:.0f}"
    )


def compare(seed: int, traps: int, of_each: int, tell: Callable[[str], None]) -> tuple[list[Line], str]:
    """Return the table's lines for one seed, and what is to be said beside it."""
    world = make(seed, traps, of_each)
    began = time.process_time()
    judged = {
        f"fixed, {FIXED:.0f} a week": fixed(world),
        "EARS C2": ears_c2(world),
        **ways(world, lived(world, trap_sign.Options(), tell)),
    }
    took = time.process_time() - began
    clusters = {"space-time scan", "both, as it runs"}
    lines = [score(world, way, one, clusters=way in clusters) for way, one in judged.items()]
    return lines, f"{remarks(world, judged)}; {took:.0f} s of one processor"


@click.command()
@click.option("--seed", default=1, show_default=True, help="Same seed, same table.")
@click.option("--traps", default=800, show_default=True, help="Traps.")
@click.option("--of-each", default=10, show_default=True, help="Outbreaks of each of three sizes.")
def main(seed: int, traps: int, of_each: int) -> None:
    """Plant outbreaks and print how each way of finding them did."""
    lines, beside = compare(seed, traps, of_each, lambda text: click.echo(text, err=True))
    click.echo(
        f"{traps} traps, {YEARS} years, {3 * of_each} outbreaks, seed {seed}\n\n{table(lines)}\n\n{beside}"
    )


if __name__ == "__main__":
    main()
