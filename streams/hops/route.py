"""The hop from an alert to the receivers it may concern; it remembers whom each alert was sent to.

Nobody is sent what can never matter to them: the end of an alert goes to those who may hold it, which are
those it was sent to. Where that is not known for sure, because revisions went by elsewhere (an incident that
changed its id) or other alerts ended in this one, everybody counts, and `deliver` knows who was told.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated

from msgspec import Meta, Struct

from alerts.news import untold
from alerts.policy import ENDING, TELLING, UNTELLING
from alerts.roster import Roster
from alerts.routing import due, goes_out, guarded
from schemas.alert import Alert
from schemas.codec import decode
from schemas.hop import Hop, Output, Result
from schemas.notice import Due
from schemas.receiver import Receiver
from schemas.topics import ALERT, NOTICE
from schemas.units import Identifier, UtcTime, Version, written
from streams.hops.escalating import line_of

Receivers = tuple[Receiver, ...]

REMEMBERED = timedelta(days=60)
"""How long after its last revision it is known whom an alert was sent to; then everybody counts."""

SWEPT = 4
"""How many remembered alerts are looked at with each new revision."""


class Circle(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whom one alert was sent to: state, kept in the row `circle/{alert_id}`."""

    v: Version = written()
    alert_id: Identifier
    revision: Annotated[int, Meta(ge=0, description="Newest revision that came by.")]
    names: Annotated[tuple[str, ...] | None, Meta(description="Who may hold it; null: anybody.")] = None
    others: Annotated[tuple[str, ...], Meta(description="Alerts that went on in this one.")] = ()
    touched_at: UtcTime


Circles = dict[str, Circle]
"""The circles of one partition, the latest touched last."""


@dataclass(frozen=True)
class Route:
    """What the step is given: receivers, and the groups they stand in."""

    receivers: Receivers
    roster: Roster = field(default_factory=Roster)


def step(given: Route, circles: Circles, alert: Alert, now: datetime) -> Result:
    """Return one `Due` for every receiver that this revision may concern."""
    receivers = given.receivers
    known = circles.pop(alert.alert_id, None)
    asked = _asked(alert, receivers)
    # who may be told in somebody's place must hear the end of it as well
    circle = circles[alert.alert_id] = _widened(known, alert, _line(given, asked))
    everybody = tuple(receiver.name for receiver in receivers)
    if alert.action in UNTELLING:
        names = everybody if circle.names is None else circle.names
        # what was let out to the public went to them past this hop; `deliver` knows what that was
        names += tuple(one.name for one in receivers if one.public and one.name not in names)
    else:
        # who holds an alert that went on in this one must learn of it once, to hear the end of this one
        names = asked if circle.others == (known.others if known else ()) else everybody
        if untold(alert, ()):  # whoever holds it hears of that, wherever it now burns
            names = tuple(dict.fromkeys((*names, *(everybody if circle.names is None else circle.names))))
    result = Result(
        outputs=[Output(NOTICE, name, Due(receiver=name, due_at=now, alert=alert)) for name in names]
    )
    if guarded(alert) or (alert.kind == "fire" and alert.action in ENDING):
        out = (one.name for one in receivers if goes_out(one) and one.name not in names)
        result.outputs += [
            Output(NOTICE, name, Due(receiver=name, due_at=now, alert=alert, guard=True)) for name in out
        ]
    result.rows[f"circle/{alert.alert_id}"] = circle
    _forget(circles, now, result)
    return result


def _line(given: Route, asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return who asked, whoever may be told in their place, and the duty office that stands in for those."""
    line = line_of(asked, given.receivers, given.roster)
    if line == asked:
        return line
    return line_of((*line, *given.roster.everyone(given.roster.officers)), given.receivers, given.roster)


def _asked(alert: Alert, receivers: Receivers) -> tuple[str, ...]:
    """Return who asked for this; of an unchanged grade only what is fresh and graded can be news."""
    news = alert.action == "update" and not alert.late and alert.grade != "task"
    return due(alert, receivers) if alert.action in TELLING or news else ()


def _widened(known: Circle | None, alert: Alert, asked: tuple[str, ...]) -> Circle:
    known = known or Circle(alert_id=alert.alert_id, revision=0, names=(), touched_at=alert.issued_at)
    others = {*known.others, *alert.supersedes, *alert.lineage} - {alert.alert_id, alert.incident_id}
    missed = alert.revision > known.revision + 1
    names = None if missed or others or known.names is None else tuple(dict.fromkeys((*known.names, *asked)))
    return Circle(
        alert_id=alert.alert_id,
        revision=max(known.revision, alert.revision),
        names=names,
        others=tuple(sorted(others)),
        touched_at=max(known.touched_at, alert.issued_at),
    )


def _forget(circles: Circles, now: datetime, result: Result) -> None:
    for oldest in list(islice(circles.values(), SWEPT)):
        if now - oldest.touched_at <= REMEMBERED:
            return
        del circles[oldest.alert_id]
        result.rows[f"circle/{oldest.alert_id}"] = None


def _open(_given: Route, _partition: int, rows: Mapping[str, bytes]) -> Circles:
    read = (decode(raw, Circle) for key, raw in rows.items() if key.startswith("circle/"))
    circles = sorted((one for one in read if isinstance(one, Circle)), key=lambda one: one.touched_at)
    # of a plain dict the first that is left is found slowly once many before it were taken out
    return OrderedDict((one.alert_id, one) for one in circles)


def route(receivers: Receivers, roster: Roster | None = None) -> Hop:
    """Return the hop for these receivers."""
    return Hop(
        name="route",
        topics=(ALERT,),
        open=_open,
        step=step,
        now=lambda alert: alert.issued_at,
        options=Route(receivers, roster or Roster()),
    )
