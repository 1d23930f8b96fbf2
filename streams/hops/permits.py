"""Permits in the judge: the better revision of each is kept, and the fires in it are judged again."""

from collections.abc import Iterable

from msgspec.structs import replace

from detectors.assembly import Summary
from detectors.association import Fire
from detectors.permits import Facts, Ruling, ruling
from schemas.incident import Place
from schemas.observation import Permit
from schemas.reason import Reason
from schemas.units import Grade
from streams.hops.rank import rank
from streams.hops.sitting import Sitting
from streams.unnamed import unnamed

REACH_DEG = 0.5
"""A permit is no wider than its radius of 50 km: fires further off are not looked at."""


def take_permits(sitting: Sitting, permits: Iterable[Permit]) -> list[Fire]:
    """Keep what is new or better; return the fires that may be told otherwise by it, the oldest first."""
    desk = sitting.desk
    near: dict[int, Fire] = {}
    for permit in map(unnamed, permits):
        known = desk.permits.get(permit.observation_id)
        if known is not None and rank(known) >= rank(permit):
            continue
        desk.permits[permit.observation_id] = permit
        sitting.result.rows[f"y/{permit.observation_id}"] = permit
        for one in (permit, known):
            near |= {} if one is None else {id(fire): fire for fire in _fires_near(sitting, one)}
    return sorted(near.values(), key=lambda fire: fire.anchor().key)


def forget_people(sitting: Sitting) -> None:
    """Write rows anew in which older software kept who answers for a burn."""
    for name, permit in sitting.desk.permits.items():
        if (bare := unnamed(permit)) is not permit:
            sitting.desk.permits[name] = bare
            sitting.result.rows[f"y/{name}"] = bare


def _fires_near(sitting: Sitting, permit: Permit) -> Iterable[Fire]:
    for name, fire in sitting.desk.by_id.items():
        row = sitting.desk.rows.get(name)
        if row is None or row.incident.status != "open":
            continue
        east = (row.incident.longitude - permit.longitude + 180.0) % 360.0 - 180.0
        if abs(east) <= 2 * REACH_DEG and abs(row.incident.latitude - permit.latitude) <= 2 * REACH_DEG:
            yield fire


def ruled(sitting: Sitting, fire: Fire, one: Summary, where: tuple[Place, ...]) -> Ruling | None:
    """Return what permits say of a fire; None: there is none here."""
    desk, given = sitting.desk, sitting.given
    if not desk.permits:
        return None
    facts = Facts(
        area_codes=tuple(place.place_id for place in where),
        source_classes=one.source_classes,
        wind_ms=wind_ms(sitting, one),
        zone=given.profile.zone,
    )
    return ruling(given.permits, desk.permits.values(), [node.claim for node in fire.nodes], facts)


def wind_ms(sitting: Sitting, one: Summary) -> float | None:
    """Return the wind, m/s, at a fire when it was last seen; None: nobody says."""
    here = sitting.desk.weather.at(one.longitude, one.latitude, one.last_observed_at)
    return None if here is None else here.wind_ms


def allowed(said: Ruling | None, held: Grade, why: Reason) -> tuple[Grade, Reason]:
    """Return the grade and its reason; a permitted fire is a task, whatever it would be otherwise."""
    if said is None or not said.permitted or held == "task":
        return held, why
    return "task", replace(why, rule="task", detail=f"{held} without the permit")
