"""A mapping makes observations of what an existing platform pushes: one TOML says where everything stands.

    name = "gb28181"
    format = "xml"                     # json, xml, csv
    kind = "sighting"
    frame = "wgs84"                    # the datum of its positions; no default
    zone = "Asia/Shanghai"             # of times that name none

    [[skip]]                           # what it says that is no observation
    path = "CmdType"
    equals = ["Keepalive"]

    [fields]
    source = { path = "DeviceID", prefix = "camera/" }
    observed_at = { path = "AlarmTime" }
    saw = { path = "AlarmMethod", codes = { "5" = "smoke" }, default = "unknown" }

Paths are dotted; `@name` is an attribute, a number picks from a list. With `[[readings]]` one record gives a
reading for each quantity that it has. With `[stations]` what a record lacks comes from a table of stations.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct
from msgspec import inspect as types

from schemas.observation import AnyObservation
from schemas.reason import Reason
from schemas.units import Frame
from streams.feeds.base import Limits, Parsed, Rejected, refusal
from streams.feeds.inbound import observation_of
from streams.feeds.records import Record, Row, records_of, value_at
from streams.feeds.units import converted, unit_named, unit_of

MISSING = ("", "NA", "N/A", "NULL", "null", "NaN", "nan", "None", "-", "--")
"""How platforms write that they do not know; a mapping may name others."""


class Field(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one field of an observation comes from."""

    path: str = ""
    join: Annotated[tuple[str, ...], Meta(description="Paths joined by `/`, as an id.")] = ()
    value: Any = None
    prefix: str = ""
    codes: dict[str, Any] | None = None
    default: Any = None
    unit: str = ""
    time: Annotated[str, Meta(description="Form of a time, as strptime; else ISO, epoch s or ms.")] = ""


class Quantity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One quantity of a record that holds several."""

    quantity: str
    path: str
    unit: str = ""
    over_h: float | None = None


class Skip(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Records that are no observation, such as heartbeats."""

    path: str
    equals: tuple[str, ...]


class Stations(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of what stands fixed: rows by id, in the mapping or in a CSV beside it."""

    path: str
    rows: dict[str, dict[str, Any]] = {}
    file: str = ""
    id: str = ""
    fields: dict[str, str] = {}


class Map(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole mapping."""

    name: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
    format: Literal["json", "xml", "csv"]
    kind: Literal["hotspot", "sighting", "reading", "report", "trap_count", "pass", "retraction"]
    frame: Frame | None = None
    zone: str = ""
    records: str = ""
    separator: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    missing: tuple[str, ...] = ()
    skip: tuple[Skip, ...] = ()
    fields: dict[str, Field]
    readings: tuple[Quantity, ...] = ()
    stations: Stations | None = None


def _numeric() -> frozenset[str]:
    """Return the names of all fields of observations that are numbers."""
    found = set()
    for kind in types.multi_type_info(AnyObservation.__args__):
        for field in getattr(kind, "fields", ()):
            parts = getattr(field.type, "types", (field.type,))
            bare = [part.type if isinstance(part, types.Metadata) else part for part in parts]
            if any(isinstance(part, types.FloatType | types.IntType) for part in bare):
                found.add(field.encode_name)
    return frozenset(found)


NUMERIC = _numeric()


def read_mapped(given: Map, data: bytes, limits: Limits) -> Parsed:
    """Return what a payload says; records that a mapping skips are counted and are no rows."""
    rows = records_of(given.format, data, given.records, given.separator)
    if isinstance(rows, Reason):
        return Parsed(given.name, refused=rows)
    good: list[tuple[int, AnyObservation]] = []
    bad: list[Rejected] = []
    skipped = 0
    for line, raw, record in rows:
        if any(_word(value_at(record, skip.path)) in skip.equals for skip in given.skip):
            skipped += 1
            continue
        for one in _said(given, (line, raw, record), limits):
            if isinstance(one, Reason):
                bad.append(Rejected(line, raw, one))
            else:
                good.append((line, one))
    lines = tuple(line for line, _ in good)
    return Parsed(given.name, tuple(one for _, one in good), tuple(bad), lines=lines, skipped=skipped)


def _said(given: Map, row: Row, limits: Limits) -> list[AnyObservation | Reason]:
    """Return the observations of one record, or why it gives none."""
    _, _, record = row
    if not record:
        return [refusal("missing_column", "not as many cells as the head has names")]
    try:
        fields = _fields(given, record)
    except ValueError as error:
        return [refusal("bad_value", str(error))]
    if not given.readings:
        return [observation_of(fields, limits)]
    made = [
        observation_of(fields | said, limits)
        for one in given.readings
        if (said := _reading(given, one, record)) is not None
    ]
    return made or [refusal("bad_value", "none of its quantities is known")]


def _reading(given: Map, one: Quantity, record: Record) -> dict[str, Any] | None:
    """Return what a record says of one quantity; None where that is unknown."""
    value = _known(given, value_at(record, one.path))
    if value is None:
        return None
    said: dict[str, Any] = {"quantity": one.quantity, "value": _number(value)}
    said |= {"unit": one.unit} if one.unit else {}
    return said | ({"over_h": one.over_h} if one.over_h else {})


def _fields(given: Map, record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": given.kind}
    if given.frame is not None:
        fields["frame"] = given.frame
    if given.stations is not None:
        fields |= given.stations.rows.get(_word(value_at(record, given.stations.path)), {})
    for name, field in given.fields.items():
        value = _value(given, name, field, record)
        if value is not None:
            fields[name] = value
    return fields


def _value(given: Map, name: str, field: Field, record: Record) -> Any:
    """Return one field's value in our words and units; raises ValueError where it cannot be read."""
    if field.join:
        parts = [_word(_known(given, value_at(record, path))) for path in field.join]
        # an id that lacks a part would be the same for many: without it, one is made of what is said
        return field.prefix + "/".join(parts) if all(parts) else field.default
    value = _known(given, value_at(record, field.path)) if field.path else field.value
    if field.codes is not None and value is not None:
        value = field.codes.get(_word(value))
    if value is None:
        return field.default
    if name.endswith("_at"):
        return _instant(field.time, given.zone, value)
    if field.prefix:
        return field.prefix + _word(value)
    if name in NUMERIC:
        value = _number(value)
        return _in_unit(name, field.unit, value) if field.unit and isinstance(value, float | int) else value
    return value if not isinstance(value, float | int) or isinstance(value, bool) else _word(value)


def _known(given: Map, value: Any) -> Any:
    word = value.strip() if isinstance(value, str) else value
    is_missing = word is None or word in MISSING or _word(word) in given.missing
    return None if is_missing else word


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _number(value: Any) -> Any:
    """Return text as a number; what is none is left for the check of its type to refuse."""
    try:
        made = value if isinstance(value, bool) or "_" in str(value) else float(value)
    except (ValueError, TypeError):
        return value
    is_whole = isinstance(made, float) and made.is_integer() and abs(made) < 1e15
    return int(made) if is_whole else made


def _in_unit(name: str, unit: str, value: float) -> float:
    named, wanted = unit_named(unit), unit_of(name)
    made = None if named is None or wanted is None else converted(value, named, wanted)
    if made is None:
        raise ValueError(f"{name} cannot be in {unit}")
    return made


def _instant(form: str, zone: str, value: Any) -> Any:
    """Return a time as ISO text with its zone; a number is epoch seconds or milliseconds."""
    text = _word(value)
    try:
        number = float(text)
    except ValueError:
        number = None
    if number is not None and not form:
        return int(number * (1000 if abs(number) < 1e11 else 1))
    try:
        at = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - zone below
    except ValueError:
        raise ValueError(f"{text[:40]} is no time") from None
    if at.tzinfo is None:
        if not zone:
            raise ValueError(f"{text[:40]} names no zone, and the mapping none")
        at = at.replace(tzinfo=ZoneInfo(zone))
    return at.astimezone(UTC).isoformat()


def with_stations(given: Map, rows: Mapping[str, Mapping[str, str]]) -> Map:
    """Return the mapping with a table of stations, its cells named and made numbers as the mapping says."""
    if given.stations is None:
        return given
    made = {
        key: {
            ours: _number(row[theirs]) if ours in NUMERIC else row[theirs]
            for ours, theirs in given.stations.fields.items()
            if row.get(theirs, "") not in MISSING
        }
        for key, row in rows.items()
    }
    stations = msgspec.structs.replace(given.stations, rows=made | given.stations.rows)
    return msgspec.structs.replace(given, stations=stations)
