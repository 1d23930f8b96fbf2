"""The catches of one pest kept by week: what changed is laid out anew, the rest stays as it was.

A week is the sum of its visits by time, so that it comes out the same whatever the order in which they came.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np

from detectors.pests.arrays import Flags, Floats, Integers
from detectors.pests.count import Catch
from detectors.pests.table import Table, tabulate
from detectors.pests.told_once import SAME_PLACE_M, Told, by_time, told_once

MONDAY = datetime(2000, 1, 2, 16, tzinfo=UTC)
"""Weeks begin on Monday in China; a fixed first one, so that no observation decides where weeks are cut."""

WEEK = timedelta(days=7)


def week_of(at: datetime) -> int:
    """Return the number of the week that a visit at this time belongs to, counted from `MONDAY`."""
    # What ends on the border belongs to the days before it.
    return -((MONDAY - at) // WEEK) - 1


LOOK_BACK_WEEKS = 53
"""A visit more than a year ago is no neighbour."""


class _Column(NamedTuple):
    """One week: the traps that were read (by number), counts, trap-days, and whether each is a bound."""

    trap: Integers
    caught: Floats
    trap_days: Floats
    at_least: Flags


@dataclass
class Ledger:
    """Catches by week and observation."""

    weeks: dict[int, dict[str, Catch]] = field(default_factory=dict)
    same_place_m: float = SAME_PLACE_M
    _told: dict[int, Told] = field(default_factory=dict)
    _week: dict[str, int] = field(default_factory=dict)
    _columns: dict[int, _Column] = field(default_factory=dict)
    _visits: dict[int, dict[str, list[Catch]]] = field(default_factory=dict)
    _number: dict[str, int] = field(default_factory=dict)
    """Of each trap, in the order in which they were first met."""

    @classmethod
    def of(cls, catches: Iterable[Catch]) -> "Ledger":
        """Return the ledger of these."""
        ledger = cls()
        for one in catches:
            ledger.put(one)
        return ledger

    def put(self, one: Catch) -> None:
        """Take a catch in, in place of an earlier version of it."""
        self.drop(one.observation_id)
        week = week_of(one.ended_at)
        self._week[one.observation_id] = week
        self.weeks.setdefault(week, {})[one.observation_id] = one
        self._changed(week)

    def drop(self, name: str) -> None:
        """Forget a catch; nothing where none is known by this id."""
        week = self._week.pop(name, None)
        if week is not None:
            del self.weeks[week][name]
            self._changed(week)
            if not self.weeks[week]:
                del self.weeks[week]

    def _changed(self, week: int) -> None:
        self._columns.pop(week, None)
        self._visits.pop(week, None)
        self._told.pop(week, None)

    def visits(self, week: int) -> list[Catch]:
        """Return the visits of a week by time, each once."""
        return list(self._of_week(week).visits)

    def again(self, week: int) -> dict[str, str]:
        """Return, of every visit of a week that was told twice, the id that stands for each other one."""
        return self._of_week(week).again

    def _of_week(self, week: int) -> Told:
        if week not in self._told:
            self._told[week] = told_once(self.weeks.get(week, {}).values(), self.same_place_m)
        return self._told[week]

    def before(self, one: Catch) -> Catch | None:
        """Return the visit of a trap before this one; None where none is known within a year."""
        week = week_of(one.ended_at)
        for at in range(week, week - LOOK_BACK_WEEKS, -1):
            known = self._of_trap(at).get(one.trap, ())
            earlier = [two for two in known if by_time(two) < by_time(one)]
            if earlier:
                return earlier[-1]
        return None

    def _of_trap(self, week: int) -> dict[str, list[Catch]]:
        """Return the visits of each trap in a week, by time."""
        if week not in self._visits:
            found: dict[str, list[Catch]] = {}
            for one in self.visits(week):
                found.setdefault(one.trap, []).append(one)
            self._visits[week] = found
        return self._visits[week]

    def table(self, first: int, weeks: int) -> Table:
        """Return counts and trap-days of every trap, by name, in so many weeks from the first."""
        shown = {at: self._column(at) for at in range(first, first + weeks) if at in self.weeks}
        met = np.zeros(len(self._number), dtype=np.bool_)
        for column in shown.values():
            met[column.trap] = True
        traps = sorted(name for name, number in self._number.items() if met[number])
        row = np.full(len(met), -1)
        row[[self._number[name] for name in traps]] = np.arange(len(traps))
        shape = (len(traps), weeks)
        caught, days = np.full(shape, np.nan), np.zeros(shape)
        at_least = np.zeros(shape, dtype=np.bool_)
        for at, column in shown.items():
            place = row[column.trap], at - first
            caught[place], days[place], at_least[place] = column.caught, column.trap_days, column.at_least
        return Table(tuple(traps), caught, days, at_least)

    def _column(self, week: int) -> _Column:
        if week not in self._columns:
            table = tabulate(self.visits(week), MONDAY + WEEK * week, 1)
            numbers = [self._number.setdefault(trap, len(self._number)) for trap in table.traps]
            sides = (table.caught[:, 0], table.trap_days[:, 0], table.at_least[:, 0])
            self._columns[week] = _Column(np.array(numbers), *sides)
        return self._columns[week]
