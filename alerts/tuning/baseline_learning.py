"""What a trap of a pest catches by month, learned from the archive, for traps that have no past; proposed.

Rounds of confirmed outbreaks are left out; those of denied ones stay, and so do those of what nobody
verified: unknown is not false. The mean is catch over trap-days of all rounds; its interval resamples whole
traps (Efron 1979), for the rounds of one trap belong together; k is that of single rounds about it, by
moments, so that how traps differ among themselves is in it, at the lower end of its own interval. A full trap
counts with what was counted, which is too little, so a month with many of them is not proposed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import cos, hypot, radians

import numpy as np
from msgspec import Struct
from msgspec.json import encode
from msgspec.structs import replace
from numpy.typing import NDArray

from alerts.tuning.bootstrap import interval
from alerts.tuning.known import KM_PER_DEGREE
from alerts.tuning.story import Story
from schemas.units import UtcTime

LEAST_TRAPS, LEAST_ROUNDS = 20, 40
"""Of a month; below, traps differ too much to speak for another one. Placeholders."""

MOST_SPAN, MOST_FULL = 4.0, 0.1
"""High over low of the interval, and share of full traps; above, nothing is proposed. Placeholders."""

LEAST_K, MOST_K = 0.1, 1e4

BEFORE = timedelta(days=28)
"""An outbreak is told of up to four weeks after the first catch that it stands on."""

BESIDE_KM = 0.2
"""A trap that much beyond the radius of an outbreak may be of it: positions are that good."""


class Round(Struct, frozen=True, kw_only=True):
    """One visit to one trap, by accepted name of the pest."""

    species: str
    trap: str
    month: int
    ended_at: UtcTime
    count: int
    trap_days: float
    is_full: bool
    longitude: float
    latitude: float


class TrapMean(Struct, frozen=True, kw_only=True):
    """What is known of one pest in one month; `thin` says why nothing is proposed, empty: it is."""

    species: str
    month: int
    traps: int
    rounds: int
    full: int
    """Rounds that are lower bounds."""
    confirmed: int
    """Rounds left out: of a confirmed outbreak."""
    denied: int
    """Rounds kept, of an outbreak that was denied."""
    unknown: int
    """Rounds kept, of an outbreak that nobody verified."""
    per_trap_week: float
    low: float | None
    high: float | None
    k: float | None
    """The lower end of what it may be: a few traps hide how far they differ."""
    thin: str = ""


def trap_means(
    rounds: Iterable[Round], stories: Sequence[Story], said: Sequence[bool | None]
) -> tuple[TrapMean, ...]:
    """Return what is known of each pest and month, thin or not; `said` is of each story."""
    outbreaks: dict[str, list[tuple[Story, bool | None]]] = defaultdict(list)
    for one, is_so in zip(stories, said, strict=True):
        if one.kind == "outbreak":
            outbreaks[one.species].append((one, is_so))
    found: dict[tuple[str, int], list[tuple[Round, str]]] = defaultdict(list)
    for visit in rounds:
        found[visit.species, visit.month].append((visit, _of(visit, outbreaks[visit.species])))
    return tuple(_mean(*key, found[key]) for key in sorted(found))


def _of(visit: Round, outbreaks: Iterable[tuple[Story, bool | None]]) -> str:
    """Return what is known of the outbreaks that a round may be of, what was confirmed first."""
    said = {is_so for one, is_so in outbreaks if _is_of(visit, one)}
    words = {True: "confirmed", None: "unknown", False: "denied"}
    return next((word for is_so, word in words.items() if is_so in said), "")


def _is_of(visit: Round, one: Story) -> bool:
    if not one.opened_at - BEFORE <= visit.ended_at <= one.last_observed_at:
        return False
    east = (visit.longitude - one.longitude) * cos(radians(one.latitude))
    apart_km = hypot(east, visit.latitude - one.latitude) * KM_PER_DEGREE
    return apart_km <= one.radius_m / 1000 + BESIDE_KM


def _mean(species: str, month: int, judged: Sequence[tuple[Round, str]]) -> TrapMean:
    kept = [visit for visit, word in judged if word != "confirmed"]
    words = [word for _, word in judged]
    units = _units(kept)
    seed = f"{species} {month}"
    known, spread = (interval(units, how, seed, digits=6) for how in (_per_week, _k))
    mean = TrapMean(
        species=species,
        month=month,
        traps=len(units),
        rounds=len(kept),
        full=sum(one.is_full for one in kept),
        confirmed=words.count("confirmed"),
        denied=words.count("denied"),
        unknown=words.count("unknown"),
        per_trap_week=known.value or 0.0,
        low=known.low,
        high=known.high,
        k=spread.low,
    )
    return replace(mean, thin=_thin(mean))


def _units(kept: Iterable[Round]) -> list[tuple[float, ...]]:
    """Return of each trap the sums of count, days, count squared, count times days, and days squared."""
    sums: dict[str, tuple[float, ...]] = {}
    for one in kept:
        count, days = float(one.count), one.trap_days
        own = (count, days, count * count, count * days, days * days)
        held = sums.get(one.trap, (0.0,) * len(own))
        sums[one.trap] = tuple(a + b for a, b in zip(held, own, strict=True))
    return [sums[name] for name in sorted(sums)]


def _per_week(units: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return catch per trap and week of the sums of traps (..., traps, 5)."""
    total = units.sum(axis=-2)
    found: NDArray[np.float64] = total[..., 0] / total[..., 1] * 7
    return found


def _k(units: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return k of single rounds about the mean by moments; `MOST_K` where no wider than Poisson."""
    count, days, squares, both, days_squared = np.moveaxis(units.sum(axis=-2), -1, 0)
    rate = count / days
    mean_squared = rate**2 * days_squared
    wider = squares - 2 * rate * both + mean_squared - count
    found: NDArray[np.float64] = np.where(
        wider > 0, np.clip(mean_squared / np.where(wider > 0, wider, 1.0), LEAST_K, MOST_K), MOST_K
    )
    return found


def _thin(one: TrapMean) -> str:
    """Return why a mean is not proposed, in plain words; empty: it may be."""
    if one.traps < LEAST_TRAPS:
        return f"{one.traps} traps, {LEAST_TRAPS} are asked for"
    if one.rounds < LEAST_ROUNDS:
        return f"{one.rounds} rounds, {LEAST_ROUNDS} are asked for"
    if one.full > MOST_FULL * one.rounds:
        return f"{one.full} of {one.rounds} rounds found a full trap"
    if not one.low or one.high is None:
        return "so little was caught that no mean is told from none"
    if one.high > MOST_SPAN * one.low:
        return f"known only from {one.low:g} to {one.high:g}"
    return ""


def tables(means: Iterable[TrapMean], until: datetime | None) -> dict[str, str]:
    """Return for each pest of which anything is proposed its table for a settings document, in one line."""
    mine: dict[str, list[str]] = defaultdict(list)
    for one in means:
        if not one.thin:
            mine[one.species].append(
                f"{{month = {one.month}, per_trap_week = {_number(one.per_trap_week)}, "
                f"low = {_number(one.low)}, high = {_number(one.high)}, k = {_number(one.k)}, "
                f"traps = {one.traps}, rounds = {one.rounds}}}"
            )
    return {
        name: f'{{version = "{_version(rows, until)}", months = [{", ".join(rows)}]}}'
        for name, rows in mine.items()
    }


def _number(value: float | None) -> str:
    return repr(float(value or 0.0))


def _version(rows: list[str], until: datetime | None) -> str:
    """Return the day of the newest round and a mark of the content: the same evidence, the same version."""
    day = "" if until is None else f"{until:%Y-%m-%d}-"
    return day + hashlib.sha256(encode(rows)).hexdigest()[:8]
