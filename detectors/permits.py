"""A fire that an office permitted is a task; outside its permit it is raised like any other.

Config::

    [permits]
    most_tolerance_km = 1.0     # a claim's error counts up to here: beside a permitted burn is outside
    bans = [{ from = "2026-03-01", to = "2026-04-30", areas = ["513401"], ref = "禁火令 2026-1" }]

Every claim of the fire must lie in the area of one permit, in its window, and below its strength if it names
one. The permit is void on a day of a fire ban, above its wind limit, and where a second kind of source agrees
that it burns: somebody then asks who answers for it. Without known wind the permit holds, and that is said.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import shapely
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from detectors.geodesy import KM_PER_DEGREE
from schemas.detection import Detection
from schemas.observation import Permit
from schemas.reason import Reason


class Ban(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days on which nothing may burn, both ends included, in areas by code; none named: everywhere."""

    first: date = field(name="from")
    last: date = field(name="to")
    areas: tuple[str, ...] = ()
    ref: str = ""

    def holds(self, day: date, codes: Iterable[str]) -> bool:
        """Return whether the ban is on in any of these areas."""
        return self.first <= day <= self.last and (not self.areas or not set(self.areas).isdisjoint(codes))


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [permits]."""

    most_tolerance_km: Annotated[float, Meta(ge=0, le=10)] = 1.0
    bans: Annotated[tuple[Ban, ...], Meta(description="Days on which no permit holds, and where.")] = ()


class Facts(Struct, frozen=True, kw_only=True):
    """What a ruling depends on besides permits and claims."""

    area_codes: tuple[str, ...]
    source_classes: tuple[str, ...]
    wind_ms: float | None
    zone: str


class Ruling(Struct, frozen=True, kw_only=True):
    """Whether the fire is permitted, and what is said of it."""

    permitted: bool
    reasons: tuple[Reason, ...]


def ruling(
    options: Options, permits: Iterable[Permit], claims: Sequence[Detection], facts: Facts
) -> Ruling | None:
    """Return what the permits near a fire say of it; None: there is none."""
    held: list[tuple[str, Permit]] = []
    for permit in sorted(permits, key=lambda one: one.observation_id):
        if permit.withdrawn or not any(_in_area(options, permit, claim) for claim in claims):
            continue
        beyond = next((why for claim in claims if (why := _beyond(options, permit, claim))), "")
        held.append((beyond or _void(options, permit, claims, facts), permit))
    if not held:
        return None
    why, permit = min(held, key=lambda row: (bool(row[0]), row[1].observation_id))
    if why:
        return Ruling(permitted=False, reasons=(_exceeded(permit, why, facts),))
    return Ruling(permitted=True, reasons=_granted(permit, facts))


def _beyond(options: Options, permit: Permit, claim: Detection) -> str:
    """Return by what a claim goes beyond a permit; empty: by nothing."""
    if not _in_area(options, permit, claim):
        return "area"
    if not permit.starts_at <= claim.observed_at <= permit.ends_at:
        return "window"
    limit = permit.frp_limit_mw
    return "strength" if limit is not None and claim.frp_mw is not None and claim.frp_mw > limit else ""


def _void(options: Options, permit: Permit, claims: Sequence[Detection], facts: Facts) -> str:
    """Return why a permit does not hold though the fire keeps to it; empty: it holds."""
    days = {_day(claim.observed_at, facts.zone) for claim in claims}
    if any(ban.holds(day, facts.area_codes) for ban in options.bans for day in days):
        return "fire ban"
    if (
        permit.wind_limit_ms is not None
        and facts.wind_ms is not None
        and facts.wind_ms > permit.wind_limit_ms
    ):
        return "wind"
    return "second kind of source" if len(facts.source_classes) > 1 else ""


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _in_area(options: Options, permit: Permit, claim: Detection) -> bool:
    if claim.placing is not None and claim.placing.how == "nowhere":
        return False
    tolerance_km = min(2.0 * claim.sigma_km, options.most_tolerance_km)
    squeeze = math.cos(math.radians(permit.latitude))
    east = (claim.longitude - permit.longitude + 180.0) % 360.0 - 180.0
    x, y = east * squeeze * KM_PER_DEGREE, (claim.latitude - permit.latitude) * KM_PER_DEGREE
    if permit.area is None:
        return math.hypot(x, y) <= permit.radius_m / 1000.0 + tolerance_km
    return bool(shapely.distance(_plane(permit, squeeze), shapely.Point(x, y)) <= tolerance_km)


def _plane(permit: Permit, squeeze: float) -> Any:
    """Return the area in km east and north of the permit's centre."""

    def to_km(xy: Any) -> Any:
        east = (xy[:, 0] - permit.longitude + 180.0) % 360.0 - 180.0
        xy[:, 0] = east * squeeze * KM_PER_DEGREE
        xy[:, 1] = (xy[:, 1] - permit.latitude) * KM_PER_DEGREE
        return xy

    return shapely.transform(shapely.geometry.shape(permit.area), to_km)


def _exceeded(permit: Permit, why: str, facts: Facts) -> Reason:
    wind = facts.wind_ms if why == "wind" else None
    limit = permit.wind_limit_ms if why == "wind" else None
    unit = "m/s" if why == "wind" else ""
    return Reason(
        code="permit_exceeded",
        ref=permit.number or permit.observation_id,
        rule=why,
        value=wind,
        threshold=limit,
        unit=unit,
    )


def _granted(permit: Permit, facts: Facts) -> tuple[Reason, ...]:
    said = Reason(code="permitted", ref=permit.number or permit.observation_id, rule=permit.purpose)
    if permit.wind_limit_ms is None:
        return (said,)
    if facts.wind_ms is None:
        return said, Reason(code="permit_wind_unknown", threshold=permit.wind_limit_ms, unit="m/s")
    limit, wind = permit.wind_limit_ms, facts.wind_ms
    return (replace(said, value=wind, threshold=limit, margin=round(limit - wind, 2), unit="m/s"),)
