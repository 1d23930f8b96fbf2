"""A figure with its peer, and what a run is made of; the table on the terminal."""

import importlib.metadata
import math
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from streams.bench.beside import Used

PACKAGES = ("faust-streaming", "aiokafka", "msgspec", "numpy", "shapely")
FSYNCS = 30
CROWDED = 0.1
"""Share of the time at work for which a program may wait before a figure says so."""


class Figure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One measured value beside the same measured on a named peer; `value` null was not measured, see `note`.

    `ratio` is value by peer. `cpu_s` is the processor time of the program that judges, `waited_s` how long
    it was ready while other programs had the processors.
    """

    section: str
    name: str
    value: float | None = None
    unit: str = ""
    peer: str = ""
    peer_value: float | None = None
    ratio: float | None = None
    aim: str = ""
    met: bool | None = None
    cpu_s: float | None = None
    waited_s: float | None = None
    note: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """One run: where, when, under what load, and its figures."""

    v: int = 1
    started_at: str
    seconds: float
    quick: bool
    partitions: int
    machine: dict[str, str | int | float]
    load_before: tuple[float, ...]
    load_after: tuple[float, ...]
    method: dict[str, str]
    figures: tuple[Figure, ...]


def figure(  # noqa: PLR0913 - a figure has these parts
    section: str,
    name: str,
    value: float | None,
    unit: str,
    *,
    peer: str = "",
    peer_value: float | None = None,
    at_most: float | None = None,
    at_least: float | None = None,
    used: Used | None = None,
    note: str = "",
) -> Figure:
    """Return a figure with its ratio to the peer, and whether it is within `at_most` or `at_least`."""
    ratio = value / peer_value if value is not None and peer_value else None
    low, high = at_least if at_least is not None else -math.inf, at_most if at_most is not None else math.inf
    aims = [f"{sign} {aim:,.7g} {unit}" for sign, aim in (("≥", at_least), ("≤", at_most)) if aim is not None]
    return Figure(
        section=section,
        name=name,
        value=_rounded(value),
        unit=unit,
        peer=peer,
        peer_value=_rounded(peer_value),
        ratio=_rounded(ratio),
        aim=", ".join(aims),
        met=low <= value <= high if aims and value is not None else None,
        cpu_s=_rounded(used.cpu_s) if used else None,
        waited_s=_rounded(used.waited_s) if used else None,
        note=note,
    )


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the value below which `share` of the values lie (nearest rank), or None when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def machine() -> dict[str, str | int | float]:
    """Return what the figures depend on: processors, system, versions, and the time of one fsync, ms."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found: dict[str, str | int | float] = {
        "processors": usable,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    found |= {name: importlib.metadata.version(name) for name in PACKAGES}
    found["fsync_ms"] = round(_fsync_ms(), 3)
    return found


def _fsync_ms() -> float:
    """Return the median time in which the temporary folder's disk confirms 4 KiB."""
    taken = []
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "probe").open("wb", buffering=0) as file:
        for _ in range(FSYNCS):
            started = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000.0


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """Yield the lines of a table: value, peer, ratio, aim; a note under a figure that needs one."""
    shown = [(one, _cells(one)) for one in figures]
    widths = [max((len(cells[at]) for _, cells in shown), default=0) for at in range(6)]
    section = ""
    for one, cells in shown:
        if one.section != section:
            section = one.section
            yield from ("", section)
        name, value, unit, peer, ratio, aim = (
            cell.rjust(width) if at in {1, 4} else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        yield f"  {name}  {value} {unit}  {ratio}  {peer}  {aim}".rstrip()
        for note in filter(None, (one.note, _crowded(one))):
            yield f"      {note}"


def _cells(one: Figure) -> tuple[str, str, str, str, str, str]:
    peer = f"of {_number(one.peer_value)} {one.peer}" if one.peer_value is not None else ""
    ratio = "" if one.ratio is None else f"{_number(one.ratio)} ×"
    verdict = {True: " met", False: " missed", None: ""}[one.met]
    aim = f"aim {one.aim}{verdict}" if one.aim else ""
    value = "not measured" if one.value is None else _number(one.value)
    return one.name, value, one.unit if one.value is not None else "", peer, ratio, aim


def _crowded(one: Figure) -> str:
    """Return how much of the time other programs took from it, where that changes the figure."""
    if not one.cpu_s or not one.waited_s or one.waited_s < CROWDED * one.cpu_s:
        return ""
    return f"ready but without a processor for {one.waited_s:.1f} s, at work for {one.cpu_s:.1f} s"


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")
