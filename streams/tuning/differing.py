"""What of the judging two settings do differently, so that what both do alike is done once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from msgspec.structs import asdict

from alerts.tuning.layers import DECIDED
from schemas.detection import Claims
from schemas.hop import Hop, Result
from schemas.settings import Settings
from schemas.topics import DETECTION
from streams.config import check_tables
from streams.hops.build import OWNERS

UNJUDGED = frozenset({"tell", "carbon", "report_duty", "feedback", "drills"})
"""Tables that no decision of a backtest depends on; nor do those of channels."""

ELSEWHERE = frozenset(
    {"name", "effective_at", "issuer", "map_number", "tick_s", "kafka", "maps", "office", "receivers"}
    | {"silences", "groups", "drills", "layers", "v", "detectors", "channels", "languages"}
)
"""Of the settings file, what is no table of options or is compared apart."""


class Difference(NamedTuple):
    """Whether two settings claim, decide in a place, or judge anything else differently."""

    claims: bool
    decisions: bool
    everything: bool


def difference(one: Settings, two: Settings) -> Difference:
    """Return what of the judging differs between two settings."""
    here, there = check_tables(one, OWNERS), check_tables(two, OWNERS)
    differing = {name for name in here if here[name] != there[name]}
    claims = any(name == "observe" or name.startswith("detectors.") for name in differing)
    layers = [tuple(asdict(layer) for layer in side.layers) for side in (one, two)]
    pests = _of(layers[0], "outbreak") != _of(layers[1], "outbreak")
    claims = claims or _of(layers[0], "detectors") != _of(layers[1], "detectors")
    rest = {
        name
        for name in differing - {"observe", "grade", "lifecycle"} - UNJUDGED
        if not name.startswith(("detectors.", "channels."))
    }
    same = {name: getattr(one, name) == getattr(two, name) for name in one.__struct_fields__}
    tables = {name.partition(".")[0] for name in here}
    other = {name for name, is_same in same.items() if not is_same} - ELSEWHERE - tables
    ends = [[(scope, _undecided(table)) for scope, table in _of(side, "lifecycle")] for side in layers]
    everywhere = [_everywhere(side["lifecycle"]) for side in (here, there)]
    return Difference(
        claims=claims,
        decisions=bool({"grade", "lifecycle"} & differing) or layers[0] != layers[1],
        everything=bool(rest or other) or pests or everywhere[0] != everywhere[1] or ends[0] != ends[1],
    )


def _of(layers: tuple[dict[str, Any], ...], name: str) -> list[tuple[str, Any]]:
    return [(layer["scope"], layer[name]) for layer in layers if layer[name]]


def _everywhere(options: Any) -> dict[str, Any]:
    return _undecided(asdict(options))


def _undecided(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name not in DECIDED}


@dataclass
class Told:
    """The observations of which two first hops claim differently; `all_else` when what differs is of none."""

    observations: set[str] = field(default_factory=set)
    all_else: bool = False


def both(hop: Hop, other: Hop, told: Told) -> Hop:
    """Return the first hop, which notes in `told` where `other` claims otherwise."""

    def opened(options: Any, partition: int, rows: Mapping[str, bytes]) -> Any:
        return hop.open(options, partition, rows), other.open(other.options, partition, rows)

    def step(options: Any, states: Any, message: Any, now: datetime) -> Result:
        result = hop.step(options, states[0], message, now)
        second = other.step(other.options, states[1], message, now)
        for mine, theirs in zip(_claims(result), _claims(second), strict=True):
            _note(mine, theirs, told)
        return result

    return Hop(name=hop.name, topics=hop.topics, open=opened, step=step, now=hop.now, options=hop.options)


def _claims(result: Result) -> list[Claims]:
    return [one.value for one in result.outputs if one.topic is DETECTION]


def _note(mine: Claims, theirs: Claims, told: Told) -> None:
    if mine == theirs:
        return
    for name in mine.__struct_fields__:
        here, there = getattr(mine, name), getattr(theirs, name)
        if here == there or name == "heard":
            continue
        if name not in {"detections", "silences", "pests"}:
            told.all_else = True
            continue
        one, two = ({item.observation_id: item for item in side} for side in (here, there))
        told.observations |= {key for key in one.keys() | two.keys() if one.get(key) != two.get(key)}
