"""A program that opens one region and asks it: how quickly it answers, and what memory it keeps for itself.

It runs beside the benchmark, so that nothing else is in its memory, and prints its figures as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from detectors.region.footprint import Footprints, pixels
from detectors.region.holding import holding
from detectors.region.layer import Layer
from detectors.region.touching import shares, touched
from streams.bench.stands import spots
from streams.region import open_region

POINTS, TOUCHED, SHARED = 100_000, 40_000, 10_000
"""Positions and footprints of one pass; a fifth of them where the map is small."""

SMALL = 20_000
"""Stands of a map that is small."""

PASSES = 3
SCAN_KM, TRACK_KM = 0.39, 0.36
"""A VIIRS pixel at nadir as FIRMS gives it, km."""

Spots = tuple[NDArray[np.float64], NDArray[np.float64]]


def rate(count: int, work: Callable[[int], Any]) -> float:
    """Return how many of `count` a pass answers in a second of processor time: the median of three passes."""
    rates = []
    for number in range(PASSES):
        started = time.process_time()
        work(number)
        rates.append(count / max(1e-9, time.process_time() - started))
    return sorted(rates)[PASSES // 2]


def anonymous_mb() -> float | None:
    """Return the memory that is this program's own, MB; None where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return None
    (line,) = (one for one in status.splitlines() if one.startswith("RssAnon:"))
    return int(line.split()[1]) / 1024


def sizes(stands: int) -> tuple[int, int, int]:
    """Return how many positions, footprints and footprints with shares a pass asks for."""
    part = 5 if stands <= SMALL else 1
    return POINTS // part, TOUCHED // part, SHARED // part


def seen(stands: int, count: int, number: int) -> Footprints:
    """Return the footprints of pass `number`."""
    return pixels(*spots(count, stands, 10 + number), SCAN_KM, TRACK_KM)


def ours(stands: Layer) -> dict[str, float]:
    """Return what the layer answers in a second."""
    sheet, count = stands.sheet, len(stands)
    many, wide, few = sizes(count)
    return {
        "points": rate(many, lambda number: holding(sheet, *spots(many, count, number))),
        "touched": rate(wide, lambda number: touched(sheet, seen(count, wide, number))),
        "shares": rate(few, lambda number: shares(sheet, seen(count, few, number))),
    }


def peer(stands: Layer) -> dict[str, float]:
    """Return what shapely's index answers in a second: everything in memory, prepared."""
    shapes = stands.geometries()
    shapely.prepare(shapes)
    tree, count = shapely.STRtree(shapes), len(stands)
    many, wide, few = sizes(count)

    def of(number: int, size: int) -> NDArray[np.object_]:
        made: NDArray[np.object_] = shapely.polygons(seen(count, size, number).rings())
        return made

    def shared(number: int) -> Any:
        some = of(number, few)
        at, row = tree.query(some, predicate="intersects")
        return shapely.area(shapely.intersection(some[at], shapes[row])) / shapely.area(some[at])

    def placed(number: int) -> Any:
        return tree.query(shapely.points(*spots(many, count, number)), predicate="intersects")

    return {
        "points": rate(many, placed),
        "touched": rate(wide, lambda number: tree.query(of(number, wide), predicate="intersects")),
        "shares": rate(few, shared),
    }


def main(folder: Path, *, with_peer: bool) -> None:
    """Open the region in `folder`, ask, and print."""
    started = time.perf_counter()
    stands = open_region(folder).layers["stands"]
    opened_s = time.perf_counter() - started
    before_mb = anonymous_mb()
    answers = {"open_s": opened_s, "ours": ours(stands), "before_mb": before_mb, "own_mb": anonymous_mb()}
    answers["peer"] = peer(stands) if with_peer else {}
    print(json.dumps(answers))  # noqa: T201 - what the program that started this one reads


if __name__ == "__main__":
    main(Path(sys.argv[1]), with_peer="peer" in sys.argv[2:])
