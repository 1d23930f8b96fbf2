"""Tables of satellite pixels that are no FIRMS: their cells are given its names, and read like it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.observation import Hotspot, Retraction
from streams.feeds.base import Limits, Parsed, Rejected, refusal
from streams.feeds.firms_columns import Table
from streams.feeds.firms_rows import hotspots

Columns = dict[str, list[str]]
Translate = Callable[[Mapping[str, Sequence[str]], int], Columns]


@dataclass(frozen=True)
class Pixels:
    """The hotspots of a table with their lines, the refused rows, and every cell by column and row kept."""

    good: list[tuple[int, Hotspot]]
    bad: list[Rejected]
    columns: Columns

    def parsed(self, feed: str, retractions: Iterable[Retraction] = ()) -> Parsed:
        """Return what was read as a payload of this feed."""
        lines = tuple(line for line, _ in self.good)
        return Parsed(feed, self.spots, tuple(self.bad), lines=lines, retractions=tuple(retractions))

    @property
    def spots(self) -> tuple[Hotspot, ...]:
        """The hotspots in the order of their rows."""
        return tuple(spot for _, spot in self.good)


def read_pixels(
    names: Sequence[str],
    rows: Sequence[tuple[int, bytes, str | None]],
    translate: Translate,
    limits: Limits,
    head: bytes = b"",
) -> Pixels:
    """Return the pixels of rows (line number, bytes, text) of comma-separated cells under these names.

    `translate` gives the columns their FIRMS names and its units: what is checked and mended there is here.
    The columns of the result hold the rows that became hotspots, in their order.
    """
    kept: list[tuple[int, bytes, list[str]]] = []
    bad: list[Rejected] = []
    for line, raw, text in rows:
        cells = None if text is None else [cell.strip() for cell in text.split(",")]
        if cells is None:
            bad.append(Rejected(line, raw, refusal("unreadable", "not text"), head))
        elif len(cells) != len(names):
            words = f"{len(cells)} cells under {len(names)} columns"
            code = "missing_column" if len(cells) < len(names) else "bad_value"
            bad.append(Rejected(line, raw, refusal(code, words), head))
        else:
            kept.append((line, raw, cells))
    given: Columns = {name: [cells[at] for _, _, cells in kept] for at, name in enumerate(names)}
    found, refused = hotspots(Table(translate(given, len(kept)), len(kept)), limits)
    bad += (Rejected(kept[at][0], kept[at][1], why, head) for at, why in refused.items())
    sound = [at for at in range(len(kept)) if at not in refused]
    good = [(kept[at][0], spot) for at, spot in zip(sound, found, strict=True)]
    columns = {name: [cells[at] for at in sound] for name, cells in given.items()}
    return Pixels(good, sorted(bad, key=lambda row: row.line), columns)


def data_lines(
    lines: Sequence[bytes], texts: Sequence[str | None], start: int = 0
) -> list[tuple[int, bytes, str | None]]:
    """Return the rows from `start` on as (line number, bytes, text), without comments and blank lines."""
    return [
        (at + 1, lines[at], texts[at])
        for at in range(start, len(lines))
        if texts[at] is None or ((texts[at] or "").strip() and not (texts[at] or "").lstrip().startswith("#"))
    ]
