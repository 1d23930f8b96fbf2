"""The words of a note: a sentence of the jurisdiction with its gaps filled, in the receiver's language."""

from alerts.channels.base import Given
from alerts.channels.rich import language_of
from schemas.notice import Note
from schemas.receiver import Receiver

GAPS = ("text", "who", "code", "count", "headline")

MOST = 120
"""Letters of one gap: what a stranger's telephone sends has no end of its own."""


def words_of_note(given: Given, note: Note, receiver: Receiver) -> str:
    """Return the sentence; a gap without a value is empty, one without an end is cut."""
    pattern = given.profile.words[language_of(given, receiver)].note[note.code]
    values = {name: " ".join(note.values.get(name, "").split())[:MOST] for name in GAPS}
    return pattern.format(**values)
