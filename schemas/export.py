"""The words as documents for other programs: JSON Schema 2020-12 of messages, AsyncAPI 3.0 of topics."""

import inspect
import json
from typing import Any, get_args

import msgspec

from schemas.observation import AnyObservation
from schemas.settings import Kafka, Settings
from schemas.topics import TOPICS, Topic

DIALECT = "https://json-schema.org/draft/2020-12/schema"
CONTRACT = "1.0.0"
"""Version of the contract on the wire; the major number is the `.v1` of the topics."""

NOTE = "Generated from the Structs; `fenghuo schemas export` writes it anew."

UNITS: dict[str, str] = {
    "longitude": "deg",
    "latitude": "deg",
    "west": "deg",
    "south": "deg",
    "east": "deg",
    "north": "deg",
    "_deg": "deg",
    "_km": "km",
    "_m": "m",
    "_ha": "ha",
    "_mw": "MW",
    "_k": "K",
    "_percent": "%",
    "_s": "s",
    "_t": "t C",
    "_d": "d",
    "_h": "h",
}
"""Unit of a field by its name or suffix (design section 2)."""

_LINES: dict[str, tuple[Any, str]] = {
    "observation": (AnyObservation, "One line of an NDJSON file of observations."),
    "settings": (Settings, "The settings file, as TOML or JSON."),
}


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return JSON Schema 2020-12 by name: every topic's value, one NDJSON observation, the settings file."""
    documents = {topic.name: _document(topic.name, topic.value, topic.about) for topic in TOPICS}
    return documents | {name: _document(name, kind, about) for name, (kind, about) in _LINES.items()}


def asyncapi() -> dict[str, Any]:
    """Return an AsyncAPI 3.0 document: one channel per topic with its key, partitions and retention."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:fenghuo:topics",
        "info": {
            "title": "Fenghuo 烽火",
            "version": CONTRACT,
            "description": "Observation → detection → incident → alert → notice; and back: verdict, setting. "
            + NOTE,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": _server()},
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {name: operation for topic in TOPICS for name, operation in _operations(topic)},
        "components": {"messages": _messages(), "schemas": _components()},
    }


def documents() -> dict[str, str]:
    """Return the text of every generated file by file name, the same text for the same Structs."""
    files = {f"{name}.schema.json": schema for name, schema in json_schemas().items()}
    files["asyncapi.json"] = asyncapi()
    return {name: json.dumps(files[name], ensure_ascii=False, indent=1) + "\n" for name in sorted(files)}


def unit_of(name: str) -> str:
    """Return the unit that a field's name says (`frp_mw` is in MW), or an empty string."""
    if name in UNITS:
        return UNITS[name]
    return next(
        (unit for suffix, unit in UNITS.items() if suffix.startswith("_") and name.endswith(suffix)), ""
    )


def kinds_of(value: Any) -> tuple[type, ...]:
    """Return the Structs of a topic's value: several where it is a tagged union."""
    return get_args(value) or (value,)


def _document(name: str, kind: Any, about: str) -> dict[str, Any]:
    (schema,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    return {
        "$schema": DIALECT,
        "$id": f"urn:fenghuo:{name}",
        "title": name,
        "description": about[0].upper() + about[1:].rstrip(".") + ".",
        "$comment": NOTE,
        **schema,
        "$defs": {part: _finished(parts[part]) for part in sorted(parts)},
    }


def _finished(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with its docstring dedented and a unit on every field that has one."""
    finished = dict(schema)
    if "description" in finished:
        finished["description"] = inspect.cleandoc(finished["description"])
    fields = finished.get("properties", {})
    if fields:
        finished["properties"] = {name: _with_unit(name, field) for name, field in fields.items()}
    return finished


def _with_unit(name: str, field: dict[str, Any]) -> dict[str, Any]:
    unit = unit_of(name)
    return {**field, "x-unit": unit} if unit and _is_number(field) else field


def _is_number(field: dict[str, Any]) -> bool:
    choices = field.get("anyOf", [field])
    return any(choice.get("type") in {"number", "integer"} for choice in choices)


def _server() -> dict[str, Any]:
    return {
        "host": "127.0.0.1:9092",
        "protocol": "kafka",
        "description": "Any Apache Kafka 4; without a broker, `embedded://` keeps the topics in one file.",
    }


def _channel(topic: Topic) -> dict[str, Any]:
    names = [kind.__name__ for kind in kinds_of(topic.value)]
    return {
        "address": "{prefix}" + topic.name,
        "title": topic.name,
        "description": topic.about[0].upper() + topic.about[1:] + ".",
        "servers": [{"$ref": "#/servers/kafka"}],
        "parameters": {"prefix": {"description": "Before every topic.", "default": Kafka().prefix}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"kafka": _channel_binding(topic)},
    }


def _channel_binding(topic: Topic) -> dict[str, Any]:
    days = topic.retention_days
    return {
        "topic": Kafka().prefix + topic.name,
        "partitions": topic.partitions or Kafka().partitions,
        "replicas": Kafka().replication,
        "topicConfiguration": {
            "cleanup.policy": ["compact" if topic.compacted else "delete"],
            "retention.ms": -1 if days is None else days * 86_400_000,
        },
        "bindingVersion": "0.5.0",
    }


def _operations(topic: Topic) -> list[tuple[str, dict[str, Any]]]:
    sides = (("send", "Written", topic.writers), ("receive", "Read", topic.readers))
    return [
        (
            f"{action}-{topic.name}",
            {
                "action": action,
                "channel": {"$ref": f"#/channels/{topic.name}"},
                "summary": f"{word} by {', '.join(who)}.",
                "tags": [{"name": name} for name in who],
            },
        )
        for action, word, who in sides
    ]


def _messages() -> dict[str, Any]:
    return {kind.__name__: _message(kind, topic) for topic in TOPICS for kind in kinds_of(topic.value)}


def _message(kind: type, topic: Topic) -> dict[str, Any]:
    key = {"type": "string", "description": topic.key[0].upper() + topic.key[1:] + "."}
    return {
        "name": kind.__name__,
        "title": kind.__name__,
        "summary": inspect.cleandoc(kind.__doc__ or kind.__name__).splitlines()[0],
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
        "bindings": {"kafka": {"key": key, "bindingVersion": "0.5.0"}},
    }


def _components() -> dict[str, Any]:
    values = [topic.value for topic in TOPICS]
    _, parts = msgspec.json.schema_components(values, ref_template="#/components/schemas/{name}")
    return {name: _without_discriminator(_finished(parts[name])) for name in sorted(parts)}


def _without_discriminator(schema: Any) -> Any:
    """Return the schema without `discriminator`, a plain name in AsyncAPI; the tag's enum says as much."""
    match schema:
        case dict():
            return {
                key: _without_discriminator(item) for key, item in schema.items() if key != "discriminator"
            }
        case list():
            return [_without_discriminator(item) for item in schema]
        case _:
            return schema
