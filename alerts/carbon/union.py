"""What many incidents put at risk together, kept up to date: a change costs what it touches."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from alerts.carbon.adding import Share, Sum, united, weighed


@dataclass
class Union:
    """Shares by stand and incident, and the stands whose sum is out of date."""

    shares: dict[str, dict[str, Share]] = field(default_factory=lambda: defaultdict(dict))
    by_incident: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sums: dict[str, Sum] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)

    def put(self, incident_id: str, shares: Iterable[Share]) -> None:
        """Put what an incident puts at risk now in place of what it did; with nothing, it is over."""
        for stand in self.by_incident.pop(incident_id, ()):
            del self.shares[stand][incident_id]
            self.stale.add(stand)
        given = {one.stand_id: one for one in shares}
        for stand, one in given.items():
            self.shares[stand][incident_id] = one
            self.stale.add(stand)
        if given:
            self.by_incident[incident_id] = tuple(given)

    def freshened(self) -> set[str]:
        """Bring every sum up to date; return the stands of which that changed one."""
        changed = set()
        for stand in self.stale:
            held = self.shares[stand]
            now = united(held.values()).get(stand)
            if now != self.sums.get(stand):
                changed.add(stand)
            if now is None:
                self.sums.pop(stand, None)
                del self.shares[stand]
            else:
                self.sums[stand] = now
        self.stale.clear()
        return changed

    def total(self, parts: Iterable[tuple[str, float]]) -> Sum:
        """Return the sum of parts of stands; exact, so their order does not matter."""
        return weighed((self.sums[stand], part) for stand, part in parts if stand in self.sums)

    def incidents(self, stands: Iterable[str]) -> set[str]:
        """Return the incidents that put any of these stands at risk."""
        return {incident for stand in stands for incident in self.shares.get(stand, ())}
