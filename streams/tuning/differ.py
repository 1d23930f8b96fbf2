"""What a document changes, option by option, each with its path, what it was and what it becomes."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from schemas.settings import Settings


class Change(Struct, frozen=True, kw_only=True):
    """One option; null: not set there, so that what is wider, or the default, holds."""

    path: str
    before: Any = None
    after: Any = None


def changes(before: Settings, after: Settings) -> tuple[Change, ...]:
    """Return what differs between two settings, by path."""
    one, other = dict(_flat(before)), dict(_flat(after))
    return tuple(
        Change(path=path, before=one.get(path), after=other.get(path))
        for path in sorted(one.keys() | other.keys())
        if one.get(path) != other.get(path)
    )


def line_of(change: Change) -> str:
    """Return a change in one line."""
    before, after = (_said(one) for one in (change.before, change.after))
    return f"{change.path}: {before} → {after}"


def _said(value: Any) -> str:
    return "not set" if value is None else msgspec.json.encode(value).decode()


def _flat(settings: Settings) -> Iterator[tuple[str, Any]]:
    plain = msgspec.to_builtins(settings)
    layers = plain.pop("layers")
    yield from _leaves(plain, "")
    for layer in layers:
        scope = layer.pop("scope")
        yield from _leaves({k: v for k, v in layer.items() if v}, f"[{scope}].")


def _leaves(value: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from _leaves(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}", inner
