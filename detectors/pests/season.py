"""When a pest flies and what to do next: by accumulated warmth where a model is published, else by calendar.

The table (`data/season.toml`) gives thresholds and stages with their source and status.
"""

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

import numpy as np
from msgspec import Meta, Struct

from detectors.pests.arrays import Flags, Floats, Integers
from detectors.pests.heat import Options as HeatOptions
from detectors.pests.heat import degree_days
from detectors.pests.special import lower_gamma
from schemas.pest import Todo

Status = Literal["verified", "from_memory", "proposed"]
Day = Annotated[str, Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", description="MM-DD.")]


class Stage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A point of development and the degree-days at which it is reached."""

    name: str
    degree_days: Annotated[float, Meta(ge=0, description="°C·d since the biofix.")]
    action: str = ""
    code: Todo | Literal[""] = ""


class HeatModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A published model: thresholds in °C, the day it starts from, its stages and the spread of emergence."""

    species: str
    biofix: Day
    heat: HeatOptions
    stages: tuple[Stage, ...]
    half: Annotated[float, Meta(gt=0, description="Degree-days of half the emergence.")] | None = None
    spread: Annotated[float, Meta(gt=0, description="Standard deviation of emergence, °C·d.")] | None = None
    quiet_below: Annotated[float, Meta(ge=0, description="No flight is reckoned with before, °C·d.")] = 0.0
    autumn_mean_c: Annotated[float, Meta(description="Flight ends when days are colder.")] = 12.0
    status: Status
    source: str


class Window(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A span of the calendar, for a pest without a published model."""

    species: str
    what: str
    action: str
    code: Todo
    begins: Day
    ends: Day
    traps: Annotated[bool, Meta(description="Traps are read in it; its end closes outbreaks of catches.")] = (
        False
    )
    status: Status
    source: str

    def span(self, year: int) -> tuple[dt.date, dt.date]:
        """Return first and last day of the window that begins in a year."""
        begins, ends = _on(self.begins, year), _on(self.ends, year)
        return begins, ends if ends >= begins else _on(self.ends, year + 1)


class SeasonTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All models and windows."""

    version: str
    model: tuple[HeatModel, ...]
    window: tuple[Window, ...]


class Warmth(NamedTuple):
    """Accumulated degree-days at the end of each day, and how many days were filled in until then."""

    total: Floats
    filled: Integers


LONGEST_GAP_D = 3
"""Days without temperatures that a straight line fills; longer gaps leave the sum unknown from there."""


def accumulate(model: HeatModel, low_c: Floats, high_c: Floats) -> Warmth:
    """Return degree-days since the biofix, which is the first day given, and how many days were filled in.

    From the first gap of more than three days on the sum is NaN: unknown, never too small.
    """
    low, high = (np.asarray(part, dtype=np.float64) for part in (low_c, high_c))
    known = np.isfinite(low) & np.isfinite(high)
    days = np.arange(len(low))
    usable = _bridged(known)
    if known.any():
        low, high = (np.where(known, part, np.interp(days, days[known], part[known])) for part in (low, high))
    low, high = np.where(usable, low, np.nan), np.where(usable, high, np.nan)
    next_low = np.append(low[1:], np.nan)
    return Warmth(np.cumsum(degree_days(model.heat, low, high, next_low)), np.cumsum(usable & ~known))


def _bridged(known: Flags) -> Flags:
    """Return which days are known or stand in an inner gap of at most three."""
    usable = known.copy()
    spots = np.flatnonzero(known)
    for before, after in itertools.pairwise(spots.tolist()):
        if after - before - 1 <= LONGEST_GAP_D:
            usable[before:after] = True
    return usable


def reached(model: HeatModel, warmth: Warmth, first_day: dt.date) -> dict[str, dt.date | None]:
    """Return for each stage the first day on which its degree-days were reached, None where not yet."""
    found: dict[str, dt.date | None] = {}
    for stage in model.stages:
        over = np.flatnonzero(warmth.total >= stage.degree_days)
        found[stage.name] = first_day + dt.timedelta(days=int(over[0])) if len(over) else None
    return found


def emerged(model: HeatModel, total: Floats) -> Floats:
    """Return the share of adults out by now: a normal law over degree-days; NaN where warmth is unknown.

    Raises ValueError where the model says nothing about emergence.
    """
    if model.half is None or model.spread is None:
        raise ValueError(f"{model.species}: the model has no emergence")
    z = (np.asarray(total, dtype=np.float64) - model.half) / model.spread
    tail = lower_gamma(np.full(z.shape, 0.5), np.nan_to_num(z) ** 2 / 2) / 2
    return np.where(np.isnan(z), np.nan, np.where(z >= 0, 0.5 + tail, 0.5 - tail))


def flight(model: HeatModel, total: Floats, mean_c: Floats, *, is_autumn: Flags | bool = False) -> Floats:
    """Return the season gate, 0 to 1: nothing before the warmth, emergence after, nothing in cold autumn."""
    share = np.where(np.asarray(total) < model.quiet_below, 0.0, emerged(model, total))
    return np.where(is_autumn & (np.asarray(mean_c) < model.autumn_mean_c), 0.0, share)


def calendar_gate(table: SeasonTable, species: str, day: dt.date) -> float | None:
    """Return 1 while traps of a pest are read, 0 outside; None where no such window is known."""
    spans = [
        one.span(year)
        for one in table.window
        if one.traps and one.species == species
        for year in (day.year - 1, day.year)
    ]
    if not spans:
        return None
    return float(any(begins <= day <= ends for begins, ends in spans))


class Action(NamedTuple):
    """What comes next, when (None: not foreseeable yet), and on what it rests."""

    what: str
    on: dt.date | None
    basis: str
    code: Todo | Literal[""] = ""


def next_action(model: HeatModel, warmth: Warmth, first_day: dt.date, per_day: float) -> Action | None:
    """Return the next stage with an action, dated by the warmth to come; None when all are past.

    `per_day` is the mean of the coming weeks, from a forecast or from normals; 0 leaves the date open.
    """
    total = float(warmth.total[-1]) if len(warmth.total) else 0.0
    last = first_day + dt.timedelta(days=max(len(warmth.total) - 1, 0))
    for stage in sorted(model.stages, key=lambda one: one.degree_days):
        if not stage.action or total >= stage.degree_days:
            continue
        basis = f"{stage.name}: {stage.degree_days:g} °C·d"
        if np.isnan(total) or per_day <= 0:
            return Action(stage.action, None, basis, stage.code)
        days = int(np.ceil((stage.degree_days - total) / per_day))
        return Action(stage.action, last + dt.timedelta(days=days), basis, stage.code)
    return None


def next_window(table: SeasonTable, species: str, today: dt.date) -> Action | None:
    """Return the window of the calendar that is open (dated today) or opens next; None without any."""
    found = []
    for window in table.window:
        if window.species != species:
            continue
        for year in (today.year - 1, today.year, today.year + 1):
            begins, ends = window.span(year)
            if ends >= today:
                basis = f"{window.what}: {window.begins} – {window.ends}"
                found.append(Action(window.action, max(begins, today), basis, window.code))
    return min(found, key=lambda one: (one.on or dt.date.max, one.what)) if found else None


def window_at(table: SeasonTable, names: Sequence[str], today: dt.date) -> Action | None:
    """Return the window open today or else opening next, of any of these names, with the day it begins."""
    spans = [
        (*window.span(year), window)
        for window in table.window
        if window.species in names
        for year in (today.year - 1, today.year, today.year + 1)
    ]
    left = [one for one in spans if one[1] >= today]
    if not left:
        return None
    # of two that are open the one that opened last: the other is under way
    is_open = max(
        (one for one in left if one[0] <= today), key=lambda one: (one[0], one[2].what), default=None
    )
    begins, _, window = is_open or min(left, key=lambda one: (one[0], one[2].what))
    return Action(window.action, begins, f"{window.what}: {window.begins} – {window.ends}", window.code)


def _on(day: str, year: int) -> dt.date:
    month, number = (int(part) for part in day.split("-"))
    try:
        return dt.date(year, month, number)
    except ValueError:  # 29 February
        return dt.date(year, month, 28)
