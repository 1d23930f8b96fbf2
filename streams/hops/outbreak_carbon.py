"""Carbon that an outbreak puts at risk in a region: what it may reach, by host and mortality."""

import json
from datetime import datetime

import numpy as np
import shapely

from alerts.carbon.at_risk import Answer, unknown
from alerts.carbon.ground import ground_of
from alerts.carbon.pest_at_risk import Outbreak, PestAnswer, pest_at_risk
from alerts.carbon.pest_loss import mortality_row
from alerts.carbon.plane import plane_of
from alerts.carbon.scenario import seed_of
from schemas.incident import Incident
from streams.hops.carbon import MOST_FEATURES, WIDEST_DEG, Assessor, Placed

LEAST_RADIUS_M = 20.0
"""A find without a radius is at least a tree and its neighbours."""


def of_incident(assessor: Assessor, incident: Incident, now: datetime) -> Answer:
    """Return the carbon that an outbreak puts at risk, by the mortality of its species and its grade."""
    species = "" if incident.pest is None else incident.pest.species
    pest, severity = mortality_row(assessor.tables.loss, species, incident.grade)
    if not pest:
        return unknown("not_computed", f"no mortality is known of {species or 'this pest'}")
    return of_outbreak(assessor, incident, pest, severity, now).answer


def of_outbreak(  # noqa: PLR0913 - where, what, how severe, when, and what becomes of the wood
    assessor: Assessor, incident: Placed, pest: str, severity: str, now: datetime, *,
    fate: str = "snag", is_over: bool = False,
) -> PestAnswer:  # fmt: skip
    """Return the carbon that an outbreak puts at risk; null with a reason where nothing tells.

    `pest` and `severity` are those of `pest_mortality.csv`, `fate` of the dead wood is a row of `decay.csv`.
    The footprint is what is infested now; points of it have the radius of the incident. Of one that is over
    it is what died, and nothing beyond is at risk.
    """
    tables = assessor.tables
    if (pest, severity) not in {(row.pest, row.severity) for row in tables.loss.mortality}:
        return PestAnswer(unknown("not_computed", f"no mortality is known of {pest}, {severity}"))
    shape = shapely.make_valid(shapely.from_geojson(json.dumps(incident.footprint)))
    west, south, east, north = shapely.bounds(shape).tolist()
    if not (east - west < WIDEST_DEG and north - south < WIDEST_DEG):
        return PestAnswer(unknown("not_computed", "the footprint is empty, or wider than an outbreak is"))
    plane = plane_of(shape)
    parts = shapely.get_parts(plane.to_metres(shape))
    bare = shapely.get_dimensions(parts) < 2
    parts[bare] = shapely.buffer(parts[bare], max(incident.radius_m, LEAST_RADIUS_M))
    furthest = max(row.radius_m for row in tables.loss.rings)
    around = plane.to_degrees(shapely.buffer(shapely.union_all(parts), furthest))
    count = assessor.count(around)
    if not count:
        return PestAnswer(unknown("no_carbon_layer", f"no stand within {furthest / 1000:g} km"))
    if count > MOST_FEATURES:
        return PestAnswer(unknown("not_computed", f"more than {MOST_FEATURES} stands in reach"))
    outbreak = Outbreak(
        sources=np.asarray(parts, object),
        pest=pest,
        severity=severity,
        probability=incident.probability,
        seed=seed_of(incident.incident_id, pest, severity),
        fate=fate,
        is_over=is_over,
    )
    ground = ground_of(tables.stock, assessor.features(around), plane)
    return pest_at_risk(tables, ground, outbreak, now.date())
