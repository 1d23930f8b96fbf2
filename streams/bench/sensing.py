"""Readings judged against the last weeks of their station, beside one sort of as many numbers in NumPy."""

import time
from collections.abc import Callable

import numpy as np

from detectors.trust.baseline import HOURS, Memory, Usual
from streams.bench.figure import Figure, figure

SECTION = "sensors"
STATIONS, QUICK_STATIONS = 4_000, 400
READINGS, QUICK_READINGS = 200_000, 20_000
AT_LEAST = 100_000
HOUR = 14


def measure(say: Callable[[str], None], *, quick: bool) -> list[Figure]:
    """Return the figures of the section, by processor time."""
    stations, count = (QUICK_STATIONS, QUICK_READINGS) if quick else (STATIONS, READINGS)
    say(f"{count:,} readings of {stations:,} stations against four weeks of each")
    rule = Usual()
    memory = remembered(rule, stations)
    dice = np.random.default_rng(3)
    series = dice.integers(0, stations, count)
    day, hour = np.full(count, rule.days), np.full(count, HOUR)
    value = dice.normal(20.0, 5.0, count)
    ours = used_s(lambda: memory.judge(series, day, hour, value))
    plain = used_s(lambda: np.sort(dice.random((count, rule.days)), axis=1))
    return [
        figure(
            SECTION, "readings judged against their baselines", count / ours, "/s",
            peer="/s, one sort of as many numbers", peer_value=count / plain, at_least=AT_LEAST,
        )
    ]  # fmt: skip


def used_s(work: Callable[[], object], times: int = 3) -> float:
    """Return the least processor time of some runs, s: other programs at work do not count."""
    taken = []
    for _ in range(times):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def remembered(rule: Usual, stations: int) -> Memory:
    """Return the memory of stations that have reported for four weeks, the same each time."""
    memory, dice = Memory(rule, stations), np.random.default_rng(2)
    every = np.arange(stations)
    for day in range(rule.days):
        for hour in (HOUR - 1, HOUR, HOUR + 1):
            assert hour < HOURS
            whole = np.full(stations, day), np.full(stations, hour)
            memory.add(every, *whole, dice.normal(20.0, 5.0, stations))
    return memory
