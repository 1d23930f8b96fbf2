"""Where bearings and placed claims are looked up: by day and by degree, while there is a bearing at all."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from detectors.association import Graph
from detectors.tracks import is_bearing
from schemas.detection import Detection

CELL_DEG = 1.0
"""Side of the cells that bearings and places are looked up by."""

SPARE = 1000
"""Claims that may have retired before the places are gathered anew."""

Cell = tuple[int, int, int]


@dataclass
class Cells:
    """Claims by day and place: of a bearing, the place of its station."""

    cells: dict[Cell, dict[str, Detection]] = field(default_factory=dict)
    where: dict[str, Cell] = field(default_factory=dict)

    def put(self, claim: Detection) -> None:
        """Put a claim in, in place of an earlier version of it."""
        self.drop(claim.detection_id)
        cell = _cell(claim)
        self.where[claim.detection_id] = cell
        self.cells.setdefault(cell, {})[claim.detection_id] = claim

    def drop(self, name: str) -> None:
        """Take a claim out, if it is in."""
        cell = self.where.pop(name, None)
        if cell is not None:
            held = self.cells[cell]
            held.pop(name, None)
            if not held:
                del self.cells[cell]

    def near(self, claim: Detection) -> Iterator[Detection]:
        """Yield the claims of the day, the day before and the day after within two cells or a little more."""
        day, column, row = _cell(claim)
        for d in (day - 1, day, day + 1):
            for c in range(column - 2, column + 3):
                for r in range(row - 2, row + 3):
                    yield from self.cells.get((d, c % 360, r), {}).values()


def _spot(claim: Detection) -> tuple[float, float]:
    at = claim.placing
    if at is not None and at.sector is not None and is_bearing(claim):
        return at.sector.longitude, at.sector.latitude
    return claim.longitude, claim.latitude


def _cell(claim: Detection) -> Cell:
    longitude, latitude = _spot(claim)
    return (
        claim.observed_at.toordinal(),
        int((longitude + 180.0) // CELL_DEG) % 360,
        int(latitude // CELL_DEG),
    )


@dataclass
class Sights:
    """What the judge knows of bearings, and while there are any, of all that has a place of its own."""

    graph: Graph
    bearings: Cells = field(default_factory=Cells)
    places: Cells | None = None

    @classmethod
    def of(cls, graph: Graph) -> "Sights":
        """Return the sights of claims that were read from their rows."""
        sights = cls(graph)
        for node in graph.nodes.values():
            if is_bearing(node.claim):
                sights.bearings.put(node.claim)
        return sights

    def note(self, names: Iterable[str], aside: Mapping[str, Detection]) -> list[Detection]:
        """Follow the claims of these names; return what each is, or what it was that now stands aside."""
        changed: list[Detection] = []
        for name in names:
            node = self.graph.nodes.get(name)
            claim = aside.get(name) if node is None else node.claim
            if claim is not None:
                self._follow(claim, is_in=node is not None)
                changed.append(claim)
        return changed

    def _follow(self, claim: Detection, *, is_in: bool) -> None:
        cells = self.bearings if is_bearing(claim) else self.places
        if cells is None:
            return
        if is_in:
            cells.put(claim)
        else:
            cells.drop(claim.detection_id)

    def known(self) -> Cells:
        """Return the claims with a place; gathered for the first bearing, and when many have retired."""
        if self.places is None or len(self.places.where) > 2 * len(self.graph.nodes) + SPARE:
            self.places = Cells()
            for node in self.graph.nodes.values():
                if not is_bearing(node.claim):
                    self.places.put(node.claim)
        return self.places
