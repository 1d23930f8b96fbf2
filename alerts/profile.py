"""What is wrong with a jurisdiction beyond its shape: a language without its words, a gap that nothing fills.

Every language of the profile must say everything; what a sentence, a time or a reference may hold is marked
on the field (`schemas/wording.py`, `schemas/jurisdiction.py`), so a new field is checked by being there.
"""

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import inspect

from alerts.report_form import faults as faults_of_form
from schemas.jurisdiction import Jurisdiction
from schemas.report_form import ReportForm

DIRECTIVES = frozenset("YmdHMz%")
"""Parts of a time that read alike on every machine; names of months depend on the locale of the process."""

_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)


def faults(profile: Jurisdiction) -> Iterator[str]:
    """Yield every fault as `$.path: what is wrong`; none means that the profile can be used."""
    yield from _spoken("$.words", profile.words, profile.languages)
    yield from _walk("$", profile, inspect.type_info(Jurisdiction), profile.languages)
    yield from _references(profile)
    yield from _repeated("$.languages", profile.languages)
    yield from _repeated("$.level", (one.layer for one in profile.level))
    yield from _repeated("$.feedback", (one.code for one in profile.feedback))
    yield from _repeated("$.trigger", (one.code for one in profile.trigger))
    yield from _repeated("$.clock", (one.code for one in profile.clock))
    if profile.report is not None:
        yield from _walk("$.report", profile.report, inspect.type_info(ReportForm), profile.languages)
        yield from (f"$.report.{fault}" for fault in faults_of_form(profile.report))
    yield from _repeated("$.warning.field", (one.name for one in profile.warning.field))


def _walk(path: str, value: Any, kind: Any, languages: tuple[str, ...]) -> Iterator[str]:
    """Yield the faults of a value of this kind and of everything in it."""
    if isinstance(kind, inspect.Metadata):
        yield from _marked(path, value, kind.extra or {}, languages)
        kind = kind.type
    match kind:
        case inspect.StructType():
            for field in kind.fields:
                inner = getattr(value, field.name)
                yield from _walk(f"{path}.{field.encode_name}", inner, field.type, languages)
        case inspect.DictType():
            yield from _keyed(path, value, kind.key_type)
            for key, inner in value.items():
                yield from _walk(f"{path}.{key}", inner, kind.value_type, languages)
        case inspect.VarTupleType():
            for index, inner in enumerate(value):
                yield from _walk(f"{path}[{index}]", inner, kind.item_type, languages)


def _keyed(path: str, value: Mapping[str, Any], key: Any) -> Iterator[str]:
    """A table by grade, action or kind says something for each of them."""
    if isinstance(key, inspect.LiteralType):
        yield from (f"{path}.{name}: is missing" for name in key.values if name not in value)


def _marked(path: str, value: Any, marks: Mapping[str, Any], languages: tuple[str, ...]) -> Iterator[str]:
    if "by_language" in marks:
        yield from _spoken(path, value, languages)
    if "gaps" in marks:
        yield from _gaps(path, value, marks["gaps"])
    if "moment" in marks:
        for found in _DIRECTIVE.findall(value):
            if found not in DIRECTIVES:
                yield f"{path}: %{found} is none of {' '.join(f'%{one}' for one in sorted(DIRECTIVES))}"


def _spoken(path: str, value: Mapping[str, Any], languages: tuple[str, ...]) -> Iterator[str]:
    yield from (f"{path}.{one}: is missing" for one in languages if one not in value)
    yield from (f"{path}.{one}: is no language of this profile" for one in value if one not in languages)


def _gaps(path: str, sentence: str, known: tuple[str, ...]) -> Iterator[str]:
    """A sentence has only gaps that are filled, without any formatting of their own."""
    try:
        parts = list(string.Formatter().parse(sentence))
    except ValueError as error:
        yield f"{path}: {error}"
        return
    for _, name, form, conversion in parts:
        if name is not None and (name not in known or form or conversion):
            yield f"{path}: {{{name}}} is no gap of it; known: {', '.join(known) or 'none'}"


def _references(profile: Jurisdiction) -> Iterator[str]:
    """What is named elsewhere in the profile is there."""
    clocks = {one.code for one in profile.clock}
    periods = {one.code for one in profile.sensitive_period}
    for index, trigger in enumerate(profile.trigger):
        if trigger.clock not in clocks:
            yield f"$.trigger[{index}].clock: there is no clock {trigger.clock}"
        for condition in trigger.any:
            if condition.kind == "sensitive_period":
                missing = sorted(set(condition.of) - periods)
                yield from (f"$.trigger[{index}].any: there is no sensitive_period {one}" for one in missing)
    for index, level in enumerate(profile.level):
        try:
            re.compile(level.code_pattern)
        except re.error as error:
            yield f"$.level[{index}].code_pattern: {error}"
    for index, period in enumerate(profile.sensitive_period):
        if (period.first is None) != (period.last is None):
            yield f"$.sensitive_period[{index}]: has a first day or a last one, and not both"


def _repeated(path: str, names: Iterable[Any]) -> Iterator[str]:
    seen: set[Any] = set()
    for name in names:
        if name in seen:
            yield f"{path}: {name} stands there twice"
        seen.add(name)
