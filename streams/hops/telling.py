"""The next revision of an alert, from an incident and its turn."""

from datetime import datetime

from msgspec.structs import replace

from alerts import lifecycle, outbreak, text
from alerts.answered import told_of
from alerts.bringing import correction, threatened
from alerts.heading import head_deg
from alerts.lifecycle import Issued, Turn, fields_of
from alerts.moved import CODES
from alerts.policy import ENDING
from detectors.spotting import leads_to
from schemas.alert import Alert, Carbon, Versions
from schemas.incident import Incident
from schemas.topics import ALERT
from schemas.units import Grade
from streams.hops.at_stake import at_stake
from streams.hops.desk import FireRow
from streams.hops.known import graver, paged_of
from streams.hops.nearing import blown, told_at
from streams.hops.paging import within_budget
from streams.hops.sitting import Sitting
from streams.hops.small_name import with_name


def tell(sitting: Sitting, row: FireRow, turn: Turn, classes: tuple[str, ...]) -> FireRow:
    """Put out the alert's next revision and return the row with what it said, for the one after.

    `classes` are the classes of source that saw the fire; none for an alert that only ends.
    """
    turn = within_budget(sitting, row.incident, turn)
    now = replace(row, incident=as_told(blown(sitting, row), row.issued, turn))
    alert = _alert(sitting, now, turn, classes, at_stake(sitting, row.incident, turn))
    sitting.put(ALERT, alert.incident_id, alert)
    told = with_reach(_issued(sitting, alert, now, classes), now)
    if alert.reach_1h is not None:
        told = replace(told, wind_ms=_wind_ms(sitting, row.incident, told_at(sitting, row)))
    return FireRow(incident=row.incident, issued=told)


def as_told(incident: Incident, issued: Issued | None, turn: Turn) -> Incident:
    """Return the incident as an alert tells it: what is taken back is what was told, and not the rest."""
    if turn.action != "cancel" or issued is None:
        return incident
    return replace(incident, grade=issued.grade)


def _alert(sitting: Sitting, row: FireRow, turn: Turn, classes: tuple[str, ...], carbon: Carbon) -> Alert:
    given, now, incident, issued = sitting.given, sitting.now, row.incident, row.issued
    alert_id = sitting.free_alert_id(incident.incident_id) if issued is None else issued.alert_id
    revision = 1 if issued is None else issued.revision + 1
    rules = given.local.at(incident.places).lifecycle
    shown = lifecycle.closed_at(rules, incident.last_observed_at, now) or now
    headline, description = text.said(given.profile, incident, turn, classes) if given.says else ({}, {})
    return Alert(
        alert_id=alert_id,
        incident_id=leads_to(incident),
        revision=revision,
        action=turn.action,
        kind=incident.kind,
        grade=incident.grade,
        previous_grade=None if issued is None else issued.grade,
        pages=turn.pages,
        late=turn.late,
        short_code=incident.short_code,
        issued_at=now,
        previous_issued_at=None if issued is None else issued.issued_at,
        observed_at=incident.last_observed_at,
        expires_at=_expires_at(sitting, incident, shown),
        headline=headline,
        description=description,
        reasons=(turn.reason, *lifecycle.beside(rules, issued, incident, turn), *incident.reasons),
        longitude=incident.longitude,
        latitude=incident.latitude,
        radius_m=incident.radius_m,
        area_ha=incident.area_ha,
        probability=incident.probability,
        observation_count=incident.observation_count,
        sources=incident.sources,
        footprint=incident.footprint,
        wind_ms=_wind_ms(sitting, incident, now),
        reach_1h=None if turn.action in ENDING else incident.reach_1h,
        wind_from_deg=None if turn.action in ENDING else incident.wind_from_deg,
        places=with_name(incident.places, given.region.at(now), incident.longitude, incident.latitude),
        carbon=carbon,
        legal=text.legal(given.profile, incident, given.issuer, now),
        versions=Versions(
            software=given.software,
            settings=given.settings,
            region=incident.placed_by,
            tables=given.tables,
            jurisdiction=given.jurisdiction,
        ),
        lineage=incident.lineage,
        shape=incident.shape,
        parent=incident.parent,
        relation=incident.relation,
        reburn_of=incident.reburn_of,
        supersedes=() if issued is None else issued.supersedes,
        feedback=incident.feedback,
        status="Actual" if given.issuer and not incident.reconstruction else "Exercise",
        reconstruction=incident.reconstruction,
        report_duty=incident.report_duty,
        pest=incident.pest,
        audience=incident.audience,
    )


def _expires_at(sitting: Sitting, incident: Incident, shown: datetime) -> datetime:
    if incident.kind == "outbreak":
        return outbreak.expires_at(sitting.given.pests.of_incident(incident).telling, sitting.now)
    valid_h = sitting.given.local.at(incident.places).lifecycle.valid_h
    return max(text.expires_at(incident, valid_h), shown)


def _wind_ms(sitting: Sitting, incident: Incident, at: datetime) -> float | None:
    """Return the wind at a fire as far as anybody knows; so strong a wind lets nobody be sent near."""
    if incident.kind != "fire":
        return None
    found = sitting.desk.weather.at(incident.longitude, incident.latitude, at)
    return None if found is None else found.wind_ms


def with_reach(issued: Issued, row: FireRow) -> Issued:
    """Return what was said with its reach, where the fire then ran, and when that was the reason."""
    incident, before, head = row.incident, row.issued, head_deg(row.incident)
    if head is None and before is not None:
        head = before.head_deg
    said = None if before is None else before.moved_at
    at = issued.issued_at if issued.moved_at is not None else said
    wind_at = None if before is None else before.wind_at
    return replace(issued, reach_1h=incident.reach_1h, head_deg=head, moved_at=at, wind_at=wind_at)


def _issued(sitting: Sitting, alert: Alert, row: FireRow, classes: tuple[str, ...]) -> Issued:
    incident, before = row.incident, 0 if row.issued is None else row.issued.fields
    known = () if row.issued is None else row.issued.threatened or ()
    threats = threatened(incident, sitting.given.local.at(incident.places).lifecycle.threat_km)
    paged: Grade = "task" if row.issued is None else paged_of(row.issued)
    return Issued(
        alert_id=alert.alert_id,
        revision=alert.revision,
        grade=alert.grade,
        paged=graver(paged, alert.grade) if alert.pages else paged,
        ended=alert.action in {"close", "expire", "cancel"},
        issued_at=alert.issued_at,
        area_ha=incident.area_ha or 0.0,
        looks=incident.look_count,
        source_classes=classes,
        place_ids=text.names(incident.places),
        incident_id=incident.incident_id,
        parent=incident.parent,
        relation=incident.relation,
        fields=max(before, fields_of(incident)),
        threatened=tuple(dict.fromkeys((*known, *(one.place_id for one in threats)))),
        corrected=correction(incident),
        supersedes=alert.supersedes,
        late=alert.late,
        answered=told_of(incident),
        contradicted=lifecycle.contradiction(incident) is not None,
        moved_at=alert.issued_at if alert.reasons[0].code in CODES else None,
    )
