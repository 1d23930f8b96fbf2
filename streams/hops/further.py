"""Where a fire may be in 1, 3, 6, 12 and 24 hours, as GeoJSON: computed when it is asked for."""

from typing import Any

from alerts.carbon.horizons import horizons
from alerts.carbon.scenario import Drivers
from alerts.carbon.soon import in_degrees
from streams.hops.carbon import Assessor, Placed


def further(assessor: Assessor, incident: Placed, weather: Drivers | None = None) -> dict[str, Any] | None:
    """Return a feature collection, `likely` and `outermost` of each horizon; None where it is unknown.

    Areas are those of the scenarios, ha: mean, smallest and largest.
    """
    driven = assessor.driven(incident, weather)
    if driven is None:
        return None
    fire, plane, barriers = driven
    features = [
        {
            "type": "Feature",
            "properties": {"hours": one.hours, "what": what, **one.areas_ha()},
            "geometry": in_degrees(plane, shape),
        }
        for one in horizons(assessor.tables.spread, fire, barriers)
        for what, shape in (("likely", one.likely), ("outermost", one.outermost))
    ]
    return {"type": "FeatureCollection", "features": features}
