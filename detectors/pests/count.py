"""What a trap visit says: catch per trap-day, at least so many, or nothing; unread is never zero.

A correction (same observation, higher revision) takes the place of what it corrects. The lure's age divides
the trap-days: sevenfold the release of monochamol raised the catch by 59.8 %, so catch goes as release to
the power 0.29 (Huh et al. 2025, doi 10.1016/j.aspen.2025.102481).
"""

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from detectors.geodesy import KM_PER_DEGREE
from schemas.observation import TrapCount
from schemas.reason import Reason

DAY_S = 86_400.0

DOUBTS = frozenset({"overlaps", "gap", "moved"})
"""What does not fit between two visits; none of them drops a count."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a visit must have to be compared; the lure's numbers but the exponent are proposals."""

    lure_exponent: Annotated[float, Meta(ge=0, description="Catch goes as release to this power.")] = 0.29
    lure_half_life_d: Annotated[float, Meta(gt=0, description="Days in which the release halves.")] = 30.0
    lure_floor: Annotated[float, Meta(gt=0, le=1, description="An old lure divides by no less.")] = 0.5
    lure_weak: Annotated[float, Meta(gt=0, le=1, description="Below this the lure is noted as weak.")] = 0.7
    least_exposure: Annotated[
        float, Meta(ge=0, le=1, description="Share of the schedule; less drops it.")
    ] = 0.3
    longest_d: Annotated[float, Meta(gt=0, description="A longer interval is a slip of the date.")] = 366.0
    most_per_trap_day: Annotated[float, Meta(gt=0, description="More is taken for a slip of the pen.")] = (
        1000.0
    )
    moved_m: Annotated[float, Meta(gt=0, description="Further apart is another place.")] = 200.0


class Catch(Struct, frozen=True, kw_only=True):
    """One visit, fit to be compared: count over trap-days, `at_least` where the trap was full."""

    observation_id: str
    trap: str
    species: str
    started_at: datetime
    ended_at: datetime
    longitude: float
    latitude: float
    count: int
    at_least: bool
    trap_days: float
    notes: tuple[Reason, ...] = ()
    revision: int = 0

    @property
    def per_week(self) -> float:
        """Catch per trap and week, for people to read; statistics take count and trap-days."""
        return self.count / self.trap_days * 7


def trap_of(source: str) -> str:
    """Return the name of a trap: the phone hands it in as `trap/NAME`, a table as `NAME`."""
    return source.removeprefix("trap/")


def catch_of(options: Options, count: TrapCount) -> Catch | Reason:
    """Return what a visit caught, or why it says nothing about numbers."""
    days = (count.observed_at - count.started_at).total_seconds() / DAY_S
    fault = _fault(options, count, days)
    if fault is not None or count.catch is None:
        return fault or Reason(code="not_read", rule="no count")
    working, slip = _working(count)
    trap_days = days * working
    strength, notes = _lure(options, count)
    notes += slip
    full = count.status == "full"
    return Catch(
        observation_id=count.observation_id,
        trap=trap_of(count.source),
        species=count.species,
        started_at=count.started_at,
        ended_at=count.observed_at,
        longitude=count.longitude,
        latitude=count.latitude,
        count=int(count.catch),
        at_least=full,
        trap_days=trap_days * strength,
        notes=(*notes, *((Reason(code="at_least", value=count.catch),) if full else ())),
        revision=count.revision,
    )


def _fault(options: Options, count: TrapCount, days: float) -> Reason | None:
    """Return why the count cannot be compared with others, the first that holds."""
    if count.status in ("missing", "damaged") or count.working_traps == 0:
        return Reason(code="not_read", rule=count.status)
    if days <= 0:
        return Reason(code="bad_time", rule="interval", value=days, unit="d", detail="ends before it starts")
    if days > options.longest_d:
        said = "longer than a trap hangs unread"
        return Reason(
            code="bad_time", rule="interval", value=days, threshold=options.longest_d, unit="d", detail=said
        )
    slip = slip_of(options, count)
    if slip is not None:
        return slip
    trap_days = days * count.working_traps
    planned = (count.scheduled_d or days) * (count.installed_traps or count.working_traps)
    least = options.least_exposure * planned
    if trap_days < least:
        return Reason(code="short_exposure", value=trap_days, threshold=least, unit="trap-days")
    return None


def slip_of(options: Options, count: TrapCount) -> Reason | None:
    """Return why a number is none of insects: a fraction, or more than traps hold; None without a number.

    A trap that did not work, or whose interval is short or not known, is taken to have stood for a day.
    """
    if count.catch is None:
        return None
    if count.catch != int(count.catch):
        return Reason(code="bad_value", value=count.catch, rule="whole number")
    days = (count.observed_at - count.started_at).total_seconds() / DAY_S
    trap_days = days * count.working_traps
    most = options.most_per_trap_day * max(trap_days, 1.0)
    if count.catch > most:
        return Reason(code="bad_value", value=count.catch, threshold=most, rule="most per trap-day")
    return None


def _working(count: TrapCount) -> tuple[int, tuple[Reason, ...]]:
    """Return how many traps the catch is of: no more than hang there, or a slip would thin it out."""
    working, installed = count.working_traps, count.installed_traps or count.working_traps
    if working <= installed:
        return working, ()
    margin = float(working - installed)
    why = Reason(
        code="bad_value", rule="working of installed", value=working, threshold=installed, margin=margin
    )
    return installed, (why,)


def _lure(options: Options, count: TrapCount) -> tuple[float, tuple[Reason, ...]]:
    """Return how strong the lure still is, 0.5 to 1, with a note where it is weak; unknown age is 1."""
    if count.lure_age_d is None:
        expired = count.status == "lure_expired"
        # Expired, and nobody knows since when: a zero would say little, so it counts half.
        note = (Reason(code="lure_weak", rule="lure_expired"),) if expired else ()
        return (options.lure_floor if expired else 1.0), note
    strength = 2 ** (-options.lure_exponent * count.lure_age_d / options.lure_half_life_d)
    weak = strength < options.lure_weak
    note = (Reason(code="lure_weak", value=round(strength, 3), threshold=options.lure_weak),) if weak else ()
    return max(strength, options.lure_floor), note


def in_force(counts: Iterable[TrapCount]) -> list[TrapCount]:
    """Return one count for each observation, the highest revision, sorted by time; any order in, one out."""
    best: dict[str, TrapCount] = {}
    for one in sorted(
        counts, key=lambda one: (one.revision, one.status, -1 if one.catch is None else one.catch)
    ):
        best[one.observation_id] = one
    return sorted(best.values(), key=lambda one: (one.observed_at, one.observation_id))


def doubts(options: Options, catches: Sequence[Catch]) -> dict[str, tuple[Reason, ...]]:
    """Return what does not fit between the visits of one trap and species, by observation id.

    Overlapping intervals, days that no interval covers, and a trap that was moved; none of them drops a
    count.
    """
    found: dict[str, tuple[Reason, ...]] = {}
    ordered = sorted(catches, key=lambda one: (one.ended_at, one.observation_id))
    for before, after in itertools.pairwise(ordered):
        notes = doubts_between(options, before, after)
        if notes:
            found[after.observation_id] = notes
    return found


def doubts_between(options: Options, before: Catch, after: Catch) -> tuple[Reason, ...]:
    """Return what does not fit between one visit of a trap and the next."""
    notes = []
    between = (after.started_at - before.ended_at).total_seconds() / DAY_S
    if between < 0:
        notes.append(Reason(code="overlaps", ref=before.observation_id, value=-between, unit="d"))
    elif between > 1:
        notes.append(Reason(code="gap", ref=before.observation_id, value=round(between, 2), unit="d"))
    apart = apart_m(before, after)
    if apart > options.moved_m:
        moved = Reason(code="moved", value=round(apart), threshold=options.moved_m, unit="m")
        notes.append(moved)
    return tuple(notes)


def apart_m(one: Catch, other: Catch) -> float:
    """Return how far apart two visits were."""
    north = (other.latitude - one.latitude) * KM_PER_DEGREE
    east = (other.longitude - one.longitude) * KM_PER_DEGREE * np.cos(np.radians(one.latitude))
    return float(np.hypot(north, east) * 1000)
