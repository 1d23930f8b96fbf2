"""A comparison in the few lines that a terminal shows."""

from collections.abc import Iterator

from alerts.tuning.bootstrap import Interval
from streams.tuning.misses import Miss
from streams.tuning.report.page import words_of
from streams.tuning.tuned import Tuned

FIGURES = ("recall_task", "recall_alert", "minutes_to_task", "false_tasks_per_day", "false_alerts_per_day")


def lines(found: Tuned) -> Iterator[str]:
    """Yield what matters first: whether one may conclude, what is lost, what is gained."""
    words, compared, past = words_of("en"), found.comparison, found.past
    yield f"{past.accepted} observations of {past.days} days; holes: {', '.join(past.holes) or 'none'}"
    known = compared.known
    yield f"known: {known['fires']} fires, {known['others']} something else, {known['unknown']} unknown"
    for one in compared.thin:
        yield "too thin: " + words[f"thin_{one.of}"].format(have=one.have, need=one.need)
    for name in FIGURES:
        before, after = (getattr(side, name) for side in (compared.before, compared.after))
        yield f"{words[name]:48} {_said(before):>32} → {_said(after)}"
    for name in ("told", "tasks", "alerts", "pages", "unlabelled", "sla_misses"):
        yield f"{words[name]:48} {getattr(compared.before, name):>32} → {getattr(compared.after, name)}"
    counts = compared.counts
    yield (
        f"gained {counts['gained']} ({counts['gained_fires']} fires), lost {counts['lost']} "
        f"({counts['lost_fires']} fires, {counts['lost_false']} something else), "
        f"earlier {counts['earlier']}, later {counts['later']}, "
        f"raised {counts['raised']}, lowered {counts['lowered']}"
    )
    if compared.lost_fires:
        yield f"LOST FIRES: {', '.join(compared.lost_fires[:20])}"
    for held in compared.held_out:
        verdict = {True: "agrees", False: "does not agree", None: "cannot be said"}[held.agrees]
        yield f"held out: {words[held.figure]} {_said(held.held)}, rest {_said(held.rest)}: {verdict}"


def _said(one: Interval) -> str:
    if one.value is None:
        return "unknown"
    return f"{one.value:g}" + ("" if one.low is None else f" [{one.low:g} … {one.high:g}]")


def miss_line(one: Miss) -> str:
    """Return a nearest miss in one line."""
    where = "?" if one.longitude is None else f"{one.latitude:.4f}, {one.longitude:.4f} {one.county}".rstrip()
    return (
        f"{one.observed_at:%Y-%m-%d %H:%MZ} {one.source} at {where}: {one.rule} {one.value:g} of "
        f"{one.threshold:g} {one.unit}, lacks {100 * one.lacks:.0f} %"
    )
