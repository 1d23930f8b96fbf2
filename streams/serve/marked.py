"""Silences, dead letters and pictures of quarantine finds: absent for whoever lacks the mark.

A silence says itself for whom it is; one from before it could, or of another stage, is for whom its
observation is, and so is one that takes that observation back.
"""

from typing import Any

import msgspec

from schemas.dead_letter import DeadLetter
from streams.audience import marked_species, of_bytes, of_text
from streams.serve.marks import MARKS
from streams.serve.store import Store

Clause = tuple[str, tuple[Any, ...]]

_SAID = "coalesce(json_extract(CAST(silence.body AS TEXT), '$.audience'), '') = ''"
_OF = "(silence.observation_id, json_extract(CAST(silence.body AS TEXT), '$.reason.ref'))"


def silences_shown(marks: frozenset[str]) -> Clause:
    """Return the condition on table `silence` that leaves what these marks open, and its values."""
    if marks == MARKS:
        return "1", ()
    species = marked_species()
    among = ", ".join("?" * len(species))
    hidden = f"SELECT 1 FROM pest WHERE pest.observation_id IN {_OF} AND pest.species IN ({among})"  # noqa: S608 - our own words
    return f"({_SAID} AND NOT EXISTS ({hidden}))", species


def letter_shown(body: bytes, marks: frozenset[str]) -> bool:
    """Return whether these marks open the JSON of a dead letter, by what its bytes and its reason name."""
    if marks == MARKS:
        return True
    one = msgspec.json.decode(body, type=DeadLetter)
    named = of_text(f"{one.reason.detail} {one.reason.rule} {one.reason.ref} {one.position}")
    return not (named or of_bytes(one.raw))


def picture_shown(store: Store, sha256: str, marks: frozenset[str]) -> bool:
    """Return whether these marks open a picture: what a find of a quarantine pest names is theirs alone."""
    if marks == MARKS:
        return True
    among = ", ".join("?" * len(marked_species()))
    sql = f"SELECT 1 FROM pest WHERE species IN ({among}) AND instr(body, CAST(? AS BLOB)) > 0 LIMIT 1"  # noqa: S608 - marks only
    return not store.read(sql, (*marked_species(), sha256))
