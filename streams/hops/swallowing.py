"""Where incidents become one: the oldest living alert goes on, the others end in it, old ids lead to it."""

from collections.abc import Iterable

from msgspec.structs import replace

from alerts.lifecycle import Issued, Turn
from schemas.incident import Incident
from schemas.reason import Reason
from schemas.topics import INCIDENT
from streams.hops.desk import FireRow
from streams.hops.known import highest
from streams.hops.sitting import Sitting
from streams.hops.telling import tell


def survivor(rows: Iterable[FireRow]) -> Issued | None:
    """Return the alert that goes on where these become one: the oldest that lives."""
    return next((issued for issued, _ in _spoken(rows)), None)


def _spoken(rows: Iterable[FireRow]) -> list[tuple[Issued, FireRow]]:
    """Return the alerts of rows, those that live first, each time the oldest first."""
    spoken = [(row.issued, row) for row in rows if row.issued is not None]
    # an id says the day and no hour, so of one day it does not say which is the oldest
    return sorted(spoken, key=lambda pair: (pair[0].ended, pair[1].incident.opened_at, pair[0].alert_id))


def inherited(sitting: Sitting, rows: Iterable[FireRow], name: str) -> Issued | None:
    """Return what was last said of `name`: the oldest living alert stays, the others end in it."""
    spoken = _spoken(rows)
    if not spoken:
        return None
    (first, _), *others = spoken
    if not others:
        return first
    swallowed = {*first.supersedes}
    for issued, row in others:
        ended: Issued | None = issued
        if not issued.ended:
            turn = Turn(action="close", reason=Reason(code="merged_into", ref=name))
            ended = tell(sitting, row, turn, ()).issued
        sitting.note(issued.alert_id, issued=ended)
        swallowed |= {issued.alert_id, *issued.supersedes}
    names = tuple(sorted(swallowed - {first.alert_id}))
    return replace(first, supersedes=names, paged=highest(issued for issued, _ in spoken) or first.paged)


def retired(sitting: Sitting, old: Incident, name: str) -> Incident:
    """Let an id that was shown lead to the incident it became part of; return its last revision."""
    merged = replace(
        old,
        status="merged",
        merged_into=name,
        revision=old.revision + 1,
        judged_at=sitting.now,
        reasons=(Reason(code="merged_into", ref=name),),
    )
    sitting.put(INCIDENT, merged.incident_id, merged)
    return merged
