"""A camera's smoke counts when it stays: K of its last N frames in one direction, until it is long gone.

Config::

    of = 5             # N: the last so many frames of a camera in one position
    needed = 3         # K: so many of them must show it
    window_s = 600     # all within this time
    quiet_s = 1800     # shown again within this time, it is the same sequence
    apart_deg = 4.0    # directions nearer than this, cone to cone, are one
    frames = ["camera/*"]    # sources that send single frames, though with neither number nor box

What comes of it is a function of the set of frames: their order and repetition change nothing. One frame is a
flash of light; a sequence that pauses does not flap, since it ends only after `quiet_s` without a sign.
Thirty minutes: a public early-warning project raised its own from five to end repeated notices of one fire.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct


class Sequencing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When frames make a sequence, and how long it lasts."""

    of: Annotated[int, Meta(ge=1)] = 5
    needed: Annotated[int, Meta(ge=1)] = 3
    window_s: Annotated[float, Meta(gt=0)] = 600.0
    quiet_s: Annotated[float, Meta(gt=0)] = 1800.0
    apart_deg: Annotated[float, Meta(ge=0, le=180)] = 4.0
    frames: tuple[str, ...] = ()


class Frame(Struct, frozen=True, kw_only=True):
    """One picture of one camera in one position: what it shows, each as (azimuth, half width), deg."""

    frame_id: str
    at: datetime
    shown: tuple[tuple[float, float], ...] = ()


class Spell(Struct, frozen=True, kw_only=True):
    """One sequence: since when it was shown, when that was enough, when it was last shown, and where."""

    began_at: datetime
    opened_at: datetime
    last_at: datetime
    azimuth_deg: float
    frames: int


def apart_deg(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the angle between two cones, deg, 0 where they touch."""
    turn = abs((one[0] - other[0] + 180.0) % 360.0 - 180.0)
    return max(0.0, turn - one[1] - other[1])


def spells(options: Sequencing, frames: Iterable[Frame]) -> list[Spell]:
    """Return every sequence in these frames of one camera in one position, the oldest first."""
    ordered = sorted({frame.frame_id: frame for frame in frames}.values(), key=lambda f: (f.at, f.frame_id))
    return sorted(
        (spell for way in _ways(options, ordered) for spell in _in_way(options, ordered, way)),
        key=lambda spell: (spell.opened_at, spell.azimuth_deg),
    )


def _ways(options: Sequencing, frames: Sequence[Frame]) -> list[list[tuple[float, float]]]:
    """Return the directions in which anything was shown: cones joined while they are near each other."""
    ways: list[list[tuple[float, float]]] = []
    for cone in sorted({cone for frame in frames for cone in frame.shown}):
        near = [way for way in ways if any(apart_deg(cone, other) <= options.apart_deg for other in way)]
        ways = [way for way in ways if way not in near] + [[cone, *(one for way in near for one in way)]]
    return ways


def _in_way(options: Sequencing, frames: Sequence[Frame], way: list[tuple[float, float]]) -> list[Spell]:
    cones = set(way)
    recent: deque[tuple[datetime, bool]] = deque(maxlen=options.of)
    found: list[Spell] = []
    azimuth = round(sorted(cones)[len(cones) // 2][0], 3)
    for frame in frames:
        is_shown = bool(cones.intersection(frame.shown))
        recent.append((frame.at, is_shown))
        if not is_shown:
            continue
        last = found[-1] if found else None
        if last is not None and frame.at - last.last_at <= timedelta(seconds=options.quiet_s):
            found[-1] = Spell(
                began_at=last.began_at,
                opened_at=last.opened_at,
                last_at=frame.at,
                azimuth_deg=azimuth,
                frames=last.frames + 1,
            )
            continue
        since = frame.at - timedelta(seconds=options.window_s)
        signs = [at for at, shown in recent if shown and at >= since]
        if len(signs) >= options.needed:
            found.append(
                Spell(
                    began_at=signs[0],
                    opened_at=frame.at,
                    last_at=frame.at,
                    azimuth_deg=azimuth,
                    frames=len(signs),
                )
            )
    return found
