"""Which fire stems from which: spot fires, candidates for one, and new fires on old ground.

What is found is a pure function of the claims, so whatever a change may have touched is asked again with it.
"""

from collections.abc import Iterator
from typing import Any

import shapely
from msgspec.structs import replace

from alerts import feedback
from detectors import spotting
from detectors.assembly import Summary
from detectors.association import Fire, Node, limit_km
from detectors.geodesy import destination
from detectors.running import summed
from detectors.spotting import DAY_S, Spark, Wind, apart_km
from schemas.detection import Detection
from schemas.incident import Incident, Place
from schemas.kin import Kinship
from schemas.reason import Reason
from streams.hops.answers import verdicts_of
from streams.hops.desk import Desk, incident_id
from streams.hops.fringe import beside
from streams.hops.kin import Tie, settled
from streams.hops.nearing import reach_1h
from streams.hops.over import burnt_until, changed
from streams.hops.sitting import Sitting

NEAR_LAYERS = frozenset({"settlements", "facilities"})


def widened(sitting: Sitting, fires: list[Fire]) -> list[Fire]:
    """Return the fires to revise: those that changed and those whose ties did, the oldest first."""
    desk, kin = sitting.desk, sitting.desk.kin
    named, over = {incident_id(fire.anchor()): fire for fire in fires}, {*kin.over}
    asked = named | {incident_id(fire.anchor()): fire for fire in _suspects(sitting, fires)}
    tasked = {kin.ties[one].tasked for one in over.symmetric_difference(kin.over) if one in kin.ties}
    for one in _ended(desk, fires):
        tasked.add(kin.ties[one].tasked if one in kin.ties else None)
        kin.tie(one, None)
    for one, fire in asked.items():
        kin.begins(one, fire.anchor())
        tie, after = kin.ties.get(one), _tie(sitting, fire)
        if tie is None and after.parent is None and after.reburn_of is None:
            continue
        before = tie or Tie(fire.anchor().claim)
        kin.tie(one, after)
        if before.said != after.said:
            named[one] = fire
            tasked |= {before.tasked, after.tasked}
    for parent in tasked - {None, *named}:
        known = asked.get(parent or "") or desk.by_id.get(parent or "")
        if parent is not None and known is not None and _lives(desk, known):
            named[parent] = known
    kin.only = frozenset(named) - {incident_id(fire.anchor()) for fire in fires}
    settled(kin, desk.graph)
    return sorted(named.values(), key=lambda fire: fire.anchor().key)


def _ended(desk: Desk, fires: list[Fire]) -> list[str]:
    """Return the ids that are shown no more: of fires gone, and of those that became part of another."""
    gone = {name for fire in desk.graph.gone for name in fire.shown}
    named = {incident_id(fire.anchor()) for fire in fires}
    return sorted((gone | {name for fire in fires for name in fire.shown}) - named)


def _is_living(desk: Desk, node: Node) -> bool:
    return desk.graph.nodes.get(node.claim.detection_id) is node


def _lives(desk: Desk, fire: Fire) -> bool:
    """Return whether a fire is one still: it was not joined to another, and its claims are not gone."""
    head = fire.anchor()
    return head.fire is fire and _is_living(desk, head)


def _suspects(sitting: Sitting, fires: list[Fire]) -> Iterator[Fire]:
    """Yield the fires whose ties may differ now, each perhaps more than once.

    A pixel that joined a fire, or is gone, may make or end a large fire beside where another began; an old
    one may tell on whose ground; and whoever names a fire must learn that it goes by another id.
    """
    desk, kin = sitting.desk, sitting.desk.kin
    for name in _renamed(desk, fires):
        for kid in kin.kids.get(name, ()):
            fire = desk.by_id.get(kid)
            if fire is not None and _lives(desk, fire):
                yield fire
    within_s = sitting.given.sparks.within_h * 3600.0
    for fire in changed(sitting, fires):
        for node in fire.nodes:
            yield from _began(desk, node, 0.0, within_s)
    torn = [node for fire in fires for node in fire.nodes] if kin.lost else []
    away = dict.fromkeys((*kin.lost, *desk.graph.strayed))
    for node in (*desk.graph.joined, *torn, *away):
        if node in away or (node.fire is not None and len(node.fire.nodes) >= spotting.LEAST_PIXELS):
            yield from _began(desk, node, 0.0, within_s)
    gap_s, reburn_s = sitting.given.association.gap_d * DAY_S, sitting.given.sparks.reburn_d * DAY_S
    for node in (*kin.fresh, *away):
        if node.seconds + gap_s < kin.latest_s:
            yield from _began(desk, node, gap_s, reburn_s)


def _renamed(desk: Desk, fires: list[Fire]) -> set[str]:
    """Return the ids whose fire may go by another one now."""
    gone = {name for fire in desk.graph.gone for name in fire.shown}
    is_torn = bool(desk.kin.lost or desk.graph.strayed)
    for fire in fires:
        own = incident_id(fire.anchor())
        gone |= {name for name in (own, *fire.shown) if is_torn or name != own}
    return gone


def _began(desk: Desk, node: Node, after_s: float, until_s: float) -> Iterator[Fire]:
    """Yield the fires that began round a claim, so many seconds after it."""
    for head in desk.kin.began.near(node, node.seconds + after_s, node.seconds + until_s):
        if head.fire is not None and head.fire.anchor() is head and _lives(desk, head.fire):
            yield head.fire


def _tie(sitting: Sitting, fire: Fire) -> Tie:
    """Return what a fire is to others."""
    began = fire.anchor()
    if began.claim.placing is not None and began.claim.placing.sector is not None:
        # a direction has no place from which a spark could have flown
        return Tie(began.claim)
    former, why_former = _former(sitting, fire)
    options, desk, wind = sitting.given.sparks, sitting.desk, Wind()
    since_s = began.seconds - options.within_h * 3600.0
    near = desk.kin.trail.near(began, since_s, began.seconds)
    around = [node for node in near if node.fire is not fire and _is_living(desk, node)]
    around = _burning(sitting, around, began.seconds)
    spark = spotting.spark_of(options, began, around, wind) if around else None
    if spark is not None:
        wind = _wind(sitting, began.claim)
        spark = spotting.spark_of(options, began, around, wind)
    tie = Tie(began.claim, reburn_of=former, why=why_former)
    if spark is None or spark.node.fire is None:
        return tie
    relation, threat = _relation(sitting, fire, wind)
    if not relation:
        return tie
    parent = incident_id(spark.node.fire.anchor())
    why = (_told(options, spark, parent, relation, wind), *threat, *why_former)
    return tie._replace(parent=parent, relation=relation, distance_km=round(spark.distance_km, 2), why=why)


def _burning(sitting: Sitting, around: list[Node], at_s: float) -> list[Node]:
    """Return the claims of fires of which nobody says that they were none, or out by then."""
    if not (sitting.desk.acts or sitting.desk.verdicts):
        return around
    fires = {id(node.fire): node.fire for node in around if node.fire is not None}
    until = {name: burnt_until(sitting, fire) for name, fire in fires.items()}
    return [node for node in around if (end := until.get(id(node.fire))) is None or at_s <= end]


def _wind(sitting: Sitting, claim: Detection) -> Wind:
    """Return the wind where and when a fire began, as far as it is known by now."""
    known = sitting.desk.weather.at(claim.longitude, claim.latitude, claim.observed_at)
    return Wind() if known is None else Wind(known.wind_ms, known.wind_from_deg)


def _relation(sitting: Sitting, fire: Fire, wind: Wind) -> tuple[Kinship, tuple[Reason, ...]]:
    """Return what a fire that began ahead of a large one is to it, and what threatens if that decided."""
    options, began = sitting.given.sparks, fire.anchor()
    look_s = sitting.given.evidence.look.minutes * 60.0
    if not spotting.began_as_night_pixel(fire.nodes, began, look_s):
        calm = wind.speed_ms is not None and wind.speed_ms < options.least_wind_ms
        return ("" if calm else "spotting"), ()
    if len(fire.nodes) > 1 or _confirmed(sitting, fire):
        return "spotting", ()
    threat = _threat(sitting, fire)
    return ("spotting", (threat,)) if threat is not None else ("spotting_candidate", ())


def _confirmed(sitting: Sitting, fire: Fire) -> bool:
    """Return whether a person agrees that it is a fire: an office, or somebody on the spot."""
    verdicts = verdicts_of(sitting.desk, fire)
    return bool(verdicts) and feedback.agreed(sitting.given.profile, verdicts)


def _threat(sitting: Sitting, fire: Fire) -> Reason | None:
    """Return the settlement or facility that a fire of one pixel may reach within the hour, or None.

    Where nothing tells its reach, one within `threat_km`.
    """
    limit, one = sitting.given.sparks.threat_km, summed(sitting.given.evidence, fire)
    weather = sitting.desk.weather.at(one.longitude, one.latitude, fire.anchor().claim.observed_at)
    reach = reach_1h(sitting, incident_id(fire.anchor()), one, weather)
    region = sitting.given.region.at(sitting.now)
    (places,) = region.places_bulk([one.longitude], [one.latitude], [one.radius_m])
    places = beside(sitting, fire, one, places, reach)
    for place in sorted(places, key=lambda place: (place.distance_km or 0.0, place.place_id)):
        if place.layer not in NEAR_LAYERS or place.distance_km is None:
            continue
        away_km = round(place.distance_km, 2)
        if reach is not None and _reaches(reach, one, place):
            return Reason(code="threatens", ref=place.place_id, value=away_km, unit="km", rule="reach_1h")
        if reach is None and place.distance_km <= limit:
            return Reason(code="threatens", ref=place.place_id, value=away_km, threshold=limit, unit="km")
    return None


def _reaches(reach: dict[str, Any], one: Summary, place: Place) -> bool:
    """Return whether a place that is told by distance and bearing lies in an area."""
    back_deg = ((place.azimuth_deg or 0.0) + 180.0) % 360.0
    lon, lat = destination(one.longitude, one.latitude, back_deg, place.distance_km or 0.0)
    return bool(shapely.intersects_xy(shapely.geometry.shape(reach), float(lon), float(lat)))


def _told(options: spotting.Options, spark: Spark, parent: str, relation: Kinship, wind: Wind) -> Reason:
    detail = "wind not known: not filtered by direction"
    if wind.from_deg is not None:
        speed = "" if wind.speed_ms is None else f"{wind.speed_ms:.1f} m/s "
        detail = f"wind {speed}from {wind.from_deg:.0f} deg"
    away_km = round(spark.distance_km, 2)
    return Reason(
        code="spotting" if relation == "spotting" else "spotting_candidate",
        ref=parent,
        value=away_km,
        threshold=options.reach_km,
        unit="km",
        detail=detail,
    )


def _former(sitting: Sitting, fire: Fire) -> tuple[str | None, tuple[Reason, ...]]:
    """Return the last fire on the ground where this one began, too old to be the same, and the reason."""
    desk, gap_d, began = sitting.desk, sitting.given.association.gap_d, fire.anchor()
    since_s = began.seconds - sitting.given.sparks.reburn_d * DAY_S
    last: Node | None = None
    for node in desk.kin.trail.near(began, since_s, began.seconds - gap_d * DAY_S):
        if node.fire is None or node.fire is fire or not _is_living(desk, node):
            continue
        limit = limit_km(sitting.given.association, began.sigma, node.sigma)
        if apart_km(began, node) <= limit and (last is None or node.key > last.key):
            last = node
    if last is None or last.fire is None:
        return None, ()
    former, days = incident_id(last.fire.anchor()), round((began.seconds - last.seconds) / DAY_S, 2)
    return former, (Reason(code="reburn", ref=former, value=days, threshold=gap_d, unit="d"),)


def related(sitting: Sitting, incident: Incident) -> Incident:
    """Return the incident with what it is to others, and with the candidates that are a task on it.

    A tie is no new sign, nor is weather: a fire closed on quiet stays closed.
    """
    kin, one, row = sitting.desk.kin, incident.incident_id, sitting.desk.rows.get(incident.incident_id)
    if (
        one in kin.only | sitting.desk.unseen
        and incident.status == "open"
        and row is not None
        and row.incident.status == "closed"
    ):
        incident = replace(incident, status="closed", closed_at=row.incident.closed_at)
    tie, candidates = kin.ties.get(one), kin.candidates(one)
    if candidates:
        count = incident.observation_count + len(candidates)
        incident = replace(incident, candidates=candidates, observation_count=count)
    if tie is None:
        return incident
    incident = replace(
        incident,
        parent=tie.parent,
        relation=tie.relation,
        reburn_of=tie.reburn_of,
        reasons=(*tie.why, *incident.reasons),
    )
    return incident if tie.tasked is None else replace(incident, grade="task")
