"""What changed since the last revision, and so which action an alert takes; if nothing did, none.

Config::

    [lifecycle]
    quiet_h = 24.0        # no new sign for so long: closed, and nobody has declared it out
    update_min_h = 1.0    # an unchanged grade is updated at most so often
    growth = 1.5          # unless the footprint grew by this factor
    page_limit_h = 24.0   # older evidence on arrival pages nobody
    late_h = 6.0          # older evidence waits for the next tick before it pages
    county_pages = 12     # pages of grade III and IV an hour in one county; more go into a digest
    threat_km = 2.0       # where no reach is known: a settlement or facility so near is threatened
    reach_turn_deg = 20.0 # the reach within the hour turned by more: said at once, for those who are out
    reach_grew_km = 0.5   # or it touches ground so far beyond what was said
    reach_min = 5.0       # but at most once in so many minutes
    valid_h = 24.0        # an alert expires so long after its newest evidence
"""

from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from alerts.bringing import newly_threatened, place_corrected, reached
from alerts.grade import ORDER
from alerts.moved import moved
from alerts.news import AREAS, SAYING
from schemas.incident import GeoJson, Incident
from schemas.reason import Reason
from schemas.units import Action, Grade

Hours = Annotated[float, Meta(gt=0)]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [lifecycle]."""

    quiet_h: Hours = 24.0
    update_min_h: Hours = 1.0
    growth: Annotated[float, Meta(gt=1)] = 1.5
    page_limit_h: Hours = 24.0
    late_h: Hours = 6.0
    threat_km: Annotated[float, Meta(ge=0, le=5)] = 2.0
    valid_h: Hours = 24.0
    county_pages: Annotated[int, Meta(ge=1, le=1000)] = 12
    reach_turn_deg: Annotated[float, Meta(ge=5, le=45)] = 20.0
    reach_grew_km: Annotated[float, Meta(gt=0, le=5)] = 0.5
    reach_min: Annotated[float, Meta(ge=1, le=60)] = 5.0


class Issued(Struct, frozen=True, kw_only=True):
    """What the last revision of an alert said: what the next one is compared with."""

    alert_id: str
    revision: int
    grade: Grade
    ended: bool
    issued_at: datetime
    area_ha: float
    looks: int
    source_classes: tuple[str, ...]
    place_ids: tuple[str, ...]
    incident_id: str
    paged: Grade | None = None
    """Highest grade that anybody was paged at by it or by what it carries on; None: not known."""
    supersedes: tuple[str, ...] = ()
    late: bool = False
    answered: str = ""
    """Which ruling of an office it told of, and whether answers contradict it."""
    contradicted: bool = False
    """Whether it said that sources contradict each other."""
    parent: str | None = None
    relation: str = ""
    fields: int = 0
    """Most fire fields that any revision told of."""
    threatened: tuple[str, ...] | None = None
    """Settlements and facilities that any revision told of as threatened; None: not known."""
    corrected: str = ""
    """Which correction of its place by an operator it told of."""
    reach_1h: GeoJson | None = None
    """The reach within the hour that it told of."""
    head_deg: float | None = None
    """Where the fire ran when its head was last known."""
    moved_at: datetime | None = None
    """When a reach that turned or grew was last the reason."""
    wind_at: datetime | None = None
    """Of when the wind is in which that reach was told; null, or before the last look: that of the look."""
    wind_ms: float | None = None
    """How strong that wind was."""


class Turn(Struct, frozen=True, kw_only=True):
    """The action to take, why, whether it may page, and whether it is old news."""

    action: Action
    reason: Reason
    pages: bool = False
    late: bool = False


def closed_at(options: Options, last_observed_at: datetime, now: datetime) -> datetime | None:
    """Return since when a fire has been quiet long enough to be closed, or None."""
    since = last_observed_at + timedelta(hours=options.quiet_h)
    return since if now >= since else None


def is_late(options: Options, last_observed_at: datetime, now: datetime) -> bool:
    """Return whether evidence is so old on arrival that it waits for the next tick before it pages."""
    return now - last_observed_at > timedelta(hours=options.late_h)


def old_news(options: Options, incident: Incident, now: datetime) -> Reason | None:
    """Return why evidence pages no more: a later look saw nothing, or it is past the limit; None: it may."""
    clear = incident.seen_clear_at
    if clear is not None and clear > incident.last_observed_at:
        return Reason(code="later_look_saw_nothing", detail=clear.isoformat())
    hours = (now - incident.last_observed_at) / timedelta(hours=1)
    if hours > options.page_limit_h:
        margin = round(hours - options.page_limit_h, 2)
        return Reason(
            code="backlog", value=round(hours, 2), threshold=options.page_limit_h, margin=margin, unit="h"
        )
    return None


def turn(
    options: Options, issued: Issued | None, incident: Incident, classes: tuple[str, ...], now: datetime
) -> Turn | None:
    """Return the action this revision of an incident calls for, or None when nothing is worth saying."""
    if incident.status == "closed":
        return _end(issued, incident)
    stale = old_news(options, incident, now)
    if issued is None or issued.ended:
        code = "opened" if issued is None else "reopened"
        return Turn(
            action="new",
            reason=stale or Reason(code=code),
            pages=_pages(incident, stale),
            late=stale is not None,
        )
    rose = ORDER[incident.grade] - ORDER[issued.grade]
    if rose > 0 or (issued.late and stale is None and incident.grade != "task"):
        reason = stale or Reason(code="grade_raised", detail=f"{issued.grade} to {incident.grade}")
        return Turn(action="upgrade", reason=reason, pages=_pages(incident, stale), late=stale is not None)
    if rose < 0:
        return Turn(
            action="downgrade",
            reason=Reason(code="grade_lowered", detail=f"{issued.grade} to {incident.grade}"),
        )
    clash = None if issued.contradicted else contradiction(incident)
    news = _kin(issued, incident) or next(iter(brought(options, issued, incident)), None)
    why = clash or news or _worth(options, issued, incident, classes, now)
    why = why or moved(options, issued, incident, now)
    return None if why is None else Turn(action="update", reason=why, late=stale is not None)


def _pages(incident: Incident, stale: Reason | None) -> bool:
    return stale is None and incident.grade != "task"


def _end(issued: Issued | None, incident: Incident) -> Turn | None:
    if issued is None or issued.ended:
        return None
    out = declared_out(incident)
    if out is not None:
        return Turn(action="close", reason=out)
    hours = 0.0
    if incident.closed_at is not None:
        hours = (incident.closed_at - incident.last_observed_at) / timedelta(hours=1)
    reason = Reason(
        code="quiet", value=round(hours, 2), unit="h", detail=incident.last_observed_at.isoformat()
    )
    return Turn(action="expire" if issued.grade == "task" else "close", reason=reason)


def declared_out(incident: Incident) -> Reason | None:
    """Return who declared a fire out, of which nothing was seen since; None: nobody did."""
    return next((one for one in incident.reasons if one.code == "declared_out"), None)


def contradiction(incident: Incident) -> Reason | None:
    """Return the reason why a person has to decide: sources contradict each other."""
    return next((reason for reason in incident.reasons if reason.code == "conflict"), None)


def fields_of(incident: Incident) -> int:
    """Return in how many fields a fire burns; 0: not known."""
    return 0 if incident.shape is None else len(incident.shape.fields)


def new_field(issued: Issued | None, incident: Incident) -> Reason | None:
    """Return that a fire burns in more fields than any revision told of, or None."""
    if issued is None:
        return None
    fields = fields_of(incident)
    if fields <= max(issued.fields, 1):
        return None
    return Reason(
        code="new_field", value=float(fields), threshold=float(max(issued.fields, 1)), unit="fields"
    )


def brought(options: Options, issued: Issued | None, incident: Incident) -> tuple[Reason, ...]:
    """Return what a holder must hear at an unchanged grade: threats, fields, a corrected place, new areas."""
    if issued is None or incident.kind != "fire":
        return ()
    found = (
        *newly_threatened(issued.threatened, incident, options.threat_km),
        new_field(issued, incident),
        place_corrected(issued.corrected, incident),
    )
    return tuple(one for one in found if one is not None)


def beside(options: Options, issued: Issued | None, incident: Incident, turn: Turn) -> tuple[Reason, ...]:
    """Return what else is news beside the reason for a turn; new areas only where the grade stands."""
    if issued is None or turn.action in {"close", "expire", "cancel"}:
        return ()
    if turn.action in SAYING:
        found = (*brought(options, issued, incident), *reached(issued.place_ids, incident.places))
    else:
        fields = new_field(issued, incident)
        found = () if fields is None else (fields,)
    return tuple(one for one in found if one != turn.reason)


def _kin(issued: Issued, incident: Incident) -> Reason | None:
    if (incident.parent, incident.relation) == (issued.parent, issued.relation):
        return None
    return Reason(code="kin_changed", ref=incident.parent or "", rule=incident.relation)


def _worth(
    options: Options, issued: Issued, incident: Incident, classes: tuple[str, ...], now: datetime
) -> Reason | None:
    """Return why an alert of unchanged grade is worth a new revision, or None."""
    if incident.incident_id != issued.incident_id:
        return Reason(code="renamed", ref=issued.incident_id)
    if set(classes) - set(issued.source_classes):
        return Reason(code="new_source", rule=", ".join(sorted(set(classes) - set(issued.source_classes))))
    entered = [p for p in incident.places if p.relation == "inside" and p.place_id not in issued.place_ids]
    if entered:
        named = next((one for one in entered if one.layer in AREAS), entered[0])
        return Reason(code="new_place", ref=named.place_id)
    area = incident.area_ha or 0.0
    if area > issued.area_ha * options.growth and issued.area_ha > 0.0:
        return Reason(code="grew", value=area, threshold=round(issued.area_ha * options.growth, 1), unit="ha")
    waited = now - issued.issued_at >= timedelta(hours=options.update_min_h)
    if incident.look_count > issued.looks and waited:
        return Reason(code="seen_again", value=float(incident.look_count), unit="looks")
    return None
