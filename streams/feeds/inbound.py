"""One inbound object to an observation: mended where the fault is known, else refused with its reason."""

import math
from datetime import datetime
from typing import Any, TypeGuard

import msgspec

from detectors.datum import to_wgs84
from detectors.identity import INSTRUMENTS, hotspot_id, satellite_name
from schemas.codec import words_of
from schemas.observation import AnyObservation, Hotspot
from schemas.reason import Reason
from streams.feeds.base import Limits, refusal
from streams.feeds.contents import MEND, says_soundly
from streams.feeds.firms_columns import position_fault
from streams.feeds.firms_words import instant, is_name
from streams.feeds.given_id import give_id, names_its_source
from streams.feeds.named import place_by_name
from streams.feeds.outline import onto_wgs84, outline
from streams.feeds.web_map import advice
from streams.pest_tables import load_species

PAIRS: dict[str, tuple[tuple[str, str], ...]] = {
    "hotspot": (("longitude", "latitude"),),
    "sighting": (("station_longitude", "station_latitude"), ("longitude", "latitude")),
    "reading": (("longitude", "latitude"),),
    "report": (("longitude", "latitude"),),
    "trap_count": (("longitude", "latitude"),),
    "pest_survey": (("longitude", "latitude"),),
    "lab_result": (("longitude", "latitude"),),
    "pass": (("west", "south"), ("east", "north")),
    "retraction": (),
    "permit": (("longitude", "latitude"),),
}
"""The positions of every kind of observation that is known, longitude first."""

WGS84_BY_KIND = ("hotspot", "pass", "retraction")
"""Satellite products are WGS 84, and a retraction has no place; every other position must name its frame."""

PEST_KINDS = ("trap_count", "pest_survey", "lab_result")


class Refusal(Exception):  # noqa: N818 - carries a reason, is no fault of ours
    """An object cannot be made into an observation."""

    def __init__(self, code: str, detail: str = "", reason: Reason | None = None) -> None:
        super().__init__(code)
        self.reason = reason or refusal(code, detail)


def sound(observation: AnyObservation, raw: bytes, limits: Limits) -> bool:
    """Return whether an observation that decoded is in canonical form, with nothing to mend or refuse."""
    at, received = observation.observed_at, observation.received_at
    if at.utcoffset() or not limits.believes(at) or (received and not limits.believes(received)):
        return False
    if isinstance(observation, Hotspot):
        place = observation.longitude, observation.latitude
        own = hotspot_id(observation.satellite, observation.instrument, at, *place)
        whole_minute = at.second == at.microsecond == 0
        return (
            own == observation.observation_id and whole_minute and place != (0, 0) and b'"frame"' not in raw
        )
    if getattr(observation, "frame", "wgs84") != "wgs84" or not says_soundly(observation, raw):
        return False
    if _accepted_name(observation) is not None or not names_its_source(observation):
        return False
    return all(position_fault(lon, lat) is None for lon, lat in _positions(observation))


def _positions(observation: AnyObservation) -> list[tuple[float, float]]:
    kind = str(type(observation).__struct_config__.tag)
    pairs = [(getattr(observation, lon), getattr(observation, lat)) for lon, lat in PAIRS[kind]]
    return [(lon, lat) for lon, lat in pairs if lon is not None and lat is not None]


def observation_of(value: dict[str, Any], limits: Limits) -> AnyObservation | Reason:
    """Return the observation that an inbound object says, or why it says none."""
    fields = dict(value)
    notes: list[str] = []
    try:
        _check_kind(fields)
        for step in STEPS:
            notes += step(fields, value, limits)
        if notes:
            fields["mended"] = (*_texts(fields.get("mended")), *notes)
        made: AnyObservation = msgspec.convert(fields, AnyObservation)
    except Refusal as refused:
        return _of_source(refused.reason, value)
    except (msgspec.ValidationError, ValueError, TypeError, OverflowError, RecursionError) as error:
        return _of_source(_why(words_of(error)), value)
    return made


def _of_source(reason: Reason, value: dict[str, Any]) -> Reason:
    """Return a reason that names its source, so that one whose every row is refused can be blamed."""
    source = value.get("source")
    if reason.ref or not isinstance(source, str):
        return reason
    return msgspec.structs.replace(reason, ref=" ".join(source.split())[:100])


def _check_kind(fields: dict[str, Any]) -> None:
    kind = fields.get("kind")
    if kind is None:
        raise Refusal("missing_column", "kind")
    if not isinstance(kind, str) or kind not in PAIRS:
        raise Refusal("bad_value", f"kind {kind!r:.40} is not one of {', '.join(PAIRS)}")


def _mend_times(fields: dict[str, Any], _: dict[str, Any], limits: Limits) -> list[str]:
    """Write every time as an aware instant in UTC; refuse a time of observation not to be believed."""
    notes: list[str] = []
    for name in ("observed_at", "started_at", "received_at"):
        given = fields.get(name)
        if given is None and name != "observed_at":
            fields.pop(name, None)
            continue
        at = _instant(given)
        if at is not None and not isinstance(given, str):
            notes.append("epoch_time")
        if name == "received_at" and (at is None or not limits.believes(at)):
            # An arrival in the future would move our clock; the observation itself may be sound.
            del fields[name]
            notes.append("arrival_unknown")
            continue
        if at is None:
            raise Refusal("bad_time", f"{name} is missing, unreadable or names no zone")
        if name == "observed_at" and not limits.believes(at):
            source = fields.get("source")
            why = limits.unbelieved(at, source if isinstance(source, str) else "")
            raise Refusal("bad_time", reason=why)
        fields[name] = at
    return notes


def _instant(given: Any) -> datetime | None:
    """Return an instant from ISO text with its zone or from epoch milliseconds, else None."""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return None
    if isinstance(given, str):
        text = given.strip()
        has_zone = text[-1:] in ("Z", "z") or any(sign in text[10:] for sign in "+-") or text.isdigit()
        return instant(text) if has_zone else None
    return instant(str(int(given))) if math.isfinite(given) else None


def _find_middle(fields: dict[str, Any], _: dict[str, Any], limits: Limits) -> list[str]:
    """Give a permit the middle of its area, and a report the place that it names; refuse what is none."""
    fault = outline(fields) if fields["kind"] == "permit" else None
    notes, fault = place_by_name(fields, limits) if fault is None else ([], fault)
    if fault is not None:
        raise Refusal("bad_value", reason=fault)
    return notes


def _check_position(fields: dict[str, Any], _: dict[str, Any], __: Limits) -> list[str]:
    """Refuse positions that cannot be; a sighting may have none but its station's."""
    for lon_name, lat_name in PAIRS[fields["kind"]]:
        lon, lat = fields.get(lon_name), fields.get(lat_name)
        if lon is None and lat is None and fields["kind"] == "sighting" and lon_name == "longitude":
            continue
        if not (_is_number(lon) and _is_number(lat)):
            raise Refusal("bad_position", f"{lon_name} or {lat_name} is missing or not a number")
        fault = position_fault(float(lon), float(lat))
        if fault and not (fields["kind"] == "pass" and fault[1] == "0, 0"):
            raise Refusal(*fault)
    return []


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _mend_frame(fields: dict[str, Any], value: dict[str, Any], __: Limits) -> list[str]:
    """Turn every position into WGS 84; refuse one that does not name its frame."""
    frame = fields.get("frame")
    if frame is None and fields["kind"] in WGS84_BY_KIND:
        return []
    if frame is None:
        raise Refusal("no_frame", advice(value) or "frame must be wgs84, cgcs2000, gcj02 or bd09")
    try:
        for lon, lat in PAIRS[fields["kind"]]:
            if fields.get(lon) is not None:
                fields[lon], fields[lat] = to_wgs84(frame, fields[lon], fields[lat])
    except (KeyError, TypeError):
        raise Refusal("no_frame", f"frame {frame!r:.40} is not known") from None
    if fields["kind"] == "permit":
        onto_wgs84(fields, frame)
    fields["frame"] = "wgs84"
    return [] if frame == "wgs84" else [f"{frame}_to_wgs84"]


def _mend_hotspot(fields: dict[str, Any], _: dict[str, Any], __: Limits) -> list[str]:
    """Give a hotspot the names, minute and source that make its identity."""
    if fields["kind"] != "hotspot":
        return []
    satellite = satellite_name(str(fields.get("satellite") or ""))
    if not is_name(satellite):
        raise Refusal("missing_column" if not satellite else "bad_value", "satellite")
    instrument = INSTRUMENTS.get(satellite) or str(fields.get("instrument") or "").strip().upper()
    if not is_name(instrument):
        raise Refusal("missing_column" if not instrument else "bad_value", "instrument")
    fields["satellite"], fields["instrument"] = satellite, instrument
    fields["observed_at"] = fields["observed_at"].replace(second=0, microsecond=0)
    fields["source"] = f"{satellite}/{instrument}"
    fields.setdefault("confidence", "unknown")
    notes: list[str] = []
    for name in ("frp_mw", "brightness_k", "background_k"):
        value = fields.get(name)
        if _is_number(value) and not value > 0:
            fields[name] = None
            notes.append("frp_unknown" if name == "frp_mw" else "brightness_unknown")
    return notes


def _accepted_name(observation: AnyObservation) -> str | None:
    """Return the name that an observation gives its pest where it is not the accepted one, else None."""
    name = getattr(observation, "species", None)
    found = load_species().find(name) if isinstance(name, str) else None
    return None if found is None or getattr(found, "name", "") == name else str(name)


def _name_species(fields: dict[str, Any], _: dict[str, Any], __: Limits) -> list[str]:
    """Give a pest its accepted name; refuse one that nobody knows, with the nearest names."""
    if fields["kind"] not in PEST_KINDS:
        return []
    found = load_species().find(str(fields.get("species") or ""))
    if isinstance(found, Reason):
        raise Refusal("unknown_species", reason=found)
    is_accepted = fields["species"] == found.name
    fields["species"] = found.name
    return [] if is_accepted else ["species_named"]


def _mend_said(fields: dict[str, Any], _: dict[str, Any], __: Limits) -> list[str]:
    """Mend what a sighting or a reading says; refuse what cannot be."""
    mend = MEND.get(fields["kind"])
    if mend is None:
        return []
    notes, fault = mend(fields)
    if fault is not None:
        raise Refusal("bad_value", reason=fault)
    return notes


def _texts(value: Any) -> list[str]:
    return [str(text) for text in value] if isinstance(value, list | tuple) else []


def _why(error: str) -> Reason:
    """Return the reason for an object that is not of its Struct."""
    code = "missing_column" if "missing required field" in error else "bad_value"
    return refusal("bad_position" if "itude" in error else code, error)


STEPS = (
    _mend_times,
    _find_middle,
    _check_position,
    _mend_frame,
    _mend_hotspot,
    _mend_said,
    _name_species,
    give_id,
)
"""What is mended or refused in an inbound object, in this order."""
