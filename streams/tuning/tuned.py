"""The whole of a backtest: what the past held, how the two sides compare, and what was nearly told."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from alerts.tuning.bootstrap import Interval
from alerts.tuning.compare import Comparison, Held, Run, compare
from alerts.tuning.figures import SLA_MIN, Scale
from alerts.tuning.known import Known
from streams.tuning.backtest import Past, Side
from streams.tuning.evidence import Evidence, Refused
from streams.tuning.misses import Miss
from streams.tuning.warming import still_known

FIGURES = ("recall_task", "recall_alert", "false_tasks_per_day", "false_alerts_per_day")


class Tuned(Struct, frozen=True, kw_only=True):
    """What `report.json` holds; the same past and settings give the same bytes."""

    v: int = 1
    software: str
    region: str
    past: Past
    comparison: Comparison
    misses: tuple[Miss, ...]
    """Of the candidate."""
    refused: tuple[Refused, ...] = ()


def tuned(  # noqa: PLR0913 - what is compared, against what, how
    sides: Sequence[Side],
    evidence: Evidence,
    *,
    software: str,
    region: str,
    zone: str,
    sla_min: float = SLA_MIN,
    held_out_days: int = 0,
) -> Tuned:
    """Return the comparison of baseline and candidate, `sides` in this order."""
    before, after = sides
    past = before.past
    seed = f"{past.from_at.isoformat()}|{past.to_at.isoformat()}|{past.accepted}|"
    since = past.from_at + timedelta(days=past.warm_up_d)
    scale = Scale(from_at=since, to_at=past.to_at, zone=zone, seed=seed, sla_min=sla_min)
    known = tuple(one for one in evidence.known if one.incident_id or _within(one, scale))
    if past.warm_up_d:
        kept = (*before.run.stories, *after.run.stories)
        known = tuple(still_known(known, since, kept, (*before.left, *after.left)))
    found = compare(before.run, after.run, known, scale)
    if held_out_days:
        found = replace(found, held_out=held_out(after.run, known, scale, held_out_days))
    return Tuned(
        software=software,
        region=region,
        past=past,
        comparison=found,
        misses=after.misses,
        refused=evidence.refused,
    )


def _within(one: Known, scale: Scale) -> bool:
    return one.to_at >= scale.from_at and one.from_at <= scale.to_at


def held_out(run: Run, known: Sequence[Known], scale: Scale, days: int) -> tuple[Held, ...]:
    """Return the candidate's figures on the last days beside those on the days before them."""
    cut = scale.to_at - timedelta(days=days)
    rest = _part(run, known, replace(scale, to_at=cut), scale.from_at, cut)
    last = _part(run, known, replace(scale, from_at=cut), cut, scale.to_at)
    found = []
    for name in FIGURES:
        one, other = getattr(rest.after, name), getattr(last.after, name)
        found.append(Held(figure=name, held=other, rest=one, agrees=_agrees(one, other)))
    return tuple(found)


def _agrees(one: Interval, other: Interval) -> bool | None:
    """Return whether two figures differ by no more than both intervals together allow; None without both.

    Errors of independent figures add in squares.
    """
    if one.value is None or other.value is None or one.low is None or other.low is None:
        return None
    below, above = (one, other) if one.value <= other.value else (other, one)
    assert below.value is not None
    assert above.value is not None
    room = math.hypot((below.high or 0.0) - below.value, above.value - (above.low or 0.0))
    return above.value - below.value <= room


def _part(run: Run, known: Sequence[Known], scale: Scale, since: datetime, until: datetime) -> Comparison:
    """Return the comparison of a run with itself over a part of the time: its figures there."""
    part = replace(run, stories=tuple(one for one in run.stories if since <= one.opened_at < until))
    return compare(part, part, [one for one in known if since <= one.from_at < until], scale)
