"""Every setting that may be tuned, with its value, default, unit, range and what it means."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from schemas.settings import Settings
from streams.catalogue import meaning_of, options_of
from streams.config import check_tables
from streams.tuning.document import KEPT_BY, LIVE


class Row(Struct, frozen=True, kw_only=True):
    """One setting."""

    path: str
    value: Any
    default: Any
    unit: str
    kind: str
    about: str
    live: bool
    """A published document may hold it; else it is set in the settings file."""


def rows(settings: Settings, owners: tuple[tuple[str, type[Any]], ...], table: str = "") -> Iterator[Row]:
    """Yield the settings of every table whose name starts so, in the order of the house."""
    values = check_tables(settings, owners)
    for name, kind in owners:
        if not name.startswith(table) or name.startswith("channels."):
            continue
        yield from _of(name, values[name], kind(), name.partition(".")[0] in LIVE)


def _of(path: str, value: Any, default: Any, live: bool) -> Iterator[Row]:  # noqa: FBT001 - carried along
    said = {name: (unit, kind, about) for name, _, unit, kind, about in options_of(type(default))}
    for name in default.__struct_fields__:
        held, usual = getattr(value, name), getattr(default, name)
        if isinstance(usual, Struct):
            yield from _of(f"{path}.{name}", held, usual, live)
            continue
        unit, kind, about = said.get(name) or ("", "tables", meaning_of(type(default), name))
        yield Row(
            path=f"{path}.{name}",
            value=msgspec.to_builtins(held),
            default=msgspec.to_builtins(usual),
            unit=unit,
            kind=kind,
            about=about,
            live=live and not any(f"{path}.{name}.".startswith(f"{one}.") for one in KEPT_BY),
        )


def line_of(row: Row) -> str:
    """Return a setting in one line; `*` marks what is not as it is by default."""
    mark = "*" if row.value != row.default else " "
    value = msgspec.json.encode(row.value).decode()
    usual = "" if row.value == row.default else f" (default {msgspec.json.encode(row.default).decode()})"
    unit = f" {row.unit}" if row.unit else ""
    restart = "" if row.live else " [restart]"
    return f"{mark} {row.path} = {value}{unit}{usual}; {row.kind}{restart}  {row.about}".rstrip()
