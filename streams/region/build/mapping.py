"""Which column of a source is which attribute: the column map first, then the spellings that are known."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec import Struct

from streams.region.build.known import Column, KnownLayer, Unit, plain, with_unit


class From(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a column map: the column an attribute comes from, and the unit its values are in."""

    column: str
    unit: Unit | None = None


ColumnMap = dict[str, str | From]
"""Attribute to column, e.g. `volume_m3_ha = {column = "XJ", unit = "m3"}`; "" leaves an attribute out."""


@dataclass(frozen=True)
class Taken:
    """One column that is taken: as which attribute, in which unit."""

    column: str
    attribute: str
    unit: Unit | None
    known: Column


@dataclass
class Mapper:
    """Finds the attributes of columns, and stays with what it found while a source is read piece by piece.

    `others` are columns kept under their own name (column to that name), `unknown` those of them that no
    attribute is known for; `remarks` are (code, detail) pairs about columns that are doubtful.
    """

    layer: KnownLayer
    given: ColumnMap
    keep_others: bool = True
    taken: dict[str, Taken] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse a column map that names attributes the layer does not have."""
        unknown = [name for name in self.given if name not in self.layer.columns]
        if unknown:
            known = ", ".join(sorted(self.layer.columns))
            raise ValueError(f"the column map names no attribute of this layer: {unknown[0]}; it has {known}")

    def learn(self, names: Iterable[str]) -> None:
        """Find attributes for columns that were not seen before."""
        fresh = [name for name in names if name not in self.others and name not in self._columns()]
        if not fresh:
            return
        for attribute, entry in self.given.items():
            wanted = entry if isinstance(entry, From) else From(column=entry)
            if wanted.column in fresh:
                known = self.layer.columns[attribute]
                self._take(
                    Taken(wanted.column, attribute, wanted.unit or _unit_of(wanted.column, known), known)
                )
        for attribute, known in self.layer.columns.items():
            if attribute not in self.taken and attribute not in self.given:
                self._find(attribute, known, fresh)
        for name in fresh:
            if name not in self._columns():
                self._leave(name)

    def missing(self) -> list[str]:
        """Return the columns that the column map names and the source does not have."""
        entries = [entry.column if isinstance(entry, From) else entry for entry in self.given.values()]
        return [column for column in entries if column and column not in self._columns()]

    def _columns(self) -> set[str]:
        return {one.column for one in self.taken.values()}

    def _take(self, one: Taken) -> None:
        self.taken[one.attribute] = one

    def _find(self, attribute: str, known: Column, names: list[str]) -> None:
        free: dict[str, tuple[str, Unit | None]] = {
            plain(name): (name, None) for name in names if name not in self._columns()
        }
        for name in names:
            base, unit = with_unit(name)
            if unit and name not in self._columns():
                free.setdefault(plain(base), (name, unit))
        for spelling in known.spellings:
            for word in spelling.names:
                found = free.get(plain(word))
                if found and attribute not in self.taken:
                    name, unit = found
                    self._take(Taken(name, attribute, unit or spelling.unit or known.unit, known))
                elif found and found[0] not in self._columns():
                    detail = f"{found[0]} is {attribute} too; {self.taken[attribute].column} is taken"
                    self.remarks.append(("column_twice", detail))
                    self.others[found[0]] = _own_name(found[0], self.layer)

    def _leave(self, name: str) -> None:
        if name not in self.others:
            self.others[name] = _own_name(name, self.layer)
            self.unknown.append(name)


def _own_name(name: str, layer: KnownLayer) -> str:
    """Return the name under which a column is kept; never that of an attribute with checked values."""
    return f"{name}_" if name in layer.columns else name


def _unit_of(column: str, known: Column) -> Unit | None:
    return with_unit(column)[1] or known.unit
