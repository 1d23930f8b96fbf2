"""Verdicts written in minutes, and what the hops make of them beside observations."""

import datetime as dt

from judged import START, judge

from schemas.observation import Delivery
from schemas.verdict import Verdict

REASON = "burning of straw, put out by the owner"


def verdict(minutes, code, incident_id, *, level="field", author="ranger-7", lag=1, text=None, name=None):
    at = START + dt.timedelta(minutes=minutes)
    return Verdict(
        verdict_id=name or f"v-{level}-{author}-{minutes}-{code}-{incident_id}",
        incident_id=incident_id,
        code=code,
        level=level,
        author=author,
        at=at,
        text=(REASON if level != "field" and code not in {0, 1} else "") if text is None else text,
        received_at=at + dt.timedelta(minutes=lag),
    )


def told(one):
    """The delivery that one verdict comes in."""
    return Delivery(delivery_id=one.verdict_id, received_at=one.received_at, verdicts=(one,))


def heard(*steps, **more):
    """Judge observations' deliveries and verdicts in the order received, time passing after each."""
    given = [told(one) if isinstance(one, Verdict) else one for one in steps]
    given.sort(key=lambda one: one.received_at)
    return judge(given, ticks=True, **more)


def actions(outcome):
    return [alert.action for alert in outcome.alerts]


def last(outcome):
    """The only living incident."""
    (one,) = [one for one in outcome.incidents.values() if one.status != "merged"]
    return one
