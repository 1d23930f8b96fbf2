"""What an officer said of two fires outweighs distance: a cut keeps claims apart, a tie keeps them together.

A cut is the line half way between two places, within a circle and from a time on; so it holds for claims that
come later too, and is a symmetric function of two claims.
"""

import math

from msgspec import Struct

from detectors.geodesy import KM_PER_DEGREE
from detectors.link import Node


class Cut(Struct, frozen=True, kw_only=True):
    """Where two fires are parted: between `one` and `two` (lon, lat), within `radius_km` of the middle."""

    one: tuple[float, float]
    two: tuple[float, float]
    radius_km: float
    from_s: float
    names: tuple[str, ...] = ()

    def side(self, node: Node) -> int:
        """Return on which side of the line a claim lies, -1 or 1; 0 when the cut says nothing of it."""
        if node.seconds < self.from_s:
            return 0
        east, north = self._flat(node.claim.longitude, node.claim.latitude)
        if math.hypot(east, north) > self.radius_km:
            return 0
        along_east, along_north = self._flat(*self.two)
        return 1 if east * along_east + north * along_north > 0.0 else -1

    def _flat(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return a place in km east and north of the middle."""
        turned = (self.two[0] - self.one[0] + 180.0) % 360.0 - 180.0
        middle = self.one[0] + turned / 2.0, (self.one[1] + self.two[1]) / 2.0
        east = (longitude - middle[0] + 180.0) % 360.0 - 180.0
        squeeze = math.cos(math.radians(middle[1]))
        return east * squeeze * KM_PER_DEGREE, (latitude - middle[1]) * KM_PER_DEGREE


class Tie(Struct, frozen=True):
    """Two claims that an operator said are of one fire, by their ids."""

    one: str
    two: str


class Parting:
    """The cuts and ties in force."""

    def __init__(self) -> None:
        self.cuts: dict[str, Cut] = {}
        self.ties: dict[str, set[str]] = {}

    def __bool__(self) -> bool:
        return bool(self.cuts or self.ties)

    def tie(self, one: str, two: str) -> None:
        """Keep two claims in one fire."""
        self.ties.setdefault(one, set()).add(two)
        self.ties.setdefault(two, set()).add(one)

    def untie(self, one: str, two: str) -> None:
        """Let two claims go again."""
        for here, there in ((one, two), (two, one)):
            self.ties.get(here, set()).discard(there)
            if not self.ties.get(here, {here}):
                del self.ties[here]

    def apart(self, one: Node, two: Node) -> bool:
        """Return whether a cut lies between two claims; the same whichever comes first."""
        return any(cut.side(one) * cut.side(two) < 0 for cut in self.cuts.values())
