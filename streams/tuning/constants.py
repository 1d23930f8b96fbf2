"""Every constant of the data tables shipped with the software, with version, status and source; read-only."""

import csv
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any

from msgspec import Struct
from msgspec.json import encode

TABLE = "data"
"""Name under which constants are asked for, beside the tables of the settings."""

FOLDERS = (("detectors", ""), ("alerts", ""), ("alerts", "carbon"))
ABOUT = ("source", "version", "status", "review_by")
"""What says where a constant comes from, and is none itself."""

KINDS = frozenset({"verified", "computed", "derived", "memory", "own", "placeholder", "proposal"})
"""Words that a status begins with."""


class Constant(Struct, frozen=True, kw_only=True):
    """One row of a data table. It changes with a release alone, never by a document."""

    path: str
    file: str
    value: dict[str, Any]
    version: str
    status: str
    source: str


def constants(table: str = "") -> Iterator[Constant]:
    """Yield the constants whose path starts so (`data.evidence`), file by file, row by row."""
    for package, folder in FOLDERS:
        at = files(package).joinpath("data", *([folder] if folder else []))
        for file in sorted(at.iterdir(), key=lambda one: one.name):
            stem, _, kind = file.name.rpartition(".")
            path, name = (
                f"{TABLE}.{stem}",
                "/".join(one for one in (package, "data", folder, file.name) if one),
            )
            if kind not in {"toml", "csv"} or not (path.startswith(table) or table.startswith(path)):
                continue
            text = file.read_text(encoding="utf-8")
            found = _of_toml(path, name, text) if kind == "toml" else _of_csv(path, name, text)
            yield from (one for one in found if one.path.startswith(table))


def _of_toml(path: str, file: str, text: str) -> Iterator[Constant]:
    raw = tomllib.loads(text)
    about = {"version": raw.pop("version", ""), "source": raw.pop("source", "")}
    yield from _walk(path, file, raw, about)


def _walk(path: str, file: str, table: Mapping[str, Any], above: Mapping[str, str]) -> Iterator[Constant]:
    """Yield a table of plain values, then the tables in it; what says nothing of itself is as those above."""
    about = {**above, **{name: str(table[name]) for name in ABOUT if name in table}}
    plain = {name: value for name, value in table.items() if name not in ABOUT and not _tables(value)}
    if plain:
        yield Constant(
            path=path,
            file=file,
            value=plain,
            **{name: about.get(name, "") for name in ("version", "status", "source")},
        )
    for name, value in table.items():
        for number, one in enumerate(_tables(value), start=1):
            own = f"[{number}]" if isinstance(value, list) else ""
            yield from _walk(f"{path}.{name}{own}", file, one, about)


def _tables(value: Any) -> list[Mapping[str, Any]]:
    """Return the tables that a value is or lists."""
    listed = value if isinstance(value, list) else [value]
    return listed if listed and all(isinstance(one, dict) for one in listed) else []


def _of_csv(path: str, file: str, text: str) -> Iterator[Constant]:
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=1):
        yield Constant(
            path=f"{path}[{number}]",
            file=file,
            value={name: value for name, value in row.items() if name not in ABOUT},
            **{name: row.get(name) or "" for name in ("version", "status", "source")},
        )


def line_of(one: Constant) -> str:
    """Return a constant in one line; `=` marks that no document sets it."""
    said = " ".join(part for part in (one.version, one.status or "no status") if part)
    return f"= {one.path} = {encode(one.value).decode()} [{said}] {one.source}".rstrip()


def summed(found: Iterable[Constant]) -> Iterator[str]:
    """Yield a line for each file: how many constants of which status, and where each is shown."""
    counts: dict[str, Counter[str]] = {}
    versions: dict[str, set[str]] = {}
    for one in found:
        counts.setdefault(one.file, Counter())[_word(one.status)] += 1
        versions.setdefault(one.file, set()).add(one.version)
    for file, count in counts.items():
        of = ", ".join(f"{number} {word}" for word, number in sorted(count.items()))
        version = " ".join(sorted(versions[file] - {""})[-1:])
        shown = f"{TABLE}.{file.rpartition('/')[2].rpartition('.')[0]}"
        yield f"= {file} {version}: {of} [read-only]; fenghuo settings show {shown}".replace(" :", ":")


def _word(status: str) -> str:
    """Return the kind of a status, which may say more: `verified: a public text` is verified."""
    words = status.removeprefix("from ").replace(":", " ").replace(";", " ").replace(",", " ").split()
    return next((one for one in words[:1] if one in KINDS), "other" if words else "no status")
