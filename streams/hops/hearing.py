"""What a delivery says of its sources themselves: that they spoke, looked, or could not look."""

from datetime import datetime

from msgspec.structs import replace

from detectors.in_vain import looked_in_vain
from schemas.detection import Look, Presence
from schemas.observation import AnyObservation, Hotspot, Pass, Permit, Reading, Report, Sighting, TrapCount
from schemas.reason import Reason

PATROL_SEES_M = 1000.0
"""How far around themselves people on foot see (placeholder)."""

CAMERA_SEES_M = 5000.0
"""How far a camera or tower sees of which the region knows nothing (placeholder)."""

SENSOR_SEES_M = 1000.0

UNREAD = frozenset({"missing", "damaged"})
"""Of a trap: what was found in it, if anything, is no count."""

TRAP_M = 100.0
"""A trap is told where it stands."""


def heard_of(
    one: AnyObservation, before: Presence | None = None, unable: Reason | None = None
) -> Presence | None:
    """Return what one observation adds to what was heard of its source; None: no source of a rhythm.

    `unable` is why it could not look, though it speaks as if it had. Order and repetition change nothing.
    """
    new = _of(one)
    if new is None:
        return before
    why = unable or _unable(one)
    if why is not None:
        new = replace(new, looked_at=None, unable_at=one.observed_at, unable=why)
    return new if before is None else joined(before, new)


def _unable(one: AnyObservation) -> Reason | None:
    """Return why a source says itself that it could not look."""
    if isinstance(one, Pass) and not one.looked:
        return Reason(code="waiting_for", rule="could not look", detail=one.reason)
    return _unread(one) if isinstance(one, TrapCount) else None


def _unread(one: TrapCount) -> Reason | None:
    """Return why a visit gave no count: nobody read the trap, it is damaged, or it was full.

    An old lure leaves the count readable; without one it is as unread as any.
    """
    if one.status in UNREAD or one.catch is None or one.working_traps == 0:
        return Reason(code="not_read", rule=one.status, ref=one.source)
    if one.status == "full":
        # what was counted is a lower bound, and a full trap catches nothing more
        return Reason(code="at_least", rule="full trap: empty it and count", ref=one.source)
    return None


def joined(one: Presence, other: Presence) -> Presence:
    """Return what two of one source say together: the newest times, and the place of the newest word."""
    late, early = sorted((other, one), key=_newest, reverse=True)
    unable = max(
        (one, other), key=lambda heard: (heard.unable_at is not None, heard.unable_at, str(heard.unable))
    )
    return replace(
        late,
        looked_at=max(filter(None, (one.looked_at, other.looked_at)), default=None),
        unable_at=unable.unable_at,
        unable=unable.unable,
        mast=late.mast or early.mast,
        longitude=early.longitude if late.longitude is None else late.longitude,
        latitude=early.latitude if late.latitude is None else late.latitude,
        radius_m=late.radius_m or early.radius_m,
        box=late.box or early.box,
    )


def _newest(heard: Presence) -> tuple[datetime, str]:
    times = [at for at in (heard.looked_at, heard.unable_at) if at is not None]
    return max(times), str(heard)


def _of(one: AnyObservation) -> Presence | None:
    match one:
        case Hotspot():
            return Presence(source=one.source, source_class="satellite", looked_at=one.observed_at)
        case Pass():
            return Presence(
                source=one.source,
                source_class=one.source_class,
                looked_at=one.observed_at,
                box=(one.west, one.south, one.east, one.north),
            )
        case Sighting():
            return Presence(
                source=one.source,
                source_class=one.source_class,
                looked_at=one.observed_at,
                mast=one.mast,
                longitude=one.station_longitude,
                latitude=one.station_latitude,
                radius_m=CAMERA_SEES_M,
            )
        case Reading() | TrapCount():
            return _standing(one, "sensor", TRAP_M if isinstance(one, TrapCount) else SENSOR_SEES_M)
        case Report():
            return _standing(one, one.source_class, PATROL_SEES_M)
        case _:
            return None


def _standing(one: Reading | Report | TrapCount, kind: str, radius_m: float) -> Presence:
    return Presence(
        source=one.source,
        source_class=kind,  # type: ignore[arg-type]  # a class of source, as its caller names it
        looked_at=one.observed_at,
        longitude=one.longitude,
        latitude=one.latitude,
        radius_m=radius_m,
        is_trap=isinstance(one, TrapCount),
    )


def look_of(one: Pass) -> Look | Reason:
    """Return the look of a pass that could have seen a fire; why it is none otherwise."""
    if not one.looked:
        return Reason(code="waiting_for", rule="could not look", detail=one.reason)
    if not one.could_see:
        return Reason(code="looked", ref=one.source, rule="speaks against no fire")
    return Look(
        source=one.source,
        source_class=one.source_class,
        observed_at=one.observed_at,
        west=one.west,
        south=one.south,
        east=one.east,
        north=one.north,
    )


def look_said(one: AnyObservation) -> Look | Reason | None:
    """Return the look of a pass, or of somebody who saw nothing; None for what may claim something.

    A permit, which may have been issued long before it holds, is only kept.
    """
    if isinstance(one, Permit):
        return Reason(code="permit_kept", ref=one.number)
    if isinstance(one, Pass):
        return look_of(one)
    return looked_in_vain(one) if isinstance(one, Report) and one.saw == "nothing" else None
