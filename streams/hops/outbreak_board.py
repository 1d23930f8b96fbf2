"""What the judge remembers of pests: every count, survey and result with its grade, and the outbreaks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct

from alerts.lifecycle import Issued
from detectors.pests.count import Catch, Options, catch_of
from detectors.pests.grading import Graded, PestGrade
from detectors.pests.ledger import Ledger
from detectors.pests.register import Where
from detectors.pests.trap_sign import Past
from schemas.incident import Incident
from schemas.observation import TrapCount
from schemas.pest import AnyPest
from schemas.reason import Reason


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
    signs: dict[str, set[str]] = field(default_factory=dict)
    """Ids of those that have a grade and may still link."""
    courses: dict[str, Course] = field(default_factory=dict)
    outbreaks: dict[str, OutbreakRow] = field(default_factory=dict)
    past: dict[str, Past] = field(default_factory=dict)
    swept_at: datetime | None = None
    oldest_at: datetime | None = None
    """Nothing that is remembered is older."""
    _ledgers: dict[str, Ledger] = field(default_factory=dict)
    _unread: dict[str, set[str]] = field(default_factory=dict)
    """Counts that are not in the ledger of their pest yet."""
    _counting: dict[str, Options] = field(default_factory=dict)
    """By what the counts of each pest were read."""

    def put(self, row: PestRow) -> None:
        """Take an observation in, in place of an earlier version of it."""
        name = row.one.observation_id
        before = self.rows.get(name)
        if before is not None and before.species != row.species:
            self._leave(name, before.species)
        if isinstance(row.one, TrapCount) and (before is None or before.one != row.one):
            self._unread.setdefault(row.species, set()).add(name)
        self.rows[name] = row
        at = row.one.observed_at
        self.oldest_at = at if self.oldest_at is None else min(at, self.oldest_at)
        self.of_species.setdefault(row.species, set()).add(name)
        signs = self.signs.setdefault(row.species, set())
        (signs.discard if row.grade is None or row.sealed else signs.add)(name)

    def drop(self, name: str) -> None:
        """Forget an observation."""
        row = self.rows.pop(name, None)
        if row is not None:
            self._leave(name, row.species)

    def older(self, than: datetime) -> list[str]:
        """Return the ids of what is older."""
        if self.oldest_at is None or self.oldest_at >= than:
            return []
        times = {name: row.one.observed_at for name, row in self.rows.items()}
        self.oldest_at = min((at for at in times.values() if at >= than), default=None)
        return [name for name, at in times.items() if at < than]

    def _leave(self, name: str, species: str) -> None:
        for ids in (self.of_species, self.signs, self._unread):
            ids.get(species, set()).discard(name)
        if species in self._ledgers:
            self._ledgers[species].drop(name)

    def ledger(self, options: Options, species: str) -> Ledger:
        """Return what the counts of a pest say to the statistics; by other options they are read anew."""
        if options != self._counting.get(species):
            self._counting[species] = options
            self._ledgers.pop(species, None)
            self.past.pop(species, None)
            self._unread[species] = set(self.of_species.get(species, ()))
        ledger = self._ledgers.setdefault(species, Ledger(same_place_m=options.moved_m))
        for name in self._unread.pop(species, ()):
            one = self.rows[name].one
            caught = catch_of(options, one) if isinstance(one, TrapCount) else None
            ledger.drop(name)
            if isinstance(caught, Catch):
                ledger.put(caught)
        return ledger

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
