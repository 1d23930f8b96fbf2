"""What the page shows in the words of the jurisdiction: they lie over the page's own, key by key.

The keys are those of `streams/web/static/i18n`; a language that the page has no file for is shown with the
jurisdiction's words over English ones.
"""

from schemas.jurisdiction import Jurisdiction

Overlay = dict[str, str]


def page_words(profile: Jurisdiction) -> dict[str, Overlay]:
    """Return for each language of the profile the words that take the place of the page's own."""
    return {language: _overlay(profile, language) for language in profile.languages}


def _overlay(profile: Jurisdiction, language: str) -> Overlay:
    words = profile.words[language]
    said: Overlay = {"place.or": words.either, "detail.legal": profile.warning.basis[language]}
    for kind, grades in words.grade.items():
        said |= {f"grade.{kind}.{grade}": text for grade, text in grades.items()}
    said |= {f"grade.short.{grade}": text for grade, text in words.short.items()}
    said |= {f"grade.mark.{grade}": text for grade, text in words.mark.items()}
    said |= {f"action.{action}": text for action, text in words.action.items()}
    said |= {f"source.{source}": text for source, text in words.source.items()}
    said |= {f"level.{level.layer}": level.text[language] for level in profile.level}
    said |= {f"legal.{field.name}": field.text[language] for field in profile.warning.field}
    said |= {f"feedback.{one.code}": one.text[language] for one in profile.feedback}
    states = {one.level or "none": one.text[language] for one in profile.feedback_state}
    said |= {f"feedback.state.{level}": text for level, text in states.items()}
    said |= {f"trigger.{one.code}": one.text[language] for one in profile.trigger}
    said |= {f"clock.{one.code}": one.text[language] for one in profile.clock}
    said |= {f"todo.{code}": text for code, text in words.pest.todo.items()}
    said |= {f"season.{basis}": text for basis, text in words.pest.basis.items()}
    return said


def about_profile(profile: Jurisdiction) -> dict[str, object]:
    """Return what the page is told of the jurisdiction."""
    return {
        "jurisdiction": {"name": profile.name, "title": profile.title},
        "languages": list(profile.languages),
        "words": page_words(profile),
        "legal": [field.name for field in profile.warning.field],
        "telephones": [{"number": one.number, "text": one.text} for one in profile.telephone],
    }
