"""A proposal of ratios as a document that can be published: the cells that differ, each with its counts.

Only what lies outside the interval is proposed, and only from enough looks; a cell that says too little keeps
what is in force. The document changes nothing until a person publishes it.
"""

from collections.abc import Iterable
from itertools import groupby

from detectors.recalibration import Proposal, Recalibration

LEAST_LOOKS = 10
"""Looks of fires and others together, from which a cell is proposed."""

MOST_RATIO = 100.0
LEAST_RATIO = 0.01
"""No cell says more than the table may hold."""


def is_due(one: Proposal, least_looks: int = LEAST_LOOKS) -> bool:
    """Return whether a cell is proposed: enough looks, and what is in force outside their interval.

    Where the land is unknown nothing weighs more or less, so nothing is proposed.
    """
    return one.land != "unknown" and one.differs and one.fires + one.others >= least_looks


def document(report: Recalibration, version: str, least_looks: int = LEAST_LOOKS) -> str | None:
    """Return the settings document (TOML) of the ratios that are due; None when there is none."""
    pairs = [list(cells) for _, cells in groupby(report.proposals, key=lambda one: (one.source, one.land))]
    due = [cells for cells in pairs if any(is_due(one, least_looks) for one in cells)]
    if not due:
        return None
    head = (
        f"# Proposed from {report.looks} looks that people verified; in force until now: {report.version}.\n"
        "# Nothing takes this up by itself. A cell that says too little keeps what is in force.\n"
        f'[evidence]\nversion = "{version}"\n'
    )
    return head + "".join(_row(cells, least_looks) for cells in due)


def _row(cells: Iterable[Proposal], least_looks: int) -> str:
    day, night = sorted(cells, key=lambda one: not one.is_day)
    return (
        f'\n[[evidence.ratio]]\nsource = "{day.source}"\nland = "{day.land}"\n'
        f"day = {_value(day, least_looks)} # {_why(day, least_looks)}\n"
        f"night = {_value(night, least_looks)} # {_why(night, least_looks)}\n"
        'status = "proposed from verdicts"\n'
    )


def _value(one: Proposal, least_looks: int) -> float:
    if not is_due(one, least_looks):
        return one.in_force
    return min(max(one.ratio, LEAST_RATIO), MOST_RATIO)


def _why(one: Proposal, least_looks: int) -> str:
    counts = f"{one.fires} of fires, {one.others} of others: {one.ratio} ({one.low} to {one.high})"
    return f"{counts}; in force {one.in_force}" if is_due(one, least_looks) else f"kept; {counts}"
