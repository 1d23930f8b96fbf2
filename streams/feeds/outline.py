"""The area and the window of a permit: an outline or a circle, at most a degree wide and a year long."""

from datetime import UTC, datetime
from typing import Any

import shapely
from shapely.errors import ShapelyError

from detectors.datum import to_wgs84
from schemas.reason import Reason

LONGEST_D = 366
"""A permit longer than a year is none."""


def outline(fields: dict[str, Any]) -> Reason | None:
    """Give a permit with an area its middle; return what is wrong with the area, if anything."""
    area = fields.get("area")
    if area is None:
        radius = fields.get("radius_m")
        is_circle = isinstance(radius, int | float) and not isinstance(radius, bool) and radius > 0
        return (
            None
            if is_circle
            else Reason(code="bad_value", rule="area", detail="neither an outline nor a radius")
        )
    try:
        shape = shapely.geometry.shape(area)
        is_area = shape.geom_type in {"Polygon", "MultiPolygon"} and shape.is_valid and not shape.is_empty
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        is_area = False
    if not is_area:
        return Reason(code="bad_value", rule="area", detail="no valid GeoJSON Polygon or MultiPolygon")
    west, south, east, north = shape.bounds
    if not (
        -180 <= west <= east <= 180 and -90 <= south <= north <= 90 and max(east - west, north - south) <= 1
    ):
        return Reason(code="bad_position", rule="area", detail="beyond the map, or wider than a degree")
    middle = shape.representative_point()
    fields["longitude"], fields["latitude"] = middle.x, middle.y
    return None


def onto_wgs84(fields: dict[str, Any], frame: str) -> None:
    """Turn the outline of a permit into WGS 84."""
    if fields.get("area") is None or frame == "wgs84":
        return
    shape = shapely.geometry.shape(fields["area"])
    moved = shapely.transform(
        shape,
        lambda xy: [to_wgs84(frame, lon, lat) for lon, lat in xy.tolist()],  # a permit has few vertices
    )
    fields["area"] = shapely.geometry.mapping(moved)


def mend_permit(fields: dict[str, Any]) -> tuple[list[str], Reason | None]:
    """Check a permit's window; return what is wrong with it, if anything."""
    times = [_aware(fields.get(name)) for name in ("starts_at", "ends_at")]
    starts, ends = times
    if starts is None or ends is None:
        return [], Reason(
            code="bad_value", rule="window", detail="starts_at and ends_at are instants with a zone"
        )
    days = (ends - starts).total_seconds() / 86400.0
    if not 0 < days <= LONGEST_D:
        return [], Reason(
            code="bad_value", rule="window", value=round(days, 3), threshold=float(LONGEST_D), unit="d"
        )
    fields["starts_at"], fields["ends_at"] = starts, ends
    return [], None


def _aware(given: Any) -> datetime | None:
    if isinstance(given, datetime):
        return given
    try:
        at = datetime.fromisoformat(str(given))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None
