"""A province of made stands, built as a region, and how long `fenghuo carbon stock` takes over it."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from streams.bench.stands import columns_of, made
from streams.region import RegionWriter

CHUNK = 50_000
SPECIES = ("云南松", "云杉", "栎类", "冷杉", "桦木", "杨树", "竹林", "草地")
COMMAND = "import sys; from streams.cli import main; main(sys.argv[1:])"


def build(root: Path, count: int, say: Callable[[str], None]) -> None:
    """Build a region of `count` stands that say what grows on them, the same each time."""
    across, dice = columns_of(count), np.random.default_rng(7)
    with RegionWriter(root, "province") as writer:
        layer = writer.layer("stands", {"species": "text", "volume_m3_ha": "number", "age_a": "number"})
        for first in range(0, count, CHUNK):
            end = min(first + CHUNK, count)
            if first % (10 * CHUNK) == 0:
                say(f"making stands: {first:,} of {count:,}")
            ids = [f"{row:08d}" for row in range(first, end)]
            layer.add_shapes(made(first, end, across), ids, ids, _said(dice, end - first))
        writer.keep(layer)
        writer.publish()


def _said(dice: np.random.Generator, count: int) -> dict[str, list[Any]]:
    """Return what stands say: of three in ten no volume is known, of every other one no age."""
    volume, age = dice.uniform(0, 400, count), dice.uniform(1, 200, count)
    has_volume, has_age = dice.random(count) < 0.7, dice.random(count) < 0.5
    return {
        "species": [SPECIES[at] for at in dice.integers(0, len(SPECIES), count)],
        "volume_m3_ha": [one if has else None for one, has in zip(volume.tolist(), has_volume, strict=True)],
        "age_a": [one if has else None for one, has in zip(age.tolist(), has_age, strict=True)],
    }


def stocked(root: Path) -> tuple[float, float, int]:
    """Return how long the command takes from its start to its answer, s by the clock and of the processor.

    The third is how many stands it counted.
    """
    started, before = time.perf_counter(), _of_children()
    words = [sys.executable, "-c", COMMAND, "carbon", "stock", str(root), "--json"]
    done = subprocess.run(words, capture_output=True, check=True)  # noqa: S603 - our own program
    taken = time.perf_counter() - started
    counted = sum(one["features"] for one in json.loads(done.stdout)["rows"])
    return taken, _of_children() - before, counted


def _of_children() -> float:
    """Return processor time of all programs that were started and are done, s."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
