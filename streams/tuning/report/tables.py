"""Figures and reasons as tables, the baseline left and the candidate right."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from alerts.tuning.bootstrap import Interval
from alerts.tuning.compare import Changed, Comparison
from alerts.tuning.figures import Figures
from alerts.tuning.story import Story
from schemas.reason import Reason

Words = Mapping[str, str]

KINDS = ("of_", "source.", "rule.")
"""What a rule of a reason may be: a grade, a class of source, else one with a name of its own."""

COUNTS = ("incidents", "told", "tasks", "alerts", "pages", "unlabelled", "sla_misses", "night_messages")
INTERVALS = (
    "recall_task", "recall_alert", "incidents_per_fire", "minutes_to_task", "minutes_to_alert",
    "false_tasks_per_day", "false_alerts_per_day",
)  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are HTML already, and heads that say nothing are left out."""
    cells = "".join(f"<th>{one}</th>" for one in head)
    top = f"<thead><tr>{cells}</tr></thead>" if any(head) else ""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{top}<tbody>{body}</tbody></table>"


def spoken(one: Interval, words: Words) -> str:
    """Return a figure with its interval and of how many it is."""
    if one.value is None:
        return escape(words["not_known"])
    span = "" if one.low is None else f" [{one.low:g} … {one.high:g}]"
    return escape(f"{one.value:g}{span} (n = {one.n})")


def figures(found: Comparison, words: Words) -> str:
    """Return the table of figures."""
    rows = [
        [escape(words[name]), *(_count(getattr(side, name), words) for side in _sides(found))]
        for name in COUNTS
    ]
    rows += [
        [escape(words[name]), *(spoken(getattr(side, name), words) for side in _sides(found))]
        for name in INTERVALS
    ]
    return table(["", escape(words["baseline"]), escape(words["candidate"])], rows)


def _count(value: int | None, words: Words) -> str:
    return escape(words["not_known"]) if value is None else str(value)


def _sides(found: Comparison) -> tuple[Figures, Figures]:
    return found.before, found.after


def by(found: Comparison, name: str, words: Words) -> str:
    """Return what was told by one thing: tasks, alerts, of fires, of else, for both sides."""
    before, after = found.tables["before"][name], found.tables["after"][name]
    rows = []
    for key in sorted(before.keys() | after.keys()):
        cells = [" / ".join(str(n) for n in side.get(key, [0, 0, 0, 0])) for side in (before, after)]
        rows.append([escape(words.get(f"of_{key}", key)), *cells])
    return table([escape(words[f"by_{name}"]), escape(words["baseline"]), escape(words["candidate"])], rows)


def rows_of(changed: Sequence[Changed], words: Words) -> Iterator[str]:
    """Yield what changed, one section each, with the reasons of both sides side by side."""
    top = "".join(f"<th>{escape(words[name])}</th>" for name in ("baseline", "candidate"))
    for k, one in enumerate(changed):
        story = (*one.after, *one.before)[0]
        what = ", ".join(words[name] for name in one.what)
        minutes = "" if not one.minutes else f" {one.minutes:+g} {words['minutes']}"
        sure = words[{True: "is_fire", False: "is_false", None: "is_unknown"}[one.is_fire]]
        where = (
            f"{story.place} {story.latitude:.4f}, {story.longitude:.4f} · {story.opened_at:%Y-%m-%d %H:%MZ}"
        )
        head = escape(f"{k + 1}. {what}{minutes} · {sure} · {where}")
        sides = "".join(f"<td>{_side(side, words)}</td>" for side in (one.before, one.after))
        yield (
            f'<details id="c{k}"><summary>{head}</summary><table><thead><tr>{top}</tr></thead>'
            f"<tbody><tr>{sides}</tr></tbody></table></details>"
        )


def _side(stories: Sequence[Story], words: Words) -> str:
    if not stories:
        return escape(words["no_incident"])
    return "".join(_story(one, words) for one in stories)


def _story(one: Story, words: Words) -> str:
    told = (
        words["silent"]
        if one.told_at is None
        else f"{words.get(f'of_{one.grade}', one.grade)} · {one.told_at:%Y-%m-%d %H:%M:%SZ}"
    )
    head = escape(f"{one.incident_id} · {told} · p {one.probability:g}")
    return f"<p><b>{head}</b></p><ul>{''.join(f'<li>{_reason(why, words)}</li>' for why in one.reasons)}</ul>"


def _reason(why: Reason, words: Words) -> str:
    """Return the sentence of a reason, its rule and figures, and in small the code that stands in files."""
    rule = next((words[key] for kind in KINDS if (key := f"{kind}{why.rule}") in words), why.rule)
    parts = [_sentence(why, words), rule, why.ref]
    parts += [
        f"{words[f'figure.{name}']} {value:g}"
        for name in ("value", "threshold", "margin")
        if (value := getattr(why, name)) is not None
    ]
    said = escape(" · ".join(part for part in (*parts, words.get(f"unit.{why.unit}", why.unit)) if part))
    return f"{said} <small>[{escape(why.code)}]</small>"


def _sentence(why: Reason, words: Words) -> str:
    """Return the page's sentence with its gaps filled; of a code without one nothing."""
    said = words.get(f"reason.{why.code}", "")
    value = "" if why.value is None else f"{why.value:g}"
    for name, filled in (("ref", why.ref), ("rule", why.rule), ("detail", why.detail), ("value", value)):
        said = said.replace(f"{{{name}}}", filled)
    return said.rstrip("。.")
