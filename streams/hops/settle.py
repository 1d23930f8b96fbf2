"""Revisions: what each changed fire now is, and what people are told of it."""

import heapq
from datetime import datetime, timedelta
from typing import Any

import msgspec

from alerts import lifecycle, text
from alerts.grade import Facts, grade
from alerts.lifecycle import Issued, Turn
from detectors.assembly import Summary, assemble
from detectors.association import Fire
from schemas.alert import Alert, Carbon, Versions
from schemas.hop import Output, Result
from schemas.incident import Incident, Place
from schemas.reason import Reason
from schemas.topics import ALERT, INCIDENT
from streams.hops.desk import Desk, FireRow, Judge, incident_id

CARBON_UNKNOWN = Carbon(carbon_t=None, reason=Reason(code="not_computed"))


def settle(given: Judge, desk: Desk, fires: list[Fire], now: datetime, result: Result) -> None:
    """Revise every fire that changed, the oldest first, then take back those whose evidence is gone."""
    sums = [assemble(given.evidence, [node.claim for node in fire.nodes]) for fire in fires]
    places = _places(given, sums)
    for fire, summary, where in zip(fires, sums, places, strict=True):
        incident, row = _revise(given, desk, fire, summary, where, now, result)
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


def _revise(
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
            alert, _ = _alert(given, other.incident, other.issued, turn, (), now)
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
        seen_clear_at=_seen_clear(desk, one),
        places=where,
        reasons=(why, *one.reasons),
        reconstruction=one.reconstruction,
    )


def _seen_clear(desk: Desk, one: Summary) -> datetime | None:
    """Return when a later look last saw nothing here; it speaks only against what satellites alone saw."""
    if any(kind != "satellite" for kind in one.source_classes):
        return None
    times = [
        look.observed_at
        for looks in desk.looks.values()
        for look in looks
        if look.observed_at > one.last_observed_at
        and look.west <= one.longitude <= look.east
        and look.south <= one.latitude <= look.north
    ]
    return max(times, default=None)


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
        alert, issued = _alert(given, incident, issued, turn, classes, now)
        result.outputs.append(Output(ALERT, incident.incident_id, alert))
    desk.rows[incident.incident_id] = FireRow(incident=incident, issued=issued)
    result.rows[f"f/{incident.incident_id}"] = desk.rows[incident.incident_id]


def _holds(given: Judge, incident: Incident, now: datetime) -> bool:
    if given.resume_at is not None and now < given.resume_at:
        return True
    return lifecycle.is_late(given.lifecycle, incident.last_observed_at, now)


def _alert(
    given: Judge,
    incident: Incident,
    issued: Issued | None,
    turn: Turn,
    classes: tuple[str, ...],
    now: datetime,
) -> tuple[Alert, Issued]:
    """Return the next revision of the alert and what to compare the one after with."""
    alert_id = incident.incident_id if issued is None else issued.alert_id
    revision = 1 if issued is None else issued.revision + 1
    supersedes = () if issued is None else issued.supersedes
    shown = lifecycle.closed_at(given.lifecycle, incident.last_observed_at, now) or now
    alert = Alert(
        alert_id=alert_id,
        incident_id=incident.incident_id,
        revision=revision,
        action=turn.action,
        kind=incident.kind,
        grade=incident.grade,
        previous_grade=None if issued is None else issued.grade,
        pages=turn.pages,
        late=turn.late,
        short_code=incident.short_code,
        issued_at=now,
        observed_at=incident.last_observed_at,
        expires_at=max(text.expires_at(incident, given.lifecycle.valid_h), shown),
        headline=text.headline(incident, turn, given.zone),
        description=text.description(incident, turn, classes, given.zone),
        reasons=(turn.reason, *incident.reasons),
        longitude=incident.longitude,
        latitude=incident.latitude,
        radius_m=incident.radius_m,
        area_ha=incident.area_ha,
        probability=incident.probability,
        observation_count=incident.observation_count,
        sources=incident.sources,
        footprint=incident.footprint,
        places=incident.places,
        carbon=CARBON_UNKNOWN,
        legal=text.legal(incident, given.issuer, now, given.zone),
        versions=Versions(
            software=given.software, settings=given.settings, region=given.region.version, tables=given.tables
        ),
        lineage=incident.lineage,
        supersedes=supersedes,
        status="Actual" if given.issuer else "Exercise",
        reconstruction=incident.reconstruction,
    )
    return alert, _issued(alert, turn, incident, classes)


def _issued(alert: Alert, turn: Turn, incident: Incident, classes: tuple[str, ...]) -> Issued:
    return Issued(
        alert_id=alert.alert_id,
        revision=alert.revision,
        grade=alert.grade,
        ended=turn.action in {"close", "expire", "cancel"},
        issued_at=alert.issued_at,
        area_ha=incident.area_ha or 0.0,
        looks=incident.look_count,
        source_classes=classes,
        place_ids=text.names(incident.places),
        incident_id=incident.incident_id,
        supersedes=alert.supersedes,
        late=turn.late,
    )


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
            alert, _ = _alert(given, ended, row.issued, Turn(action="cancel", reason=reason), (), now)
            result.outputs.append(Output(ALERT, old_id, alert))


def release(given: Judge, desk: Desk, now: datetime, result: Result) -> None:
    """Tell what was held: as news if it may still burn, else as old news that pages nobody."""
    for one in sorted(desk.held):
        row, fire = desk.rows.get(one), desk.by_id.get(one)
        if row is None or fire is None:
            continue
        classes = tuple(sorted({node.claim.source_class for node in fire.nodes}))
        turn = lifecycle.turn(given.lifecycle, row.issued, _looked_again(desk, row, classes), classes, now)
        if turn is not None:
            incident = _looked_again(desk, row, classes)
            alert, issued = _alert(given, incident, row.issued, turn, classes, now)
            result.outputs.append(Output(ALERT, one, alert))
            _keep(desk, one, FireRow(incident=incident, issued=issued), result)
    desk.held.clear()


def _looked_again(desk: Desk, row: FireRow, classes: tuple[str, ...]) -> Incident:
    probe: Any = _Probe(row.incident, classes)
    return msgspec.structs.replace(row.incident, seen_clear_at=_seen_clear(desk, probe))


class _Probe:
    """The few fields of a summary that `_seen_clear` asks for."""

    def __init__(self, incident: Incident, classes: tuple[str, ...]) -> None:
        self.source_classes = classes
        self.last_observed_at = incident.last_observed_at
        self.longitude = incident.longitude
        self.latitude = incident.latitude


def close_quiet(given: Judge, desk: Desk, now: datetime, result: Result) -> None:
    """Close every fire with no new sign for `quiet_h`; nobody has declared it out."""
    limit = now - timedelta(hours=given.lifecycle.quiet_h)
    while desk.closing and desk.closing[0][0] <= limit:
        _, one = heapq.heappop(desk.closing)
        row, fire = desk.rows.get(one), desk.by_id.get(one)
        if (
            row is None
            or fire is None
            or row.incident.status != "open"
            or row.incident.last_observed_at > limit
        ):
            continue
        closed = lifecycle.closed_at(given.lifecycle, row.incident.last_observed_at, now)
        incident = msgspec.structs.replace(
            row.incident, status="closed", closed_at=closed, revision=row.incident.revision + 1, judged_at=now
        )
        result.outputs.append(Output(INCIDENT, one, incident))
        classes = tuple(sorted({node.claim.source_class for node in fire.nodes}))
        turn = lifecycle.turn(given.lifecycle, row.issued, incident, classes, now)
        issued = row.issued
        if turn is not None:
            alert, issued = _alert(given, incident, row.issued, turn, classes, now)
            result.outputs.append(Output(ALERT, one, alert))
        _keep(desk, one, FireRow(incident=incident, issued=issued), result)


def _keep(desk: Desk, one: str, row: FireRow, result: Result) -> None:
    desk.rows[one] = row
    result.rows[f"f/{one}"] = row
