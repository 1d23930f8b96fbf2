"""Nearest misses: what was silent for want of little, with its place and what it lacked, the least first."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from alerts.county import county_of
from detectors.region import Region
from schemas.observation import AnyObservation
from schemas.reason import Reason
from schemas.units import UtcTime
from streams.replay import Outcome

MOST = 200
"""So many are kept."""


class Miss(Struct, frozen=True, kw_only=True):
    """One silence that a lower threshold would have broken. `lacks` is a share of its threshold."""

    observation_id: str
    source: str
    observed_at: UtcTime
    longitude: float | None
    latitude: float | None
    county: str = ""
    rule: str
    value: float
    threshold: float
    margin: float
    unit: str
    lacks: float
    pictures: tuple[str, ...] = ()


def nearest(
    outcome: Outcome, observations: Iterable[AnyObservation], region: Region, most: int = MOST
) -> tuple[Miss, ...]:
    """Return the silences of a replay that have a margin, the nearest to their threshold first."""
    why = {name: one.reason for name, one in outcome.silences.items() if is_near(one.reason)}
    found: dict[str, Miss] = {}
    for one in observations if why else ():
        reason = why.get(one.observation_id)
        if reason is not None:
            found[one.observation_id] = miss(one, reason)
    ordered = sorted(found.values(), key=lambda one: (one.lacks, one.observation_id))[:most]
    return placed(ordered, region)


def placed(misses: Sequence[Miss], region: Region) -> tuple[Miss, ...]:
    """Return the misses with the county they lie in, where it is known."""
    known = [(one.longitude, one.latitude) for one in misses if one.longitude is not None]
    if not known:
        return tuple(misses)
    longitudes, latitudes = zip(*known, strict=True)
    counties = iter(
        county_of(where) for where in region.places_bulk(longitudes, latitudes, [1.0] * len(known))
    )
    return tuple(one if one.longitude is None else replace(one, county=next(counties)) for one in misses)


def is_near(reason: Reason | None) -> bool:
    """Return whether a silence says by how much it missed a threshold."""
    return (
        reason is not None
        and reason.code in {"below_threshold", "masked_by", "usual"}
        and reason.value is not None
        and reason.threshold is not None
    )


def miss(one: AnyObservation, reason: Reason) -> Miss:
    """Return a silence with the place of its observation and the share of the threshold that it lacks."""
    assert reason.value is not None
    assert reason.threshold is not None
    margin = round(reason.value - reason.threshold, 4)
    return Miss(
        observation_id=one.observation_id,
        source=one.source,
        observed_at=one.observed_at,
        longitude=getattr(one, "longitude", None),
        latitude=getattr(one, "latitude", None),
        rule=reason.rule or reason.code,
        value=reason.value,
        threshold=reason.threshold,
        margin=margin,
        unit=reason.unit,
        lacks=round(abs(margin) / (abs(reason.threshold) or 1.0), 6),
        pictures=tuple(getattr(one, "pictures", ())),
    )
