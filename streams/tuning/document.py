"""A threshold document: TOML that lays tables of judging over the settings file; used or refused whole.

It holds what a step asks for anew each time. What a step keeps its state by is set in the settings file and
needs a restart, with the reason in `KEPT_BY`; who is told is set there too, and followed without one.
"""

import itertools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from alerts.grade import ORDER
from alerts.tuning.layers import Rules
from schemas.settings import Layer, Settings
from streams.telling.versions import TOLD
from streams.toml_file import ConfigError, suggestion
from streams.tuning.faults import faults_of
from streams.tuning.layers import checked_layers, merged, stations

LIVE = (
    "observe",
    "detectors",
    "static_heat",
    "association",
    "crossing",
    "blind",
    "weather",
    "carbon",
    "grade",
    "lifecycle",
    "report_duty",
    "feedback",
    "evidence",
    "outbreak",
    "permits",
    "spotting",
    "judge",
    "layers",
)
"""Tables that a document may hold."""

KEPT_BY = {
    "outbreak.recorded": "it names places, which are looked up in the region at start",
    "outbreak.recorded_of": "it names places, which are looked up in the region at start",
}
"""Options that need a restart, and why."""

Owners = Iterable[tuple[str, type[Any]]]


class DocumentError(ValueError):
    """A document that cannot be used; `faults` says everything that is wrong with it."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


def read(text: str, base: Settings, owners: Owners) -> Settings:
    """Return the settings with the document laid over them.

    Raises
    ------
    DocumentError
        with every fault: not TOML, names that are unknown or need a restart, values that cannot be.
    """
    owners = tuple(owners)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DocumentError([f"not TOML: {error}"]) from error
    faults = list(_faults(document, dict(owners)))
    if faults:
        raise DocumentError(faults)
    laid = over(base, document)
    try:
        checked_layers(laid)
        stations(laid, owners)
    except ConfigError as error:
        raise DocumentError([str(error).removeprefix("settings: ")]) from error
    return laid


def over(base: Settings, document: Mapping[str, Any]) -> Settings:
    """Return the settings with a sound document over them; its layer takes the place of one of its scope."""
    plain: dict[str, Any] = {}
    for name, value in document.items():
        if name == "layers":
            own = {one.scope: one for one in msgspec.convert(value, tuple[Layer, ...])}
            plain["layers"] = tuple({**{one.scope: one for one in base.layers}, **own}.values())
        else:
            plain[name] = merged(getattr(base, name), value)
    return msgspec.structs.replace(base, **plain)


def _faults(document: Mapping[str, Any], owners: Mapping[str, type[Any]]) -> Iterator[str]:
    for name, value in document.items():
        if name not in LIVE:
            yield f"$.{name}: {_why_not(name, owners)}"
        elif name == "detectors":
            yield from _of_detectors(value, owners)
        elif name == "layers":
            yield from _of_layers(value)
        else:
            yield from _kept(name, value)
            yield from faults_of(value, owners[name], f"$.{name}")


def _why_not(name: str, owners: Mapping[str, type[Any]]) -> str:
    if name in TOLD:
        return "is set in the settings file, which is followed without a restart"
    if name in owners or name in Settings.__struct_fields__:
        return "is set in the settings file and needs a restart"
    return f"unknown{suggestion(name, LIVE)}"


def _kept(table: str, value: Any) -> Iterator[str]:
    for option in value if isinstance(value, dict) else ():
        path = f"{table}.{option}"
        if path in KEPT_BY:
            yield f"$.{path}: is set in the settings file and needs a restart: {KEPT_BY[path]}"


def _of_detectors(value: Any, owners: Mapping[str, type[Any]]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield "$.detectors: a table is expected"
        return
    known = [table.removeprefix("detectors.") for table in owners if table.startswith("detectors.")]
    for name, table in value.items():
        if name in known:
            yield from faults_of(table, owners[f"detectors.{name}"], f"$.detectors.{name}")
        else:
            yield f"$.detectors.{name}: unknown{suggestion(name, known)}"


def _of_layers(value: Any) -> Iterator[str]:
    if not isinstance(value, list):
        yield "$.layers: a list of tables [[layers]] is expected"
        return
    for index, one in enumerate(value):
        yield from faults_of(one, Layer, f"$.layers[{index}]")


def contradictions(rules: Rules) -> Iterator[str]:
    """Yield what cannot be meant: a higher grade that asks for less, a floor that leaves no task."""
    named = ", ".join(rules.scopes) or "everywhere"
    ordered = sorted(rules.grades.rule, key=lambda rule: ORDER[rule.grade])
    for low, high in itertools.pairwise(ordered):
        if high.probability < low.probability:
            yield (
                f"{named}: grade {high.grade} asks for {high.probability:g}, less than {low.probability:g} "
                f"of grade {low.grade}"
            )
    least = ordered[0].probability if ordered else 1.0
    for name in ("task", "task_protected"):
        floor = getattr(rules.grading, name)
        if floor >= least:
            yield f"{named}: grade.{name} {floor:g} leaves no task below the {least:g} of the lowest grade"
