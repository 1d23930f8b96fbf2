"""What the deliver hop is given, and what restrains a decision by it: inhibition, rest, silences, budget."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from alerts.channels import Exit
from alerts.digest import Options
from alerts.inhibition import inhibited
from alerts.policy import Decision, Told
from alerts.restraint import budgeted, silenced, within
from alerts.roster import Roster
from schemas.alert import Alert
from schemas.hop import Result
from schemas.receiver import Receiver
from schemas.silencing import Silencing
from streams.hops.outbox import Outbox, Spent


@dataclass(frozen=True)
class Deliver:
    """What the step is given: receivers and ways out by name, for how long what is waited for, silences."""

    receivers: Mapping[str, Receiver]
    exits: Mapping[str, Exit]
    tell: Options
    silences: tuple[Silencing, ...] = ()
    roster: Roster = field(default_factory=Roster)


def spent(state: Outbox, receiver: Receiver, channel: str, now: datetime) -> tuple[datetime, ...]:
    """Return when the receiver was sent by a channel what still counts against its budget there."""
    found = state.spent.get((receiver.name, channel))
    return within(receiver, () if found is None else found.times, now)


def spend(state: Outbox, result: Result, receiver: Receiver | None, channel: str, now: datetime) -> None:
    """Count a message against the budget of the channel it goes out by, whichever of its ways that is."""
    if receiver is None or receiver.budget is None:
        return
    times = (*spent(state, receiver, channel, now), now)
    state.spend(Spent(receiver=receiver.name, channel=channel, times=times), result)


def restrained(  # noqa: PLR0913 - each stage looks at one more thing
    given: Deliver,
    state: Outbox,
    decision: Decision,
    told: Told | None,
    *,
    alert: Alert,
    receiver: Receiver,
    now: datetime,
) -> Decision:
    """Return the decision after each stage in its order; none of them turns a no into a yes."""
    decision = inhibited(decision, told, alert)
    decision = given.roster.resting(decision, alert, receiver, now)
    decision = silenced(decision, given.silences, alert, receiver, now)
    return budgeted(decision, spent(state, receiver, receiver.channel, now), told, alert, receiver)
