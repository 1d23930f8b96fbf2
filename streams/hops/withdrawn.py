"""What sources took back, and took back taking back: what stands follows from the set, whatever its order."""

from detectors.identity import lasting_id_of
from schemas.detection import Withdrawn
from streams.hops.desk import Desk
from streams.hops.desk_rows import TakenBack
from streams.hops.sitting import Sitting

MOST = 16
"""Takings back of one observation that are remembered; of more it stays taken back."""


def is_back(desk: Desk, name: str, asked: frozenset[str] = frozenset()) -> bool:
    """Return whether an observation is taken back by one that stands; those that name each other stand."""
    known = desk.withdrawn.get(name)
    if known is None or name in asked:
        return False
    return not known.by or any(not is_back(desk, one, asked | {name}) for one in known.by)


def note(sitting: Sitting, one: Withdrawn) -> list[str]:
    """Note one taking back; return the observations that it takes back or restores, in their order.

    A source names its own observation by the id that it gave; others, by its lasting id.
    """
    names = dict.fromkeys((one.observation_id, lasting_id_of(one.source, one.observation_id)))
    return [each for name in names for each in _note(sitting, one, name)]


def _note(sitting: Sitting, one: Withdrawn, name: str) -> list[str]:
    desk = sitting.desk
    known = desk.withdrawn.get(name)
    if known is not None and (one.by in known.by or not known.by or len(known.by) >= MOST):
        return []
    touched = _behind(desk, name)
    before = {each: is_back(desk, each) for each in touched}
    by = () if not one.by else (one.by,) if known is None else (*known.by, one.by)
    desk.withdrawn[name] = TakenBack(one.observed_at, one.source, tuple(sorted(by)))
    sitting.result.rows[f"w/{name}"] = desk.withdrawn[name]
    return [each for each in touched if is_back(desk, each) != before[each]]


def _behind(desk: Desk, name: str) -> list[str]:
    """Return an observation and, if it took others back, those, and so on; the named one first."""
    found = [name]
    for one in found:
        found += sorted(k for k, back in desk.withdrawn.items() if one in back.by and k not in found)
    return found
