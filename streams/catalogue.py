"""Catalogues in the README files, written from the code itself: `python -m streams.catalogue` rewrites them.

A section stands between `<!-- catalogue: topics -->` and `<!-- end of catalogue -->` in any README.md.
"""

import importlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from schemas.base_map import BaseMap
from schemas.export import documents, kinds_of, unit_of
from schemas.observation import AnyObservation
from schemas.reason import REASONS
from schemas.receiver import Budget, Office, Quiet, Receiver, Way
from schemas.settings import Kafka, Layer, Settings
from schemas.silencing import Silencing
from schemas.topics import TOPICS
from streams.files import write_whole
from streams.jurisdiction import in_force

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "python -m streams.catalogue"
_SECTION = re.compile(
    r"(?P<start><!-- catalogue: (?P<name>[a-z ]+) -->\n)(?P<body>.*?)(?P<end><!-- end of catalogue -->)",
    re.DOTALL,
)
_COMMENT = re.compile(r"^ +(\w+) = [^#\n]*# +(.+)$", re.MULTILINE)


def topics() -> Iterator[str]:
    """Yield the topic table."""
    rows = [
        (
            f"`{topic.name}`",
            topic.about,
            topic.key,
            topic.partitions or "as configured",
            "for ever" if topic.retention_days is None else f"{topic.retention_days} d",
            ", ".join(topic.writers),
            ", ".join(topic.readers),
        )
        for topic in TOPICS
    ]
    yield from _table(("topic", "what", "key", "partitions", "kept", "written by", "read by"), rows)


def messages() -> Iterator[str]:
    """Yield every Struct that goes over a topic, with its fields, units and ranges."""
    kinds = [topic.value for topic in TOPICS]
    _, parts = msgspec.json.schema_components(kinds, ref_template="{name}")
    on_topic = {kind.__name__: topic.name for topic in TOPICS for kind in kinds_of(topic.value)}
    for name, part in parts.items():
        place = f" (`{on_topic[name]}`)" if name in on_topic else ""
        yield from ("", f"### {name}{place}", "", _one_line(part.get("description", "")), "")
        required = part.get("required", ())
        rows = [
            (f"`{field}`", _type(schema), unit_of(field), "yes" if field in required else "", _about(schema))
            for field, schema in part["properties"].items()
        ]
        yield from _table(("field", "value", "unit", "required", "what"), rows)


def observations() -> Iterator[str]:
    """Yield the kinds of observation."""
    rows = [(f"`{_tag(kind)}`", _first_line(kind)) for kind in kinds_of(AnyObservation)]
    yield from _table(("kind", "what one source said once"), rows)


def reasons() -> Iterator[str]:
    """Yield every reason code."""
    yield from _table(("code", "meaning"), [(f"`{code}`", meaning) for code, meaning in REASONS.items()])


def feedback() -> Iterator[str]:
    """Yield the feedback codes of the jurisdiction that ships as the default."""
    known = in_force(Settings()).feedback
    rows = [(one.code, one.text["zh"], one.text["en"], f"`{one.says}`", one.status) for one in known]
    yield from _table(("code", "中文", "English", "what it says", "status"), rows)


def settings() -> Iterator[str]:
    """Yield every setting with its default, unit and meaning, table by table."""
    owners = importlib.import_module("streams.hops.build").OWNERS
    given = importlib.import_module("streams.hops.outbreak_given")
    further = (
        ("receivers.then", Way),
        ("receivers.quiet", Quiet),
        ("receivers.budget", Budget),
        ("silences", Silencing),
        ("layers", Layer),
    )
    tables = (
        ("", Settings),
        ("kafka", Kafka),
        ("map", BaseMap),
        ("office", Office),
        *owners,
        ("outbreak.recorded", given.Recorded),
        ("outbreak.linking", given.Linking),
        ("outbreak.closing", given.Closing),
        ("outbreak.telling", given.Telling),
        ("receivers", Receiver),
        *further,
    )
    for table, kind in tables:
        brackets = f"[[{table}]]" if kind in {Receiver, Way, Silencing, Layer} else f"[{table}]"
        yield from ("", f"### `{brackets}`" if table else "### Top level", "")
        rows = [(f"`{name}`", *rest) for name, *rest in options_of(kind)]
        yield from _table(("setting", "default", "unit", "value", "what"), rows)


def options_of(kind: type) -> list[tuple[str, str, str, str, str]]:
    """Return name, default, unit, type with range, and meaning of every option that is no table itself."""
    ((mine,), parts) = msgspec.json.schema_components([kind], ref_template="{name}")
    said = _commented(kind)
    return [
        (name, _default(schema), unit_of(name), _type(schema), _about(schema) or said.get(name, ""))
        for name, schema in parts[mine["$ref"]]["properties"].items()
        if not _is_table(schema)
    ]


def meaning_of(kind: type, name: str) -> str:
    """Return what one option means, a table or not."""
    ((mine,), parts) = msgspec.json.schema_components([kind], ref_template="{name}")
    return _about(parts[mine["$ref"]]["properties"][name]) or _commented(kind).get(name, "")


def commands() -> Iterator[str]:
    """Yield every command with its options."""
    main = importlib.import_module("streams.cli").main
    rows = [
        (f"`{name}`", command.get_short_help_str(200), _options(command)) for name, command in leaves(main)
    ]
    yield from _table(("command", "what it does", "options"), rows)


def metrics() -> Iterator[str]:
    """Yield every Prometheus metric."""
    found = importlib.import_module("streams.metrics").Metrics().registry.collect()
    rows = [
        (f"`{one.name}{'_total' if one.type == 'counter' else ''}`", one.type, one.documentation)
        for one in found
    ]
    yield from _table(("metric", "type", "what"), rows)


def detectors() -> Iterator[str]:
    """Yield every detector with the first line of its docstring."""
    found = importlib.import_module("detectors").DETECTORS
    rows = [(f"`{one.name}`", _first_line(sys.modules[one.options.__module__])) for one in found]
    yield from _table(("detector", "what it says"), rows)


SECTIONS: dict[str, Callable[[], Iterator[str]]] = {
    one.__name__: one
    for one in (topics, messages, observations, reasons, feedback, settings, commands, metrics, detectors)
}


def leaves(command: click.Command, name: str = "fenghuo") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, by its full name."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for sub in command.list_commands(context):
        found = command.get_command(context, sub)
        if found is not None:
            yield from leaves(found, f"{name} {sub}")


def readmes(root: Path = ROOT) -> list[Path]:
    """Return the README files that have a section."""
    found = (*sorted(root.glob("README.md")), *sorted(root.glob("*/README.md")))
    return [path for path in found if _SECTION.search(path.read_text(encoding="utf-8"))]


def fresh(text: str) -> str:
    """Return the text of a README with its sections as the code is now; KeyError names an unknown one."""
    return _SECTION.sub(_filled, text)


def stale(root: Path = ROOT) -> list[Path]:
    """Return the README files whose sections are not as the code is now."""
    return [path for path in readmes(root) if (text := path.read_text(encoding="utf-8")) != fresh(text)]


def _filled(found: re.Match[str]) -> str:
    body = "\n".join(SECTIONS[found["name"]]())
    return f"{found['start']}\n{body.strip()}\n\n{found['end']}"


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join(' --- ' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"


def _cell(value: Any) -> str:
    return _one_line(str(value)).replace("|", "\\|")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _tag(kind: Any) -> str:
    return str(kind.__struct_config__.tag)


def _first_line(documented: Any) -> str:
    return (documented.__doc__ or "").strip().splitlines()[0]


def _commented(kind: type) -> dict[str, str]:
    """Return the comments beside the settings in the example that opens a plug-in's docstring."""
    return dict(_COMMENT.findall(sys.modules[kind.__module__].__doc__ or ""))


def _about(schema: dict[str, Any]) -> str:
    choices = [schema, *schema.get("anyOf", ())]
    return next((choice["description"] for choice in choices if "description" in choice), "")


def _default(schema: dict[str, Any]) -> str:
    value = schema.get("default")
    return "" if value in (None, "", [], {}) else f"`{msgspec.json.encode(value).decode()}`"


def _is_table(schema: dict[str, Any]) -> bool:
    """Say whether a setting is a table of its own, which has its own heading."""
    items = schema.get("items", {})
    # of a tuple of a fixed length there are no further items: False
    return "$ref" in schema or schema.get("type") == "object" or (bool(items) and "$ref" in items)


def _type(schema: dict[str, Any]) -> str:
    """Return the words for a value: its type, choices and range."""
    if "anyOf" in schema:
        return " or ".join(_type(choice) for choice in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        each = schema.get("prefixItems")
        return f"{len(each)} values" if each else f"list of {_type(schema.get('items', {}))}"
    if schema.get("type") == "object":
        return (
            f"object of {_type(schema['additionalProperties'])}"
            if schema.get("additionalProperties")
            else "object"
        )
    words = {"date-time": "time", "base64": "bytes"}
    name = words.get(schema.get("format") or schema.get("contentEncoding") or "") or schema.get("type", "any")
    return f"{name}{_range(schema)}"


def _range(schema: dict[str, Any]) -> str:
    signs = (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
    bounds = [f"{sign} {schema[key]:g}" for key, sign in signs if key in schema]
    return f" {', '.join(bounds)}" if bounds else ""


def _options(command: click.Command) -> str:
    options = [param for param in command.params if isinstance(param, click.Option)]
    return ", ".join(f"`{option.opts[0]}`" for option in options)


def main() -> None:
    """Rewrite every stale section and generated file, and say which files changed."""
    texts = {path: fresh(path.read_text(encoding="utf-8")) for path in readmes()}
    texts |= {ROOT / "schemas" / "generated" / name: text for name, text in documents().items()}
    for path, text in texts.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_whole(path, text.encode())
            click.echo(f"{path.relative_to(ROOT)} rewritten")


if __name__ == "__main__":
    main()
