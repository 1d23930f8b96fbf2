"""Every fault of a document at once, each with its path: unknown names, wrong kinds, values out of range."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import inspect

from streams.toml_file import suggestion

_WHERE = re.compile(r"^(?P<what>.*) - at `\$(?P<path>.*)`$", re.DOTALL)


def faults_of(value: Any, kind: type[Any], path: str) -> Iterator[str]:
    """Yield what is wrong with a table as a Struct of this kind, one line for each fault."""
    found = list(_of_struct(value, inspect.type_info(kind), path))
    if not found:
        found = list(_converted(value, kind, path))
    yield from found


def _of_struct(value: Any, kind: inspect.Type, path: str) -> Iterator[str]:
    if not isinstance(kind, inspect.StructType):
        return
    if not isinstance(value, dict):
        yield f"{path}: a table is expected"
        return
    fields = {one.encode_name: one for one in kind.fields}
    for name, held in value.items():
        if name not in fields:
            yield f"{path}.{name}: unknown{suggestion(name, fields)}"
            continue
        yield from _of_field(held, fields[name].type, f"{path}.{name}")
    for name, one in fields.items():
        if one.required and name not in value:
            yield f"{path}.{name}: is missing"


def _of_field(value: Any, kind: inspect.Type, path: str) -> Iterator[str]:
    plain = kind.type if isinstance(kind, inspect.Metadata) else kind
    if isinstance(plain, inspect.StructType):
        yield from _of_struct(value, plain, path)
    elif isinstance(plain, inspect.VarTupleType) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _of_field(item, plain.item_type, f"{path}[{index}]")
    else:
        yield from _of_leaf(value, kind, path)


def _of_leaf(value: Any, kind: inspect.Type, path: str) -> Iterator[str]:
    """Yield what is wrong with one value, as a field of this type would say it."""
    told = _rebuilt(kind)
    if told is not None:
        yield from _converted(value, told, path)


def _rebuilt(kind: inspect.Type) -> Any:
    """Return the type of a number, text or choice with its range; None: judged with its table."""
    ranged = kind.type if isinstance(kind, inspect.Metadata) else kind
    match ranged:
        case inspect.FloatType() | inspect.IntType():
            plain: Any = float if isinstance(ranged, inspect.FloatType) else int
            limits = {name: getattr(ranged, name) for name in ("gt", "ge", "lt", "le")}
            return _annotated(plain, limits)
        case inspect.BoolType():
            return bool
        case _:
            return None


def _annotated(plain: Any, limits: dict[str, Any]) -> Any:
    given = {name: value for name, value in limits.items() if value is not None}
    return Annotated[plain, msgspec.Meta(**given)] if given else plain


def _converted(value: Any, kind: Any, path: str) -> Iterator[str]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        found = _WHERE.match(str(error))
        yield f"{path}{found['path']}: {found['what']}" if found else f"{path}: {error}"
