"""The ties between fires that are known, and where to look for those that are not: a cache of the rows."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from alerts.feedback import is_denied
from alerts.lifecycle import declared_out
from detectors.association import Fire, Graph, Node
from detectors.spotting import Options, Trail
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.kin import Candidate, Kinship
from schemas.reason import Reason

CODES = frozenset({"spotting", "spotting_candidate", "reburn"})
"""Reasons that tell of a tie."""


class Tie(NamedTuple):
    """What one fire is to others; `claim` is its oldest, `why` what its alert says of that."""

    claim: Detection
    parent: str | None = None
    relation: Kinship = ""
    reburn_of: str | None = None
    distance_km: float = 0.0
    why: tuple[Reason, ...] = ()

    @property
    def said(self) -> tuple[str | None, str, str | None, float]:
        """What is shown of it."""
        return self.parent, self.relation, self.reburn_of, self.distance_km

    @property
    def kin(self) -> set[str]:
        """The fires that it names."""
        return {one for one in (self.parent, self.reburn_of) if one is not None}

    @property
    def tasked(self) -> str | None:
        """The fire that it is a task of, if it is no fire of its own yet."""
        return self.parent if self.relation == "spotting_candidate" else None

    def candidate(self, one: str) -> Candidate:
        """Return how its parent lists it."""
        return Candidate(
            candidate_id=one,
            observed_at=self.claim.observed_at,
            longitude=self.claim.longitude,
            latitude=self.claim.latitude,
            distance_km=self.distance_km,
        )


@dataclass
class Kin:
    """What satellites saw, where fires began, and the ties between fires, by incident id."""

    trail: Trail
    began: Trail
    heads: dict[str, Node] = field(default_factory=dict)
    ties: dict[str, Tie] = field(default_factory=dict)
    kids: dict[str, set[str]] = field(default_factory=dict)
    fresh: list[Node] = field(default_factory=list)
    lost: list[Node] = field(default_factory=list)
    latest_s: float = 0.0
    over: dict[str, float] = field(default_factory=dict)
    """Fires that people say are none or out, and until when, s, they threw sparks."""
    only: frozenset[str] = frozenset()
    """Fires that are revised for a tie of theirs, and not for what was seen of them."""

    @property
    def has_changed(self) -> bool:
        """Whether claims came or went since they were last judged."""
        return bool(self.fresh or self.lost)

    def note(self, node: Node) -> None:
        """Note a claim that has come, or come again as another node."""
        self.fresh.append(node)
        self.latest_s = max(self.latest_s, node.seconds)
        if node.claim.source_class == "satellite":
            self.trail.add(node)

    def follow(self, node: Node, before: Node | None) -> None:
        """Note the node of a claim that has come or was refined; `before` is what it was."""
        if node is not before:
            self.note(node)
            self.lost += [] if before is None else [before]

    def begins(self, one: str, node: Node) -> None:
        """Note with which claim a fire began."""
        if self.heads.get(one) is not node:
            self.heads[one] = node
            self.began.add(node)

    def reach(self, reach_km: float) -> None:
        """Lay the places at least so wide that sparks that fly as far are found among them."""
        self.trail, self.began = (one.widened(reach_km) for one in (self.trail, self.began))

    def tie(self, one: str, tie: Tie | None) -> None:
        """Let this be what a fire is to others; None forgets it."""
        known = self.ties.pop(one, None)
        if known is None and (tie is None or not tie.kin):
            return
        for other in () if known is None else known.kin:
            self.kids[other].discard(one)
            if not self.kids[other]:
                del self.kids[other]
        for other in () if tie is None else tie.kin:
            self.kids.setdefault(other, set()).add(one)
        if tie is not None and tie.kin:
            self.ties[one] = tie

    def candidates(self, one: str) -> tuple[Candidate, ...]:
        """Return the tasks that a fire has, the oldest first; one that was denied is none any more."""
        found = [
            self.ties[kid].candidate(kid)
            for kid in self.kids.get(one, ())
            if self.ties[kid].tasked == one and kid not in self.over
        ]
        return tuple(sorted(found, key=lambda each: (each.observed_at, each.candidate_id)))

    def retire(self, before_s: float, living: Iterable[str]) -> None:
        """Forget what nothing can stem from any more."""
        self.trail.forget(before_s)
        self.began.forget(before_s)
        for one in [one for one in self.heads if one not in living]:
            del self.heads[one]
            self.tie(one, None)


def new_kin(options: Options) -> Kin:
    """Return the state before anything is known."""
    return Kin(Trail(options.reach_km), Trail(options.reach_km))


def recall(kin: Kin, graph: Graph, shown: Iterable[tuple[Incident, Fire]]) -> None:
    """Fill the state from what was kept: the claims, and the incidents with their fires."""
    for node in graph.nodes.values():
        kin.note(node)
    for incident, fire in shown:
        kin.begins(incident.incident_id, fire.anchor())
        why = tuple(reason for reason in incident.reasons if reason.code in CODES)
        away_km = next((one.value for one in why if one.code != "reburn" and one.value is not None), 0.0)
        claim = fire.anchor().claim
        tie = Tie(claim, incident.parent, incident.relation, incident.reburn_of, away_km, why)
        kin.tie(incident.incident_id, tie)
        until = burnt_until(incident)
        if until is not None:
            kin.over[incident.incident_id] = until
    settled(kin, graph)


def settled(kin: Kin, graph: Graph) -> None:
    """Forget what changed: it has been judged."""
    kin.fresh.clear()
    kin.lost.clear()
    graph.joined.clear()
    graph.strayed.clear()


def burnt_until(incident: Incident) -> float | None:
    """Return until when, s, a fire threw sparks by what people said of it; None: they said no end."""
    if incident.feedback is not None and is_denied(incident.feedback):
        return -math.inf
    if declared_out(incident) is None or incident.closed_at is None:
        return None
    return incident.closed_at.timestamp()
