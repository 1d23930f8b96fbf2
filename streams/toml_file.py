"""A TOML file as a checked Struct; whatever is wrong with it is said with the file and the path in it."""

import difflib
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

_WHERE = re.compile(r"^(?P<what>.*) - at `(?P<path>\$.*)`$", re.DOTALL)


class ConfigError(ValueError):
    """Settings or a profile that cannot be used; its text names the file or variable and the path in it."""


def read_toml(path: Path) -> dict[str, Any]:
    """Return the document in the file; raises `ConfigError` when there is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error


def fields_of(kind: Any) -> dict[str, Any] | None:
    """Return the field types of a Struct by name; None when `kind` is an open table."""
    struct = _struct(kind)
    return None if struct is None else {field.encode_name: field.type for field in struct.fields}


def refuse_unknown(value: Any, kind: Any, origin: str, path: str = "$") -> None:
    """Raise `ConfigError` for the first name that its Struct or table does not know."""
    names = _names(kind)
    if names is not None and isinstance(value, dict):
        for key in value:
            if key not in names:
                raise ConfigError(f"{origin}: {path}.{key}: unknown{suggestion(key, names)}")
    for where, inner, inner_kind in _parts(value, kind, path):
        refuse_unknown(inner, inner_kind, origin, where)


def refuse_missing(value: Any, kind: Any, origin: str, path: str = "$") -> None:
    """Raise `ConfigError` for the first name that its Struct needs and that is not there."""
    struct = _struct(kind)
    if struct is not None and isinstance(value, dict):
        for field in struct.fields:
            if field.required and field.encode_name not in value:
                raise ConfigError(f"{origin}: {path}.{field.encode_name}: is missing")
    for where, inner, inner_kind in _parts(value, kind, path):
        refuse_missing(inner, inner_kind, origin, where)


def converted(document: Any, kind: Any, path: str, origin: str) -> Any:
    """Return the document as its Struct; raises `ConfigError` with the path of a value that is impossible."""
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        found = _WHERE.match(str(error))
        what, where = (found["what"], found["path"]) if found else (str(error), "$")
        raise ConfigError(f"{origin}: {path}{where[1:]}: {what}") from error


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean …?` with the nearest known name, or the known names."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known: {', '.join(names)}" if names else ""


def _plain(kind: Any) -> Any:
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def _struct(kind: Any) -> inspect.StructType | None:
    kind = _plain(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        kind = _inspected(kind)
    return kind if isinstance(kind, inspect.StructType) else None


@cache
def _inspected(kind: type[msgspec.Struct]) -> inspect.Type:
    """Return the fields of a Struct; they do not change, and reading them takes most of a start."""
    return inspect.type_info(kind)


def _names(kind: Any) -> tuple[str, ...] | None:
    """Return the names that a table may hold; None when it may hold any."""
    plain, fields = _plain(kind), fields_of(kind)
    if fields is not None:
        return tuple(fields)
    if isinstance(plain, inspect.DictType) and isinstance(plain.key_type, inspect.LiteralType):
        return tuple(str(value) for value in plain.key_type.values)
    return None


def _parts(value: Any, kind: Any, path: str) -> list[tuple[str, Any, Any]]:
    """Return what a value holds, each with its path and type."""
    kind, fields = _plain(kind), fields_of(kind)
    if isinstance(value, list) and isinstance(kind, inspect.VarTupleType | inspect.ListType):
        return [(f"{path}[{index}]", item, kind.item_type) for index, item in enumerate(value)]
    if isinstance(value, dict) and fields is not None:
        return [(f"{path}.{key}", value[key], fields[key]) for key in value if key in fields]
    if isinstance(value, dict) and isinstance(kind, inspect.DictType):
        return [(f"{path}.{key}", item, kind.value_type) for key, item in value.items()]
    return []
