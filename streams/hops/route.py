"""The hop from an alert to the receivers it may concern; stateless."""

from collections.abc import Mapping
from datetime import datetime

from alerts.policy import TELLING
from alerts.routing import due
from schemas.alert import Alert
from schemas.hop import Hop, Output, Result
from schemas.notice import Due
from schemas.settings import Receiver
from schemas.topics import ALERT, NOTICE

Receivers = tuple[Receiver, ...]


def step(receivers: Receivers, _state: None, alert: Alert, now: datetime) -> Result:
    """Return one `Due` for every receiver that this revision may concern."""
    return Result(
        outputs=[
            Output(NOTICE, name, Due(receiver=name, due_at=now, alert=alert))
            for name in _concerned(alert, receivers)
        ]
    )


def _concerned(alert: Alert, receivers: Receivers) -> tuple[str, ...]:
    """What tells for the first time goes where it was asked for; all else to whoever may have been told.

    Places change while a fire moves, so today's filters do not say who was told yesterday, and an alert
    that took over another goes to those who hold the other; `deliver` knows who they are.
    """
    if alert.action in TELLING and not alert.supersedes:
        return due(alert, receivers)
    return tuple(receiver.name for receiver in receivers)


def _open(_receivers: Receivers, _partition: int, _rows: Mapping[str, bytes]) -> None:
    return None


def route(receivers: Receivers) -> Hop:
    """Return the hop for these receivers."""
    return Hop(
        name="route",
        topics=(ALERT,),
        open=_open,
        step=step,
        now=lambda alert: alert.issued_at,
        options=receivers,
    )
