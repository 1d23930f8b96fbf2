"""Settings: one TOML file, overlaid by environment variables, refused at start with the place of the typo.

`FENGHUO__KAFKA__PREFIX=test.` sets `prefix` in `[kafka]`; values are TOML, or plain text where text belongs.
A secret never stands in settings: a `…_env` field names the environment variable that holds it.
"""

import hashlib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import inspect

from alerts.channels import CHANNELS
from alerts.ways import paths, ways
from schemas.codec import encode
from schemas.settings import Settings
from streams.jurisdiction import in_force
from streams.toml_file import (
    ConfigError,
    converted,
    fields_of,
    read_toml,
    refuse_unknown,
    suggestion,
)
from streams.transport.secret import secrets_in

__all__ = ["ConfigError", "check_secrets", "check_tables", "load_settings", "settings_version"]

PREFIX = "FENGHUO__"
_VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")
_SECRET = re.compile(r"(^|_)(secret|password|passwd|passphrase|token|api_?key|map_?key)$", re.IGNORECASE)
_USERINFO = re.compile(r"^[a-z+]+://[^/@]*@", re.IGNORECASE)


def load_settings(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of `path` (defaults when None) with the `FENGHUO__…` variables laid over them.

    Raises
    ------
    ConfigError
        When the file cannot be read, a name is unknown, a value is impossible or a secret stands in it.
    """
    document = {} if path is None else read_toml(path)
    origin = "settings" if path is None else str(path)
    refuse_unknown(document, Settings, origin)
    for name, keys, text in _overlay(environ):
        _lay_over(document, keys, text, name)
    _refuse_secrets(document, "$", origin)
    settings: Settings = converted(document, Settings, "$", origin)
    _check_whole(settings, origin)
    return settings


def check_secrets(settings: Settings, environ: Mapping[str, str] = os.environ) -> None:
    """Raise `ConfigError` when a receiver's secret is nowhere or of no use: nothing could be signed.

    It stands in the variable that `secret_env` of the receiver or of its channel names (the channel's default
    when neither does), or in a file that the same variable with `_FILE` behind it names.
    """
    name = settings.office.link_secret_env
    if name and not any(environ.get(one, "").strip() for one in (name, f"{name}_FILE")):
        raise ConfigError(f"settings: $.office.link_secret_env: neither {name} nor {name}_FILE is set")
    for n, receiver in enumerate(settings.receivers):
        for path, way in zip(paths(receiver, f"$.receivers[{n}]"), ways(receiver), strict=True):
            name = way.secret_env or _channel_secret(settings, way.channel)
            if name and not any(environ.get(one, "").strip() for one in (name, f"{name}_FILE")):
                place = path if way.secret_env else f"$.channels.{way.channel}"
                raise ConfigError(
                    f"settings: {place}.secret_env: receiver {receiver.name}: neither {name} nor {name}_FILE "
                    "is set in the environment, so nobody there would be told; set one of them"
                )
            _refuse_unsound(f"settings: {path}: receiver {receiver.name}: {name}", way.channel, name, environ)


def _refuse_unsound(place: str, channel: str, name: str, environ: Mapping[str, str]) -> None:
    """Raise `ConfigError` for a secret that its channel cannot sign with; a file may still be on its way."""
    given = secrets_in(name, environ) if name else ()
    sound = next((one.sound for one in CHANNELS if one.name == channel), None)
    try:
        if given and sound is not None:
            sound(given)
    except ValueError as error:
        raise ConfigError(f"{place}: {error}; nobody there would be told") from None


def check_tables(settings: Settings, owners: Iterable[tuple[str, type]]) -> dict[str, Any]:
    """Return the options of every owned table, checked by its owner's Struct.

    `owners` pairs a table's name (`observe`, `detectors.hotspot`) with the Struct of its options.
    A table that is set and that nobody owns raises `ConfigError`, as does a typo inside one.
    """
    types = dict(owners)
    for table in _set_tables(settings):
        if table not in types:
            raise ConfigError(f"settings: $.{table}: unknown table{suggestion(table, types)}")
    return {table: _options(settings, table, kind) for table, kind in types.items()}


def settings_version(settings: Settings) -> str:
    """Return the first 12 hex digits of the SHA-256 of the canonical settings document."""
    return hashlib.sha256(encode(settings)).hexdigest()[:12]


def _channel_secret(settings: Settings, name: str) -> str:
    """Return the variable that holds the secret of a channel, as set or by default; empty for none."""
    default = next((getattr(one.options(), "secret_env", "") for one in CHANNELS if one.name == name), "")
    return str(settings.channels.get(name, {}).get("secret_env", default))


def _overlay(environ: Mapping[str, str]) -> Iterator[tuple[str, list[str], str]]:
    for name in sorted(environ):
        if name.startswith(PREFIX):
            yield name, name.removeprefix(PREFIX).lower().split("__"), environ[name]


def _lay_over(document: dict[str, Any], keys: list[str], text: str, name: str) -> None:
    """Set one value; the variable is named, never its content, because a pasted secret may be in it."""
    kind: Any = Settings
    table = document
    for depth, key in enumerate(keys):
        if not key:
            raise ConfigError(f"{name}: empty name between double underscores")
        fields = fields_of(kind)
        if fields is not None and key not in fields:
            path = "$." + ".".join(keys[: depth + 1])
            raise ConfigError(f"{name}: {path}: unknown{suggestion(key, fields)}")
        kind = fields[key] if fields is not None else None
        if depth < len(keys) - 1:
            table = table.setdefault(key, {})
            if not isinstance(table, dict):
                raise ConfigError(f"{name}: $.{'.'.join(keys[: depth + 1])} is not a table")
    table[keys[-1]] = text if _is_text(kind) else _value(text)


def _value(text: str) -> Any:
    """Return `text` read as one TOML value, or the text itself when it is none."""
    try:
        read = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return read["value"] if len(read) == 1 else text


def _is_text(kind: Any) -> bool:
    if isinstance(kind, inspect.Metadata):
        kind = kind.type
    literal_text = isinstance(kind, inspect.LiteralType) and all(isinstance(v, str) for v in kind.values)
    return isinstance(kind, inspect.StrType) or literal_text


def _refuse_secrets(value: Any, path: str, origin: str) -> None:
    """Secrets in a file end in backups and screenshots: refuse them, without repeating them."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_secrets(item, f"{path}[{index}]", origin)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        place = f"{path}.{key}"
        if _SECRET.search(key) and isinstance(item, str):
            raise ConfigError(
                f"{origin}: {place}: a secret may not stand in settings; name its variable in {key}_env"
            )
        if key.endswith("_env") and item and not (isinstance(item, str) and _VARIABLE.match(item)):
            raise ConfigError(f"{origin}: {place}: the name of an environment variable is expected")
        if isinstance(item, str) and _USERINFO.match(item):
            raise ConfigError(f"{origin}: {place}: a user or password may not stand in an address")
        _refuse_secrets(item, place, origin)


def _check_whole(settings: Settings, origin: str) -> None:
    in_force(settings, origin)
    names = [receiver.name for receiver in settings.receivers]
    for index, name in enumerate(names):
        if not name or name in names[:index]:
            raise ConfigError(f"{origin}: $.receivers[{index}].name: {name!r} is empty or taken")


def _set_tables(settings: Settings) -> Iterator[str]:
    for field in Settings.__struct_fields__:
        value = getattr(settings, field)
        if field == "maps":
            continue
        if field in {"detectors", "channels"}:
            yield from (f"{field}.{name}" for name in value)
        elif isinstance(value, dict) and value:
            yield field


def _options(settings: Settings, table: str, kind: type) -> Any:
    head, _, name = table.partition(".")
    found = getattr(settings, head)
    value = found.get(name, {}) if name else found
    refuse_unknown(value, kind, "settings", f"$.{table}")
    return converted(value, kind, f"$.{table}", "settings")
