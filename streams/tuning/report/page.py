"""The page: first whether one may conclude anything, then what changes, then everything one by one."""

import base64
import hashlib
import json
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files

from alerts.tuning.compare import Comparison
from streams.tuning.report.places import MOST, Outline, drawn
from streams.tuning.report.svg import bars, lines
from streams.tuning.report.tables import Words, by, figures, rows_of, spoken, table
from streams.tuning.tuned import Tuned
from streams.web import static_dir

PAGE_SAYS = ("reason.", "rule.", "source.", "unit.", "figure.")
"""What the report says in the words of the page, so that both call a reason the same."""

STYLE = """
:root{color-scheme:light dark;--ink:#1c1e21;--paper:#fff;--rule:#c9ccd1;--before:#5b6b7a;--after:#c2410c;
--border:#9aa0a6;--more:#1d7a3a;--less:#b91c1c;--other:#6d28d9;--warn:#b45309;--warned:#fff7ed}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--paper:#16181c;--rule:#3c4148;--before:#9fb1c3;
--after:#fb923c;--border:#6b7280;--more:#4ade80;--less:#f87171;--other:#c4b5fd;--warn:#f59e0b;--warned:#2b2113}}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;
color:var(--ink);background:var(--paper)}a{color:inherit}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
td,th{border:1px solid var(--rule);padding:.25rem .5rem;
text-align:left;vertical-align:top;overflow-wrap:anywhere}
svg{width:100%;max-width:44rem;height:auto;display:block}
text{font-size:12px;fill:var(--ink)}.axis{stroke:var(--ink);fill:none}.s0{fill:var(--before)}.s1{fill:var(--after)}
.l0,.l1{stroke:var(--before);fill:none;stroke-width:2}.l1{stroke:var(--after);stroke-dasharray:6 3}
.w0,.w1{stroke:var(--before);fill:none;opacity:.4}.w1{stroke:var(--after)}
.county{stroke:var(--border);fill:none}.m{stroke:var(--ink);stroke-width:1}.gained,.raised,.earlier{fill:var(--more)}
.lost,.lowered,.later{fill:var(--less)}.split,.joined{fill:var(--other)}.fire{stroke-width:3}.unknown{fill-opacity:.35}
.key{width:.8em;height:.8em;display:inline}
.thin{border:2px solid var(--warn);background:var(--warned);padding:.5rem 1rem}
.bad{border:2px solid var(--less);padding:.5rem 1rem}
"""


@cache
def words_of(language: str) -> Words:
    """Return the words of the report in Chinese (`zh`) or, for any other language, English.

    Reasons and rules are said as on the page, under their names there: `reason.CODE`, `rule.RULE`.
    """
    every = tomllib.loads((files("streams.tuning.report") / "words.toml").read_text(encoding="utf-8"))
    name = "zh" if language == "zh" else "en"
    page_says = json.loads((static_dir() / "i18n" / f"{name}.json").read_text(encoding="utf-8"))
    found: Words = {key: said for key, said in page_says.items() if key.startswith(PAGE_SAYS)} | every[name]
    return found


def page(found: Tuned, language: str, outlines: Sequence[Outline] = ()) -> str:
    """Return the whole page as HTML; `outlines` are those of counties, under the marks of the map."""
    words = words_of(language)
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    body = "".join(_sections(found, words, outlines))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(words['title'])}</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )


def _sections(found: Tuned, words: Words, outlines: Sequence[Outline]) -> Iterator[str]:
    compared = found.comparison
    yield f"<h1>{escape(words['title'])}</h1>{_head(found, words)}"
    yield _thin(compared, words)
    yield f"<h2>{escape(words['in_short'])}</h2>{_short(compared, words)}"
    yield f"<h2>{escape(words['figures'])}</h2>{figures(compared, words)}"
    yield from _plots(compared, words)
    yield f"<h2>{escape(words['map'])}</h2>{drawn(compared.changed[:MOST], words, outlines)}"
    yield f"<p>{escape(words['legend'])}</p>"
    if len(compared.changed) > MOST:
        yield f"<p>{escape(words['cut'].format(shown=MOST, all=len(compared.changed)))}</p>"
    yield f"<h2>{escape(words['changed'])} ({len(compared.changed)})</h2>"
    yield from rows_of(compared.changed[:MOST], words)
    for name in ("source", "county", "month", "hour", "land", "species"):
        if name == "species" and not any(side[name] for side in compared.tables.values()):
            continue
        yield f"<h2>{escape(words[f'by_{name}'])}</h2><p>{escape(words['by'])}</p>{by(compared, name, words)}"
    yield _receivers(compared, words)
    yield _contradicted(found, words)


HOURS = tuple(f"{hour:02}" for hour in range(24))

AGREES = {True: "agrees", False: "disagrees", None: "not_known"}
"""Word for whether days held out agree with the rest; where too little is known, neither."""


def _head(found: Tuned, words: Words) -> str:
    past, compared = found.past, found.comparison
    rows = [
        [words["baseline"], compared.baseline],
        [words["candidate"], compared.candidate],
        [
            words["span"],
            f"{past.from_at:%Y-%m-%d %H:%M} – {past.to_at:%Y-%m-%d %H:%M} · {past.days} {words['days']}",
        ],
        [words["warm_up"], f"{past.warm_up_d} {words['days']}" if past.warm_up_d else words["no_warm_up"]],
        [words["observations"], f"{past.accepted}"],
        [words["rejected"], ", ".join(f"{k} {v}" for k, v in past.rejected.items()) or "0"],
        [words["holes"], ", ".join(past.holes) or words["none"]],
        [words["versions"], f"{found.software} · {found.region}"],
        [words["known"], ", ".join(f"{words[name]} {n}" for name, n in compared.known.items())],
    ]
    return table(["", ""], ([escape(one) for one in row] for row in rows))


def _thin(found: Comparison, words: Words) -> str:
    if not found.thin:
        return f"<p>{escape(words['enough'])}</p>"
    said = "".join(
        f"<li>{escape(words[f'thin_{one.of}'].format(have=one.have, need=one.need))}</li>"
        for one in found.thin
    )
    return f'<div class="thin"><b>{escape(words["thin"])}</b><ul>{said}</ul></div>'


def _short(found: Comparison, words: Words) -> str:
    later = sum("later" in one.what and one.is_fire is True for one in found.changed)
    rows = [[escape(words[name]), str(found.counts[name])] for name in found.counts]
    rows.append([escape(words["later_fires"]), str(later)])
    rows += [
        [escape(words["recall_change"]), spoken(found.recall_change, words)],
        [escape(words["false_task_change"]), spoken(found.false_task_change, words)],
        [escape(words["carbon_lost"]), f"{found.carbon_lost_t:g} t C ({found.carbon_lost_unknown} ?)"],
        [escape(words["carbon_later"]), f"{found.carbon_hours_later_t_h:g} t C · h"],
    ]
    lost = ""
    if found.lost_fires:
        names = ", ".join(found.lost_fires[:50])
        lost = f'<p class="bad"><b>{escape(words["lost_fires"])}</b> {escape(names)}</p>'
    held = "".join(
        f"<li>{escape(words[one.figure])}: {spoken(one.held, words)} · {spoken(one.rest, words)} · "
        f"{escape(words[AGREES[one.agrees]])}</li>"
        for one in found.held_out
    )
    return (
        lost + table(["", ""], rows) + (f"<p>{escape(words['held_out'])}</p><ul>{held}</ul>" if held else "")
    )


def _plots(found: Comparison, words: Words) -> Iterator[str]:
    sides = (found.before, found.after)
    keys = (
        f'<svg class="key" viewBox="0 0 9 9" aria-hidden="true"><path class="s{side}" d="M0 0h9v9H0"/></svg> '
        + escape(words[name])
        for side, name in enumerate(("baseline", "candidate"))
    )
    yield f"<p>{' · '.join(keys)}</p>"
    yield lines(
        words["curve"],
        [
            [
                (p.recall, p.precision, p.recall_span, p.precision_span)
                for p in side.curve
                if p.recall is not None and p.precision is not None
            ]
            for side in sides
        ],
        words["recall_task"],
        words["precision"],
    )
    told = [[(one.minutes / 1440.0, one.share, None, one.span) for one in side.told_within] for side in sides]
    yield f"<p>{escape(words['told_within'])}</p>"
    yield lines(words["told_within"], told, words["days_since"], words["recall_task"])
    grades = ("task", "IV", "III", "II", "I")
    counts = [[float(side.by_grade.get(grade, 0)) for grade in grades] for side in sides]
    named = [words.get(f"of_{grade}", grade) for grade in grades]
    yield f"<p>{escape(words['by_grade'])}</p>" + bars(words["by_grade"], named, *counts)
    by_hour = [
        [float(sum(found.tables[s]["hour"].get(h, [0, 0])[:2])) for h in HOURS] for s in ("before", "after")
    ]
    yield f"<p>{escape(words['by_hour'])}</p>" + bars(words["by_hour"], HOURS, *by_hour)


def _receivers(found: Comparison, words: Words) -> str:
    before, after = found.before.messages.by_receiver, found.after.messages.by_receiver
    rows = [[escape(n), str(before.get(n, 0)), str(after.get(n, 0))] for n in sorted(before | after)]
    head = ["", escape(words["baseline"]), escape(words["candidate"])]
    title = f"<h2>{escape(words['messages'])}</h2>"
    if not rows:
        return f"{title}<p>{escape(words['no_receivers'])}</p>"
    hours = [[float(count) for count in side.messages.by_hour] for side in (found.before, found.after)]
    named = escape(words["messages_by_hour"])
    return title + table(head, rows) + f"<p>{named}</p>" + bars(words["messages_by_hour"], HOURS, *hours)


def _contradicted(found: Tuned, words: Words) -> str:
    rows = [
        [escape(one.known_id), escape("; ".join(one.contradicted))] for one in found.comparison.contradicted
    ]
    rows += [[escape(f"{one.file}: {one.line}"), escape(one.why)] for one in found.refused]
    return f"<h2>{escape(words['contradicted'])}</h2>" + (
        table(["", ""], rows) if rows else f"<p>{escape(words['none'])}</p>"
    )
