"""What a camera's frames say together: a flash is no smoke, a frozen picture is no look, and night is dark.

A sighting that numbers its frame, says where in its picture it is, or comes from a source of `frames` is one
picture of many. It counts once K of the last N pictures in that direction show it (`trust/sequence.py`), and
then so do those before it; until then it waits. One that is `settled`, or has neither number nor box, is what
a platform or a person made sure of, and counts alone. What is kept is a function of the set of frames, and
bounded to the newest of each position of the camera.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from detectors.base import Recall, Recalled, Taken
from detectors.trust import camera, sequence
from detectors.trust.shots import Shots, still_since, with_shot
from schemas.detection import Detection
from schemas.observation import Pass, Sighting
from schemas.reason import Reason

MOST_FRAMES = 64
"""So many of the newest frames of one position are kept."""

UNSTATED_HALF_DEG = 1.0
"""Half the width of a direction that says none."""

ALL_ROUND = (0.0, 180.0)
"""What a frame shows that says no direction: it may be any."""


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One frame: what it showed, and its claim as long as that has not counted."""

    frame_id: str
    at: datetime
    shown: tuple[tuple[float, float], ...] = ()
    claim: Detection | None = None


class Frames(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row: the newest frames of one position, or the newest pictures of the camera."""

    frames: tuple[Kept, ...] = ()
    lasting: tuple[tuple[float, float, datetime], ...] = ()
    """Sequences that had begun before the frames kept: direction, half width, when it was last shown."""
    shots: Shots = Shots()


Cone = Callable[[Any], tuple[float, float] | None]


def remember(
    rule: sequence.Sequencing, light: camera.Light, recall: Recall, taken: Sequence[Taken], cone: Cone
) -> Recalled:
    """Return what the pictures of one camera say; `cone` gives direction and half width of a sighting.

    Sightings for which `is_frame` does not hold count alone, but a frozen or a dark picture shows nothing.
    """
    made = Recalled()
    still = _still(light, recall, made, taken)
    for one in taken:
        why = _blind(light, one.observation, still)
        if why is not None:
            made.unable[one.observation.observation_id] = why
            made.claims[one.observation.observation_id] = why
    seen = [one for one in taken if one.observation.observation_id not in made.unable]
    for preset in sorted({getattr(one.observation, "preset", "") for one in seen}):
        mine = [one for one in seen if getattr(one.observation, "preset", "") == preset]
        frames = [one for one in mine if is_frame(rule.frames, one.observation)]
        if frames:
            row = recall(f"p/{preset}") or Frames()
            made.rows[f"p/{preset}"] = _sequences(rule, row, made, [_kept(one, cone) for one in frames])
    return made


def is_frame(sources: Sequence[str], one: Any) -> bool:
    """Return whether this is one picture of many; `sources` are names, with `*`, that send no other."""
    if not isinstance(one, Sighting):
        return isinstance(one, Pass)
    if one.settled:
        return False
    numbered = one.frame_number is not None or one.box is not None
    return numbered or any(fnmatchcase(one.source, name) for name in sources)


def _still(light: camera.Light, recall: Recall, made: Recalled, taken: Sequence[Taken]) -> datetime | None:
    """Return since when the camera has sent the same picture; None: it moves, or does not say."""
    row = recall("shots") or Frames()
    shots = row.shots
    for one in taken:
        what = _picture(one.observation)
        if what:
            shots = with_shot(shots, one.observation.observed_at, what)
    if shots != row.shots:
        made.rows["shots"] = replace(row, shots=shots)
    return still_since(light, shots)


def _picture(one: Any) -> str:
    """Return what tells one picture from another: its digest, else its number; blank: not said."""
    digest = one.digest if isinstance(one, Pass) else (one.pictures[0] if one.pictures else "")
    return digest or ("" if one.frame_number is None else str(one.frame_number))


def _blind(light: camera.Light, one: Any, still: datetime | None) -> Reason | None:
    """Return why a picture shows nothing: it stands still, or there is no light to see by."""
    if still is not None and _picture(one) and one.observed_at >= still + timedelta(seconds=light.frozen_s):
        minutes = (one.observed_at - still) / timedelta(minutes=1)
        return Reason(code="frozen", ref=one.source[:200], value=round(minutes, 1), unit="min")
    if isinstance(one, Sighting):
        at = one.station_longitude, one.station_latitude, one.observed_at
        if camera.is_blind(light, one.band, *at):
            return Reason(code="dark", ref=one.source[:200], threshold=light.lowest_sun_deg, unit="deg")
    return None


def _sequences(rule: sequence.Sequencing, row: Frames, made: Recalled, taken: Sequence[Kept]) -> Frames:
    """Let frames count that belong to a sequence, also those that have waited; the others wait."""
    fresh = {one.frame_id for one in taken}
    frames = sorted({one.frame_id: one for one in (*row.frames, *taken)}.values(), key=_order)
    spells = sequence.spells(rule, (_bare(one) for one in frames))
    kept = []
    for one in frames:
        belongs = any(_in_spell(rule, one, spell) for spell in spells)
        belongs = belongs or any(_lasts(rule, one, way) for way in row.lasting)
        if belongs and one.claim is not None and one.frame_id not in fresh:
            made.earlier.append(one.claim)
        elif one.frame_id in fresh and one.claim is not None and not belongs:
            made.claims[one.frame_id] = Reason(
                code="waiting_for", rule="more frames", threshold=float(rule.needed), unit="frames"
            )
        kept.append(replace(one, claim=None) if belongs else one)
    lasting = _lasting(rule, row, spells, frames)
    return replace(row, frames=tuple(kept[-MOST_FRAMES:]), lasting=lasting)


def _order(one: Kept) -> tuple[datetime, str]:
    return one.at, one.frame_id


def _bare(one: Kept) -> sequence.Frame:
    return sequence.Frame(frame_id=one.frame_id, at=one.at, shown=one.shown)


def _kept(one: Taken, cone: Cone) -> Kept:
    seen = one.observation
    claim = one.claim if isinstance(one.claim, Detection) else None
    # a box as wide as a cloud claims nothing and is no sign of smoke either
    at = (cone(seen) or ALL_ROUND) if claim is not None else None
    shown = () if at is None else ((round(at[0], 3), round(at[1] or UNSTATED_HALF_DEG, 3)),)
    return Kept(frame_id=seen.observation_id, at=seen.observed_at, shown=shown, claim=claim)


def _in_spell(rule: sequence.Sequencing, one: Kept, spell: sequence.Spell) -> bool:
    if not spell.began_at <= one.at <= spell.last_at:
        return False
    return any(
        sequence.apart_deg(cone, (spell.azimuth_deg, UNSTATED_HALF_DEG)) <= rule.apart_deg
        for cone in one.shown
    )


def _lasts(rule: sequence.Sequencing, one: Kept, way: tuple[float, float, datetime]) -> bool:
    azimuth, half, last = way
    near = any(sequence.apart_deg(cone, (azimuth, half)) <= rule.apart_deg for cone in one.shown)
    return near and timedelta(0) <= one.at - last <= timedelta(seconds=rule.quiet_s)


def _lasting(
    rule: sequence.Sequencing, row: Frames, spells: Sequence[sequence.Spell], frames: Sequence[Kept]
) -> tuple[tuple[float, float, datetime], ...]:
    """Return the sequences that may still go on, each with when it was last shown."""
    ways = {(spell.azimuth_deg, UNSTATED_HALF_DEG): spell.last_at for spell in spells}
    for azimuth, half, last in row.lasting:
        way = azimuth, half, last
        newest = max([last, *(one.at for one in frames if _lasts(rule, one, way))])
        known = ways.get((azimuth, half))
        ways[azimuth, half] = newest if known is None else max(newest, known)
    oldest = max((one.at for one in frames), default=None)
    return tuple(
        (azimuth, half, last)
        for (azimuth, half), last in sorted(ways.items())
        if oldest is None or oldest - last <= timedelta(seconds=rule.quiet_s)
    )
