"""What people say of an incident is heard in the order of the log: kept, applied, or waiting for its id."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from alerts import feedback
from detectors.association import Fire
from schemas.reason import Reason
from schemas.topics import VERDICT
from schemas.verdict import Outcome, Verdict
from streams.hops.answers import fire_of, names_of
from streams.hops.first_said import not_first
from streams.hops.settle import settle
from streams.hops.sitting import Sitting

MOST_NAMES = 10_000
"""Ids with answers that are remembered at once; no more answers to unknown ids are taken in then."""


def hear(sitting: Sitting, verdicts: Sequence[Verdict], *, hold: bool) -> None:
    """Keep each verdict once and judge the fires they speak of anew; a repeat changes nothing."""
    heard: dict[int, Fire] = {}
    for one in verdicts:
        fire = _take(sitting, one)
        if fire is not None:
            heard[id(fire)] = fire
    settle(sitting, sorted(heard.values(), key=lambda fire: fire.anchor().key), hold=hold)


def _take(sitting: Sitting, one: Verdict) -> Fire | None:
    """Keep one verdict and return the fire it changes, if any."""
    desk, name = sitting.desk, one.incident_id
    known = desk.verdicts.get(name, [])
    if any(other.verdict_id == one.verdict_id for other in known):
        return None
    fire = fire_of(desk, name)
    if fire is None and not known and len(desk.verdicts) >= MOST_NAMES:
        _say(sitting, one, "refused", Reason(code="no_room", value=float(MOST_NAMES), ref=name))
        return None
    late = None if fire is None else not_first(sitting, names_of(fire), one)
    if late is not None:
        _say(sitting, one, "refused", late)
        return None
    if fire is None:
        one = replace(one, outcome="waiting", reason=Reason(code="waiting_for", ref=name))
    else:
        now_called = next((shown for shown in sorted(names_of(fire)) if shown in desk.by_id), name)
        one = replace(one, outcome="applied", applied_to=now_called)
    kept = feedback.kept(sitting.given.profile, [*known, one])
    if all(other.verdict_id != one.verdict_id for other in kept):
        newer = next(other for other in kept if other.level == one.level)
        _say(sitting, one, "refused", Reason(code="superseded_by", ref=newer.verdict_id))
        return None
    desk.verdicts[name] = kept
    sitting.result.rows[f"v/{name}"] = kept
    sitting.put(VERDICT, name, one)
    return fire


def _say(sitting: Sitting, one: Verdict, outcome: Outcome, reason: Reason) -> None:
    sitting.put(VERDICT, one.incident_id, replace(one, outcome=outcome, reason=reason))


def forget(sitting: Sitting, oldest: datetime) -> None:
    """Drop answers to ids of no fire that is remembered once they are older than anything that may come."""
    desk = sitting.desk
    shown = {name for fire in desk.by_id.values() for name in fire.shown}
    shown |= {name for row in desk.pests.outbreaks.values() for name in row.incident.lineage}
    for name in [name for name in desk.verdicts if name not in shown]:
        if all((one.received_at or one.at) < oldest for one in desk.verdicts[name]):
            for one in [one for one in desk.verdicts.pop(name) if one.outcome == "waiting"]:
                _say(sitting, one, "refused", Reason(code="waiting_for", ref=name, detail="in vain"))
            sitting.result.rows[f"v/{name}"] = None
