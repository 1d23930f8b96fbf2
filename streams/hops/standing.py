"""Which acts of an incident are remembered: the newest, and every older one whose word still holds."""

from collections.abc import Iterable, Iterator, Sequence

from schemas.act import AnyAct, DeclareOut, EnterFigures, Relabel, Relocate, Reopen, SetSilence

MOST_ACTS = 32
"""Acts of one incident that are remembered, the newest; `act.v1` keeps every one."""

FIGURES = (
    "area_ha",
    "deaths",
    "serious_injuries",
    "loss_cny",
    "is_dangerous",
    "is_told_elsewhere",
    "needs_support",
    "reported_at",
)
"""What people enter of a fire, each for itself."""
SINGLE = (DeclareOut, Relabel, Relocate, Reopen, SetSilence)
"""Of each of these the last one applied is in force."""


def remembered(acts: Iterable[AnyAct]) -> list[AnyAct]:
    """Return the newest acts and what is in force of the others, by time.

    However much is said after it, the dead who were entered stay entered and what was declared out stays out.
    """
    every = sorted(acts, key=lambda one: (one.at, one.act_id))
    newest = every[-MOST_ACTS:]
    if len(newest) == len(every):
        return every
    kept = {one.act_id for one in (*newest, *_in_force(every))}
    return [one for one in every if one.act_id in kept]


def _in_force(every: Sequence[AnyAct]) -> Iterator[AnyAct]:
    """Yield the last applied act of each kind, and of figures the last that tells each of them."""
    missing: set[type | str] = {*SINGLE, *FIGURES}
    for one in reversed(every):
        if one.outcome != "applied":
            continue
        said: set[type | str] = {type(one)}
        if isinstance(one, EnterFigures):
            said = {name for name in FIGURES if getattr(one, name) is not None}
        if said & missing:
            missing -= said
            yield one
