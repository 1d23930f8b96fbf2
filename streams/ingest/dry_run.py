"""What would become of a pest table: every bad row with its reason, every doubt; nothing is handed in."""

from datetime import datetime
from itertools import groupby

from msgspec import Struct

from detectors.pests.count import Catch, Options, catch_of, doubts
from schemas.observation import AnyObservation, LabResult, PestSurvey, TrapCount
from schemas.reason import Reason
from streams.feeds import read
from streams.feeds.base import Limits


class Row(Struct, frozen=True):
    """A row, by its line, and what is wrong or doubtful about it."""

    line: int
    reason: Reason


class Checked(Struct, frozen=True):
    """How many rows are good, which are bad, and which are kept with a doubt."""

    good: int
    faults: tuple[Row, ...]
    doubts: tuple[Row, ...]


def dry_run(payload: bytes, now: datetime) -> Checked:
    """Return what reading the payload at `now` would accept, refuse and doubt."""
    parsed = read(payload, Limits(now))
    faults = [Row(one.line, one.reason) for one in parsed.rejected]
    if parsed.refused is not None:
        faults.append(Row(0, parsed.refused))
    numbers = parsed.lines or tuple(range(1, len(parsed.observations) + 1))
    found = _doubts(
        dict(zip((id(one) for one in parsed.observations), numbers, strict=True)), parsed.observations
    )
    return Checked(
        len(parsed.observations), tuple(sorted(faults, key=_line)), tuple(sorted(found, key=_line))
    )


def _line(row: Row) -> tuple[int, str]:
    return row.line, row.reason.code


def _doubts(line_of: dict[int, int], observations: tuple[AnyObservation, ...]) -> list[Row]:
    """Return what is said twice, says nothing about numbers, or does not fit between two visits."""
    found: list[Row] = []
    catches: list[tuple[Catch, int]] = []
    seen: dict[str, tuple[int, int]] = {}
    for one in observations:
        line = line_of[id(one)]
        if not isinstance(one, TrapCount | PestSurvey | LabResult):
            continue
        before = seen.get(one.observation_id)
        if before is not None and before[1] == one.revision:
            found.append(
                Row(line, Reason(code="duplicate_of", ref=one.observation_id, detail=f"line {before[0]}"))
            )
        seen[one.observation_id] = line, one.revision
        if not isinstance(one, TrapCount):
            continue
        got = catch_of(Options(), one)
        if isinstance(got, Reason):
            found.append(Row(line, got))
            continue
        found += [Row(line, note) for note in got.notes if note.code == "bad_value"]
        if before is None:
            catches.append((got, line))
    catches.sort(key=lambda pair: (pair[0].trap, pair[0].species))
    for _, group in groupby(catches, key=lambda pair: (pair[0].trap, pair[0].species)):
        visits = list(group)
        lines = {catch.observation_id: line for catch, line in visits}
        notes = doubts(Options(), [catch for catch, _ in visits])
        found += [Row(lines[name], why) for name, whys in notes.items() for why in whys]
    return found
