"""How one fire stems from another, and what may be a spot fire of it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.units import Identifier, Kilometres, Latitude, Longitude, UtcTime

Kinship = Annotated[
    Literal["", "spotting", "spotting_candidate"],
    Meta(description="To `parent`: a spot fire of it, or a lone night pixel that is a task on it."),
]


class Candidate(Struct, frozen=True, kw_only=True):
    """A lone pixel at night beside this fire: a spot fire, or a false pixel of its hot plume."""

    candidate_id: Annotated[
        Identifier,
        Meta(description="Alert id of its task, and its incident id should it prove to be a fire."),
    ]
    observed_at: UtcTime
    longitude: Longitude
    latitude: Latitude
    distance_km: Annotated[Kilometres, Meta(description="To the nearest pixel of this fire, km.")]
