"""A fire: claims that belong together, which come, go and pass to another fire."""

import math
from collections.abc import Collection
from typing import Any

from detectors.link import Node
from schemas.detection import Detection


class Fire:
    """One fire: its claims, and under which ids it was ever shown.

    `newest_s` is when the last of them was seen, `forgotten_s` when the last was that the grid holds no more.
    `fine` is how many of its claims are fine; `rivals` the fires with claims that are linked to some of
    them, and `rivalled` whether there ever were any.
    `running` is what they say together, kept up to date by `changes` (come or gone, and the claim).
    """

    __slots__ = (
        "changes", "fine", "first", "forgotten_s", "newest_s", "nodes", "rivalled", "rivals", "running",
        "shown",
    )  # fmt: skip

    def __init__(self, node: Node) -> None:
        self.nodes = [node]
        self.shown: list[str] = []
        self.first = node
        self.newest_s = node.seconds
        self.fine = 0 if node.coarse else 1
        self.rivalled = False
        self.rivals: set[Fire] = set()
        self.forgotten_s = -math.inf
        self.running: Any = None
        self.changes: list[tuple[bool, Detection]] = []

    def anchor(self) -> Node:
        """Return the oldest claim, by time and then id; the fire is named after it."""
        return self.first

    def take(self, node: Node) -> None:
        """Take in one claim."""
        node.fire = self
        self.nodes.append(node)
        if not node.coarse:
            self.fine += 1
        if node.key < self.first.key:
            self.first = node
        self.newest_s = max(self.newest_s, node.seconds)
        if self.running is not None:
            self.changes.append((True, node.claim))

    def absorb(self, other: "Fire") -> None:
        """Take in the claims of another fire, and the ids that it was shown under."""
        for node in other.nodes:
            node.fire = self
        self.nodes.extend(other.nodes)
        if other.first.key < self.first.key:
            self.first = other.first
        self.newest_s = max(self.newest_s, other.newest_s)
        self.forgotten_s = max(self.forgotten_s, other.forgotten_s)
        self.fine += other.fine
        self.rivalled = self.rivalled or other.rivalled
        if other.rivals or self.rivals:
            self._take_over(other)
        self.shown += [shown for shown in other.shown if shown not in self.shown]
        if self.running is not None:
            self.changes += [(True, node.claim) for node in other.nodes]

    def rival(self, other: "Fire") -> None:
        """Note that claims of this fire and of another are linked."""
        if other is not self and other not in self.rivals:
            self.rivals.add(other)
            other.rivals.add(self)
            self.rivalled = other.rivalled = True

    def end(self) -> None:
        """Let no fire have this one as a rival: it is none any more."""
        for rival in self.rivals:
            rival.rivals.discard(self)
            rival.forget_tows()
        self.rivals = set()

    def _take_over(self, other: "Fire") -> None:
        """Have the rivals of a fire that became part of this one."""
        rivals = other.rivals - {self}
        other.end()
        for rival in rivals:
            self.rival(rival)
        self.forget_tows()

    def forget_tows(self) -> None:
        """Where no fire is a rival, claims come and go without anybody asking what tows the others."""
        if not self.rivals:
            for node in self.nodes:
                node.tow = None

    def let_go(self, gone: Collection[Node]) -> None:
        """Take some of its claims out."""
        out = set(gone)
        self.nodes = [node for node in self.nodes if node not in out]
        self.fine -= sum(not node.coarse for node in gone)
        if self.first in out:
            self.first = min(self.nodes, key=lambda one: one.key)
        if max(node.seconds for node in gone) >= self.newest_s:
            self.newest_s = max(one.seconds for one in self.nodes)
        if self.running is not None:
            self.changes += [(False, node.claim) for node in gone]

    def change(self, node: Node, claim: Detection) -> None:
        """Let a better version of a claim take its place."""
        if self.running is not None:
            self.changes += [(False, node.claim), (True, claim)]
        node.claim = claim
