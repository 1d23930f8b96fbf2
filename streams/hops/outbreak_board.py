"""What the judge remembers of pests: every count, survey and result with its grade, and the outbreaks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct

from alerts.lifecycle import Issued
from detectors.pests.count import Catch, Options, catch_of
from detectors.pests.grading import Graded, PestGrade, Where
from detectors.pests.trap_sign import Past
from schemas.incident import Incident
from schemas.observation import TrapCount
from schemas.pest import AnyPest
from schemas.reason import Reason

NO_COUNT = Reason(code="not_read", rule="no count")


class PestRow(Struct, frozen=True, kw_only=True):
    """Row of one observation: `n/{observation_id}`: where it is, its grade, and whether it still links."""

    one: AnyPest
    species: str
    """Accepted name."""
    where: Where
    grade: PestGrade | None = None
    may_page: bool = False
    reasons: tuple[Reason, ...] = ()
    sealed: bool = False
    """Too old to be of one outbreak with anything that may still come."""

    @property
    def graded(self) -> Graded:
        """The grade and why."""
        return Graded(self.grade, self.may_page, self.reasons)


class Course(Struct, frozen=True):
    """Row of one pest: `e/{species}`: how many weeks are judged, and whether some are to be judged anew."""

    week: int
    dirty: bool = False


class OutbreakRow(Struct, frozen=True, kw_only=True):
    """Row of one outbreak: `x/{incident_id}`: what was last said of it, and the signs it stands on."""

    incident: Incident
    signs: tuple[str, ...]
    issued: Issued | None = None
    held: bool = False
    """Told only once everything received until then has been judged."""


@dataclass
class PestBoard:
    """Observations, courses and outbreaks; a cache of the rows, and what was worked out from them."""

    rows: dict[str, PestRow] = field(default_factory=dict)
    of_species: dict[str, set[str]] = field(default_factory=dict)
    """Ids of the observations of each pest."""
    courses: dict[str, Course] = field(default_factory=dict)
    outbreaks: dict[str, OutbreakRow] = field(default_factory=dict)
    past: dict[str, Past] = field(default_factory=dict)
    caught: dict[str, Catch | Reason] = field(default_factory=dict)
    """What each count says to the statistics."""
    swept_at: datetime | None = None

    def put(self, row: PestRow) -> None:
        """Take an observation in, in place of an earlier version of it."""
        name = row.one.observation_id
        before = self.rows.get(name)
        if before is not None and before.species != row.species:
            self.of_species[before.species].discard(name)
        if before is None or before.one != row.one:
            self.caught.pop(name, None)
        self.rows[name] = row
        self.of_species.setdefault(row.species, set()).add(name)

    def drop(self, name: str) -> None:
        """Forget an observation."""
        row = self.rows.pop(name, None)
        if row is not None:
            self.of_species[row.species].discard(name)
            self.caught.pop(name, None)

    def catch(self, options: Options, row: PestRow) -> Catch | Reason:
        """Return what a count says to the statistics, worked out once; a find says nothing to them."""
        name = row.one.observation_id
        if name not in self.caught:
            one = row.one
            self.caught[name] = catch_of(options, one) if isinstance(one, TrapCount) else NO_COUNT
        return self.caught[name]

    def put_course(self, key: str, course: Course) -> None:
        """Take a row up."""
        self.courses[key[2:]] = course

    def put_outbreak(self, row: OutbreakRow) -> None:
        """Take a row up."""
        self.outbreaks[row.incident.incident_id] = row


ROWS: dict[str, tuple[Any, Callable[[PestBoard, str, Any], None]]] = {
    "n/": (PestRow, lambda board, _key, row: board.put(row)),
    "e/": (Course, lambda board, key, course: board.put_course(key, course)),
    "x/": (OutbreakRow, lambda board, _key, row: board.put_outbreak(row)),
}
"""What each kind of row holds, by the beginning of its key, and where it goes."""
