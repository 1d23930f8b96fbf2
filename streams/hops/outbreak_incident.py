"""What an outbreak is at one revision: place, grade, reasons, areas, and whether it is over."""

from collections.abc import Sequence

from msgspec.structs import replace

from alerts.outbreak import audience_of
from detectors.pests.closing import closing
from detectors.pests.outbreak import Outbreak
from schemas.incident import Incident
from schemas.pest import Novelty, Pest
from schemas.reason import Reason
from streams.hops.outbreak_board import OutbreakRow
from streams.hops.outbreak_outline import outline_of
from streams.hops.outbreak_risk import reach_of
from streams.hops.outbreak_season import is_due, season_of
from streams.hops.sitting import Sitting

LIKELY = {"trap": 0.5, "pines": 0.3, "survey": 0.8, "lab": 0.95}
"""How probable an outbreak is by the best of what it rests on; placeholders, to be calibrated on verdicts."""

MOST_REASONS = 12
"""So many reasons are told, the gravest first."""

WIDEST: tuple[Novelty, ...] = ("county", "township", "sub-compartment")


def incident_of(
    sitting: Sitting, name: str, outbreak: Outbreak, own: OutbreakRow | None, others: Sequence[OutbreakRow]
) -> Incident:
    """Return the next revision of an outbreak, or its first."""
    given, now = sitting.given, sitting.now
    region = given.region.at(now)
    over = sitting.desk.over.get(name)
    before = own.incident.revision if own else 0 if over is None else over.revision
    outline = outline_of(given.pests.by(outbreak.species).linking, region, outbreak)
    pest = replace(_pest(sitting, outbreak), footprint_of=outline.of)
    is_over = pest.closes_at is not None and pest.closes_at <= now
    shown = {name, *(one for row in others for one in row.incident.lineage)}
    shown |= set(own.incident.lineage) if own else set()
    return Incident(
        incident_id=name,
        revision=before + 1,
        short_code=name[-8:-4],
        kind="outbreak",
        status="closed" if is_over else "open",
        lineage=tuple(sorted(shown)),
        opened_at=outbreak.opened_at,
        last_observed_at=outbreak.last_observed_at,
        closed_at=pest.closes_at if is_over else None,
        judged_at=now,
        longitude=outbreak.longitude,
        latitude=outbreak.latitude,
        radius_m=outbreak.radius_m,
        observation_count=len(outbreak.observation_ids),
        look_count=len(outbreak.signs),
        sources=_sources(sitting, outbreak),
        area_ha=outline.area_ha,
        footprint=outline.footprint,
        grade=outbreak.grade,
        probability=max(LIKELY[one] for one in pest.basis),
        places=region.places(outbreak.longitude, outbreak.latitude, outbreak.radius_m),
        placed_by=region.version,
        reasons=outbreak.reasons[:MOST_REASONS],
        pest=pest,
        audience=audience_of(is_quarantine=pest.is_quarantine),
        reconstruction=any(sitting.desk.pests.rows[one.sign_id].one.reconstruction for one in outbreak.signs),
    )


def is_unchanged(sitting: Sitting, outbreak: Outbreak, own: OutbreakRow) -> bool:
    """Return whether an outbreak stands on the same signs, judged alike in the same region, as before."""
    known = own.incident
    signs = tuple(sorted(one.sign_id for one in outbreak.signs))
    return (
        own.signs == signs
        and known.placed_by == sitting.given.region.at(sitting.now).version
        and known.last_observed_at == outbreak.last_observed_at
        and known.grade == outbreak.grade
        and set(outbreak.reasons[:MOST_REASONS]) <= set(known.reasons)
        and (known.longitude, known.latitude, known.radius_m) == _place(outbreak)
        and not is_due(known, sitting.now)
    )


def _place(outbreak: Outbreak) -> tuple[float, float, float]:
    return outbreak.longitude, outbreak.latitude, outbreak.radius_m


def same_words(one: Incident, other: Incident) -> bool:
    """Return whether two revisions say the same but for their number and their time."""
    return one == replace(other, revision=one.revision, judged_at=one.judged_at, feedback=one.feedback)


def _pest(sitting: Sitting, outbreak: Outbreak) -> Pest:
    given = sitting.given.pests
    species = given.rules.species.by_name[outbreak.species.casefold()]
    season = season_of(sitting, species, outbreak)
    reach = reach_of(given, sitting.given.region.at(sitting.now), species, outbreak.signs, season.gate)
    over = closing(given.by(species.name).closing, given.seasons, outbreak.signs)
    where = [sitting.desk.pests.rows[one.sign_id].where for one in outbreak.signs]
    return Pest(
        species=species.name,
        chinese=species.chinese,
        is_quarantine=species.is_quarantine,
        novelty=_novelty(outbreak.reasons),
        unit_id=next((one.unit for one in where if one.unit), "") if species.is_quarantine else "",
        township=next((one.township for one in where if one.township), ""),
        county=next((one.county for one in where if one.county), ""),
        basis=tuple(sorted({one.basis for one in outbreak.signs})),
        signs=len(outbreak.signs),
        closes_at=over.at,
        season=season.gate,
        gate_basis=season.gate_basis,
        next_action=season.todo,
        next_action_at=season.todo_at,
        season_basis=season.basis,
        rings=reach.rings,
        threatened=reach.threatened,
    )


def _novelty(reasons: Sequence[Reason]) -> Novelty:
    rules = {one.rule for one in reasons if one.code == "new_unit"}
    return next((one for one in WIDEST if one in rules), "")


def _sources(sitting: Sitting, outbreak: Outbreak) -> tuple[str, ...]:
    rows = sitting.desk.pests.rows
    return tuple(sorted({rows[one.sign_id].one.source for one in outbreak.signs}))
