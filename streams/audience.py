"""Who may read of an observation or of some bytes: what names a quarantine pest is for its mark alone.

What cannot be looked into is taken for such: an archive, a laboratory's row whose pest cannot be read.
"""

import re
from functools import cache

from alerts.outbreak import audience_of
from detectors.pests.species import Species
from schemas.pest import AnyPest, Audience
from streams.feeds.pest_columns import COLUMNS
from streams.pest_tables import load_species

_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
"""How workbooks and compressed files begin: their words cannot be read here."""
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_MARKED = re.compile(r'"audience":\s*"quarantine"|\bP\d{8}-[A-Z2-7]{8}\b')
"""An alert or incident with the mark, or the id of any outbreak."""


@cache
def marked_species() -> tuple[str, ...]:
    """Return the accepted names of the quarantine pests."""
    return tuple(one.name for one in load_species().species if one.is_quarantine)


def of_pest(one: object) -> Audience:
    """Return for whom an observation is: one of a quarantine pest, by whatever name, for its mark."""
    if not isinstance(one, AnyPest):
        return ""
    species = load_species().find(one.species)
    if isinstance(species, Species):
        return audience_of(is_quarantine=species.is_quarantine)
    return of_text(f"{one.species} {species.detail}")


def of_text(text: str) -> Audience:
    """Return for whom a text is that may name a pest."""
    return audience_of(is_quarantine=_names().search(text.casefold()) is not None)


def of_bytes(raw: bytes) -> Audience:
    """Return for whom bytes are that nobody could read: as text of any usual encoding, with its escapes."""
    if raw.startswith(_ARCHIVES):
        return audience_of(is_quarantine=True)
    texts = (_ESCAPE.sub(_unescaped, raw.decode(one, "ignore")) for one in _ENCODINGS)
    hidden = any(of_text(text) or _laboratory().search(text) or _MARKED.search(text) for text in texts)
    return audience_of(is_quarantine=hidden)


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


@cache
def _names() -> re.Pattern[str]:
    """Return what finds any name of a quarantine pest in folded text; Latin names as whole words."""
    marked = (one for one in load_species().species if one.is_quarantine)
    names = {name.casefold() for one in marked for name in (one.name, one.chinese, *one.synonyms)}
    return re.compile("|".join(_bounded(name) for name in sorted(names, key=len, reverse=True)))


def _bounded(name: str) -> str:
    words = r"[\s_+-]*".join(re.escape(part) for part in name.split())
    return rf"(?<![a-z0-9]){words}(?![a-z0-9])" if name.isascii() else words


@cache
def _laboratory() -> re.Pattern[str]:
    """Return what finds a row of a laboratory: its kind, or the Chinese column of results."""
    columns = [name for name in COLUMNS["result"] if not name.isascii() and len(name) > 2]
    return re.compile("|".join(["lab_result", *columns]))
