"""The named spot (小地名) nearest to a fire: rangers know the ridge by it, not the code of a stand."""

from detectors.region import Region
from schemas.incident import Place

LAYER = "place_names"
WITHIN_M = 5_000.0
"""Further off a name says less than the nearest settlement."""

AT_M = 200.0
"""So near a name without an extent of its own is where it burns."""


def with_name(
    places: tuple[Place, ...], region: Region, longitude: float, latitude: float
) -> tuple[Place, ...]:
    """Return the places with the nearest name, `inside` where its own extent holds the position."""
    if region.place_names is None or any(place.layer == LAYER for place in places):
        return places
    found = region.place_names.nearest(longitude, latitude, WITHIN_M)
    if found is None:
        return places
    here = found.distance_m <= (found.radius_m or AT_M)
    near = None if here else round(found.distance_m / 1000.0, 3)
    return (
        *places,
        Place(
            layer=LAYER,
            place_id=found.place_id,
            name=found.name,
            relation="inside" if here else "near",
            distance_km=near,
            azimuth_deg=None if here else round(found.azimuth_deg, 1),
        ),
    )
