"""The ledger of the judge: what each living incident puts at risk by stand, in rows that keep it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from alerts.carbon.adding import Share, shares_of
from alerts.carbon.at_risk import Answer
from alerts.carbon.union import Union
from schemas.alert import Carbon
from schemas.carbon import CarbonTotal, Level
from streams.carbon_places import Belonging

KEPT = timedelta(days=3)
"""A day's total is final once it is over; so long it is kept for what comes late."""


class Stake(Struct, frozen=True, kw_only=True):
    """Row `t/{incident_id}/{day}`: what an incident was last told, that day, to put at risk."""

    incident_id: str
    day: date
    at: datetime
    shares: tuple[Share, ...]
    carbon: Carbon
    is_over: bool = False


class First(Struct, frozen=True, kw_only=True):
    """Row `u/{incident_id}`: the first figure told of an incident, which its close-out is measured by."""

    at: datetime
    carbon: Carbon


@dataclass
class Ledger:
    """Stakes by incident and day, unions of them, and what was last published."""

    stakes: dict[str, dict[date, Stake]] = field(default_factory=lambda: defaultdict(dict))
    first: dict[str, First] = field(default_factory=dict)
    said: dict[tuple[Level, str], CarbonTotal] = field(default_factory=dict)
    now: Union = field(default_factory=Union)
    days: dict[date, Union] = field(default_factory=lambda: defaultdict(Union))
    belonging: Belonging | None = None
    members: dict[tuple[str, str], dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    """Stands at risk now by level and key, with the part of each that lies there."""

    def put(self, stake: Stake) -> None:
        """Place one row."""
        mine = self.stakes[stake.incident_id]
        mine[stake.day] = stake
        self.days[stake.day].put(stake.incident_id, stake.shares)
        last = mine[max(mine)]
        self.now.put(stake.incident_id, () if last.is_over else last.shares)

    def note(self, incident_id: str, answer: Answer, at: datetime, zone: str) -> dict[str, Any]:
        """Note what a revision told; return the rows that changed. No figure leaves what was told before."""
        if answer.carbon.carbon_t is None:
            return {}
        day = at.astimezone(ZoneInfo(zone)).date()
        stake = Stake(
            incident_id=incident_id,
            day=day,
            at=at,
            shares=tuple(shares_of(incident_id, answer)),
            carbon=slim(answer.carbon),
        )
        self.put(stake)
        rows: dict[str, Any] = {f"t/{incident_id}/{day.isoformat()}": stake}
        if incident_id not in self.first:
            self.first[incident_id] = First(at=at, carbon=slim(answer.carbon))
            rows[f"u/{incident_id}"] = self.first[incident_id]
        return rows

    def end(self, incident_id: str) -> dict[str, Any]:
        """Note that an incident puts nothing at risk any more; what it did on its days stays."""
        mine = self.stakes.get(incident_id)
        if not mine or mine[max(mine)].is_over:
            return {}
        last = structs.replace(mine[max(mine)], is_over=True)
        self.put(last)
        return {f"t/{incident_id}/{last.day.isoformat()}": last}

    def retire(self, now: datetime) -> dict[str, Any]:
        """Forget days that are over, and incidents that are; return the rows that changed."""
        rows: dict[str, Any] = {}
        oldest = (now - KEPT).date()
        for incident_id, mine in list(self.stakes.items()):
            last = mine[max(mine)]
            gone = [day for day in mine if day < oldest and (day != last.day or last.is_over)]
            for day in gone:
                del mine[day]
                self.days[day].put(incident_id, ())
                rows[f"t/{incident_id}/{day.isoformat()}"] = None
            if not mine:
                del self.stakes[incident_id]
                if self.first.pop(incident_id, None) is not None:
                    rows[f"u/{incident_id}"] = None
        for day in [day for day in self.days if day < oldest]:
            del self.days[day]
            if self.said.pop(("day", day.isoformat()), None) is not None:
                rows[f"z/day/{day.isoformat()}"] = None
        return rows


def slim(carbon: Carbon) -> Carbon:
    """Return the figures that totals and close-outs are made of."""
    return structs.replace(carbon, co2e=None, gases_t={}, radiative=None, weather=None)
