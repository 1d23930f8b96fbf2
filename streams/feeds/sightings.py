"""What cameras and towers see: bearings on the circle, pictures with an inside, boxes within them."""

from typing import Any, TypeGuard

from schemas.observation import Sighting
from schemas.reason import Reason

EDGE = 0.02
"""Share of the picture by which detectors' boxes reach beyond it now and then; such a box is cut."""

LEAST_PX = 2.0
"""A box that ends beyond this is in pixels; one that ends between 1 and this lies outside its picture."""

OVERTURN_DEG = 1.0
"""Heads of cameras count a little beyond a whole turn; what is more is no azimuth."""

SAYS = ("azimuth_deg", "longitude", "box", "text", "pictures")
"""A sighting with none of these says nothing, however likely: so a camera says that it is alive."""

SAYS_NOTHING = "says nothing"
"""The rule by which a heartbeat is refused."""


def mend_sighting(fields: dict[str, Any]) -> tuple[list[str], Reason | None]:
    """Mend angles and box in place; return what was mended, or why the sighting is refused."""
    notes: list[str] = []
    for name in ("azimuth_deg", "camera_azimuth_deg"):
        note, fault = _mend_azimuth(fields, name)
        if fault is not None:
            return [], fault
        notes += note
    note, fault = _mend_field_of_view(fields)
    if fault is None:
        more, fault = _mend_box(fields)
        notes += [*note, *more]
    if fault is None and not any(fields.get(name) not in (None, "", (), []) for name in SAYS):
        saw = fields.get("saw", "unknown")
        if saw in (None, "unknown"):
            fault = Reason(
                code="bad_value", rule=SAYS_NOTHING, detail="no bearing, place, box or word: a heartbeat?"
            )
    return (notes, None) if fault is None else ([], fault)


def sound_sighting(seen: Sighting) -> bool:
    """Return whether a sighting in our own form says anything, and its box is one."""
    says = any(getattr(seen, name) not in (None, "", ()) for name in SAYS) or seen.saw != "unknown"
    return says and (seen.box is None or _box_fault(list(seen.box)) is None)


def _mend_azimuth(fields: dict[str, Any], name: str) -> tuple[list[str], Reason | None]:
    """Turn 360 and a little into 0 and a little, and a bearing counted westward into one on the circle."""
    value = fields.get(name)
    if not _is_number(value):
        return [], None
    if 360 <= value < 360 + OVERTURN_DEG:
        fields[name] = float(value) - 360.0
        return [f"{name}_360"], None
    if -180 <= value < 0:
        fields[name] = float(value) + 360.0
        return [f"{name}_negative"], None
    return [], None if 0 <= value < 360 else _beyond(name, value, 360.0 if value > 0 else 0.0)


def _mend_field_of_view(fields: dict[str, Any]) -> tuple[list[str], Reason | None]:
    """Take a field of view of 0 for unknown, as vendors write it; refuse one below 0 or above the circle."""
    value = fields.get("field_of_view_deg")
    if not _is_number(value):
        return [], None
    if value == 0:
        fields["field_of_view_deg"] = None
        return ["field_of_view_unknown"], None
    return [], None if 0 < value <= 360 else _beyond("field_of_view_deg", value, 360.0 if value > 0 else 0.0)


def _mend_box(fields: dict[str, Any]) -> tuple[list[str], Reason | None]:
    """Turn a box in pixels into shares of the picture, and cut what reaches a little beyond it."""
    box = fields.get("box")
    if box is None:
        return [], None
    if not isinstance(box, list | tuple) or len(box) != 4 or not all(_is_number(side) for side in box):
        return [], Reason(code="bad_value", rule="box", detail="a box is left, top, right, bottom")
    sides = [float(side) for side in box]
    notes: list[str] = []
    if max(sides) > LEAST_PX:
        wide, high = fields.get("picture_width_px"), fields.get("picture_height_px")
        if not (_is_number(wide) and _is_number(high) and wide > 0 and high > 0):
            return [], Reason(code="bad_value", rule="box", detail="in pixels of a picture of unknown size")
        sides = [side / size for side, size in zip(sides, (wide, high, wide, high), strict=True)]
        notes.append("box_in_pixels")
    cut = [min(max(side, 0.0), 1.0) for side in sides]
    if max(abs(one - other) for one, other in zip(cut, sides, strict=True)) > EDGE:
        return [], Reason(code="bad_value", rule="box", detail="outside the picture")
    if cut != sides:
        notes.append("box_clipped")
    fields["box"] = tuple(cut)
    fault = _box_fault(cut)
    return (notes, None) if fault is None else ([], fault)


def _box_fault(box: list[float]) -> Reason | None:
    left, top, right, bottom = box
    if left < right and top < bottom:
        return None
    return Reason(code="bad_value", rule="box", detail="no area: right of left, below top")


def _beyond(name: str, value: float, threshold: float) -> Reason:
    return Reason(code="bad_value", rule=name, value=float(value), threshold=threshold, unit="deg")


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
