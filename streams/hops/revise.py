"""The next revision of an incident: which fire it is, under which id, and what it swallowed."""

import heapq
from datetime import datetime

import msgspec

from alerts.grade import Facts, grade
from alerts.lifecycle import Turn
from detectors.assembly import Summary
from detectors.association import Fire
from schemas.hop import Output, Result
from schemas.incident import Incident, Place
from schemas.reason import Reason
from schemas.topics import ALERT, INCIDENT
from streams.hops.desk import Desk, FireRow, Judge, incident_id
from streams.hops.telling import next_alert


def revise(
    given: Judge,
    desk: Desk,
    fire: Fire,
    one: Summary,
    where: tuple[Place, ...],
    now: datetime,
    result: Result,
) -> tuple[Incident, FireRow | None]:
    """Put out the incident's revision and end the ids it swallowed; return it with what was last said."""
    new_id = incident_id(fire.anchor())
    shown = [old for old in fire.shown if old in desk.rows]
    said = [desk.rows[old] for old in shown]
    row = _inherit(given, said, new_id, now, result)
    for old in said:
        if old.incident.incident_id != new_id:
            _retire_id(desk, old, new_id, now, result)
    fire.shown = sorted({*fire.shown, new_id})
    desk.by_id[new_id] = fire
    last = max((old.incident.revision for old in said), default=0)
    incident = _incident(given, desk, one, where, new_id, tuple(fire.shown), last + 1, now)
    result.outputs.append(Output(INCIDENT, new_id, incident))
    heapq.heappush(desk.closing, (one.last_observed_at, new_id))
    return incident, row


def _inherit(given: Judge, said: list[FireRow], new_id: str, now: datetime, result: Result) -> FireRow | None:
    """Return what was last said of this fire: the oldest living alert stays, the others end in it."""
    spoken = sorted(
        (r for r in said if r.issued is not None), key=lambda r: (r.issued.ended, r.issued.alert_id)
    )  # type: ignore[union-attr]
    if not spoken:
        return None
    first = spoken[0]
    ended = [r for r in spoken[1:] if r.issued is not None]
    for other in ended:
        if other.issued is not None and not other.issued.ended:
            turn = Turn(action="close", reason=Reason(code="merged_into", ref=new_id))
            alert, _ = next_alert(given, other.incident, other.issued, turn, (), now)
            result.outputs.append(Output(ALERT, alert.incident_id, alert))
    if first.issued is None or not ended:
        return first
    swallowed = {*first.issued.supersedes}
    for other in ended:
        if other.issued is not None:
            swallowed |= {other.issued.alert_id, *other.issued.supersedes}
    return FireRow(
        incident=first.incident,
        issued=msgspec.structs.replace(
            first.issued, supersedes=tuple(sorted(swallowed - {first.issued.alert_id}))
        ),
    )


def _retire_id(desk: Desk, old: FireRow, new_id: str, now: datetime, result: Result) -> None:
    """Let an id that was shown lead to the incident it became part of."""
    old_id = old.incident.incident_id
    merged = msgspec.structs.replace(
        old.incident,
        status="merged",
        merged_into=new_id,
        revision=old.incident.revision + 1,
        judged_at=now,
        reasons=(Reason(code="merged_into", ref=new_id),),
    )
    result.outputs.append(Output(INCIDENT, old_id, merged))
    result.rows[f"f/{old_id}"] = None
    del desk.rows[old_id]
    desk.by_id.pop(old_id, None)
    desk.held.discard(old_id)


def _incident(
    given: Judge,
    desk: Desk,
    one: Summary,
    where: tuple[Place, ...],
    new_id: str,
    lineage: tuple[str, ...],
    revision: int,
    now: datetime,
) -> Incident:
    pixels = max((look.pixels for look in one.looks if look.source_class == "satellite"), default=0)
    facts = Facts(probability=one.probability, spread_ha=one.spread_ha, pixels=pixels, places=where)
    held, why = grade(given.grades, facts)
    return Incident(
        incident_id=new_id,
        revision=revision,
        short_code=new_id[-8:-4],
        kind="fire",
        status="open",
        lineage=lineage,
        opened_at=one.opened_at,
        last_observed_at=one.last_observed_at,
        judged_at=now,
        longitude=one.longitude,
        latitude=one.latitude,
        radius_m=one.radius_m,
        observation_count=one.observation_count,
        look_count=len(one.looks),
        sources=one.sources,
        area_ha=one.area_ha,
        frp_mw=one.frp_mw,
        footprint=one.footprint,
        grade=held,
        probability=one.probability,
        seen_clear_at=seen_clear(desk, one.source_classes, one.last_observed_at, one.longitude, one.latitude),
        places=where,
        reasons=(why, *one.reasons),
        reconstruction=one.reconstruction,
    )


def seen_clear(
    desk: Desk, classes: tuple[str, ...], last: datetime, longitude: float, latitude: float
) -> datetime | None:
    """Return when a later look last saw nothing here; it speaks only against what satellites alone saw."""
    if any(kind != "satellite" for kind in classes):
        return None
    times = [
        look.observed_at
        for looks in desk.looks.values()
        for look in looks
        if look.observed_at > last
        and look.west <= longitude <= look.east
        and look.south <= latitude <= look.north
    ]
    return max(times, default=None)
