"""A confirmed fire that nobody declared out burns on: what a rule asks after so many hours is asked then.

No new sign is needed for that, so time passing has such a fire judged again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from alerts.lifecycle import declared_out
from detectors.association import Fire
from schemas.incident import Incident
from streams.hops.settle import settle
from streams.hops.sitting import Sitting


def burn_on(sitting: Sitting, before: datetime | None) -> None:
    """Judge the fires again that have burnt for as long as a case of the profile says, since `before`."""
    spans = _spans(sitting)
    if not spans or not sitting.desk.verdicts:
        return
    found = [
        fire
        for fire, one in _confirmed(sitting)
        if any(_is_due(one, one.opened_at + span, before, sitting.now) for span in spans)
    ]
    settle(sitting, sorted(found, key=lambda fire: fire.anchor().key), hold=False)


def _spans(sitting: Sitting) -> set[timedelta]:
    """Return after how long a fire that still burns is to be reported, by the cases of the profile."""
    asked = (one for trigger in sitting.given.profile.trigger for one in trigger.any)
    return {timedelta(hours=one.at_least or 0.0) for one in asked if one.kind == "open_fire_h"}


def _confirmed(sitting: Sitting) -> Iterator[tuple[Fire, Incident]]:
    """Yield the fires that an office says are fires, and of which nobody says that they are out."""
    desk = sitting.desk
    for name, row in desk.rows.items():
        one, fire = row.incident, desk.by_id.get(name)
        if fire is None or one.feedback is None or one.feedback.ruling != "fire":
            continue
        if one.status in {"open", "closed"} and declared_out(one) is None:
            yield fire, one


def _is_due(one: Incident, at: datetime, before: datetime | None, now: datetime) -> bool:
    return at <= now and (before is None or at > before) and one.judged_at < at
