"""What alerts put at risk together, and what a fire that is over took: the messages of `carbon.v1`."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.units import Identifier, UtcTime, Version, written

Tonnes = Annotated[float, Meta(ge=0)]
Level = Literal[
    "total", "incident", "stand", "owner", "project", "township", "county", "city", "province", "day"
]
LEVELS: tuple[Level, ...] = (
    "total", "incident", "stand", "owner", "project", "township", "county", "city", "province", "day",
)  # fmt: skip
"""What carbon at risk is summed by."""


class CarbonTotal(Struct, frozen=True, kw_only=True, tag="total", tag_field="kind"):
    """Exposed stock and loss of everything under one key, t C, overlapping alerts united first.

    The interval adds bounds to bounds: stands share their parameters, so errors do not cancel. Incidents may
    overlap each other and days do, so the rows of these two levels do not add up.
    """

    v: Version = written()
    at: UtcTime
    level: Level
    key: Annotated[str, Meta(description="Of the level; empty for what belongs to none.")]
    name: str = ""
    unit: str = "t C"
    exposed_t: Tonnes
    loss_t: Tonnes
    low_t: Tonnes
    high_t: Tonnes
    stands: Annotated[int, Meta(ge=0)]
    incidents: Annotated[int, Meta(ge=0, description="Incidents in the figure; 0: nothing is at risk now.")]
    stock_t: Annotated[Tonnes | None, Meta(description="Of a carbon project: all it holds.")] = None
    share_of_stock: Annotated[float, Meta(ge=0, le=1)] | None = None
    reversal: Annotated[
        dict[str, float | None],
        Meta(description="Score of natural risk by return period, years; null: the project would fail."),
    ] = {}
    pools: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    parameters: Annotated[str, Meta(description="Version of the carbon tables.")] = ""
    gwp_set: str = ""
    region: Annotated[str, Meta(description="Version of the region.")] = ""


class CloseOut(Struct, frozen=True, kw_only=True, tag="close_out", tag_field="kind"):
    """One incident when it is over, t C. `realised_t` null: nothing tells what burnt, and why."""

    v: Version = written()
    incident_id: Identifier
    closed_at: UtcTime | None = None
    exposed_t: Tonnes | None
    forecast_t: Tonnes | None
    low_t: Tonnes | None
    high_t: Tonnes | None
    realised_t: Tonnes | None
    error_t: float | None = None
    is_within: Annotated[
        bool | None, Meta(description="The realised loss lies within the 95 % interval of the forecast.")
    ] = None
    parameters: str = ""
    perimeter: Annotated[
        Literal["pixels", "mapped"], Meta(description="Pixels that were hot bound what burnt from above.")
    ] = "mapped"
    severity: Annotated[str, Meta(description="As mapped; empty: none was.")] = ""
    why: Annotated[str, Meta(description="Why nothing is known of what burnt.")] = ""


AnyCarbon = CarbonTotal | CloseOut
