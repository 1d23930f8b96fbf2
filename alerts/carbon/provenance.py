"""Every number of a carbon table says where it comes from, how sure that is, and when to look again."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

Status = Literal["verified", "computed", "memory", "proposal"]
"""`verified`: read in its public source. `computed`: from verified numbers. `memory`: not checked against the
printed standard. `proposal`: this project's own, published nowhere."""

UNVERIFIED: frozenset[Status] = frozenset({"memory", "proposal"})
"""What an alert calls an unverified parameter."""


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every row of every carbon table says about itself."""

    source: Annotated[str, Meta(min_length=4)]
    version: Annotated[str, Meta(min_length=1)]
    status: Status
    review_by: date

    @property
    def unverified(self) -> bool:
        """Return whether nobody has compared the number with its published source."""
        return self.status in UNVERIFIED

    def overdue(self, today: date) -> bool:
        """Return whether the number should have been looked at again before `today`."""
        return today > self.review_by


AnyRow = TypeVar("AnyRow", bound=Row)


def rows_of(text: str, kind: type[AnyRow]) -> tuple[AnyRow, ...]:
    """Return the rows of a CSV table; an empty cell counts as absent.

    Raises msgspec.ValidationError when a row does not have the shape of `kind`.
    """
    cells = ({name: cell for name, cell in row.items() if cell} for row in csv.DictReader(io.StringIO(text)))
    return tuple(msgspec.convert(row, kind, strict=False) for row in cells)


def cautions(rows: Iterable[Row], today: date) -> tuple[str, ...]:
    """Return `unverified` and `overdue`, where either holds of any of these rows."""
    rows = tuple(rows)
    words = []
    if any(row.unverified for row in rows):
        words.append("unverified")
    if any(row.overdue(today) for row in rows):
        words.append("overdue")
    return tuple(words)
