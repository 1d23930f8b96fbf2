"""What a person's text message answers: the code of an alert they hold, and a word that means something.

Both are needed. A code alone says that it was read. Two readings are none: an officer asks by telephone.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from schemas.jurisdiction import Jurisdiction
from schemas.notice import Says

_ALIKE = str.maketrans("OILU", "011V")
"""Letters that the codes do not use, as what people mean by them (Crockford's base 32)."""


def read(text: str, codes: Iterable[str], profile: Jurisdiction) -> tuple[str, Says] | None:
    """Return the code and what is said of it, None where that is not plain.

    >>> from schemas.settings import Settings; from streams.jurisdiction import in_force
    >>> read("Reply 7k2q: yes!", ["7K2Q", "ABCD"], in_force(Settings()))
    ('7K2Q', 'yes')
    """
    flat = plain(text)
    found = {one for code in codes for one in _readings(flat, code, profile)}
    return found.pop() if len(found) == 1 else None


def plain(text: str) -> str:
    """Return letters and digits alone, wide ones narrow, small ones large."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).upper() if one.isalnum())


def _readings(flat: str, code: str, profile: Jurisdiction) -> Iterator[tuple[str, Says]]:
    at = flat.translate(_ALIKE).find(code)
    if not code or at < 0:
        return
    before, after = flat[:at], flat[at + len(code) :]
    if before in _copied(profile):
        before = ""
    if said := _said(before + after, profile):
        yield code, said


def _copied(profile: Jurisdiction) -> set[str]:
    """Return what stands before the code where a message says how to answer: people copy that too."""
    shown = (words.short_message for words in profile.words.values())
    return {plain(one.partition("{code}")[0]) for short in shown for one in (short.reply, short.reply_line)}


def _said(rest: str, profile: Jurisdiction) -> Says | None:
    if not rest:
        return "seen"
    for words in profile.words.values():
        for says, known in words.answer.items():
            if rest in {plain(one) for one in known}:
                return says
    return None
