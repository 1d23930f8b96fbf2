"""What a body is that is no data: an error page, the plain words of a refused request, noise."""

import re

from schemas.reason import Reason
from streams.feeds.base import refusal
from streams.feeds.text import lines_of, text_of

_PAGE = re.compile(r"^\s*(?:<!doctype html|<html|<head|<\?xml[^>]*>\s*<!doctype html)", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)

ERRORS: dict[str, re.Pattern[str]] = {
    "wrong key": re.compile(
        r"invalid\s+(?:map_?key|api\s+key)|map_?key.{0,40}(?:invalid|not valid|missing)", re.IGNORECASE
    ),
    "too many requests": re.compile(
        r"transaction limit|exceed\w*\s+allowed|rate limit|too many requests", re.IGNORECASE
    ),
    "wrong request": re.compile(
        r"invalid\s+(?:api call|source|area|day|date|country|parameter)", re.IGNORECASE
    ),
}
"""Plain words in place of data, as the FIRMS area API answers (fire.md section 3.1), by what they mean."""


def error_words(head: bytes) -> str | None:
    """Return which known error a short plain-text body tells of, None where it tells of none."""
    first = " ".join(text_of(line) or "" for line in lines_of(head[:1000])[:5])
    if "acq_date" in first:
        return None
    return next((name for name, pattern in ERRORS.items() if pattern.search(first)), None)


def why_not_data(head: bytes) -> Reason:
    """Return the reason why a payload that no feed recognised cannot be read."""
    if not head.strip():
        return refusal("unreadable", "empty")
    lines = lines_of(head[:8192])
    texts = [text_of(line) for line in lines[:40]]
    if any(text is None for text in texts[: max(1, len(texts) - 1)]):
        return refusal("unreadable", "not text")
    joined = "\n".join(text or "" for text in texts)
    if _PAGE.match(joined):
        title = _TITLE.search(joined)
        return refusal("unreadable", "a web page, not data" + (f": {title[1]}" if title else ""))
    if words := error_words(head):
        return refusal("unreadable", f"the source answered with an error: {words}")
    return refusal("unreadable", "text of no format that is known here")
