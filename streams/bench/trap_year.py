"""A year of weekly trap rounds through replay: how long it takes with and without the scan in space and time.

    python -m streams.bench.trap_year --traps 800

Made up with a seed: negative binomial catches of one season, one visit in twenty missing, ten outbreaks
planted. The aims are 30 s without the scan and 5 min with it, on two cores.
"""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import click
import numpy as np

from detectors.pests.ledger import MONDAY, WEEK
from schemas.observation import AnyObservation, TrapCount
from schemas.settings import Settings
from streams.bench.figure import Figure, figure
from streams.bench.trap_world import LASTS, make
from streams.recorded import deliveries
from streams.replay import Outcome, run

SECTION = "traps"
TRAPS, QUICK_TRAPS = 800, 40
AIM_S, AIM_SCAN_S = 30.0, 300.0
WEEKS = 52
FIRST = 1300
MISSING = 0.05


def rounds(traps: int, seed: int) -> list[AnyObservation]:
    """Return a year of weekly visits of so many traps, a round of all of them on each Saturday."""
    rng = np.random.default_rng(seed)
    world = make(seed, traps, of_each=0)
    level = np.exp(rng.normal(np.log(4), 0.6, traps))
    season = np.exp(-0.5 * ((np.arange(WEEKS) - 27) / 6.0) ** 2)
    mean = np.outer(level, season) + 0.02
    for centre in rng.choice(traps, size=10, replace=False).tolist():
        east, north = world.longitude - world.longitude[centre], world.latitude - world.latitude[centre]
        near = np.argsort(np.hypot(east, north))
        begins = int(rng.integers(18, 34))
        mean[near[:8], begins : begins + LASTS] *= 4
    counts = rng.poisson(mean * rng.gamma(1.5, 1 / 1.5, mean.shape))
    unread = rng.uniform(size=counts.shape) < MISSING
    return [
        _visit(world, trap, week, None if unread[trap, week] else float(counts[trap, week]))
        for week in range(WEEKS)
        for trap in range(traps)
    ]


def _visit(world: Any, trap: int, week: int, catch: float | None) -> TrapCount:
    at = MONDAY + WEEK * (FIRST + week) + dt.timedelta(days=5)
    return TrapCount(
        observation_id=f"{trap}/{week}",
        source=f"trap/{trap:04d}",
        observed_at=at,
        received_at=at,
        frame="wgs84",
        longitude=round(float(world.longitude[trap]), 5),
        latitude=round(float(world.latitude[trap]), 5),
        species="Monochamus alternatus",
        started_at=at - WEEK,
        status="missing" if catch is None else "ok",
        catch=catch,
    )


def judged(observations: list[AnyObservation], *, scan: bool) -> tuple[float, Outcome]:
    """Return how long replay judges, s of one processor, and what came of it."""
    settings = Settings(outbreak={"finding": {"trap": {"clusters": scan}}})
    began = time.process_time()
    outcome = run(deliveries(observations), settings)
    return time.process_time() - began, outcome


def measure(say: Callable[[str], None], *, quick: bool, large: bool) -> list[Figure]:
    """Return how long a year of trap rounds takes; with the scan only where `large` is asked for."""
    traps = QUICK_TRAPS if quick else TRAPS
    observations = rounds(traps, seed=1)
    figures = []
    for scan, aim in ((False, AIM_S), (True, AIM_SCAN_S)):
        name = f"a year of {traps} weekly traps, {'with' if scan else 'without'} the scan"
        if scan and not large:
            figures.append(figure(SECTION, name, None, "s", note="two minutes: measured with --large"))
            continue
        say(name)
        seconds, _ = judged(observations, scan=scan)
        figures.append(figure(SECTION, name, seconds, "s", at_most=None if quick else aim))
    return figures


@click.command()
@click.option("--traps", default=800, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(traps: int, seed: int) -> None:
    """Judge a made-up year of trap rounds and print how long it took."""
    observations = rounds(traps, seed)
    for scan in (False, True):
        seconds, outcome = judged(observations, scan=scan)
        opened = sum(one.status != "merged" for one in outcome.incidents.values())
        what = f"{traps} traps, {len(observations)} visits, {'with' if scan else 'without'} the scan"
        click.echo(f"{what}: {seconds:.1f} s of one processor; {opened} outbreaks")


if __name__ == "__main__":
    main()
