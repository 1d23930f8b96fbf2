"""Keys by which names are found: one long row of characters, searched as a whole.

A key is what somebody may type for a name: the name itself, an alias, its pinyin or the initials of it. Keys
stand one after the other with a null between them, so that one pass of NumPy compares them all.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
Ranks = NDArray[np.int8]

EXACT, PREFIX, FRAGMENT, NONE = 0, 1, 2, 3
"""How well a key fits: it is what was typed, begins with it, holds it, or does not."""

_CASE = 0x20
"""The bit in which `a` and `A` differ; digits have it set anyway."""


def folded(text: str) -> str:
    """Text as it is compared: compatible forms alike, no case, no spaces, no punctuation, no nulls.

    >>> folded("Xi'an ＣＢＱ 西昭线·87号塔")
    'xiancbq西昭线87号塔'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    # most names are letters only
    return plain if plain.isalnum() else "".join(one for one in plain if _counts(one))


@lru_cache(maxsize=65536)
def _counts(one: str) -> bool:
    return unicodedata.category(one)[0] in "LMNS"


def typed(text: str) -> str:
    """Pinyin as it is compared: tone marks dropped, `ü` written `v`.

    >>> typed("Lǜ dì")
    'lvdi'
    """
    parts = unicodedata.normalize("NFD", text.casefold().replace("ü", "v"))
    unmarked = parts.replace("u\N{COMBINING DIAERESIS}", "v")
    return folded("".join(one for one in unmarked if unicodedata.category(one) != "Mn"))


@dataclass(frozen=True, eq=False)
class Keys:
    """Characters one after the other, where each key begins (and the end of all), and the row of each key."""

    codes: NDArray[Any]
    starts: NDArray[np.int64]
    owners: NDArray[np.int32]

    @classmethod
    def of(cls, pairs: Sequence[tuple[int, str]], kind: type[np.unsignedinteger[Any]]) -> "Keys":
        """Return the keys of (row, text) pairs, each once; empty texts are none."""
        unique = sorted({pair for pair in pairs if pair[1]})
        lengths = np.array([len(text) + 1 for _, text in unique], dtype=np.int64)
        joined = "".join(f"{text}\0" for _, text in unique)
        codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(kind)
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return cls(codes, starts, np.array([row for row, _ in unique], dtype=np.int32))

    @classmethod
    def from_arrays(cls, arrays: Arrays, name: str) -> "Keys":
        """Return the keys of the arrays that `arrays` gave."""
        return cls(arrays[f"{name}.codes"], arrays[f"{name}.starts"], arrays[f"{name}.owners"])

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return what makes these keys, by name."""
        return {f"{name}.codes": self.codes, f"{name}.starts": self.starts, f"{name}.owners": self.owners}

    def found(self, text: str, best: Ranks) -> None:
        """Lower `best`, one rank for each row, where a key fits the text, which is not empty."""
        at = np.flatnonzero(self.codes == ord(text[0]))
        for step, letter in enumerate(text[1:], start=1):
            at = at[self._within(at + step) == ord(letter)]
        self._rank(at, len(text), best)

    def found_spelled(self, text: str, best: Ranks) -> None:
        """Do so for keys whose syllables begin with a capital: the text begins where a syllable does."""
        first = text[0].upper()
        at = np.flatnonzero(self.codes == ord(first))
        for step, letter in enumerate(text[1:], start=1):
            at = at[(self._within(at + step) | _CASE) == ord(letter)]
        self._rank(at, len(text), best)

    def _within(self, at: NDArray[np.int64]) -> NDArray[Any]:
        # past the last key there is only its null
        return np.asarray(self.codes[np.minimum(at, len(self.codes) - 1)])

    def _rank(self, at: NDArray[np.int64], length: int, best: Ranks) -> None:
        key = np.searchsorted(self.starts, at, side="right") - 1
        begins = at == self.starts[key]
        whole = begins & (at + length + 1 == self.starts[key + 1])
        rank = np.where(whole, EXACT, np.where(begins, PREFIX, FRAGMENT)).astype(np.int8)
        np.minimum.at(best, self.owners[key], rank)
