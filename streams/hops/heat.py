"""The memory of static heat: what has settled is kept as columns, what is too old is forgotten."""

import hashlib

from detectors.static_heat import SETTLED_D, HeatIndex, Hit

OFTEN = 1000
"""Rows after which a restart settles what it has read, so that it needs no more memory than running on."""


def row_day(key: str) -> int:
    """Return the day that a row of hits, `h/{day}/{names}`, is kept by: that of its oldest hit."""
    return int(key.split("/")[1])


def keep_heat(heat: HeatIndex, rows: dict[str, list[Hit]], hits: list[Hit]) -> dict[str, list[Hit]]:
    """Keep new hits; return the rows that hold them: one of their names, or one for each place of a flood."""
    kept: dict[str, list[Hit]] = {}
    named = []
    for hit in hits:
        held = heat.put(hit)
        if held is hit:
            named.append(hit)
        else:
            kept[f"h/{held.day:07d}/{held.detection_id}"] = [held]
    if named:
        names = hashlib.sha256("\n".join(hit.detection_id for hit in named).encode()).hexdigest()[:20]
        kept[f"h/{min(hit.day for hit in named):07d}/{names}"] = named
    rows |= kept
    return kept


def put_heat(heat: HeatIndex, rows: dict[str, list[Hit]], key: str, hits: list[Hit]) -> None:
    """Put one row of hits in."""
    rows[key] = hits
    for hit in hits:
        heat.add(hit)


def settle_heat(heat: HeatIndex, rows: dict[str, list[Hit]], today: int) -> None:
    """Keep hits that can change no more as columns; of their rows the keys are kept."""
    still = [key for key, hits in rows.items() if hits and row_day(key) < today - SETTLED_D]
    heat.settle((row_day(key), rows[key]) for key in still)
    for key in still:
        rows[key] = []


def forget_heat(heat: HeatIndex, rows: dict[str, list[Hit]], first_day: int) -> list[str]:
    """Forget the rows of hits older than a day, and return their keys."""
    old = [key for key in rows if row_day(key) < first_day]
    for key in old:
        heat.forget(rows.pop(key))
    heat.archive.forget(first_day)
    return old
