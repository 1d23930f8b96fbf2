"""A word, and a sentence with named gaps: which gaps it may have is marked on its field."""

from typing import Annotated

from msgspec import Meta

Word = Annotated[str, Meta(min_length=1, max_length=400)]


def gaps(*names: str) -> Meta:
    """Return the mark of a sentence: the names of the gaps that it may have."""
    return Meta(max_length=1000, extra={"gaps": names})
