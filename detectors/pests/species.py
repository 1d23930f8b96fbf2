"""One name for one pest: synonyms and Chinese names are mapped, an unknown name gets suggestions."""

import difflib
import unicodedata
from functools import cached_property
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.reason import Reason

Guild = Literal[
    "borer",
    "leaf",
    "leaf_disease",
    "stem_disease",
    "nematode",
    "rodent",
    "grass_insect",
    "grass_disease",
    "invasive_plant",
    "sap",
]


class Species(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pest: its accepted name, what it is called else, what it does, and whether it is quarantined."""

    name: Annotated[str, Meta(min_length=3, description="Accepted scientific name.")]
    chinese: str
    guild: Guild
    synonyms: tuple[str, ...] = ()
    is_quarantine: bool = False
    vector: Annotated[str, Meta(description="Insect that carries it: its flight is its season.")] = ""
    status: Literal["verified", "from_memory", "proposed"]
    source: str = ""


class SpeciesTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """All pests known here; a name leads to at most one of them."""

    version: str
    species: tuple[Species, ...]

    @cached_property
    def by_name(self) -> dict[str, Species]:
        """Every name, synonym and Chinese name, folded, with its species.

        Raises ValueError when one name stands for two.
        """
        found: dict[str, Species] = {}
        for one in self.species:
            for name in {folded(name) for name in (one.name, one.chinese, *one.synonyms)}:
                if found.setdefault(name, one) is not one:
                    raise ValueError(f"{name} stands for {found[name].name} and {one.name}")
        return found

    def find(self, name: str) -> Species | Reason:
        """Return the species of a name in any writing, or why none, with up to three nearest names."""
        key = folded(name)
        if key in self.by_name:
            return self.by_name[key]
        # One character of four is a near miss in Chinese, so the cut-off is lower than difflib's.
        near = difflib.get_close_matches(key, self.by_name, n=6, cutoff=0.5)
        names = list(dict.fromkeys(f"{self.by_name[one].chinese} {self.by_name[one].name}" for one in near))
        detail = f"{name!r:.60}" + (f"; nearest: {', '.join(names[:3])}" if names else "")
        return Reason(code="unknown_species", detail=detail)


def folded(name: str) -> str:
    """Return a name without what does not tell species apart: width, case, spaces, quarantine marks."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("*", " ").replace(".", ". ")
    return " ".join(plain.split())
