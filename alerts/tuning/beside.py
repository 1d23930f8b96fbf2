"""Judge by one set of thresholds and note where another would have decided otherwise.

Where nothing is noted both decide alike from the first revision to the last, so one run tells of both: every
decision depends on what was known and decided before alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from alerts.grade import Facts
from alerts.holding import Step
from alerts.lifecycle import Issued, Turn
from alerts.tuning.layers import Local, Rules
from schemas.incident import Incident, Place
from schemas.reason import Reason
from schemas.units import Grade

MANY_PAGES = 1000
"""Pages an hour in a county that a part may send: the budget is kept once all parts are there."""


@dataclass
class Noted:
    """The incidents of which the two would tell differently; a grade is asked just before its turn is."""

    incidents: set[str] = field(default_factory=set)
    is_other: bool = False


class Both(Rules, frozen=True, kw_only=True):
    """Decides by its own rules, and notes where `other` rules decide otherwise."""

    other: Rules
    noted: Noted

    def judged(self, facts: Facts) -> tuple[Grade, tuple[Reason, ...]]:
        """Return the grade by these rules."""
        found = super().judged(facts)
        self.noted.is_other |= self.other.judged(facts)[0] != found[0]
        return found

    def held(self, steps: Sequence[Step]) -> tuple[Grade, tuple[Reason, ...]]:
        """Return the grade that stands by these rules."""
        found = super().held(steps)
        self.noted.is_other |= self.other.held(steps)[0] != found[0]
        return found

    def lacking(self, stands: Grade, probability: float, places: tuple[Place, ...]) -> Reason | None:
        """Return what an incident lacks by these rules."""
        found = super().lacking(stands, probability, places)
        self.noted.is_other |= self.other.lacking(stands, probability, places) != found
        return found

    def turn(
        self, issued: Issued | None, incident: Incident, classes: tuple[str, ...], now: datetime
    ) -> Turn | None:
        """Return the turn by these rules."""
        found = super().turn(issued, incident, classes, now)
        other = self.other.turn(issued, incident, classes, now)
        if self.noted.is_other or _decided(found) != _decided(other):
            self.noted.incidents.add(incident.incident_id)
        self.noted.is_other = False
        return found


def _decided(turn: Turn | None) -> tuple[str, bool, bool] | None:
    return None if turn is None else (turn.action, turn.pages, turn.late)


@dataclass(frozen=True)
class Unbudgeted(Local):
    """The layers of one document where no county has a budget of pages."""

    def at(self, places: Sequence[Place]) -> Rules:
        """Return what holds at these places but for the budget."""
        rules = super().at(places)
        return replace(rules, lifecycle=replace(rules.lifecycle, county_pages=MANY_PAGES))


@dataclass(frozen=True)
class Beside(Unbudgeted):
    """The layers of one document, with those of another asked at every place."""

    other: Local = field(kw_only=True)
    noted: Noted = field(kw_only=True)

    def at(self, places: Sequence[Place]) -> Rules:
        """Return what holds at these places, which notes where the other document decides otherwise."""
        rules = super().at(places)
        return Both(
            **{name: getattr(rules, name) for name in rules.__struct_fields__},
            other=self.other.at(places),
            noted=self.noted,
        )

    @property
    def has_floor(self) -> bool:
        """Whether either has a floor."""
        return super().has_floor or self.other.has_floor
