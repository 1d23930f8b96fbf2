"""Somebody who was at a place and saw nothing looked in vain: evidence against a fire there, no verdict."""

import math

from detectors.geodesy import KM_PER_DEGREE
from schemas.detection import Look
from schemas.observation import Report


def looked_in_vain(said: Report) -> Look:
    """Return the look over the radius that the report names."""
    high = said.radius_m / 1000.0 / KM_PER_DEGREE
    wide = min(high / max(math.cos(math.radians(said.latitude)), 0.01), 180.0)
    return Look(
        source=said.source,
        source_class=said.source_class,
        observed_at=said.observed_at,
        west=max(said.longitude - wide, -180.0),
        south=max(said.latitude - high, -90.0),
        east=min(said.longitude + wide, 180.0),
        north=min(said.latitude + high, 90.0),
    )
