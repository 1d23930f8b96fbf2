"""What one run of the past comes to: what was told, of how many fires, how soon, and how often in vain."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from alerts.tuning.bootstrap import Interval, interval, mean, median, rate, share, share_of
from alerts.tuning.known import Known, labels, matched
from alerts.tuning.story import Story

SLA_MIN = 30.0
"""A fire whose first task or alert came later than so many minutes after it was first seen, or never."""

WITHIN = (0.0, 30.0, 60.0, 120.0, 180.0, 240.0, 360.0, 480.0, 720.0, 1080.0, 1440.0)
"""Minutes at which it is asked how many fires were told by then; a day at most."""

STEPS = tuple(round(k / 20.0, 2) for k in range(20))
"""Probabilities at which precision and recall are asked."""


class Messages(Struct, frozen=True, kw_only=True):
    """Messages that gateways took, by receiver and by local hour."""

    by_receiver: dict[str, int] = {}
    by_hour: tuple[int, ...] = (0,) * 24


Span = tuple[float, float] | None
"""The middle 95 % of resamples; null: of fewer than two there is none."""


class Scale(Struct, frozen=True, kw_only=True):
    """What both runs are measured against."""

    from_at: datetime
    to_at: datetime
    zone: str = "UTC"
    seed: str = ""
    sla_min: float = SLA_MIN

    @property
    def days(self) -> float:
        """How long it is."""
        return max((self.to_at - self.from_at) / timedelta(days=1), 1.0)


class Point(Struct, frozen=True, kw_only=True):
    """Precision and recall were only what is at least so sure told; null: nothing labelled was."""

    probability: float
    precision: float | None
    recall: float | None
    precision_span: Span = None
    recall_span: Span = None


class Within(Struct, frozen=True, kw_only=True):
    """Share of the fires that were told within so many minutes since they began."""

    minutes: float
    share: float
    span: Span = None


class Figures(Struct, frozen=True, kw_only=True):
    """The figures of one run. Fires are those known; `*_told` of any story counts tasks too."""

    incidents: int
    told: int
    tasks: int
    alerts: int
    by_grade: dict[str, int]
    pages: int
    fires: int
    recall_task: Interval
    recall_alert: Interval
    incidents_per_fire: Interval
    minutes_to_task: Interval
    minutes_to_alert: Interval
    told_within: tuple[Within, ...] = ()
    """How many of the fires a task or alert told of by when."""
    false_tasks_per_day: Interval
    false_alerts_per_day: Interval
    unlabelled: int
    sla_misses: int
    curve: tuple[Point, ...]
    messages: Messages
    night_messages: int | None


class Fire(Struct, frozen=True, kw_only=True):
    """How one known fire was told in one run; minutes from when it began."""

    known_id: str
    stories: int
    told_at: datetime | None
    alert_at: datetime | None
    sure: float
    task_min: float | None
    alert_min: float | None
    carbon_t: float | None


NIGHT = frozenset({22, 23, 0, 1, 2, 3, 4, 5})
"""Local hours in which people sleep."""


def fires(known: Sequence[Known], stories: Sequence[Story], found: Sequence[list[int]]) -> tuple[Fire, ...]:
    """Return how each known fire was told."""
    return tuple(
        _fire(one, [stories[k] for k in mine]) for one, mine in zip(known, found, strict=True) if one.is_fire
    )


def _fire(known: Known, mine: Sequence[Story]) -> Fire:
    told = [one for one in mine if one.told_at is not None]
    told_at = min((one.told_at for one in told if one.told_at is not None), default=None)
    alert_at = min((one.alert_at for one in told if one.alert_at is not None), default=None)
    return Fire(
        known_id=known.known_id,
        stories=len(told),
        told_at=told_at,
        alert_at=alert_at,
        sure=max((one.probability for one in told), default=0.0),
        task_min=_minutes(told_at, known.from_at),
        alert_min=_minutes(alert_at, known.from_at),
        carbon_t=max((one.carbon_t for one in mine if one.carbon_t is not None), default=None)
        if known.carbon_t is None
        else known.carbon_t,
    )


def _minutes(at: datetime | None, since: datetime) -> float | None:
    return None if at is None else round((at - since) / timedelta(minutes=1), 2)


def figures(
    stories: Sequence[Story], known: Sequence[Known], scale: Scale, messages: Messages
) -> tuple[Figures, tuple[Fire, ...], list[bool | None]]:
    """Return the figures of a run, how each fire was told, and what each story is known to be."""
    found = matched(known, stories)
    said, burned = labels(known, found, len(stories)), fires(known, stories, found)
    told = [one for one in stories if one.told_at is not None]
    wrong = [one for one, is_fire in zip(stories, said, strict=True) if is_fire is False]
    tasks = [one.told_at for one in wrong if one.rank == 0 and one.told_at is not None]
    alerts = [one.alert_at for one in wrong if one.alert_at is not None]
    seed = scale.seed
    return (
        Figures(
            incidents=len(stories),
            told=len(told),
            tasks=sum(one.rank == 0 for one in stories),
            alerts=sum(one.rank > 0 for one in stories),
            by_grade=dict(sorted(Counter(str(one.grade) for one in told).items())),
            pages=sum(one.pages for one in stories),
            fires=len(burned),
            recall_task=share([one.told_at is not None for one in burned], f"{seed}recall"),
            recall_alert=share([one.alert_at is not None for one in burned], f"{seed}recall"),
            incidents_per_fire=interval([float(one.stories) for one in burned if one.stories], mean, seed),
            minutes_to_task=interval(_known(one.task_min for one in burned), median, f"{seed}task", 1),
            minutes_to_alert=interval(_known(one.alert_min for one in burned), median, f"{seed}alert", 1),
            told_within=_within(burned, seed),
            false_tasks_per_day=_daily(tasks, scale),
            false_alerts_per_day=_daily(alerts, scale),
            unlabelled=sum(
                one.told_at is not None and at is None for one, at in zip(stories, said, strict=True)
            ),
            sla_misses=sum(one.task_min is None or one.task_min > scale.sla_min for one in burned),
            curve=tuple(_point(step, stories, said, burned, seed) for step in STEPS),
            messages=messages,
            night_messages=sum(messages.by_hour[hour] for hour in NIGHT) if messages.by_receiver else None,
        ),
        burned,
        said,
    )


def _within(burned: Sequence[Fire], seed: str) -> tuple[Within, ...]:
    told = [one.task_min for one in burned if one.task_min is not None]
    shares = [
        (most, share_of(sum(at <= most for at in told), len(burned), f"{seed}within{most:g}"))
        for most in WITHIN
        if burned
    ]
    return tuple(Within(minutes=most, share=one.value or 0.0, span=_span(one)) for most, one in shares)


def _span(one: Interval) -> Span:
    return None if one.low is None or one.high is None else (one.low, one.high)


def _known(values: Iterable[float | None]) -> list[float]:
    return [one for one in values if one is not None]


def _daily(times: Iterable[datetime], scale: Scale) -> Interval:
    """Return how many a day, the days being local; days without any count."""
    zone = ZoneInfo(scale.zone)
    first = scale.from_at.astimezone(zone).date()
    days = (scale.to_at.astimezone(zone).date() - first).days + 1
    counts = [0.0] * days
    for at in times:
        counts[min(max((at.astimezone(zone).date() - first).days, 0), days - 1)] += 1.0
    return rate(counts, f"{scale.seed}days")


def _point(
    step: float, stories: Sequence[Story], said: Sequence[bool | None], burned: Sequence[Fire], seed: str
) -> Point:
    """Return precision over what is labelled, and recall over the fires, of what is at least so sure."""
    over = [
        at
        for one, at in zip(stories, said, strict=True)
        if at is not None and one.told_at is not None and one.probability >= step
    ]
    caught = sum(one.told_at is not None and one.sure >= step for one in burned)
    right = share_of(sum(over), len(over), f"{seed}precision{step:g}")
    found = share_of(caught, len(burned), f"{seed}recall{step:g}")
    return Point(
        probability=step,
        precision=right.value,
        recall=found.value,
        precision_span=_span(right),
        recall_span=_span(found),
    )


def counted(
    stories: Sequence[Story], said: Sequence[bool | None], scale: Scale
) -> Mapping[str, dict[str, list[int]]]:
    """Return told stories as `[tasks, alerts, of fires, of else]` by source, county, month, hour and land.

    Outbreaks have a row of their pest besides: what is known to be so, and what is known to be none.
    """
    zone = ZoneInfo(scale.zone)
    table: dict[str, dict[str, list[int]]] = {
        name: {} for name in ("source", "county", "month", "hour", "land", "species")
    }
    for one, is_fire in zip(stories, said, strict=True):
        if one.told_at is None:
            continue
        local = one.told_at.astimezone(zone)
        by = {"county": [one.county or "-"], "month": [f"{local:%Y-%m}"], "hour": [f"{local:%H}"]}
        by |= {"source": list(one.sources), "land": [one.land]}
        by |= {"species": [one.species]} if one.kind == "outbreak" else {}
        for name, keys in by.items():
            for key in keys:
                row = table[name].setdefault(key, [0, 0, 0, 0])
                row[0 if one.rank == 0 else 1] += 1
                if is_fire is not None:
                    row[2 if is_fire else 3] += 1
    return table
