"""A year of one province, judged in a program of its own: what it remembers is bounded.

Run as a program it prints one line of JSON for each day asked for: the day, how many hotspots were judged by
then, and own memory in MB.
"""

import gc
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from detectors.identity import hotspot_id
from detectors.region import WORLD
from schemas.observation import Delivery, Hotspot
from schemas.settings import Settings
from schemas.topics import OBSERVATION
from streams.bench.asking import anonymous_mb
from streams.bench.figure import Figure, figure
from streams.hops.build import build_hops
from streams.pipeline import Pipeline
from streams.recorded import deliveries
from streams.replay import tick

SECTION = "year"
A_DAY = 60
DAYS = (60, 365)
QUICK_DAYS = (10, 20)
STARTED_AT = datetime(2024, 1, 1, 6, tzinfo=UTC)
BOX = (98.0, 26.5, 108.0, 34.0)
"""West, south, east, north of the province."""
WORKS = 12
WORKS_SHARE = 0.15
"""So many places are hot all year, and make this share of all hotspots."""
PASS_H = (0.0, 1.0, 12.0, 13.0)


def hotspots(day: int, a_day: int = A_DAY) -> list[Hotspot]:
    """Return what four passes see on one day, made from its number: works, and small fires anywhere."""
    rng = np.random.default_rng((2024, day))
    works = np.random.default_rng(2024).uniform(BOX[:2], BOX[2:], (WORKS, 2))
    found = []
    for number in range(a_day):
        at = rng.uniform(BOX[:2], BOX[2:])
        if rng.random() < WORKS_SHARE:
            at = works[rng.integers(WORKS)] + rng.normal(0.0, 0.001, 2)
        lon, lat = (round(float(one), 5) for one in at)
        seen_at = STARTED_AT + timedelta(days=day, hours=PASS_H[number % len(PASS_H)])
        found.append(
            Hotspot(
                observation_id=hotspot_id("N20", "VIIRS", seen_at, lon, lat),
                source="N20/VIIRS",
                observed_at=seen_at,
                received_at=seen_at + timedelta(hours=2),
                longitude=lon,
                latitude=lat,
                satellite="N20",
                instrument="VIIRS",
                scan_km=0.4,
                track_km=0.4,
                confidence="nominal",
                frp_mw=round(float(rng.lognormal(1.0, 1.0)), 1),
                version="2.0NRT",
            )
        )
    return found


def remembered(days: Sequence[int], a_day: int = A_DAY) -> Iterator[dict[str, Any]]:
    """Judge day after day and yield what is remembered after each of `days`."""
    pipeline = Pipeline(build_hops(Settings(), WORLD), lambda _: None)
    for day in range(days[-1]):
        for delivery in deliveries(hotspots(day, a_day)):
            pipeline.feed(OBSERVATION, delivery)
        pipeline.feed(OBSERVATION, _midnight(day))
        if day + 1 in days:
            gc.collect()
            yield {"day": day + 1, "hotspots": (day + 1) * a_day, "own_mb": anonymous_mb()}


def _midnight(day: int) -> Delivery:
    return tick(STARTED_AT + timedelta(days=day, hours=17))


def measure(say: Callable[[str], None], *, quick: bool) -> list[Figure]:
    """Return how much memory a year takes beside that of its first two months."""
    days = QUICK_DAYS if quick else DAYS
    say(f"{days[-1]} days of {A_DAY} hotspots, judged in a program of its own")
    words = [sys.executable, "-m", "streams.bench.year", *(str(day) for day in days)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - this program
    if done.returncode:
        return [figure(SECTION, "memory", None, "MB", note=done.stderr.strip()[-200:])]
    first, last = (json.loads(line) for line in done.stdout.splitlines())
    if last["own_mb"] is None:
        return [figure(SECTION, "memory", None, "MB", note="this system does not say how much is used")]
    grown = (last["own_mb"] - first["own_mb"]) * 1e6 / (last["hotspots"] - first["hotspots"])
    return [
        figure(
            SECTION,
            f"memory after {last['day']} days of {A_DAY} hotspots",
            last["own_mb"],
            "MB",
            peer=f"MB after {first['day']} days",
            peer_value=first["own_mb"],
            note=f"{grown:,.0f} bytes more a hotspot since",
        )
    ]


if __name__ == "__main__":
    for line in remembered([int(word) for word in sys.argv[1:]]):
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
