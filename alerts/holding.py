"""A grade that was reached is kept until it has been missed clearly and for long: a fold in event time.

The fold goes over what was seen and what was looked at in vain, by time and never by arrival, so the same
observations end in the same grade in whatever order they came. A grade rises at once. It falls only
`freeze_h` after it last rose and `fall_h` after it last held with slack, to what holds with slack.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from alerts.grade import ORDER, Grades, Options, Verdict, grade, wet_shift
from alerts.grade_condition import Facts

HOUR_S = 3600.0


class Step(Struct, frozen=True):
    """What was known at one moment, seconds since 1970."""

    seconds: float
    facts: Facts


class Held(Struct, frozen=True, kw_only=True):
    """The grade that stands, what the last facts alone would give, and what keeps it."""

    found: Verdict
    raw: Verdict
    shift: float
    kept_by: tuple[str, ...] = ()


def held(table: Grades, options: Options, steps: Sequence[Step]) -> Held:
    """Return the grade after these steps, sorted by time; at least one is needed."""
    stands, raw, shift = Verdict(grade="task", rule=None), Verdict(grade="task", rule=None), 0.0
    rose = missed = steps[0].seconds
    why: tuple[str, ...] = ()
    for step in steps:
        shift = wet_shift(options, step.facts)
        raw = grade(table, step.facts, shift)
        why = ()
        if ORDER[raw.grade] >= ORDER[stands.grade]:
            rose = step.seconds if raw.grade != stands.grade else rose
            stands, missed = raw, step.seconds
            continue
        loose = grade(table, step.facts, shift, (options.slack, options.slack_share))
        if ORDER[loose.grade] >= ORDER[stands.grade]:
            missed, why = step.seconds, ("slack",)
            continue
        why = tuple(_still(options, step.seconds - rose, step.seconds - missed))
        if not why:
            stands, missed = loose, step.seconds
    return Held(found=stands, raw=raw, shift=shift, kept_by=why)


def _still(options: Options, since_rise_s: float, since_missed_s: float) -> Iterable[str]:
    if since_rise_s < options.freeze_h * HOUR_S:
        yield "freeze_h"
    if since_missed_s < options.fall_h * HOUR_S:
        yield "fall_h"
