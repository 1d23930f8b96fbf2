"""One fire of sixty days through replay: whether its last pixel costs what its first did."""

from collections.abc import Callable
from pathlib import Path

from streams.bench.beside import Used
from streams.bench.figure import Figure, figure
from streams.bench.long_fire import PIXELS, fire_csv
from streams.bench.replaying import Taken, replayed

SECTION = "fire"
AIM_S = 5.0
SIZES = (1_000, 10_000, PIXELS)
QUICK_SIZES = (500, 2_000)


def measure(folder: Path, say: Callable[[str], None], *, quick: bool) -> list[Figure]:
    """Return how long the fire takes, and what a pixel costs while it grows."""
    taken = [_taken(folder, count, say) for count in (QUICK_SIZES if quick else SIZES)]
    first, *more = taken
    figures = [_whole(one) for one in taken]
    return figures + [
        figure(
            SECTION,
            f"cost of a pixel, {one.rows:,}",
            one.cpu / one.rows * 1e6,
            "µs",
            peer=f"µs among {first.rows:,}",
            peer_value=first.cpu / first.rows * 1e6,
        )
        for one in more
    ]


def _taken(folder: Path, count: int, say: Callable[[str], None]) -> Taken:
    say(f"one fire of {count:,} pixels")
    path = folder / f"{count}.csv"
    path.write_bytes(fire_csv(count))
    return replayed(path, folder / "out")


def _whole(taken: Taken) -> Figure:
    return figure(
        SECTION,
        f"one fire of {taken.rows:,} pixels, whole",
        taken.seconds,
        "s",
        peer="s, to read it and put it in order",
        peer_value=taken.wall_s["parse"] + taken.wall_s["sort"],
        at_most=AIM_S if taken.rows == PIXELS else None,
        used=Used(taken.cpu, taken.waited_s),
    )
