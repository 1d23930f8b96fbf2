"""Which rows of pest tables say the same: what was read where and when, not what was found.

However written: the pest by its accepted name, the time as an instant, trap and place without width and case.
When the interval began and what was found may be corrected, and of a trap or a named place the position too.
Trees told one by one share the name of the flight or the patrol: they are told apart by where they stand, as
is what a laboratory looked at without a number.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from schemas.pest import AnyPest
from schemas.reason import Reason
from streams.feeds.firms_words import instant
from streams.pest_tables import load_species

TREES = frozenset({"dead_pines", "discoloured_trees"})

_MADE = re.compile(r"(?:trap_count|pest_survey|lab_result)/[0-9a-f]{40}")


def identity(fields: Mapping[str, Any]) -> str:
    """Return the id that a row and its corrections share."""
    seal = hashlib.sha256("\n".join(_about(fields)).encode())
    return f"{fields['kind']}/{seal.hexdigest()[:40]}"


def row_of(one: AnyPest) -> str:
    """Return which row of a table this is, whichever version read it; empty where it came in another way.

    Versions before identities were made of accepted names and instants gave the same row another id.
    """
    if not _MADE.fullmatch(one.observation_id):
        return ""
    return identity(asdict(one) | {"kind": one.observation_id.partition("/")[0]})


def _about(fields: Mapping[str, Any]) -> tuple[str, ...]:
    found = load_species().find(str(fields.get("species", "")))
    at = fields.get("observed_at", "")
    read_at = instant(at) if isinstance(at, str) else at
    return (
        fields["kind"],
        *(_folded(str(fields.get(name, ""))) for name in ("source", "unit_id", "sample_id")),
        str(fields.get("species")) if isinstance(found, Reason) else found.name,
        "" if read_at is None else read_at.isoformat(),
        str(fields.get("measure", "")),
        # a stage that nobody said is the same as one that is said to be unknown
        str(fields.get("stage", "")).removesuffix("unknown"),
        *(_degrees(fields, name) for name in ("longitude", "latitude") if _is_of_its_place(fields)),
    )


def _folded(name: str) -> str:
    """Return a name without case, width and spaces; its marks and what stands in brackets tell it apart."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name).casefold())


def _is_of_its_place(fields: Mapping[str, Any]) -> bool:
    if fields["kind"] == "lab_result":
        return not fields.get("sample_id")
    return fields.get("measure") in TREES


def _degrees(fields: Mapping[str, Any], name: str) -> str:
    """Return a position to a metre, or as it was written where it is no number."""
    said = fields.get(name, "")
    try:
        return f"{float(said):.5f}"
    except (ValueError, TypeError):
        return str(said)
