"""Carbon at risk of one alert, and the stock of a province, beside what NumPy needs for its bare numbers."""

import os
import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from alerts.carbon.exposure import expose
from alerts.carbon.shared_factors import MOST_FACTORS
from alerts.carbon.simulate import DRAWS, Options, car95, interval, simulate
from alerts.carbon.stand import Stands, stands_of
from alerts.carbon.stock import stock
from alerts.carbon.tables import CarbonTables
from streams.bench import stocking
from streams.bench.beside import Used, used_by
from streams.bench.figure import Figure, figure
from streams.tables import load_tables

SECTION = "carbon"
STANDS, SCENARIOS = 1_000, 16
PROVINCE, QUICK_PROVINCE = 1_000_000, 30_000
BUILT = 100_000
"""Stands of a built region in a usual run; as many as a province has in a large one."""

TODAY = date(2026, 1, 1)
SPECIES = ("云南松", "云杉", "栎类", "冷杉", "桦木", "杨树", "竹林", "草地")
BEST_OF = 5


def measure(folder: Path, say: Callable[[str], None], *, quick: bool, large: bool) -> list[Figure]:
    """Return the figures of the section; the whole province is built only where `large` allows the time."""
    say("10,000 draws over 1,000 stands")
    tables = load_tables().carbon
    ours, used = best(lambda: loss(tables))
    plain, _ = best(bare_draws)
    figures = [
        figure(
            SECTION, "carbon of one alert, 10,000 draws over 1,000 stands", ours * 1000, "ms",
            peer="as many bare normals and exponentials in NumPy", peer_value=plain * 1000, at_most=50.0,
            used=used,
        )
    ]  # fmt: skip
    count = QUICK_PROVINCE if quick else PROVINCE
    say(f"stock of {count:,} stands")
    stands = made(tables, count)
    ours, used = best(lambda: stock(tables.stock, stands, TODAY, arrays=tables.arrays), 1)
    plain, _ = best(lambda: bare_product(stands), 1)
    figures.append(
        figure(
            SECTION, f"stock of {count:,} stands", ours, "s",
            peer="volume by one factor in NumPy", peer_value=plain, at_most=60.0, used=used,
        )
    )  # fmt: skip
    return [*figures, _built(folder, tables, say, PROVINCE if large else BUILT // 10 if quick else BUILT)]


def _built(folder: Path, tables: CarbonTables, say: Callable[[str], None], count: int) -> Figure:
    """Return how long `fenghuo carbon stock` takes over a built region, its start included."""
    root = folder / "province"
    stocking.build(root, count, say)
    say(f"fenghuo carbon stock of {count:,} stands")
    taken, worked, counted = stocking.stocked(root)
    shutil.rmtree(root)
    if counted != count:
        raise RuntimeError(f"{counted} of {count} stands were stocked")
    stands = made(tables, count)
    plain, _ = best(lambda: bare_product(stands), 1)
    return figure(
        SECTION, f"fenghuo carbon stock, {count:,} stands of a built region", taken, "s",
        peer="volume by one factor in NumPy, already in memory", peer_value=plain, at_most=60.0,
        note=f"{worked:.0f} s of processor time",
    )  # fmt: skip


def made(tables: CarbonTables, count: int) -> Stands:
    """Return stands of every tier, the same each time."""
    dice = np.random.default_rng(7)
    words = [SPECIES[at] for at in dice.integers(0, len(SPECIES), count)]
    volume = np.where(dice.random(count) < 0.7, dice.uniform(0, 400, count), np.nan)
    return stands_of(
        tables.stock,
        area_ha=dice.uniform(0.1, 50, count),
        species=words,
        volume_m3_ha=volume,
        age_a=np.where(dice.random(count) < 0.5, dice.uniform(1, 200, count), np.nan),
    )


def loss(tables: CarbonTables) -> None:
    """Compute loss, emission and CaR95 of one alert, from stands and shares of scenarios to figures."""
    stands = made(tables, STANDS)
    shares = np.random.default_rng(8).random((SCENARIOS, STANDS))
    held = stock(tables.stock, stands, TODAY, arrays=tables.arrays)
    drawn = simulate(tables.stock, tables.loss, expose(tables.stock, stands, held, shares), 1, Options())
    interval(drawn.loss_c_t)
    interval(drawn.co2e_t)
    car95(drawn.loss_c_t, 0.5)


def bare_draws() -> None:
    """Draw and exponentiate as many numbers as the factors of one alert may be."""
    np.exp(np.random.default_rng(1).standard_normal((MOST_FACTORS, DRAWS)))


def bare_product(stands: Stands) -> None:
    """Multiply volume, area and one factor."""
    np.nansum(stands.volume_m3_ha * stands.area_ha * 0.45)


def best(work: Callable[[], object], times: int = BEST_OF) -> tuple[float, Used]:
    """Return the shortest of some runs, s, and what all of them used."""
    before, taken = used_by(os.getpid()), []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken), used_by(os.getpid()).since(before)
