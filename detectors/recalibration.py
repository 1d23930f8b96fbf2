"""What people found, counted against what was seen: new ratios are proposed, and never put in force.

Per class of source, land class and day or night: how much more often looks of fires than of other things fall
there. Half a look is added to every count, so that an empty cell says little and not everything (Jeffreys);
the interval is that of a ratio of two shares (Katz 1978). Whoever tunes puts a proposal into the table.
"""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from detectors.context import LAYER_OF, MARKS, LandClass, Surroundings
from schemas.normal import Z_95
from schemas.units import SourceClass

LANDS: tuple[LandClass, ...] = (*LAYER_OF.values(), *MARKS.values(), "unknown")
"""Every land class; unknown is one."""

HALF = 0.5
"""Added to every count."""


class Found(Struct, frozen=True, kw_only=True):
    """One look at something that people verified."""

    source: SourceClass
    land: LandClass
    is_day: bool
    was_fire: bool


class Proposal(Struct, frozen=True, kw_only=True):
    """One ratio, by what it rests on, and what is in force now."""

    source: SourceClass
    land: LandClass
    is_day: bool
    fires: Annotated[int, Meta(ge=0)]
    others: Annotated[int, Meta(ge=0)]
    ratio: float
    low: Annotated[float, Meta(description="Lower end of the middle 95 %.")]
    high: float
    in_force: float
    differs: Annotated[bool, Meta(description="Whether what is in force lies outside the interval.")]


class Recalibration(Struct, frozen=True, kw_only=True):
    """A report to decide on; it changes nothing by being made."""

    version: Annotated[str, Meta(description="Of the table that is in force.")]
    looks: Annotated[int, Meta(ge=0)]
    status: str = "proposed"
    proposals: tuple[Proposal, ...] = ()


def recalibrated(version: str, table: Surroundings, found: Iterable[Found]) -> Recalibration:
    """Return the proposals for every class of source that was verified, in the order of its cells."""
    counts = Counter((one.source, one.land, one.is_day, one.was_fire) for one in found)
    sources = sorted({key[0] for key in counts})
    proposals = [
        _proposal(table, counts, source, land, is_day=is_day)
        for source in sources
        for land in LANDS
        for is_day in (True, False)
    ]
    return Recalibration(version=version, looks=sum(counts.values()), proposals=tuple(proposals))


Counts = Counter[tuple[SourceClass, LandClass, bool, bool]]


def _proposal(
    table: Surroundings, counts: Counts, source: SourceClass, land: LandClass, *, is_day: bool
) -> Proposal:
    fires, others = counts[source, land, is_day, True], counts[source, land, is_day, False]
    of_fires, of_others = _share(counts, source, fires, True), _share(counts, source, others, False)
    logarithm = math.log(of_fires[0] / of_others[0])
    spread = Z_95 * math.sqrt(of_fires[1] + of_others[1])
    now = in_force(table, source, land, is_day=is_day)
    low, high = math.exp(logarithm - spread), math.exp(logarithm + spread)
    return Proposal(
        source=source,
        land=land,
        is_day=is_day,
        fires=fires,
        others=others,
        ratio=round(math.exp(logarithm), 4),
        low=round(low, 4),
        high=round(high, 4),
        in_force=now,
        differs=not low <= now <= high,
    )


def _share(counts: Counts, source: SourceClass, count: int, was_fire: bool) -> tuple[float, float]:  # noqa: FBT001 - the last part of the key of a count
    """Return the share of a source's looks that fall into a cell, and the variance of its logarithm."""
    total = sum(n for key, n in counts.items() if key[0] == source and key[3] is was_fire)
    cells = 2 * len(LANDS)
    in_cell, in_all = count + HALF, total + HALF * cells
    return in_cell / in_all, 1.0 / in_cell - 1.0 / in_all


def in_force(table: Surroundings, source: SourceClass, land: LandClass, *, is_day: bool) -> float:
    """Return the ratio that the table has for a cell; 1 where it has none."""
    for row in table.ratio:
        if row.source == source and row.land == land:
            return row.day if is_day else row.night
    return 1.0
