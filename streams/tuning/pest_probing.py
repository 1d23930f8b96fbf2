"""What a change of pest thresholds would silence, found by asking both sides about finds of each pest."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from detectors.pests.grading import Graded, Options
from detectors.pests.unusual import Together, TrapSign, of_dead_pines, of_trap
from schemas.settings import Settings
from streams.config import check_tables
from streams.hops.outbreak_given import PestSettings
from streams.tuning.layers import pests

RARE = (0.049, 0.03, 0.02, 0.01, 0.005, 0.001, 1e-4)
"""How surprising the catches are that are asked about."""

LIMITS: tuple[tuple[str, tuple[float, ...], Callable[[PestSettings], float]], ...] = (
    (
        "a sign {:g} days old pages no more",
        (1.0, 7.0, 14.0, 28.0, 45.0),
        lambda one: one.telling.page_limit_d,
    ),
    ("a find {:g} days old pages no more", (7.0, 30.0, 90.0, 180.0), lambda one: one.telling.find_limit_d),
    (
        "a trap with {:g} a day is taken for a slip of the pen",
        (1.0, 10.0, 100.0, 500.0, 1000.0),
        lambda one: one.finding.counting.most_per_trap_day,
    ),
    ("a survey {:g} days old is told no more", (1.0, 30.0, 180.0, 365.0), lambda one: one.finding.survey_d),
)
"""What is told up to a limit, and what is asked about."""


def unwatched(before: Settings, after: Settings, owners: Sequence[tuple[str, type[Any]]]) -> tuple[str, ...]:
    """Return what is told no more of the pests that a document speaks of; a line for each pest and kind."""
    (was, mine), (now, theirs) = (
        (check_tables(one, owners)["outbreak"], pests(one)) for one in (before, after)
    )
    return tuple(
        line
        for name in ("", *sorted(mine.keys() | theirs.keys()))
        for line in _of(name or "every pest", mine.get(name, was), theirs.get(name, now))
    )


def _of(name: str, before: PestSettings, after: PestSettings) -> Iterator[str]:
    told, still = (dict(_asked(one.finding.grade)) for one in (before, after))
    lost = [what for what, graded in told.items() if graded.grade and not still[what].grade]
    if lost:
        yield f"{name}: also in protected areas, {lost[0]} is told no more (was {told[lost[0]].grade})"
    for words, asked, limit in LIMITS:
        was, now = limit(before), limit(after)
        hidden = next((one for one in asked if now < one <= was), None)
        if hidden is not None:
            yield f"{name}: also in protected areas, {words.format(hidden)}"


def _asked(options: Options) -> Iterator[tuple[str, Graded]]:
    for p in reversed(RARE):
        yield f"a catch of p {p:g} in two weeks running", of_trap(options, TrapSign(p=p, q=0.19, before_p=p))
        yield f"a catch of p and q {p:g}", of_trap(options, TrapSign(p=p, q=p))
        yield f"a cluster of p {p:g}", of_trap(options, TrapSign(cluster=_cluster(p)))
    yield "one dead pine", of_dead_pines(options, 1.0)


def _cluster(p: float) -> Together:
    return Together(p=p, recurrence_weeks=52.0, model="asked about")
