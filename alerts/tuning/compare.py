"""Two runs of the same past side by side: what is gained, lost, earlier, later, and whether one may say so.

Only what is known to be a fire counts as a fire, only what is known to be none as false; the rest is counted
and shown as unlabelled. Where there is too little of either the comparison says so in the place of a claim.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from msgspec import Struct

from alerts.tuning.bootstrap import Interval, interval, mean
from alerts.tuning.figures import Figures, Fire, Messages, Scale, counted, figures
from alerts.tuning.known import Known, contradictions, labels, matched
from alerts.tuning.matching import Pair, pairs
from alerts.tuning.story import Story

FEW_FIRES, FEW_OTHERS, FEW_DAYS, MOST_UNLABELLED = 10, 10, 14, 0.8
"""Less than so many known fires, known false ones and days, or more than this share unlabelled, is thin."""

What = Literal["gained", "lost", "earlier", "later", "raised", "lowered", "split", "joined"]


class Run(Struct, frozen=True, kw_only=True):
    """What one side told of the past."""

    name: str
    settings: str
    stories: tuple[Story, ...]
    messages: Messages = Messages()


class Changed(Struct, frozen=True, kw_only=True):
    """One thing that the two sides tell differently; minutes are negative when the candidate is earlier."""

    what: tuple[What, ...]
    minutes: float | None
    is_fire: bool | None
    before: tuple[Story, ...]
    after: tuple[Story, ...]


class Thin(Struct, frozen=True, kw_only=True):
    """One way in which the evidence is too thin."""

    of: Literal["fires", "others", "days", "unlabelled", "no_difference"]
    have: float
    need: float


class Held(Struct, frozen=True, kw_only=True):
    """A figure on the days held out and on the rest, and whether both may be one; null: cannot be said."""

    figure: str
    held: Interval
    rest: Interval
    agrees: bool | None


class Comparison(Struct, frozen=True, kw_only=True):
    """The whole comparison; `before` is the baseline, `after` the candidate."""

    v: int = 1
    scale: Scale
    baseline: str
    candidate: str
    before: Figures
    after: Figures
    counts: dict[str, int]
    lost_fires: tuple[str, ...]
    gained_fires: tuple[str, ...]
    recall_change: Interval
    false_task_change: Interval
    carbon_lost_t: float
    carbon_lost_unknown: int
    carbon_hours_later_t_h: float
    tables: dict[str, dict[str, dict[str, list[int]]]]
    changed: tuple[Changed, ...]
    known: dict[str, int]
    contradicted: tuple[Known, ...]
    thin: tuple[Thin, ...]
    held_out: tuple[Held, ...] = ()


def compare(before: Run, after: Run, known: Sequence[Known], scale: Scale) -> Comparison:
    """Return the comparison of two runs of the same past against what is known of it."""
    was, were, label_was = figures(before.stories, known, scale, before.messages)
    now, are, label_now = figures(after.stories, known, scale, after.messages)
    changed = tuple(_changes(pairs(before.stories, after.stories), known))
    fires = [one for one in known if one.is_fire]
    lost = [k for k in range(len(fires)) if were[k].told_at is not None and are[k].told_at is None]
    gained = [k for k in range(len(fires)) if were[k].told_at is None and are[k].told_at is not None]
    return Comparison(
        scale=scale,
        baseline=before.settings,
        candidate=after.settings,
        before=was,
        after=now,
        counts=_counts(changed),
        lost_fires=tuple(fires[k].known_id for k in lost),
        gained_fires=tuple(fires[k].known_id for k in gained),
        recall_change=_paired(
            [_told(one) for one in were], [_told(one) for one in are], f"{scale.seed}recall"
        ),
        false_task_change=_false_change(before, label_was, after, label_now, scale),
        carbon_lost_t=round(sum(were[k].carbon_t or 0.0 for k in lost), 3),
        carbon_lost_unknown=sum(were[k].carbon_t is None for k in lost),
        carbon_hours_later_t_h=round(_later_t_h(were, are), 3),
        tables={
            "before": dict(counted(before.stories, label_was, scale)),
            "after": dict(counted(after.stories, label_now, scale)),
        },
        changed=changed,
        known=_known(known),
        contradicted=contradictions(known),
        thin=tuple(_thin(known, was, now, scale, is_changed=bool(changed))),
    )


def _told(one: Fire) -> float:
    return float(one.told_at is not None)


def _paired(before: Sequence[float], after: Sequence[float], seed: str) -> Interval:
    """Return the mean difference of units that both sides judged; a resample takes both sides of a unit."""
    return interval([b - a for a, b in zip(before, after, strict=True)], mean, seed)


def _false_change(
    before: Run, label_was: Sequence[bool | None], after: Run, label_now: Sequence[bool | None], scale: Scale
) -> Interval:
    """Return by how many false tasks a day the candidate differs, day by day."""
    first, days = scale.from_at, int(np.ceil(scale.days))
    counts = np.zeros((2, days))
    for side, run, said in ((0, before, label_was), (1, after, label_now)):
        for one, is_fire in zip(run.stories, said, strict=True):
            if is_fire is False and one.rank == 0 and one.told_at is not None:
                counts[side, min(max((one.told_at - first).days, 0), days - 1)] += 1.0
    return _paired(counts[0].tolist(), counts[1].tolist(), f"{scale.seed}days")


def _later_t_h(were: Sequence[Fire], are: Sequence[Fire]) -> float:
    """Return carbon times the hours by which the candidate is later, over the fires that both told."""
    total = 0.0
    for was, now in zip(were, are, strict=True):
        if was.told_at is not None and now.told_at is not None and was.carbon_t is not None:
            total += was.carbon_t * ((now.told_at - was.told_at) / timedelta(hours=1))
    return total


def _changes(found: Sequence[Pair], known: Sequence[Known]) -> Iterator[Changed]:
    stories = [one for pair in found for one in (*pair.before, *pair.after)]
    said = labels(known, matched(known, stories), len(stories))
    at = 0
    for pair in found:
        count = len(pair.before) + len(pair.after)
        labelled, at = [one for one in said[at : at + count] if one is not None], at + count
        is_fire = any(labelled) if labelled else None
        what, minutes = _what(pair)
        if what:
            yield Changed(what=what, minutes=minutes, is_fire=is_fire, before=pair.before, after=pair.after)


def _what(pair: Pair) -> tuple[tuple[What, ...], float | None]:
    was, now = _first(pair.before), _first(pair.after)
    if was is None or now is None:
        return ((("gained",) if now is not None else ("lost",)) if was is not now else ()), None
    minutes = round((now - was) / timedelta(minutes=1), 2)
    said: list[What] = []
    if minutes:
        said.append("earlier" if minutes < 0 else "later")
    ranks = [max(one.rank for one in side) for side in (pair.before, pair.after)]
    if ranks[0] != ranks[1]:
        said.append("raised" if ranks[1] > ranks[0] else "lowered")
    told = [sum(one.told_at is not None for one in side) for side in (pair.before, pair.after)]
    if told[0] != told[1]:
        said.append("split" if told[1] > told[0] else "joined")
    return tuple(said), minutes


def _first(side: Sequence[Story]) -> datetime | None:
    return min((one.told_at for one in side if one.told_at is not None), default=None)


def _counts(changed: Sequence[Changed]) -> dict[str, int]:
    names: tuple[What, ...] = ("gained", "lost", "earlier", "later", "raised", "lowered", "split", "joined")
    found: dict[str, int] = {name: sum(name in one.what for one in changed) for name in names}
    for name in ("gained", "lost"):
        mine = [one for one in changed if name in one.what]
        found[f"{name}_fires"] = sum(one.is_fire is True for one in mine)
        found[f"{name}_false"] = sum(one.is_fire is False for one in mine)
        found[f"{name}_unlabelled"] = sum(one.is_fire is None for one in mine)
    return found


def _known(known: Sequence[Known]) -> dict[str, int]:
    return {
        "fires": sum(one.is_fire is True for one in known),
        "others": sum(one.is_fire is False for one in known),
        "unknown": sum(one.is_fire is None for one in known),
    }


def _thin(
    known: Sequence[Known], was: Figures, now: Figures, scale: Scale, *, is_changed: bool
) -> Iterator[Thin]:
    counts = _known(known)
    for of, have, need in (
        ("fires", counts["fires"], FEW_FIRES),
        ("others", counts["others"], FEW_OTHERS),
        ("days", round(scale.days, 1), FEW_DAYS),
    ):
        if have < need:
            yield Thin(of=of, have=have, need=need)  # type: ignore[arg-type]  # each name stands in the choice
    share = max((one.unlabelled / one.told for one in (was, now) if one.told), default=0.0)
    if share > MOST_UNLABELLED:
        yield Thin(of="unlabelled", have=round(share, 3), need=MOST_UNLABELLED)
    if not is_changed:
        yield Thin(of="no_difference", have=0, need=1)
