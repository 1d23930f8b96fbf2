"""What sources took back, and took back taking back: what stands follows from the set, whatever its order."""

from detectors.identity import lasting_id_of
from schemas.detection import Detection, Withdrawn
from streams.hops.desk import Desk
from streams.hops.desk_rows import TakenBack
from streams.hops.sitting import Sitting

MOST = 16
"""Takings back of one observation that are remembered; of more it stays taken back."""


def is_taken_back(desk: Desk, claim: Detection) -> bool:
    """Return whether its source took back what a claim was made of, and did not restore it."""
    return is_back(desk, name_of(claim))


def name_of(claim: Detection) -> str:
    """Return what a claim is taken back by: its id, if older software kept it without its source, with it."""
    return lasting_id_of(claim.source, claim.detection_id)


def claim_called(desk: Desk, name: str) -> Detection | None:
    """Return the claim that is taken back by a name; older software kept some without their source."""
    for one in (name, name.partition("~")[2]):
        node, kept = desk.graph.nodes.get(one), desk.masked.get(one)
        claim = node.claim if node is not None else kept.claim if kept is not None else None
        if claim is not None and name_of(claim) == name:
            return claim
    return None


def is_of_another(desk: Desk, one: Withdrawn) -> bool:
    """Return whether a taking back names what another source said, which it does not take back."""
    node, kept = desk.graph.nodes.get(one.observation_id), desk.masked.get(one.observation_id)
    claim = node.claim if node is not None else kept.claim if kept is not None else None
    return bool(one.by) and claim is not None and claim.source != one.source


def is_back(desk: Desk, name: str, asked: frozenset[str] = frozenset()) -> bool:
    """Return whether an observation is taken back by one that stands; those that name each other stand."""
    known = desk.withdrawn.get(name)
    if known is None or name in asked:
        return False
    return not known.by or any(not is_back(desk, one, asked | {name}) for one in known.by)


def note(sitting: Sitting, one: Withdrawn) -> list[str]:
    """Note one taking back; return what it takes back or restores, in its order: of its own source alone."""
    desk, name = sitting.desk, lasting_id_of(one.source, one.observation_id)
    by_it = lasting_id_of(one.source, one.by) if one.by else ""
    known = desk.withdrawn.get(name)
    if known is not None and (by_it in known.by or not known.by or len(known.by) >= MOST):
        return []
    touched = _behind(desk, name)
    before = {each: is_back(desk, each) for each in touched}
    by = () if not by_it else (by_it,) if known is None else (*known.by, by_it)
    desk.withdrawn[name] = TakenBack(one.observed_at, one.source, tuple(sorted(by)))
    sitting.result.rows[f"w/{name}"] = desk.withdrawn[name]
    return [each for each in touched if is_back(desk, each) != before[each]]


def put_taken_back(desk: Desk, key: str, one: TakenBack) -> None:
    """Take a row in; in those of older software ids stand without their source."""
    by = tuple(sorted(lasting_id_of(one.source, each) for each in one.by))
    desk.withdrawn[lasting_id_of(one.source, key[2:])] = TakenBack(one.observed_at, one.source, by)


def _behind(desk: Desk, name: str) -> list[str]:
    """Return an observation and, if it took others back, those, and so on; the named one first."""
    found = [name]
    for one in found:
        found += sorted(k for k, back in desk.withdrawn.items() if one in back.by and k not in found)
    return found
