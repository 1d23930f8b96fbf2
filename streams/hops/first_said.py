"""The order of the log decides who was first: a word whose author did not know the last one is refused."""

from collections.abc import Collection
from datetime import timedelta

from schemas.act import AnyAct
from schemas.reason import Reason
from schemas.verdict import Verdict
from streams.hops.sitting import Sitting

Word = AnyAct | Verdict


def id_of(word: Word) -> str:
    """Return the id that a word goes under."""
    return word.verdict_id if isinstance(word, Verdict) else word.act_id


def what_of(word: Word) -> str:
    """Return what was said, as the desk lists it."""
    if isinstance(word, Verdict):
        return f"verdict {word.code} {word.level}"
    return type(word).__name__.lower()


def binds(word: Word) -> bool:
    """Say whether a word must be known to whoever speaks next; what the spot answers is evidence alone."""
    return not isinstance(word, Verdict) or word.level != "field"


def not_first(sitting: Sitting, names: Collection[str], one: Word) -> Reason | None:
    """Return who was first, if the author of a word did not know the last word on any of these ids.

    None where nobody asked (`knew` is null), or nothing was said in between. Clocks of servers decide
    nothing: of two words that did not know each other the one that came second into the log is refused.
    Words older than `first_word_h` hinder nobody: whoever speaks now has long seen them.
    """
    if one.knew is None:
        return None
    desk, known = sitting.desk, {*one.knew, id_of(one)}
    since = (one.received_at or one.at) - timedelta(hours=sitting.given.limits.first_word_h)
    said: list[Word] = [
        word for name in names for word in (*desk.acts.get(name, ()), *desk.verdicts.get(name, ()))
    ]
    unknown = [
        word
        for word in said
        if binds(word) and id_of(word) not in known and (word.received_at or word.at) >= since
    ]
    if not unknown:
        return None
    last = max(unknown, key=lambda word: (word.received_at or word.at, id_of(word)))
    said_at = f"{last.at:%Y-%m-%dT%H:%M:%SZ}"
    return Reason(code="not_first", ref=id_of(last), detail=f"{last.author}, {said_at}: {what_of(last)}")
