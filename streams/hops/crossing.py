"""Bearings in the judge: what a step changed may let them cross, part, or pass by another claim.

Bearings of different stations come by different partitions of `observe`, so they meet here. Where each is
held to be is computed anew for those that a changed claim can reach, and for all that these could cross.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from detectors.crossing import placed
from detectors.tracks import Options, Track, is_bearing, station
from schemas.detection import Detection
from streams.hops.desk import Desk, Kept
from streams.hops.sights import Cells, Sights
from streams.hops.sitting import Sitting
from streams.hops.switching import crossed_by


def recross(sitting: Sitting) -> tuple[list[Detection], list[Detection]]:
    """Put every bearing that this step concerns where it now belongs; return crossings lost and gained."""
    desk = sitting.desk
    options, widest = crossed_by(desk, sitting.given.crossing)
    if desk.sights is None:
        desk.sights = Sights.of(desk.graph)
    sights = desk.sights
    is_blind = not sights.bearings.where and sights.places is None
    if is_blind and not any(map(_is_placed, sitting.result.rows.values())):
        # nobody has taken a bearing yet
        return [], []
    names = [key[2:] for key in sitting.result.rows if key.startswith("c/")]
    changed = sights.note(names, {one: desk.masked[one].claim for one in names if one in desk.masked})
    if not sights.bearings.where:
        return [], []
    concerned = _closure(desk, sights, widest, changed)
    if not concerned:
        return [], []
    known = sights.known()
    moved = [
        claim
        for claim in placed(options, concerned, lambda track: _passable(desk, known, track))
        if desk.graph.nodes[claim.detection_id].claim != claim
    ]
    lost = [was for claim in moved if _is_crossed(was := desk.graph.nodes[claim.detection_id].claim)]
    desk.graph.move(moved)
    for claim in moved:
        sights.bearings.put(claim)
        sitting.result.rows[f"c/{claim.detection_id}"] = Kept(claim)
    return lost, [claim for claim in moved if _is_crossed(claim)]


def _is_placed(row: Any) -> bool:
    """Return whether a row is that of a claim that does not tell its place by itself, as bearings do not."""
    return isinstance(row, Kept) and row.claim.placing is not None


def _is_crossed(claim: Detection) -> bool:
    return claim.placing is not None and claim.placing.how == "crossed"


def _closure(desk: Desk, sights: Sights, options: Options, changed: Iterable[Detection]) -> list[Detection]:
    """Return the bearings that changed claims can concern, with all that these could cross, and so on."""
    found: dict[str, Detection] = {}
    waiting = list(changed)
    while waiting:
        claim = waiting.pop()
        for other in sights.bearings.near(claim):
            name = other.detection_id
            if name in found or name not in desk.graph.nodes or not _concerns(options, claim, other):
                continue
            found[name] = other
            waiting.append(other)
    return list(found.values())


def _concerns(options: Options, claim: Detection, bearing: Detection) -> bool:
    gap = abs(claim.observed_at - bearing.observed_at)
    if not is_bearing(claim):
        return gap <= timedelta(hours=options.passes_h + options.same_h)
    if station(claim) == station(bearing):
        return gap <= timedelta(hours=options.same_h)
    return gap <= timedelta(minutes=options.window_min)


def _passable(desk: Desk, known: Cells, track: Track) -> list[Detection]:
    """Return the claims in reach of a track that are still in the graph."""
    found = {claim.detection_id: claim for one in track.claims for claim in known.near(one)}
    return [claim for name, claim in found.items() if name in desk.graph.nodes]
