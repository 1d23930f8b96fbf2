"""A receiver that is in the settings no more and holds an alert: that its end reaches nobody is said."""

from datetime import datetime

from alerts.policy import UNTELLING, Told, witness
from schemas.alert import Alert
from schemas.hop import Output, Result
from schemas.receiver import Receiver
from schemas.topics import NOTICE
from streams.hops.concluding import GONE, conclude
from streams.hops.draft import drafted
from streams.hops.outbox import Outbox


def say_removed(state: Outbox, result: Result, known: Told, alert: Alert, now: datetime) -> None:
    """Put out once that what takes back has nowhere to go, so that somebody may telephone."""
    if known.heard is None or alert.action not in UNTELLING or known.saw(alert.revision):
        return
    state.remember(witness(known, alert), result)
    row = drafted(Receiver(name=known.receiver), alert, now, ())
    said = conclude(row, "failed", now, GONE, attempts=0)
    result.outputs.append(Output(NOTICE, known.receiver, said))
