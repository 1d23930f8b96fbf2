"""The versions of a region in time: a step takes the one in force at its `now`, the same on every worker."""

from bisect import insort
from collections.abc import Iterable
from datetime import UTC, datetime

from detectors.region.region import Region

EVER = datetime.min.replace(tzinfo=UTC)
"""From when on a version without an instant is in force."""


class Regions:
    """The versions of one region, each in force from its instant on; before the first, the first.

    It is given versions before they take effect and never loses one, so the answer for an instant stays the
    same whoever asks again: a message that is judged twice is placed twice by the same version.
    """

    def __init__(self, versions: Iterable[tuple[datetime | None, Region]]) -> None:
        self._versions: list[tuple[datetime, int, Region]] = []
        for effective_at, region in versions:
            self.take(effective_at, region)
        if not self._versions:
            raise ValueError("a region has at least one version")

    def at(self, now: datetime) -> Region:
        """Return the version in force at `now`."""
        due = [region for since, _, region in self._versions if since <= now]
        return due[-1] if due else self._versions[0][2]

    @property
    def newest(self) -> Region:
        """The version that is in force last."""
        return self._versions[-1][2]

    def take(self, effective_at: datetime | None, region: Region) -> None:
        """Take up a version; of two with the same instant the one taken up later is in force."""
        insort(self._versions, (effective_at or EVER, len(self._versions), region), key=lambda one: one[:2])

    def knows(self, effective_at: datetime | None, version: str) -> bool:
        """Return whether a version is taken up from this instant on."""
        since = effective_at or EVER
        return any((since, version) == (one, region.version) for one, _, region in self._versions)


AnyRegion = Region | Regions
"""One version for ever, or several in time."""
