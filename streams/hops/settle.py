"""Revisions: what each changed fire now is, and what people are told of it."""

import heapq
from datetime import datetime, timedelta

import msgspec

from alerts import lifecycle
from alerts.lifecycle import Issued, Turn
from detectors.assembly import Summary, assemble
from detectors.association import Fire
from schemas.hop import Output, Result
from schemas.incident import Incident, Place
from schemas.reason import Reason
from schemas.topics import ALERT, INCIDENT
from streams.hops.desk import Desk, FireRow, Judge
from streams.hops.revise import revise, seen_clear
from streams.hops.telling import next_alert


def settle(given: Judge, desk: Desk, fires: list[Fire], now: datetime, result: Result) -> None:
    """Revise every fire that changed, the oldest first, then take back those whose evidence is gone."""
    sums = [assemble(given.evidence, [node.claim for node in fire.nodes]) for fire in fires]
    places = _places(given, sums)
    for fire, summary, where in zip(fires, sums, places, strict=True):
        incident, row = revise(given, desk, fire, summary, where, now, result)
        _tell(given, desk, incident, row, summary.source_classes, now, result)
    gone, desk.graph.gone = desk.graph.gone, []
    for fire in gone:
        _take_back(given, desk, fire, now, result)


def _places(given: Judge, sums: list[Summary]) -> list[tuple[Place, ...]]:
    if not sums:
        return []
    where = [(one.longitude, one.latitude, one.radius_m) for one in sums]
    longitudes, latitudes, radii = zip(*where, strict=True)
    return given.region.places_bulk(longitudes, latitudes, radii)


def _tell(
    given: Judge,
    desk: Desk,
    incident: Incident,
    row: FireRow | None,
    classes: tuple[str, ...],
    now: datetime,
    result: Result,
) -> None:
    """Put out the alert revision that is due, or hold it until the next tick when it is old news."""
    issued = None if row is None else row.issued
    turn = lifecycle.turn(given.lifecycle, issued, incident, classes, now)
    if turn is not None and turn.action in {"new", "upgrade"} and _holds(given, incident, now):
        desk.held.add(incident.incident_id)
        turn = None
    if turn is not None:
        alert, issued = next_alert(given, incident, issued, turn, classes, now)
        result.outputs.append(Output(ALERT, incident.incident_id, alert))
    desk.rows[incident.incident_id] = FireRow(incident=incident, issued=issued)
    result.rows[f"f/{incident.incident_id}"] = desk.rows[incident.incident_id]


def _holds(given: Judge, incident: Incident, now: datetime) -> bool:
    if given.resume_at is not None and now < given.resume_at:
        return True
    return lifecycle.is_late(given.lifecycle, incident.last_observed_at, now)


def _take_back(given: Judge, desk: Desk, fire: Fire, now: datetime, result: Result) -> None:
    """End an incident all of whose evidence turned out to be masked."""
    for old_id in fire.shown:
        row = desk.rows.pop(old_id, None)
        if row is None:
            continue
        desk.by_id.pop(old_id, None)
        desk.held.discard(old_id)
        result.rows[f"f/{old_id}"] = None
        reason = Reason(code="masked_by", rule="all its evidence")
        ended = msgspec.structs.replace(
            row.incident,
            status="false_alarm",
            revision=row.incident.revision + 1,
            judged_at=now,
            reasons=(reason,),
        )
        result.outputs.append(Output(INCIDENT, old_id, ended))
        if row.issued is not None and not row.issued.ended:
            alert, _ = next_alert(given, ended, row.issued, Turn(action="cancel", reason=reason), (), now)
            result.outputs.append(Output(ALERT, old_id, alert))


def release(given: Judge, desk: Desk, now: datetime, result: Result) -> None:
    """Tell what was held: as news if it may still burn, else as old news that pages nobody."""
    for one in sorted(desk.held):
        row, fire = desk.rows.get(one), desk.by_id.get(one)
        if row is None or fire is None:
            continue
        classes, was = classes_of(fire), row.incident
        clear = seen_clear(desk, classes, was.last_observed_at, was.longitude, was.latitude)
        incident = msgspec.structs.replace(was, seen_clear_at=clear)
        issued = _say(given, incident, row.issued, classes, now, result)
        _keep(desk, one, FireRow(incident=incident, issued=issued), result)
    desk.held.clear()


def close_quiet(given: Judge, desk: Desk, now: datetime, result: Result) -> None:
    """Close every fire with no new sign for `quiet_h`; nobody has declared it out."""
    limit = now - timedelta(hours=given.lifecycle.quiet_h)
    while desk.closing and desk.closing[0][0] <= limit:
        last, one = heapq.heappop(desk.closing)
        row, fire = desk.rows.get(one), desk.by_id.get(one)
        if row is None or fire is None or row.incident.status != "open":
            continue
        if row.incident.last_observed_at != last:
            # it was seen again since: a later entry of the heap speaks for it
            continue
        closed = lifecycle.closed_at(given.lifecycle, row.incident.last_observed_at, now)
        incident = msgspec.structs.replace(
            row.incident, status="closed", closed_at=closed, revision=row.incident.revision + 1, judged_at=now
        )
        result.outputs.append(Output(INCIDENT, one, incident))
        issued = _say(given, incident, row.issued, classes_of(fire), now, result)
        _keep(desk, one, FireRow(incident=incident, issued=issued), result)


def _say(
    given: Judge,
    incident: Incident,
    issued: Issued | None,
    classes: tuple[str, ...],
    now: datetime,
    result: Result,
) -> Issued | None:
    """Put out the alert revision that is due, if any, and return what was last said."""
    turn = lifecycle.turn(given.lifecycle, issued, incident, classes, now)
    if turn is None:
        return issued
    alert, issued = next_alert(given, incident, issued, turn, classes, now)
    result.outputs.append(Output(ALERT, incident.incident_id, alert))
    return issued


def classes_of(fire: Fire) -> tuple[str, ...]:
    """Return the classes of source that saw a fire."""
    return tuple(sorted({node.claim.source_class for node in fire.nodes}))


def _keep(desk: Desk, one: str, row: FireRow, result: Result) -> None:
    desk.rows[one] = row
    result.rows[f"f/{one}"] = row
