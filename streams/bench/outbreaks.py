"""How soon planted outbreaks are found, and how often nothing is taken for one: four ways on the same traps.

    python -m streams.bench.outbreaks --seed 1

Fixed threshold of catches, EARS C2 alone, each trap against its own past with the share of false finds held,
and the same with the space-time scan. Prints a table; the same seed prints the same table.
"""

from collections.abc import Callable
from typing import NamedTuple

import click
import numpy as np

from detectors.pests import chance, ears, excess, scan
from detectors.pests.arrays import Flags, Floats
from detectors.pests.grading import Options as GradeOptions
from detectors.pests.grading import TrapSign, of_trap
from detectors.pests.zones import Options as CircleOptions
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


class Past(NamedTuple):
    """What each trap's own past led to expect: p, q, mean and k of each week (traps, weeks)."""

    p: Floats
    q: Floats
    mean: Floats
    k: Floats


def own_past(world: World, tell: Callable[[str], None]) -> Past:
    """Return the judgement of each trap against its own past, in season of the last two years."""
    found = Past(*(np.full(world.counts.shape, np.nan) for _ in range(4)))
    for week in np.flatnonzero(in_season(world.counts.shape[1])):
        if week < FIRST:
            continue
        got = excess.judge(world.counts, np.array([[7.0]]), int(week), excess.Options())
        found.p[:, week], found.q[:, week], found.mean[:, week], found.k[:, week] = (
            got.p,
            got.q,
            got.mean,
            got.k,
        )
        tell(f"week {week}")
    return found


def grown(world: World, past: Past) -> Judged:
    """Return the alerts of grade III and higher that the traps' own past gives."""
    alerts = np.zeros(world.counts.shape, dtype=np.bool_)
    for week in range(FIRST, world.counts.shape[1]):
        for trap in np.flatnonzero(past.p[:, week] < GradeOptions().blue_p):
            before = past.p[trap, week - 1]
            sign = TrapSign(
                p=float(past.p[trap, week]),
                q=float(past.q[trap, week]),
                before_p=None if np.isnan(before) else float(before),
            )
            # Two weeks running alone would be 800 traps' worth of chance: q is asked for as well.
            grade = of_trap(GradeOptions(), sign).grade
            alerts[trap, week] = grade in ("I", "II", "III") and sign.q is not None and sign.q < 0.2
    return Judged(alerts, np.zeros(world.counts.shape[1]))


def scanned(world: World, past: Past, seed: int, tell: Callable[[str], None]) -> Judged:
    """Return the alerts of the scan: every trap of a cluster with p below the limit; false clusters apart."""
    options = scan.Options(most_weeks=12, most_period=1.0, circle=CircleOptions(most_km=15.0))
    alerts = np.zeros(world.counts.shape, dtype=np.bool_)
    false = np.zeros(world.counts.shape[1])
    for week in np.flatnonzero(in_season(world.counts.shape[1])):
        if week < FIRST:
            continue
        last = slice(max(int(week) - 11, FIRST), int(week) + 1)
        given = scan.prepare(
            options, world.counts[:, last], past.mean[:, last], world.longitude, world.latitude
        )
        k = np.nan_to_num(past.k[:, week], nan=1.5, posinf=1e9)
        how = chance.Options(simulations=39, stop_at=3, seed=seed)
        for cluster in chance.judge(options, how, given, k):
            if cluster.p < GradeOptions().cluster_p:
                traps = np.array(cluster.found.traps)
                alerts[traps, week] = True
                false[week] += not world.within[traps, week].any()
        tell(f"scan of week {week}")
    return Judged(alerts, false)


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


def compare(seed: int, traps: int, of_each: int, tell: Callable[[str], None]) -> list[Line]:
    """Return the table's lines for one seed."""
    world = make(seed, traps, of_each)
    lines = [
        score(world, f"fixed, {FIXED:.0f} a week", fixed(world)),
        score(world, "EARS C2", ears_c2(world)),
    ]
    past = own_past(world, tell)
    lines.append(score(world, "own past, false finds held", grown(world, past)))
    lines.append(score(world, "space-time scan", scanned(world, past, seed, tell), clusters=True))
    return lines


@click.command()
@click.option("--seed", default=1, show_default=True, help="Same seed, same table.")
@click.option("--traps", default=800, show_default=True, help="Traps.")
@click.option("--of-each", default=10, show_default=True, help="Outbreaks of each of three sizes.")
def main(seed: int, traps: int, of_each: int) -> None:
    """Plant outbreaks and print how each way of finding them did."""
    lines = compare(seed, traps, of_each, lambda text: click.echo(text, err=True))
    click.echo(f"{traps} traps, {YEARS} years, {3 * of_each} outbreaks, seed {seed}\n\n{table(lines)}")


if __name__ == "__main__":
    main()
