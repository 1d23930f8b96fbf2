"""A row that was repaired, dropped or is ambiguous is a line with its reason; nothing is lost unsaid."""

from collections import Counter
from typing import Annotated, BinaryIO, Literal

import msgspec
from msgspec import Meta, Struct

Outcome = Literal["repaired", "dropped", "ambiguous", "remark", "summary"]

WHY = {
    "accuracy": "the datum's relation to WGS 84 is not well known",
    "antimeridian": "crosses the antimeridian in one piece; cut there in two",
    "around": "longitudes beyond 180°; brought back by a whole turn",
    "bad_coordinates": "coordinates that are no numbers",
    "bad_value": "a value of the wrong type or out of range; left unknown",
    "column": "a column that no attribute is known for; kept under its own name",
    "column_twice": "two columns for one attribute; the first is taken, the other kept under its own name",
    "crs_label": "the label given overrides what the file says",
    "duplicate_id": "an id that was there before; kept under a new one",
    "duplicate_row": "the same id and geometry again",
    "empty": "an empty geometry",
    "encoding": "text that is not UTF-8",
    "height": "heights (z, m) are left out",
    "made_id": "rows without an id got one from their place in the file",
    "many_points": "several points where one is expected; the first stands for it",
    "mixed_types": "another type of geometry than the layer has",
    "no_geometry": "no geometry",
    "no_level": "neither a level nor a code of an administrative area",
    "not_degrees": "coordinates that are no degrees",
    "other_parts": "parts of another type of geometry are left out",
    "outside_boundary": "wholly outside the boundary",
    "point_of_area": "an area or line where a point is expected; a point on it stands for it",
    "reading": "what a column means was decided from its values; say it in the column map",
    "self_crossing": "the border crosses or touches itself; made valid",
    "swapped_coordinates": "longitude and latitude exchanged; never exchanged for you",
    "too_few_points": "a ring of fewer than three different points",
    "unclosed": "a ring that was not closed; closed",
    "zero_area": "no area (below one square metre)",
}
"""What each code of a report means."""


class LayerSummary(Struct, frozen=True, kw_only=True):
    """Rows of one layer: `read` = `kept` + `dropped`; a kept row may be repaired, ambiguous or both."""

    read: int = 0
    kept: int = 0
    repaired: int = 0
    dropped: int = 0
    ambiguous: int = 0
    reasons: dict[str, int] = {}
    remarks: tuple[str, ...] = ()


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of `report.ndjson`: a row not simply taken, a remark on a source, or a layer's counts."""

    layer: str
    outcome: Outcome
    source: str = ""
    code: str = ""
    detail: str = ""
    row: Annotated[int | None, Meta(description="Number of the row in its source, from 1.")] = None
    place_id: str = ""
    counts: LayerSummary | None = None


class Report:
    """Writes the lines as they come, and counts them by layer, outcome and code."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._encoder = msgspec.json.Encoder()
        self._rows: Counter[tuple[str, str]] = Counter()
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._remarks: dict[str, list[str]] = {}

    def write(self, line: Line) -> None:
        """Write one line and count it; a remark counts no row."""
        self._file.write(self._encoder.encode(line) + b"\n")
        if line.outcome == "remark":
            said = f"{line.source}: {line.detail or WHY[line.code]}"
            self._remarks.setdefault(line.layer, []).append(said)
        else:
            self._reasons[line.layer, f"{line.outcome}:{line.code}"] += 1

    def count(self, layer: str, outcome: Literal["read", "kept"] | Outcome, rows: int) -> None:
        """Count rows of a layer (each row once for an outcome, however many lines it has)."""
        self._rows[layer, outcome] += rows

    def summary(self) -> dict[str, LayerSummary]:
        """Return the counts of every layer that was read, by name."""
        layers = sorted({layer for layer, _ in self._rows} | set(self._remarks))
        return {layer: self._of(layer) for layer in layers}

    def close(self) -> dict[str, LayerSummary]:
        """Write the counts of every layer as the last lines, and return them."""
        found = self.summary()
        for layer, counts in found.items():
            self._file.write(
                self._encoder.encode(Line(layer=layer, outcome="summary", counts=counts)) + b"\n"
            )
        return found

    def _of(self, layer: str) -> LayerSummary:
        reasons = {code: n for (owner, code), n in sorted(self._reasons.items()) if owner == layer}
        return LayerSummary(
            read=self._rows[layer, "read"],
            kept=self._rows[layer, "kept"],
            repaired=self._rows[layer, "repaired"],
            dropped=self._rows[layer, "dropped"],
            ambiguous=self._rows[layer, "ambiguous"],
            reasons=reasons,
            remarks=tuple(self._remarks.get(layer, ())),
        )


def in_words(summary: dict[str, LayerSummary]) -> list[str]:
    """Return the summary as lines for a person: a line a layer, its reasons and remarks below it."""
    lines = []
    for layer, one in summary.items():
        numbers = f"read {one.read} · kept {one.kept} · repaired {one.repaired} · dropped {one.dropped}"
        lines.append(f"{layer}: {numbers} · ambiguous {one.ambiguous}")
        for key, count in one.reasons.items():
            outcome, _, code = key.partition(":")
            lines.append(f"  {outcome} {count}: {WHY[code]} ({code})")
        lines.extend(f"  {remark}" for remark in one.remarks)
    return lines
