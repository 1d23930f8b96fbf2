"""A look that saw nothing speaks against a fire only if it could have seen it.

It must have looked there (its box holds the whole place, with its error), later than all evidence, and with
an eye whose sensitivity is known: the fire's weakest known power must be well above the least that it sees.
What people or cameras saw has no known power, and no satellite speaks against it. One source counts once
within half an hour.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from detectors.geodesy import KM_PER_DEGREE
from schemas.detection import Look


class Eye(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one instrument, or one class of source, misses: known well enough to speak against a fire.

    `name` is the part of a source behind the slash (`VIIRS`), or a class (`ground`).
    """

    name: Annotated[str, Meta(min_length=1)]
    least_frp_mw: Annotated[float, Meta(ge=0, description="Weakest fire that it sees.")]
    factor: Annotated[float, Meta(gt=0, lt=1, description="On the odds of a fire it did not see.")]
    status: str
    source: str = ""


class Against(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table: how long after the evidence a look says that it was no fire, and which eyes there are."""

    within_h: Annotated[float, Meta(gt=0)]
    surely: Annotated[float, Meta(ge=1, description="The fire must be so many times the least power.")]
    most: Annotated[float, Meta(gt=0, lt=1, description="All such looks together weigh no more.")]
    conflict: Annotated[float, Meta(gt=0, le=1, description="K from which on a person decides.")]
    status: str
    eye: tuple[Eye, ...]


class Fire(Struct, frozen=True, kw_only=True):
    """What is asked of a fire: where it is, when it was last seen, and its weakest known power.

    `radius_m` is how far from there it may burn.
    """

    longitude: float
    latitude: float
    radius_m: float = 0.0
    last_seconds: float
    least_frp_mw: float | None


def eye_of(table: Against, look: Look) -> Eye | None:
    """Return the eye that looked; None: how well it sees is not known, so it says nothing."""
    name = look.source.rpartition("/")[2] if look.source_class == "satellite" else look.source_class
    return next((eye for eye in table.eye if eye.name == name), None)


def could_see(table: Against, fire: Fire, look: Look) -> Eye | None:
    """Return the eye that must have seen this fire if it burned then, or None."""
    if look.observed_at.timestamp() <= fire.last_seconds:
        return None
    if not _covers(look, fire):
        return None
    eye = eye_of(table, look)
    if eye is None:
        return None
    if eye.least_frp_mw > 0.0 and (
        fire.least_frp_mw is None or fire.least_frp_mw < table.surely * eye.least_frp_mw
    ):
        return None
    return eye


def _covers(look: Look, fire: Fire) -> bool:
    """Return whether the whole place of a fire lies in the box of a look: beside it, it may burn unseen."""
    high = fire.radius_m / 1000.0 / KM_PER_DEGREE
    wide = min(high / max(math.cos(math.radians(fire.latitude)), 0.01), 180.0)
    slack = 1e-9
    return (
        look.west <= fire.longitude - wide + slack
        and fire.longitude + wide <= look.east + slack
        and look.south <= fire.latitude - high + slack
        and fire.latitude + high <= look.north + slack
    )


def speaking(table: Against, fire: Fire, looks: Iterable[Look]) -> list[tuple[Look, Eye]]:
    """Return the looks that speak against this fire, the oldest first."""
    found = [(look, eye) for look in looks if (eye := could_see(table, fire, look)) is not None]
    return sorted(found, key=lambda pair: (pair[0].observed_at, pair[0].source))


def weight(table: Against, fire: Fire, found: Sequence[tuple[Look, Eye]], span_s: float) -> float:
    """Return what these looks take from the log-odds, 0 or less; after `within_h` they take nothing."""
    total, counted = 0.0, dict[str, float]()
    for look, eye in found:
        at = look.observed_at.timestamp()
        if (
            at - fire.last_seconds > table.within_h * 3600.0
            or at - counted.get(look.source, -math.inf) < span_s
        ):
            continue
        counted[look.source] = at
        total += math.log(eye.factor)
    return max(total, math.log(table.most))
