"""Which quantities of a fixed sensor may mean a fire, from which value on, and how near."""

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct


class Sensing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One quantity."""

    name: str
    at_least: float | None = None
    learned: bool
    least_spread: Annotated[float, Meta(gt=0)]
    probability: Annotated[float, Meta(gt=0, lt=1)]
    radius_m: Annotated[float, Meta(gt=0)]
    status: str
    origin: str


class Sensors(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    quantity: tuple[Sensing, ...]

    def by_name(self) -> Mapping[str, Sensing]:
        """Return the quantities by name."""
        return {one.name: one for one in self.quantity}


class Sensed(NamedTuple):
    """Where a reading was taken, and what its quantity means; None: it is weather."""

    longitude: float
    latitude: float
    sensing: Sensing | None
