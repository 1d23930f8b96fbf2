"""Recorded detections against fires that are known: one replay, one line for each fire, one summary."""

import statistics
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from detectors.region import AnyRegion
from schemas.observation import Hotspot
from schemas.settings import Settings
from streams.recorded import Recorded, deliveries
from streams.replay import Progress, run
from streams.score.measure import AFTER, BEFORE, Fire, Rows, Told, measured, rows_of
from streams.score.truth import Burned, TruthError


class Score(Struct, frozen=True, kw_only=True):
    """The whole score. `n` fires are large enough and have a row; recall is over them."""

    v: int = 1
    acres: float
    within_km: float
    rows: int
    fires: int
    outside: int
    """Large enough, but burning when no row was recorded."""
    unseen: int
    """Large enough and in time, with no row on them: nothing could be told of these."""
    n: int
    recall_task: float | None
    recall_alert: float | None
    task_min: float | None
    alert_min: float | None
    discovery_task_min: float | None
    discovery_alert_min: float | None
    incidents_per_fire: float | None
    pages_per_fire_day: float | None
    cluster_min: float | None
    cluster_pages_per_fire_day: float | None
    pages: int
    cluster_pages: int
    each: tuple[Fire, ...]


def score(  # noqa: PLR0913 - what is compared, with what, how
    recorded: Recorded,
    truth: Sequence[Burned],
    settings: Settings,
    region: AnyRegion,
    *,
    acres: float = 100.0,
    within_km: float = 1.0,
    progress: Progress | None = None,
) -> Score:
    """Return how what replay tells of these rows compares with the fires of `truth` of at least `acres`.

    Times are medians over the fires that were told. Raises TruthError when there is nothing to compare.
    """
    hotspots = [one for one in recorded.observations if isinstance(one, Hotspot)]
    if not hotspots:
        raise TruthError("the detections hold no hotspot")
    rows = rows_of(hotspots)
    large = [fire for fire in truth if fire.acres >= acres]
    inside = [fire for fire in large if _in_time(fire, rows)]
    if not inside:
        raise TruthError(f"no fire of at least {acres:g} acres was discovered while rows were recorded")
    outcome = run(deliveries((*recorded.observations, *recorded.besides)), settings, region, progress)
    told = Told(outcome.alerts, outcome.incidents)
    found = [measured(fire, rows, told, within_km) for fire in inside]
    each = tuple(one for one in found if one is not None)
    n = len(each)
    return Score(
        acres=acres,
        within_km=within_km,
        rows=len(hotspots),
        fires=len(large),
        outside=len(large) - len(inside),
        unseen=len(inside) - n,
        n=n,
        recall_task=_share([one.task_min is not None for one in each]),
        recall_alert=_share([one.alert_min is not None for one in each]),
        task_min=_median([one.task_min for one in each]),
        alert_min=_median([one.alert_min for one in each]),
        discovery_task_min=_median([one.discovery_task_min for one in each]),
        discovery_alert_min=_median([one.discovery_alert_min for one in each]),
        incidents_per_fire=_mean([float(one.incidents) for one in each]),
        pages_per_fire_day=_mean([one.pages_per_day for one in each]),
        cluster_min=_median([one.cluster_min for one in each]),
        cluster_pages_per_fire_day=_mean([one.cluster_pages_per_day for one in each]),
        pages=sum(one.pages for one in outcome.alerts),
        cluster_pages=int(rows.opened.sum()),
        each=each,
    )


def _in_time(fire: Burned, rows: Rows) -> bool:
    first, last = float(rows.observed_s.min()), float(rows.observed_s.max())
    start, end = fire.discovered_at - BEFORE, fire.discovered_at + AFTER
    return first <= end.timestamp() and start.timestamp() <= last - timedelta(hours=6).total_seconds()


def _share(hits: Sequence[bool]) -> float | None:
    return round(sum(hits) / len(hits), 4) if hits else None


def _median(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return round(statistics.median(known), 1) if known else None


def _mean(values: Sequence[float]) -> float | None:
    return round(statistics.fmean(values), 2) if values else None
