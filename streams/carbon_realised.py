"""What a fire or outbreak that is over took inside a mapped perimeter: nothing beyond it is at risk."""

import json
from typing import Any

import shapely
from msgspec import structs

from alerts.carbon.at_risk import Fire
from alerts.carbon.plane import plane_of
from alerts.carbon.scenario import Drivers, seed_of
from schemas.alert import Alert, Carbon
from streams.hops.carbon import Assessor
from streams.hops.outbreak_carbon import of_outbreak


def realised(assessor: Assessor, told: Alert, perimeter: Any, mapped: str | None = None) -> Carbon:
    """Return what was lost inside a geometry in degrees; null with a reason where nothing tells.

    `mapped` is pest/severity of an outbreak as it was surveyed; without it that of its alert counts.
    """
    if told.kind == "outbreak":
        pest, _, severity = (mapped or f"{told.carbon.pest}/{told.carbon.severity}").partition("/")
        one = structs.replace(
            told, footprint=json.loads(shapely.to_geojson(perimeter)), probability=1.0, radius_m=0.0
        )
        fate = told.carbon.fate or "snag"
        return of_outbreak(
            assessor, one, pest, severity, told.issued_at, fate=fate, is_over=True
        ).answer.carbon
    plane = plane_of(perimeter)
    seed = seed_of(told.incident_id)
    fire = Fire(shape=plane.to_metres(perimeter), probability=1.0, seed=seed, drivers=Drivers())
    return assessor.burnt(fire, plane, told.issued_at).carbon
