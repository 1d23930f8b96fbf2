"""An explanation in sentences, in the first language of the jurisdiction, as the page says them."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.jurisdiction import Jurisdiction
from schemas.reason import Reason
from streams.explain.explanation import Explanation
from streams.serve.page_words import page_words
from streams.web import static_dir

ZONE = "zone"
"""Where the time zone stands among the words."""

PROBABILITY = {"F": "fact.probability", "P": "pests.probability"}
"""Of what the probability is, by how ids begin: of a fire, of an outbreak; a loss of sight has none."""


def sentences(profile: Jurisdiction) -> dict[str, str]:
    """Return the words of the page with those of the jurisdiction over them; English where it has none."""
    folder, language = static_dir() / "i18n", profile.languages[0]
    path = folder / f"{language}.json"
    path = path if path.is_file() else folder / "en.json"
    own = json.loads(path.read_text(encoding="utf-8"))
    pests = json.loads(path.with_name(f"pests-{path.name}").read_text(encoding="utf-8"))
    return {**pests, **own, **page_words(profile)[language], ZONE: profile.zone}


def lines(found: Explanation, words: Mapping[str, str]) -> Iterator[str]:
    """Yield what became of it, then one line for each reason with its figures."""
    yield words[f"explain.{found.outcome}"].replace("{id}", found.asked)
    if found.found_by == "place_and_time":
        yield words["explain.place_and_time"]
    if found.incident_id:
        yield from _incident(found, words)
    for reason in found.reasons:
        yield "  " + _sentence(reason, words)
    for step in (found.feedback or {}).get("steps", ()):
        code = words.get(f"feedback.{step['code']}", str(step["code"]))
        level = words.get(f"explain.level.{step['level']}", step["level"])
        text = f": {step['text']}" if step.get("text") else ""
        yield f"  {level} · {code} · {step['author']} · {_moment(str(step['at']), words)}{text}"
    for name, version in (found.versions or {}).items():
        yield f"  {words.get(f'version.{name}', name)} {version}"


def _incident(found: Explanation, words: Mapping[str, str]) -> Iterator[str]:
    parts = [
        found.incident_id,
        found.short_code,
        words.get(f"status.{found.status}", found.status),
        words.get(f"grade.short.{found.grade}", found.grade),
    ]
    label = PROBABILITY.get(found.incident_id[:1])
    if found.probability is not None and label is not None:
        parts.append(f"{words[label]} {100.0 * found.probability:.0f} %")
    yield " · ".join(part for part in parts if part)
    if found.alert_id:
        action = words.get(f"action.{found.action}", found.action)
        pages = words["explain.pages" if found.pages else "explain.pages_not"]
        yield f"{found.alert_id}.{found.alert_revision} · {action} · {pages}"


def _sentence(reason: Reason, words: Mapping[str, str]) -> str:
    said = words.get(f"reason.{reason.code}", reason.code)
    for name in ("ref", "rule", "detail"):
        said = said.replace("{" + name + "}", str(getattr(reason, name)))
    said = said.replace("{value}", "" if reason.value is None else f"{reason.value:g}")
    named = words["figure.table" if reason.code == "grade_rule" else "figure.ref"]
    figures = [
        f"{words['figure.rule']} {_word(reason.rule, words)}" if reason.rule else "",
        *_figures(reason, words),
        f"{named} {reason.ref}" if reason.ref else "",
        _moment(_word(reason.detail, words), words),
    ]
    return " · ".join([f"{reason.code}: {said}", *(one for one in figures if one)])


def _figures(reason: Reason, words: Mapping[str, str]) -> Iterator[str]:
    """Yield value, threshold and margin with unit; who is sure enough for the next grade misses nothing."""
    following = reason.unit[3:] if reason.unit.startswith("to ") else ""
    unit = "" if following else words.get(f"unit.{reason.unit}", reason.unit)
    for name in ("value", "threshold", "margin"):
        value = getattr(reason, name)
        if value is None or (name == "margin" and following and value <= 0.0):
            continue
        label = words[f"figure.{name}"]
        if name == "margin" and following:
            label = words["figure.to_grade"].replace("{g}", words.get(f"grade.mark.{following}", following))
        yield f"{label} {value:g} {unit}".rstrip()


def _word(rule: str, words: Mapping[str, str]) -> str:
    """Return what a rule is called: a grade, a class of source, an office, else its own name."""
    names = (f"{kind}.{rule}" for kind in ("grade.short", "source", "rule", "explain.level"))
    return next((words[name] for name in names if name in words), rule)


def _moment(text: str, words: Mapping[str, str]) -> str:
    """Return a time as the jurisdiction's clocks show it, and any other text as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if at.tzinfo is None else f"{at.astimezone(ZoneInfo(words[ZONE])):%Y-%m-%d %H:%M %z}"
