"""The next revision of an incident: which fire it is, under which id, and what it swallowed."""

import heapq

from msgspec.structs import replace

from detectors.assembly import Summary
from detectors.association import Fire
from detectors.shape import shaped
from schemas.incident import Incident, Place
from schemas.reason import Reason
from schemas.topics import INCIDENT
from streams.hops.acts import entered
from streams.hops.answers import answered
from streams.hops.choosing import chosen
from streams.hops.desk import FireRow, incident_id
from streams.hops.duty import duty
from streams.hops.fringe import beside
from streams.hops.grading import graded, pixels_of
from streams.hops.kinship import related
from streams.hops.nearing import carried_from, reach_1h
from streams.hops.outlined import outlined
from streams.hops.permits import allowed, ruled
from streams.hops.sitting import Sitting
from streams.hops.swallowing import inherited, retired


def revise(sitting: Sitting, fire: Fire, one: Summary, where: tuple[Place, ...]) -> FireRow:
    """Put out the incident's revision and end the ids it swallowed; return it with what was last said."""
    desk, new_id = sitting.desk, incident_id(fire.anchor())
    said = [desk.rows[old] for old in fire.shown if old in desk.rows]
    over = desk.over.get(new_id)
    issued = inherited(sitting, said, new_id)
    if issued is None and over is not None:
        # it ended and is back: its alert goes on where it stopped
        issued = over.issued
    for old in said:
        if old.incident.incident_id != new_id:
            sitting.end(replace(old, incident=retired(sitting, old.incident, new_id)))
    fire.shown = sorted({*fire.shown, new_id})
    desk.by_id[new_id] = fire
    last = max([old.incident.revision for old in said] + ([] if over is None else [over.revision]), default=0)
    incident = shaped(_incident(sitting, fire, one, where, last + 1), fire, one, sitting.given.draw)
    incident = related(sitting, answered(sitting, fire, incident))
    incident = entered(sitting, fire, incident)
    before = {old.incident.placed_by for old in said} - {"", incident.placed_by}
    if before:
        changed = Reason(code="region_changed", ref=incident.placed_by, detail=f"was {min(before)}")
        incident = replace(incident, reasons=(changed, *incident.reasons))
    by_satellites = one.source_classes == ("satellite",)
    asked = duty(sitting, incident, said, pixels_of(one), by_satellites=by_satellites)
    if asked is not None:
        incident = replace(incident, report_duty=asked)
    sitting.put(INCIDENT, new_id, incident)
    heapq.heappush(desk.closing, (one.last_observed_at, new_id))
    return FireRow(incident=incident, issued=issued)


def _incident(
    sitting: Sitting, fire: Fire, one: Summary, where: tuple[Place, ...], revision: int
) -> Incident:
    new_id = incident_id(fire.anchor())
    # as it was last seen, whenever that arrived: where it may be decides its grade too
    weather = sitting.desk.weather.at(one.longitude, one.latitude, one.last_observed_at)
    soon = reach_1h(sitting, new_id, one, weather)
    where = beside(sitting, fire, one, outlined(sitting, fire, one, where), soon)
    energy, undersampled = _energy_mj(sitting, one)
    judged, burning = graded(sitting, fire, one, where, soon), ruled(sitting, fire, one, where)
    stands, why = allowed(burning, judged.grade, judged.reasons[0])
    return Incident(
        incident_id=new_id,
        revision=revision,
        short_code=new_id[-8:-4],
        kind="fire",
        status="open",
        lineage=tuple(fire.shown),
        opened_at=one.opened_at,
        last_observed_at=one.last_observed_at,
        judged_at=sitting.now,
        longitude=one.longitude,
        latitude=one.latitude,
        radius_m=one.radius_m,
        observation_count=one.observation_count,
        look_count=len(one.looks),
        sources=one.sources,
        area_ha=one.area_ha,
        frp_mw=one.frp_mw,
        energy_mj=energy,
        undersampled=undersampled,
        footprint=one.footprint,
        reach_1h=soon,
        wind_from_deg=carried_from(sitting, soon, weather),
        grade=stands,
        probability=judged.probability,
        seen_clear_at=judged.seen_clear_at,
        places=where,
        placed_by=sitting.given.region.at(sitting.now).version,
        reasons=(
            why,
            *(() if burning is None else burning.reasons),
            *judged.reasons[1:],
            *chosen(sitting, fire),
        ),
        reconstruction=one.reconstruction,
    )


def _energy_mj(sitting: Sitting, one: Summary) -> tuple[float | None, bool]:
    """Return what satellites saw radiated, MJ, and whether they looked too rarely to say it."""
    assessor = sitting.given.carbon
    if assessor is None:
        return None, False
    return assessor(sitting.given.region.at(sitting.now)).energy_mj(one.looks)
