"""An explanation in sentences, in the first language of the jurisdiction, as the page says them."""

import json
from collections.abc import Iterator, Mapping

from schemas.jurisdiction import Jurisdiction
from schemas.reason import Reason
from streams.explain.explanation import Explanation
from streams.serve.page_words import page_words
from streams.web import static_dir


def sentences(profile: Jurisdiction) -> dict[str, str]:
    """Return the words of the page with those of the jurisdiction over them; English where it has none."""
    folder, language = static_dir() / "i18n", profile.languages[0]
    path = folder / f"{language}.json"
    own = json.loads((path if path.is_file() else folder / "en.json").read_text(encoding="utf-8"))
    return {**own, **page_words(profile)[language]}


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
        yield f"  {level} · {code} · {step['author']} · {step['at']}{text}"
    for name, version in (found.versions or {}).items():
        yield f"  {words.get(f'version.{name}', name)} {version}"


def _incident(found: Explanation, words: Mapping[str, str]) -> Iterator[str]:
    parts = [
        found.incident_id,
        found.short_code,
        words.get(f"status.{found.status}", found.status),
        words.get(f"grade.short.{found.grade}", found.grade),
    ]
    if found.probability is not None:
        parts.append(f"{words['fact.probability']} {100.0 * found.probability:.0f} %")
    yield " · ".join(part for part in parts if part)
    if found.alert_id:
        action = words.get(f"action.{found.action}", found.action)
        pages = words["explain.pages" if found.pages else "explain.pages_not"]
        yield f"{found.alert_id}.{found.alert_revision} · {action} · {pages}"


def _sentence(reason: Reason, words: Mapping[str, str]) -> str:
    said = words.get(f"reason.{reason.code}", reason.code)
    for name in ("ref", "rule", "detail"):
        said = said.replace("{" + name + "}", str(getattr(reason, name)))
    rule = words.get(f"source.{reason.rule}") or words.get(f"rule.{reason.rule}") or reason.rule
    figures = [
        f"{words['figure.rule']} {rule}" if reason.rule else "",
        *(
            f"{words[f'figure.{name}']} {value:g} {reason.unit}".rstrip()
            for name in ("value", "threshold", "margin")
            if (value := getattr(reason, name)) is not None
        ),
        f"{words['figure.ref']} {reason.ref}" if reason.ref else "",
        reason.detail,
    ]
    return " · ".join([f"{reason.code}: {said}", *(one for one in figures if one)])
