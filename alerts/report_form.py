"""What is wrong with the report form of a profile: a sentence that it lacks, a gap that nothing fills."""

from collections.abc import Iterator

from alerts.fire_report import WRITERS
from schemas.report_form import SENTENCES, ReportForm


def faults(form: ReportForm) -> Iterator[str]:
    """Yield what is wrong with a form beyond the languages of its texts; nothing: it can be used."""
    yield from (f"sentence.{name}: is missing" for name in SENTENCES if name not in form.sentence)
    yield from (
        f"sentence.{name}: is no sentence of a report" for name in form.sentence if name not in SENTENCES
    )
    yield from (f"sentence.{name}.{language}: {fault}" for name, language, fault in _gaps(form))
    ours = [one.name for one in form.field if not one.by_hand]
    yield from (f"field.{name}: only a person knows it: by_hand" for name in ours if name not in WRITERS)


def _gaps(form: ReportForm) -> Iterator[tuple[str, str, str]]:
    """Yield the sentences that have a gap which nothing fills, or cannot be read as a sentence."""
    for name, texts in form.sentence.items():
        for language, text in texts.items():
            try:
                text.format(**dict.fromkeys(SENTENCES.get(name, ()), ""))
            except (KeyError, IndexError, ValueError) as error:
                yield name, language, f"{type(error).__name__} {error}"
