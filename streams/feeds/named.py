"""A report that names a place and gives no position is put there, as wide as what bears the name."""

from typing import Any

from schemas.reason import Reason
from streams.feeds.base import Limits

UNSTATED_M = 2000.0
"""How far what bears a name may reach of which the region does not say it (placeholder)."""

MOST_NAMED = 3
"""So many places of one name are told to choose from."""


def place_by_name(fields: dict[str, Any], limits: Limits) -> tuple[list[str], Reason | None]:
    """Give a report the place that it names; return a note, or why the name is no place.

    A name that several places bear is refused, and they are told: to choose one would be a guess.
    """
    text = fields.get("place_name")
    if limits.find is None or fields.get("kind") != "report" or not isinstance(text, str) or not text.strip():
        return [], None
    if fields.get("longitude") is not None or fields.get("latitude") is not None:
        return [], None
    found = [one for one in limits.find(text.strip()) if one.match == "exact"]
    if not found:
        return [], _fault(text, "no place of this name is known")
    if len(found) > 1:
        others = ", ".join(f"{one.name} {one.longitude:.4f} {one.latitude:.4f}" for one in found[:MOST_NAMED])
        return [], _fault(text, f"{len(found)} places bear this name: {others}")
    (place,) = found
    said = fields.get("radius_m")
    stated = float(said) if isinstance(said, int | float) and not isinstance(said, bool) else 0.0
    fields.update(
        longitude=place.longitude,
        latitude=place.latitude,
        radius_m=max(stated, place.radius_m or UNSTATED_M),
        frame="wgs84",
    )
    return ["placed_by_name"], None


def _fault(text: str, why: str) -> Reason:
    return Reason(code="bad_position", rule=f"place_name {text.strip()[:60]}", detail=why)
