"""Columns of a layer: texts (plain, or coded where few differ), numbers and truths; each may lack a value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors.region.ragged import Whole, spread, starts_of

ColumnKind = Literal["text", "word", "number", "integer", "truth", "json"]
"""Text; one of few texts; float; whole number; true or false; anything else that JSON can say."""

Arrays = Mapping[str, NDArray[Any]]

NO_INTEGER = np.iinfo(np.int64).min
"""Stands for a whole number that is not known."""

NO_TRUTH = -1
"""Stands for a truth that is not known."""

MOST_WORDS = 4096
"""A column with more different texts than this is plain."""

_PLAIN = ("text", "json")


@dataclass(frozen=True, eq=False)
class Column:
    """One column. `arrays`: `values`, or for texts `starts` and UTF-8 `bytes`; words have `values` as well.

    A text that is not known is a null byte, which no text may hold.
    """

    kind: ColumnKind
    arrays: Arrays

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.arrays["values"]) if "values" in self.arrays else len(self.arrays["starts"]) - 1

    def values(self, rows: Whole | None = None) -> list[Any]:
        """Values of these rows (None: all); None where it is not known."""
        chosen = np.arange(len(self)) if rows is None else np.atleast_1d(np.asarray(rows, dtype=np.int64))
        if self.kind in _PLAIN:
            found = _texts(self.arrays, chosen)
            return (
                [None if one is None else msgspec.json.decode(one) for one in found]
                if self.kind == "json"
                else found
            )
        numbers = self.arrays["values"][chosen]
        if self.kind == "word":
            used, code = np.unique(numbers, return_inverse=True)
            words = _texts(self.arrays, used.astype(np.int64))
            return [words[one] for one in code.tolist()]
        known = ~np.isnan(numbers) if self.kind == "number" else numbers != _missing(self.kind)
        plain = (numbers == 1).tolist() if self.kind == "truth" else numbers.tolist()
        return [one if there else None for one, there in zip(plain, known.tolist(), strict=True)]

    def words(self) -> list[str]:
        """The different texts of a column of texts, sorted."""
        chosen = np.arange(len(self.arrays["starts"]) - 1)
        return sorted({one for one in _texts(self.arrays, chosen) if one is not None})

    def take(self, rows: Whole) -> "Column":
        """The same column, only these rows and in this order."""
        if self.kind not in _PLAIN:
            return Column(self.kind, {**self.arrays, "values": self.arrays["values"][rows]})
        starts = self.arrays["starts"]
        first, end = starts[rows], starts[rows + 1]
        _, at = spread(first, end)
        return Column(self.kind, {"starts": starts_of(end - first), "bytes": self.arrays["bytes"][at]})


def column(kind: ColumnKind, values: Sequence[Any]) -> Column:
    """Column of these values; None: not known.

    Raises
    ------
    ValueError
        If a value is not of the kind, or a text holds a null character.
    """
    match kind:
        case "text":
            return Column(kind, _blob([_checked(one) for one in values]))
        case "json":
            return Column(kind, _blob([None if one is None else _encoded(one) for one in values]))
        case "word":
            words = sorted({one for one in values if one is not None})
            code = {word: at for at, word in enumerate([*words, None])}
            codes = np.array([code[one] for one in values], dtype=np.uint16)
            return Column(kind, {**_blob([*(_checked(one) for one in words), None]), "values": codes})
        case "number":
            known = [np.nan if one is None else float(one) for one in values]
            return Column(kind, {"values": np.array(known, dtype=np.float64)})
        case "integer":
            whole = [NO_INTEGER if one is None else int(one) for one in values]
            return Column(kind, {"values": np.array(whole, dtype=np.int64)})
        case "truth":
            truths = [NO_TRUTH if one is None else int(bool(one)) for one in values]
            return Column(kind, {"values": np.array(truths, dtype=np.int8)})


class KindSeen:
    """Finds the narrowest kind that holds all values added, without keeping them."""

    def __init__(self) -> None:
        self.words: set[str] | None = set()
        self._types: set[type] = set()
        self._known = 0
        self._fits = True

    def add(self, values: Iterable[Any]) -> None:
        """Look at values; None: not known."""
        known = [one for one in values if one is not None]
        kinds = {type(one) for one in known}
        self._types |= kinds
        self._known += len(known)
        if self.words is not None and kinds <= {str}:
            self.words.update(known)
            self.words = self.words if len(self.words) <= MOST_WORDS else None
        numbers = [one for one in known if type(one) in {int, float}]
        self._fits &= all(-(2**63) < one < 2**63 for one in numbers)

    def kind(self) -> ColumnKind:
        """The kind of everything added."""
        if self._types <= {str}:
            few = self.words is not None and len(self.words) <= self._known // 4
            return "word" if few else "text"
        if self._types == {bool}:
            return "truth"
        if self._types == {int} and self._fits:
            return "integer"
        return "number" if self._types <= {int, float} and self._fits else "json"


def kind_of(values: Iterable[Any]) -> ColumnKind:
    """The narrowest kind that holds all these values."""
    seen = KindSeen()
    seen.add(values)
    return seen.kind()


def columns_of(attributes: Sequence[Mapping[str, Any]]) -> dict[str, Column]:
    """Columns of rows of attributes, by name; an attribute that a row lacks is not known there."""
    found = {
        name: [row.get(name) for row in attributes] for name in sorted({n for row in attributes for n in row})
    }
    return {name: column(kind_of(values), values) for name, values in found.items()}


def _missing(kind: ColumnKind) -> int:
    return NO_TRUTH if kind == "truth" else NO_INTEGER


def _decoded(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


def _encoded(value: Any) -> bytes:
    return msgspec.json.encode(value, order="deterministic")


def _checked(text: str | None) -> bytes | None:
    if text is None:
        return None
    if not isinstance(text, str) or "\0" in text:
        raise ValueError(f"not a text without null characters: {text!r}")
    return text.encode()


def _blob(texts: Sequence[bytes | None]) -> dict[str, NDArray[Any]]:
    said = [b"\0" if text is None else text for text in texts]
    lengths = np.array([len(one) for one in said], dtype=np.int64)
    return {"starts": starts_of(lengths), "bytes": np.frombuffer(b"".join(said), dtype=np.uint8)}


def _texts(arrays: Arrays, rows: Whole) -> list[Any]:
    starts, blob = arrays["starts"], arrays["bytes"]
    pairs = zip(starts[rows].tolist(), starts[rows + 1].tolist(), strict=True)
    raw = (blob[first:end].tobytes() for first, end in pairs)
    return [None if one == b"\0" else one.decode() for one in raw]
