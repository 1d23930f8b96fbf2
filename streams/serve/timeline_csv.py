"""The timeline of an incident as CSV: a row for each thing that happened; no cell is a formula."""

import csv
import io
from collections.abc import Mapping
from typing import Any

COLUMNS = (
    "at",
    "what",
    "source",
    "grade",
    "action",
    "longitude",
    "latitude",
    "frp_mw",
    "receiver",
    "outcome",
    "author",
    "text",
)
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheets, unless an apostrophe stands before it."""


def timeline_csv(story: Mapping[str, Any]) -> str:
    """Return the rows of a story of `history.incident_story`, oldest first, after a byte order mark."""
    held = io.StringIO()
    held.write("\ufeff")
    table = csv.writer(held)
    table.writerow(COLUMNS)
    for entry in story["timeline"]:
        one = entry[entry["what"]]
        said = one.get("act", one.get("code", "")) if "author" in one else ""
        what = f"{entry['what']} {said}".strip()
        values = {**one, "at": entry["at"], "what": what}
        table.writerow([_cell(values.get(name)) for name in COLUMNS])
    return held.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    harmless = isinstance(value, int | float)
    return f"'{text}" if text.startswith(RISKY) and not harmless else text
