"""Revisions: what each changed fire now is, and what people are told of it."""

import heapq
from datetime import timedelta

from msgspec.structs import replace

from alerts import lifecycle
from alerts.answered import heard
from alerts.floor import below_floor
from alerts.lifecycle import Turn
from alerts.policy import TELLING
from detectors.assembly import Summary
from detectors.association import Fire
from schemas.incident import Place
from schemas.reason import Reason
from schemas.topics import INCIDENT
from streams.hops.acts import with_acts
from streams.hops.answers import with_answers
from streams.hops.desk import FireRow, incident_id
from streams.hops.hush import hush
from streams.hops.kinship import widened
from streams.hops.known import Known
from streams.hops.nearing import blown
from streams.hops.nowhere import in_sectors
from streams.hops.revise import revise
from streams.hops.sitting import Sitting
from streams.hops.telling import tell
from streams.hops.withdrawn import is_taken_back

TAKEN_BACK = Reason(code="withdrawn", rule="some of its evidence")


def settle(
    sitting: Sitting,
    fires: list[Fire],
    *,
    hold: bool,
    known: Known | None = None,
) -> None:
    """Revise every fire that changed, the oldest first, then take back those whose evidence is gone.

    With `hold` nothing new is told before everything received until now has been judged. What is `known`
    brings no evidence, and pages nobody for as much as they were paged for.
    """
    if not (fires or sitting.desk.graph.gone or sitting.desk.kin.has_changed):
        return
    fires = widened(sitting, fires)
    _part(sitting, fires)
    sums = _sums(sitting, fires)
    for fire, summary, where in zip(fires, sums, _places(sitting, sums), strict=True):
        sitting.mark(0, *fire.anchor().key)
        row = revise(sitting, fire, summary, where)
        covered = known is not None and known.covers(fire)
        turn = turn_of(sitting, row, summary.source_classes) if known is not None else None
        quiet = None if known is None else known.quiet(turn, row, covered=covered)
        if quiet is None:
            _tell_or_hold(sitting, row, summary.source_classes, hold=hold)
        else:
            sitting.keep(tell(sitting, row, quiet, summary.source_classes))
        if known is not None and covered:
            sitting.keep(known.kept(sitting.desk.rows[row.incident.incident_id]))
        hush(sitting, fire, row)
    gone, sitting.desk.graph.gone = sitting.desk.graph.gone, []
    for fire in gone:
        sitting.mark(3, *fire.anchor().key)
        _take_back(sitting, fire)


def _sums(sitting: Sitting, fires: list[Fire]) -> list[Summary]:
    """Return what each fire is by its claims, what was answered, and what operators did."""
    found = sitting.given.sums(sitting.given.evidence, fires)
    if not sitting.desk.acts and not sitting.desk.verdicts:
        return found
    return [
        with_acts(sitting, fire, with_answers(sitting, fire, one))
        for fire, one in zip(fires, found, strict=True)
    ]


def _part(sitting: Sitting, fires: list[Fire]) -> None:
    """See that an id naming one of these fires is shown by that fire alone: a fire may have fallen apart."""
    rows = sitting.desk.rows
    names = {incident_id(fire.anchor()): fire for fire in fires}
    for name, fire in names.items():
        if name in rows and name not in fire.shown:
            fire.shown.append(name)
    for name, fire in names.items():
        parted = {one for one in fire.shown if one != name and one in names}
        if not parted:
            continue
        fire.shown = [one for one in fire.shown if one not in parted]
        for row in [rows[one] for one in fire.shown if one in rows]:
            if row.issued is not None and parted.intersection(row.issued.supersedes):
                kept = tuple(one for one in row.issued.supersedes if one not in parted)
                sitting.keep(replace(row, issued=replace(row.issued, supersedes=kept)))


def _places(sitting: Sitting, sums: list[Summary]) -> list[tuple[Place, ...]]:
    if not sums:
        return []
    region = sitting.given.region.at(sitting.now)
    if not region.layers:
        return in_sectors(region, sums, [()] * len(sums))
    where = [(one.longitude, one.latitude, one.radius_m) for one in sums]
    longitudes, latitudes, radii = zip(*where, strict=True)
    return in_sectors(region, sums, region.places_bulk(longitudes, latitudes, radii))


def _tell_or_hold(sitting: Sitting, row: FireRow, classes: tuple[str, ...], *, hold: bool) -> None:
    """Put out the alert revision that is due, or hold it until a tick when it is old news."""
    rules = sitting.given.local.at(row.incident.places).lifecycle
    now, held = sitting.now, sitting.desk.held
    turn = turn_of(sitting, row, classes)
    hold = hold or lifecycle.is_late(rules, row.incident.last_observed_at, now)
    if hold and turn is not None and turn.action in TELLING:
        held.add(row.incident.incident_id)
        sitting.keep(FireRow(incident=row.incident, issued=row.issued, held_at=now))
        return
    held.discard(row.incident.incident_id)
    sitting.keep(row if turn is None else tell(sitting, row, turn, classes))


def _take_back(sitting: Sitting, fire: Fire) -> None:
    """End an incident all of whose evidence turned out to be masked, or was taken back."""
    withdrawn = any(is_taken_back(sitting.desk, node.claim) for node in fire.nodes)
    reason = Reason(code="withdrawn" if withdrawn else "masked_by", rule="all its evidence")
    for old_id in fire.shown:
        row = sitting.desk.rows.get(old_id)
        if row is None:
            continue
        revision = row.incident.revision + 1
        ended = replace(
            row.incident, status="false_alarm", revision=revision, judged_at=sitting.now, reasons=(reason,)
        )
        sitting.put(INCIDENT, old_id, ended)
        last = FireRow(incident=ended, issued=row.issued)
        if row.issued is not None and not row.issued.ended:
            last = tell(sitting, last, Turn(action="cancel", reason=reason), ())
        sitting.end(last)
        if last.issued is not None:
            sitting.note(last.issued.alert_id, issued=last.issued)


def release(sitting: Sitting) -> None:
    """Tell what was held until now: as news if it may still burn, else as old news that pages nobody."""
    desk = sitting.desk
    for one in sorted(desk.held):
        row, fire = desk.rows.get(one), desk.by_id.get(one)
        if row is not None and row.held_at is not None and row.held_at > sitting.now:
            continue
        desk.held.discard(one)
        if row is None or fire is None:
            continue
        sitting.mark(1, one)
        _say(sitting, FireRow(incident=row.incident, issued=row.issued), classes_of(fire))


def close_quiet(sitting: Sitting) -> None:
    """Close every fire with no new sign for `quiet_h`; nobody has declared it out."""
    desk, local = sitting.desk, sitting.given.local
    limit = sitting.now - timedelta(hours=local.least_quiet_h)
    later = []
    while desk.closing and desk.closing[0][0] <= limit:
        last, one = heapq.heappop(desk.closing)
        row, fire = desk.rows.get(one), desk.by_id.get(one)
        if row is None or fire is None or row.incident.status != "open":
            continue
        if row.incident.last_observed_at != last:
            # it was seen again since: a later entry of the heap speaks for it
            continue
        closed = lifecycle.closed_at(local.at(row.incident.places).lifecycle, last, sitting.now)
        if one in desk.held or closed is None:
            # to be told first, or quiet for longer where it is
            later.append((last, one))
            continue
        revision = row.incident.revision + 1
        incident = replace(
            row.incident, status="closed", closed_at=closed, revision=revision, judged_at=sitting.now
        )
        sitting.mark(2, last, one)
        sitting.put(INCIDENT, one, incident)
        _say(sitting, FireRow(incident=incident, issued=row.issued), classes_of(fire))
    for entry in later:
        heapq.heappush(desk.closing, entry)


def _say(sitting: Sitting, row: FireRow, classes: tuple[str, ...]) -> None:
    """Put out the alert revision that is due, if any, and keep what was last said."""
    turn = turn_of(sitting, row, classes)
    sitting.keep(row if turn is None else tell(sitting, row, turn, classes))


def turn_of(sitting: Sitting, row: FireRow, classes: tuple[str, ...]) -> Turn | None:
    """Return the turn that evidence and answers call for, or None when nothing is worth saying."""
    rules = sitting.given.local.at(row.incident.places)
    ordinary = rules.turn(row.issued, blown(sitting, row), classes, sitting.now)
    if ordinary is not None and ordinary.action == "new" and below_floor(row.incident) is not None:
        return None
    return heard(ordinary, row.issued, row.incident)


def classes_of(fire: Fire) -> tuple[str, ...]:
    """Return the classes of source that saw a fire."""
    return tuple(sorted({node.claim.source_class for node in fire.nodes}))
