"""Where a quarantine pest is on record: a place is compared whole, since names are given more than once.

内江 and 乐山 both have a 市中区, and many counties a 双河镇: a name alone may be on record only where no
other place of the region has it. What was found before is known by its whole chain of names, or its code
where the chain is not known.
"""

from collections.abc import Iterable
from functools import reduce

from msgspec import Struct

from schemas.reason import Reason


class Where(Struct, frozen=True, kw_only=True):
    """Where a sample was taken; empty is not known."""

    unit: str = ""
    township: str = ""
    county: str = ""
    in_epidemic_list: bool | None = None
    city: str = ""
    county_code: str = ""
    township_code: str = ""

    @property
    def county_key(self) -> str:
        """What tells this county from every other; empty: not known."""
        if not self.county:
            return self.county_code
        return f"{self.city}/{self.county}" if self.city else self.county_code or self.county

    @property
    def township_key(self) -> str:
        """What tells this township from every other; empty: not known."""
        if not self.township:
            return self.township_code
        return (
            f"{self.county_key}/{self.township}" if self.county_key else self.township_code or self.township
        )

    @property
    def area(self) -> str:
        """The narrowest area that is known to hold it: one record never reaches over its border."""
        return self.township_key or self.county_key

    @property
    def record(self) -> str:
        """The sub-compartment with its county and township: numbers are given out anew in each of them."""
        return f"{self.area}/{self.unit}" if self.unit else ""

    @property
    def county_names(self) -> frozenset[str]:
        """Every way in which a register may name the county."""
        return _known(self.county_code, *_chains(self.city, self.county))

    @property
    def township_names(self) -> frozenset[str]:
        """Every way in which a register may name the township."""
        below = _chains(self.county_code, self.township) if self.county_code else ()
        return _known(self.township_code, *below, *_chains(self.city, self.county, self.township))

    @property
    def unit_names(self) -> frozenset[str]:
        """Every way in which a register may name the sub-compartment."""
        if not self.unit:
            return frozenset()
        return frozenset({self.unit, *(f"{one}/{self.unit}" for one in self.township_names)})


class Register(Struct, frozen=True, kw_only=True):
    """Where a quarantine pest is on record: sub-compartments 小班, townships, counties.

    Each by its code, its chain of names (`达州市/宣汉县/双河镇`, `宣汉县/双河镇`) or a name that is unique.
    """

    units: frozenset[str] = frozenset()
    townships: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    found_townships: frozenset[str] = frozenset()
    """Where it was found before, by `Where.township_key`."""
    found_counties: frozenset[str] = frozenset()
    """Where it was found before, by `Where.county_key`."""

    def has_county(self, where: Where) -> bool:
        """Return whether the county is announced, on record, or known from an earlier find."""
        if where.in_epidemic_list:
            return True
        return where.county_key in self.found_counties or not where.county_names.isdisjoint(self.counties)

    def has_township(self, where: Where) -> bool:
        """Return whether the township is on record, or known from an earlier find."""
        found = where.township_key in self.found_townships
        return found or not where.township_names.isdisjoint(self.townships)

    def has_unit(self, where: Where) -> bool:
        """Return whether the sub-compartment is on record; a number alone is one of a recorded township.

        An earlier find puts its township on record and none of the numbers in it.
        """
        names = where.unit_names
        if where.township_names.isdisjoint(self.townships):
            names = frozenset({where.record, f"{where.township_code}/{where.unit}"} if where.unit else ())
        return not names.isdisjoint(self.units)


def grown(register: Register, earlier: Iterable[Where]) -> Register:
    """Return the register with the places of earlier finds."""
    places = list(earlier)
    return Register(
        units=register.units,
        townships=register.townships,
        counties=register.counties,
        found_townships=frozenset({one.township_key for one in places} - {""}),
        found_counties=frozenset({one.county_key for one in places} - {""}),
    )


def novelty(register: Register, where: Where) -> Reason | None:
    """Return what is new about the place, the widest first; None only in a recorded sub-compartment."""
    if not where.county_key or not register.has_county(where):
        detail = "not on the list in force" if where.in_epidemic_list is False else ""
        return Reason(code="new_unit", rule="county", ref=where.county, detail=detail)
    if not where.township_key or not register.has_township(where):
        return Reason(code="new_unit", rule="township", ref=where.township)
    if not register.has_unit(where):
        return Reason(code="new_unit", rule="sub-compartment", ref=where.unit)
    return None


def known_unit(register: Register, where: Where) -> tuple[Reason, ...]:
    """Return the reason that a sub-compartment is on record; none where it is not, or is not known."""
    if not where.unit or novelty(register, where) is not None:
        return ()
    return (Reason(code="known_unit", ref=where.unit),)


def _chains(*names: str) -> tuple[str, ...]:
    """Return the last name alone and with one after the other of those above it, as far as they are known."""
    *above, last = names
    if not last:
        return ()
    longer = reduce(lambda done, one: [*done, f"{one}/{done[-1]}"] if one else done, above[::-1], [last])
    return tuple(longer)


def _known(*names: str) -> frozenset[str]:
    return frozenset(names) - {""}
