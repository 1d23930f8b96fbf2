"""The region: how long a map of stands takes to build and open, and what it answers in a second."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from streams.bench.figure import Figure, figure
from streams.bench.stands import columns_of, made
from streams.region import RegionWriter

SECTION = "region"
USUAL, LARGE, QUICK = 100_000, 10_000_000, 10_000
CHUNK = 50_000
OPEN_S, OWN_MB = 2.0, 1000.0
AT_LEAST = {"points": 100_000, "touched": 30_000, "shares": 3_000}
NAMES = {
    "points": "points placed",
    "touched": "VIIRS footprints touched",
    "shares": "VIIRS footprints with shares",
}
PEER = "shapely's STRtree"
MB = 1e6

Say = Callable[[str], None]


def measure(folder: Path, say: Say, *, quick: bool, large: bool) -> list[Figure]:
    """Return the figures of 10⁵ stands of 40 vertices beside shapely, and of 10⁷ when `large`."""
    few = QUICK if quick else USUAL
    figures, small = _measured(folder, few, say, with_peer=True)
    if large:
        more, big = _measured(folder, LARGE, say, with_peer=False)
        figures += more + [_flat(name, few, small, big) for name in NAMES]
    return figures


def build(root: Path, count: int, say: Say) -> None:
    """Build a region of `count` made stands, some thousands at a time."""
    across = columns_of(count)
    with RegionWriter(root, "bench") as writer:
        layer = writer.layer("stands", {})
        for first in range(0, count, CHUNK):
            end = min(first + CHUNK, count)
            ids = [f"{row:08d}" for row in range(first, end)]
            layer.add_shapes(made(first, end, across), ids, ids)
            if first % (20 * CHUNK) == 0:
                say(f"making stands: {first:,} of {count:,}")
        say(f"ordering and writing {count:,} stands")
        writer.keep(layer)
        writer.publish()


def _measured(folder: Path, count: int, say: Say, *, with_peer: bool) -> tuple[list[Figure], dict[str, Any]]:
    root = folder / str(count)
    started, worked = time.perf_counter(), time.process_time()
    build(root, count, say)
    built_s, cpu_s = time.perf_counter() - started, time.process_time() - worked
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    say(f"asking {count:,} stands")
    answers = _asked(root, with_peer=with_peer)
    shutil.rmtree(root)
    title = f"{count:,} stands"
    note = f"{cpu_s:.0f} s of processor time, {count / cpu_s:,.0f} stands a second"
    figures = [
        figure(SECTION, f"{title}, build", built_s, "s", note=note),
        figure(SECTION, f"{title}, size on disk", size / MB, "MB", note=f"{size / count:.0f} bytes a stand"),
        figure(SECTION, f"{title}, open", answers["open_s"], "s", at_most=OPEN_S),
        figure(SECTION, f"{title}, own memory after asking", answers["own_mb"], "MB", at_most=OWN_MB),
    ]
    return figures + [_rate(title, name, answers) for name in NAMES], answers


def _asked(root: Path, *, with_peer: bool) -> dict[str, Any]:
    words = [sys.executable, "-m", "streams.bench.asking", str(root), *(["peer"] if with_peer else [])]
    done = subprocess.run(words, capture_output=True, check=True)  # noqa: S603 - our own program
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _rate(title: str, name: str, answers: dict[str, Any]) -> Figure:
    return figure(
        SECTION,
        f"{title}, {NAMES[name]}",
        answers["ours"][name],
        "/s",
        peer=f"/s, {PEER}",
        peer_value=answers["peer"].get(name),
        at_least=AT_LEAST[name],
    )


def _flat(name: str, few: int, small: dict[str, Any], big: dict[str, Any]) -> Figure:
    return figure(
        SECTION,
        f"{NAMES[name]}: {LARGE:,} stands",
        big["ours"][name],
        "/s",
        peer=f"/s among {few:,}",
        peer_value=small["ours"][name],
    )
