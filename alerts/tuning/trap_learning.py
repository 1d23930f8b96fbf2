"""How surprising a catch must be before traps alone are told of, learned from verified outbreaks; proposed.

`blue_p` is the p of a trap from which on it is told. A lower one is proposed when it would have spared denied
outbreaks and would have lost none that was confirmed: just above the p of the least surprising of those. How
many more it may lose nobody can say surely: the limit of Clopper and Pearson 1934 goes with it.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.json import encode

from alerts.tuning.learning import LEAST, LEAST_DENIED, wilson
from alerts.tuning.story import Story

RULES = frozenset({"p and q", "two intervals running"})
"""Of a reason `excess`: those whose value is the p of a trap."""

OF_TRAPS = frozenset({"excess", "cluster"})
"""Codes of what traps say; an outbreak that stands on anything else is no matter of theirs."""

TAIL = 0.05


class TrapLimit(Struct, frozen=True, kw_only=True):
    """What verdicts say of one pest's traps; `proposed` null: what is in force may stand."""

    species: str
    confirmed: int
    denied: int
    by_other_signs: int
    """Verified outbreaks that stand on more than the p of traps: no limit of p moves them."""
    share: float | None
    low: float
    """Of the share that was confirmed."""
    high: float
    in_force: float
    proposed: float | None = None
    spared: int = 0
    """Denied outbreaks that nobody would have been told of."""
    lost_at_most: float | None = None
    """Share of confirmed ones that may be lost nonetheless, with 95 %."""


def p_of(story: Story) -> float | None:
    """Return the p of the most surprising catch of an outbreak of catches alone; None: of other signs too."""
    excess = [one for one in story.reasons if one.code in OF_TRAPS]
    known = [one.value for one in excess if one.rule in RULES and one.value is not None]
    return min(known) if known and len(known) == len(excess) else None


def trap_limits(
    stories: Sequence[Story],
    said: Sequence[bool | None],
    in_force: Callable[[str], tuple[float, float]],
    least: int = LEAST,
) -> tuple[TrapLimit, ...]:
    """Return what is known of each pest; `in_force` gives its `blue_p` and `yellow_p`.

    What nobody verified counts for nothing.
    """
    found: dict[str, list[tuple[Story, bool]]] = defaultdict(list)
    for one, is_so in zip(stories, said, strict=True):
        if one.kind == "outbreak" and one.species and is_so is not None:
            found[one.species].append((one, is_so))
    return tuple(_limit(name, found[name], in_force(name), least) for name in sorted(found))


def _limit(
    species: str, verified: Sequence[tuple[Story, bool]], now: tuple[float, float], least: int
) -> TrapLimit:
    known = [(p, is_so) for one, is_so in verified if (p := p_of(one)) is not None]
    confirmed = [p for p, is_so in known if is_so]
    low, high = wilson(len(confirmed), len(known))
    blue, yellow = now
    # a yellow catch is told whatever the blue limit says
    wanted = max(yellow, _above(max(confirmed, default=0.0)))
    spared = sum(p >= wanted for p, is_so in known if not is_so)
    is_due = len(known) >= least and bool(confirmed) and wanted < blue and spared >= LEAST_DENIED
    return TrapLimit(
        species=species,
        confirmed=len(confirmed),
        denied=len(known) - len(confirmed),
        by_other_signs=len(verified) - len(known),
        share=round(len(confirmed) / len(known), 4) if known else None,
        low=low,
        high=high,
        in_force=blue,
        proposed=wanted if is_due else None,
        spared=spared if is_due else 0,
        lost_at_most=round(1.0 - TAIL ** (1.0 / len(confirmed)), 4) if is_due else None,
    )


def _above(p: float) -> float:
    """Return the next number of two digits above, so that the catch itself is still told."""
    if p <= 0.0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(p)) - 1)
    return float(f"{(math.floor(p / unit) + 1) * unit:.2g}")


def document(found: Iterable[TrapLimit], means: Mapping[str, str] | None = None) -> str:
    """Return a settings document with a layer for each pest of which anything is proposed; empty: nothing is.

    `means` are tables of means for new traps, by pest: a scope has one layer, so both stand in it.
    """
    means = means or {}
    limits = {one.species: one for one in found if one.proposed is not None}
    lines: list[str] = []
    for species in sorted({*limits, *means}):
        parts, reasons = [], []
        if (one := limits.get(species)) is not None:
            reasons.append(
                f"spares {one.spared} of {one.denied} denied, loses none of {one.confirmed} confirmed "
                f"({one.lost_at_most:g} at most); was {one.in_force:g}"
            )
            parts.append(f"grade = {{blue_p = {one.proposed:g}}}")
        if species in means:
            reasons.append("means for traps without a past, from rounds of no confirmed outbreak")
            parts.append(f"trap = {{comparing = {{published = {means[species]}}}}}")
        lines += [
            "[[layers]]",
            f"scope = {encode(f'species:{species}').decode()}",
            f'reason = "{"; ".join(reasons)}"',
            f"outbreak = {{finding = {{{', '.join(parts)}}}}}",
            "",
        ]
    return "\n".join(lines)
