"""Replay of recorded days: rows a second, where the time goes, whether a pixel costs the same in a crowd."""

import csv
import gc
import io
import os
import resource
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import msgspec

from detectors.region import WORLD
from schemas.observation import AnyObservation
from schemas.settings import Settings
from streams.bench.beside import Used, used_by
from streams.bench.figure import Figure, figure
from streams.bench.world import GLOBAL_DAY, pixels_csv
from streams.garbage import calm
from streams.lines import write_out
from streams.recorded import deliveries, read
from streams.replay import told_of, usable_cores

SECTION = "replay"
AIM_S = 5.0
STAGES = ("parse", "sort", "judge", "write")
SMALL, LARGE = 10_000, 300_000


class Taken(msgspec.Struct, frozen=True):
    """Wall seconds and processor seconds of each stage, by name, and how many rows there were."""

    rows: int
    wall_s: dict[str, float]
    cpu_s: dict[str, float]
    waited_s: float

    @property
    def seconds(self) -> float:
        """The whole, wall clock, s."""
        return sum(self.wall_s.values())

    @property
    def cpu(self) -> float:
        """The whole, processor time, s."""
        return sum(self.cpu_s.values())


@calm()
def replayed(path: Path, out: Path) -> Taken:
    """Return how long each stage of a replay of `path` takes, all its processes together."""
    marks: list[tuple[float, float]] = []

    def mark() -> None:
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = time.process_time() + spent.ru_utime + spent.ru_stime
        marks.append((time.perf_counter(), cpu))

    gc.collect()
    before = used_by(os.getpid())
    mark()
    recorded = read([path], now=datetime.now(UTC), cores=usable_cores())
    mark()
    given = deliveries(recorded.observations, sealed=False)
    mark()
    told = told_of(recorded, given, Settings(), WORLD)
    mark()
    write_out(recorded, told, out, marks[-1][0] - marks[1][0])
    mark()
    spans = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(marks)]
    return Taken(
        recorded.read,
        {name: wall for name, (wall, _) in zip(STAGES, spans, strict=True)},
        {name: cpu for name, (_, cpu) in zip(STAGES, spans, strict=True)},
        used_by(os.getpid()).since(before).waited_s,
    )


def peers(path: Path) -> dict[str, float]:
    """Return rows a second, by processor time, of the least that any program must do with these rows."""
    text = path.read_text(encoding="utf-8")
    encoder, decoder = msgspec.json.Encoder(), msgspec.json.Decoder(AnyObservation)
    lines = [encoder.encode(one) for one in read([path], now=datetime.now(UTC)).observations]

    def as_csv() -> int:
        return sum(1 for _ in csv.reader(io.StringIO(text))) - 1

    def as_messages() -> int:
        return sum(1 for line in lines if encoder.encode(decoder.decode(line)))

    return {"csv.reader": _rate(as_csv), "msgspec decode and encode": _rate(as_messages)}


def _rate(work: Callable[[], int]) -> float:
    """Return the median of three runs."""
    rates = []
    for _ in range(3):
        started = time.process_time()
        rows = work()
        rates.append(rows / max(1e-9, time.process_time() - started))
    return sorted(rates)[1]


def measure(
    folder: Path,
    say: Callable[[str], None],
    hotspots: Sequence[Path],
    left: Callable[[], float],
    *,
    quick: bool,
) -> list[Figure]:
    """Return the figures of a global day (or `hotspots`), a ninth of one and three; `left`: time left, s."""
    small = _file(folder, SMALL // 5 if quick else SMALL, say)
    rates = peers(small)
    few = _median([replayed(small, folder / "out") for _ in range(3)])
    figures = _rates("", few, rates)
    per_row = few.seconds / few.rows
    for path, rows in _larger(hotspots, quick=quick):
        # A larger one costs no less a row.
        if rows * per_row * 1.2 > left():
            figures.append(
                figure(SECTION, f"{rows:,} pixels", None, "s", note="no time left; --only replay has more")
            )
            continue
        file = path or _file(folder, rows, say)
        say(f"replay of {path.name if path else f'{rows:,} pixels'}")
        taken = replayed(file, folder / "out")
        figures += _rates(path.name if path else "", taken, rates)
        figures.append(_flat(few, taken))
    return figures


def _larger(hotspots: Sequence[Path], *, quick: bool) -> list[tuple[Path | None, int]]:
    """Return what else is replayed: given files, or a made global day, and more than three of them."""
    if quick:
        return [(None, SMALL // 2)]
    given: list[tuple[Path | None, int]] = [
        (path, read([path], now=datetime.now(UTC)).read) for path in hotspots
    ]
    return [*(given or [(None, GLOBAL_DAY)]), (None, LARGE)]


def _file(folder: Path, rows: int, say: Callable[[str], None]) -> Path:
    say(f"making {rows:,} pixels")
    path = folder / f"{rows}.csv"
    path.write_bytes(pixels_csv(rows))
    return path


def _median(runs: Sequence[Taken]) -> Taken:
    return sorted(runs, key=lambda one: one.cpu)[len(runs) // 2]


def _rates(title: str, taken: Taken, rates: dict[str, float]) -> list[Figure]:
    name = f"{title}: {taken.rows:,} rows" if title else f"{taken.rows:,} pixels"
    at_most = AIM_S if taken.rows == GLOBAL_DAY else None
    whole = figure(
        SECTION, f"{name}, whole", taken.seconds, "s", at_most=at_most, used=Used(taken.cpu, taken.waited_s)
    )
    by_peer = [
        figure(
            SECTION,
            f"{name}, rows a second of processor time",
            taken.rows / taken.cpu,
            "/s",
            peer=f"/s, {peer}",
            peer_value=rate,
        )
        for peer, rate in rates.items()
    ]
    shares = [
        figure(
            SECTION,
            f"{name}, {stage}",
            taken.wall_s[stage],
            "s",
            peer="s, whole",
            peer_value=taken.seconds,
        )
        for stage in STAGES
    ]
    return [whole, *by_peer, *shares]


def _flat(few: Taken, many: Taken) -> Figure:
    return figure(
        SECTION,
        f"cost of a pixel, {many.rows:,}",
        many.cpu / many.rows * 1e6,
        "µs",
        peer=f"µs among {few.rows:,}",
        peer_value=few.cpu / few.rows * 1e6,
    )
