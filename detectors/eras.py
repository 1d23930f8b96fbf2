"""By which options two claims are linked: those in force when the later of the two was received.

An era begins with a settings version that links otherwise. What is linked stays linked; a claim received from
then on is linked to all others by the new options. Which era a claim is of follows from when it was received
alone, and of two claims the greater era decides: so a link is still a symmetric function of the two, and
neither order nor a restart changes which fires there are.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from detectors.link import Node, Options, meets


class Eras:
    """The link options of every era, by the settings version with which it began; 0: the settings file."""

    def __init__(self, options: Options) -> None:
        self.by: dict[int, Options] = {0: options}
        self._since: dict[int, datetime] = {}
        self._latest = 0
        self.widest = options
        """Options under which every pair is linked that any era would link."""

    def begin(self, era: int, options: Options, since: datetime) -> None:
        """Let these options hold from a time on."""
        self.by[era], self._since[era] = options, since
        self._latest = max(self.by)
        every = self.by.values()
        self.widest = replace(
            options,
            floor_km=max(one.floor_km for one in every),
            max_reach_km=max(one.max_reach_km for one in every),
            chi_square=max(one.chi_square for one in every),
            gap_d=max(one.gap_d for one in every),
        )

    def of(self, received_at: datetime) -> int:
        """Return the era of what was received then: of what had begun, the last published."""
        if not self._since:
            return 0
        return max((era for era, since in self._since.items() if since <= received_at), default=0)

    def between(self, one: Node, two: Node) -> Options:
        """Return what two claims are linked by."""
        return self.by[max(one.era, two.era)]

    @property
    def is_one(self) -> bool:
        """Whether all claims are linked by the same options."""
        return len(self.by) == 1

    def only(self, nodes: Iterable[Node]) -> Options | None:
        """Return what all these claims are linked by; None: not all by the same."""
        every = {self.by[node.era] for node in nodes}
        return every.pop() if len(every) == 1 else None

    def meets(self, node: Node, others: dict[Node, None]) -> bool:
        """Return whether a claim is linked to any of the others."""
        if node.era == self._latest:
            return meets(self.by[node.era], node, others)
        eras: dict[int, dict[Node, None]] = {}
        for other in others:
            eras.setdefault(max(node.era, other.era), {})[other] = None
        return any(meets(self.by[era], node, some) for era, some in eras.items())
